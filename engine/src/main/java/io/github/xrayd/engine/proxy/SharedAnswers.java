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

    /** The most bytes of an answer that is kept; all of them then take half of the room for answers. */
    private static final int KEPT_BYTES_MAX = 64 << 10;

    /** Makes the call. */
    interface Caller {
        HttpReply call() throws IOException;
    }

    private static final class Flight {
        final CompletableFuture<HttpReply> reply = new CompletableFuture<>();
        volatile long answeredAtNs;
        /** Guarded by this. */
        private int waiting;

        /** Guarded by this. */
        private boolean isAnswered;

        /** Joins those who get the answer when it comes; false when it has come. */
        synchronized boolean isWaiting() {
            waiting += isAnswered ? 0 : 1;
            return !isAnswered;
        }

        /** Holds the answer for each of those who wait, and hands it to them. */
        void answer(HttpReply answer) {
            synchronized (this) {
                isAnswered = true;
                for (int i = 0; i < waiting; i++) {
                    answer.retain();
                }
            }
            reply.complete(answer);
        }

        /** The answer that came already, or null when those who had it are done with it. */
        @Nullable
        HttpReply kept() {
            HttpReply answer = reply.isCompletedExceptionally() ? null : reply.getNow(null);
            return answer != null && answer.retain() ? answer : null;
        }
    }

    private final ConcurrentHashMap<String, Flight> flights = new ConcurrentHashMap<>();
    private final LongSupplier clockNs;
    private final Runnable onShared;

    SharedAnswers(LongSupplier clockNs, Runnable onShared) {
        this.clockNs = clockNs;
        this.onShared = onShared;
    }

    /**
     * The answer for {@code key}, another call's where there is one; the caller closes it.
     *
     * @param waitNs how long to wait for another call's answer
     * @throws IOException when the call that was made, by this thread or another, failed
     */
    HttpReply get(String key, long waitNs, Caller caller) throws IOException {
        long nowNs = clockNs.getAsLong();
        flights.forEach((other, flight) -> {
            if (isOver(flight, nowNs)) {
                remove(other, flight);
            }
        });
        if (flights.size() >= KEYS_MAX && !flights.containsKey(key)) {
            return caller.call();
        }
        Flight mine = new Flight();
        Flight other = flights.putIfAbsent(key, mine);
        if (other != null) {
            HttpReply reply = other.isWaiting() ? await(other, waitNs) : other.kept();
            if (reply != null) {
                onShared.run();
                return reply;
            }
            return caller.call();
        }
        try {
            HttpReply reply = caller.call();
            boolean isKept = reply.status() == 200 && reply.body().length <= KEPT_BYTES_MAX && reply.retain();
            if (isKept) {
                mine.answeredAtNs = clockNs.getAsLong();
            } else {
                flights.remove(key, mine);
            }
            mine.answer(reply);
            return reply;
        } catch (IOException | RuntimeException e) {
            flights.remove(key, mine);
            mine.reply.completeExceptionally(e);
            throw e;
        }
    }

    private void remove(String key, Flight flight) {
        if (flights.remove(key, flight)) {
            flight.reply.join().close();
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
            giveUp(flight);
            java.net.SocketTimeoutException timeout = new java.net.SocketTimeoutException("no answer in time");
            timeout.initCause(e);
            throw timeout;
        } catch (InterruptedException e) {
            giveUp(flight);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** What was held for who does not wait any longer is given back when it comes. */
    private static void giveUp(Flight flight) {
        CompletableFuture<Void> unused = flight.reply.thenAccept(HttpReply::close);
    }

    private static IOException rethrown(@Nullable Throwable cause) {
        if (cause instanceof RuntimeException e) {
            throw e;
        }
        return cause instanceof IOException io ? io : new IOException(cause);
    }
}
