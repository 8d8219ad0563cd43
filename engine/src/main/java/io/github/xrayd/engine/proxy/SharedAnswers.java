package io.github.xrayd.engine.proxy;

import io.github.xrayd.engine.backend.HttpReply;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets identical calls share one answer: those that come while the first is under way, and for {@link #KEPT_NS} after it when it was
 * a 200.
 *
 * <p>Thousands of clients that fetch the same sampling rules then cost one call to the API per second. Thread-safe; bounded to
 * {@link #KEYS_MAX} different calls, beyond which nothing is shared.
 */
final class SharedAnswers {
    /** How long an answer is given to later calls, in nanoseconds: rules change once in minutes. */
    static final long KEPT_NS = 1_000_000_000L;

    private static final int KEYS_MAX = 64;

    /** Makes the call. */
    interface Caller {
        HttpReply call() throws IOException;
    }

    private static final class Flight {
        final CompletableFuture<HttpReply> reply = new CompletableFuture<>();
        volatile long answeredAtNs;
    }

    private final ConcurrentHashMap<String, Flight> flights = new ConcurrentHashMap<>();
    private final LongSupplier clockNs;
    private final Runnable onShared;

    SharedAnswers(LongSupplier clockNs, Runnable onShared) {
        this.clockNs = clockNs;
        this.onShared = onShared;
    }

    /**
     * The answer for {@code key}, another call's where there is one.
     *
     * @param waitNs how long to wait for another call's answer
     * @throws IOException when the call that was made, by this thread or another, failed
     */
    HttpReply get(String key, long waitNs, Caller caller) throws IOException {
        long nowNs = clockNs.getAsLong();
        flights.values().removeIf(flight -> isOver(flight, nowNs));
        if (flights.size() >= KEYS_MAX && !flights.containsKey(key)) {
            return caller.call();
        }
        Flight mine = new Flight();
        Flight other = flights.putIfAbsent(key, mine);
        if (other != null) {
            onShared.run();
            return await(other, waitNs);
        }
        try {
            HttpReply reply = caller.call();
            if (reply.status() == 200) {
                mine.answeredAtNs = clockNs.getAsLong();
            } else {
                flights.remove(key, mine);
            }
            mine.reply.complete(reply);
            return reply;
        } catch (IOException | RuntimeException e) {
            flights.remove(key, mine);
            mine.reply.completeExceptionally(e);
            throw e;
        }
    }

    private static boolean isOver(Flight flight, long nowNs) {
        return flight.reply.isDone() && nowNs - flight.answeredAtNs >= KEPT_NS;
    }

    private static HttpReply await(Flight flight, long waitNs) throws IOException {
        try {
            return flight.reply.get(waitNs, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        } catch (TimeoutException e) {
            java.net.SocketTimeoutException timeout = new java.net.SocketTimeoutException("no answer in time");
            timeout.initCause(e);
            throw timeout;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static IOException rethrown(@Nullable Throwable cause) {
        if (cause instanceof RuntimeException e) {
            throw e;
        }
        return cause instanceof IOException io ? io : new IOException(cause);
    }
}
