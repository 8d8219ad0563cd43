package io.github.xrayd.engine.proxy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets identical calls share one answer: those that come while the first is under way, and for {@link #KEPT_NS} after
 * it when it was a 200.
 *
 * <p>Thousands of clients that fetch the same sampling rules then cost one call to the API per second. Called on the
 * port's thread only; bounded to {@link #KEYS_MAX} different calls, beyond which nothing is shared.
 */
final class SharedAnswers {
    /** How long an answer is given to later calls, in nanoseconds: rules change once in minutes. */
    static final long KEPT_NS = 1_000_000_000L;

    static final int KEYS_MAX = 64;
    static final int KEY_LENGTH_MAX = 4096;

    /** A call and those who wait for its answer, or its answer. */
    private static final class Flight {
        final List<Consumer<ProxyAnswer>> waiting = new ArrayList<>();

        @Nullable
        ProxyAnswer answer;

        long answeredAtNs;
    }

    private final Map<String, Flight> flights = new HashMap<>();
    private final LongSupplier clockNs;
    private final Runnable onShared;

    SharedAnswers(LongSupplier clockNs, Runnable onShared) {
        this.clockNs = clockNs;
        this.onShared = onShared;
    }

    /**
     * Gives the answer for {@code key} to {@code waiter}, now or when it is there: another call's where there is one,
     * else that of {@code caller}.
     *
     * @param caller makes the call; what it is given must be called once with the answer, whatever happens
     */
    void get(String key, Consumer<ProxyAnswer> waiter, Consumer<Consumer<ProxyAnswer>> caller) {
        expire();
        Flight other = flights.get(key);
        if (other != null) {
            onShared.run();
            if (other.answer == null) {
                other.waiting.add(waiter);
            } else {
                waiter.accept(other.answer.retained());
            }
        } else if (flights.size() >= KEYS_MAX || key.length() > KEY_LENGTH_MAX) {
            caller.accept(waiter);
        } else {
            Flight mine = new Flight();
            mine.waiting.add(waiter);
            flights.put(key, mine);
            try {
                caller.accept(answer -> land(key, mine, answer));
            } catch (RuntimeException | Error e) {
                // Else those who come later would wait for a call that nobody makes.
                flights.remove(key, mine);
                throw e;
            }
        }
    }

    private void land(String key, Flight flight, ProxyAnswer answer) {
        if (answer.status() == 200) {
            flight.answer = answer.retained();
            flight.answeredAtNs = clockNs.getAsLong();
        } else {
            flights.remove(key);
        }
        for (Consumer<ProxyAnswer> waiter : flight.waiting) {
            waiter.accept(answer.retained());
        }
        flight.waiting.clear();
        answer.release();
    }

    /** Forgets answers that are too old; returns whether there are others. */
    boolean expire() {
        long nowNs = clockNs.getAsLong();
        flights.values().removeIf(flight -> {
            ProxyAnswer answer = flight.answer;
            boolean isOver = answer != null && nowNs - flight.answeredAtNs >= KEPT_NS;
            if (isOver && answer != null) {
                answer.release();
            }
            return isOver;
        });
        return !flights.isEmpty();
    }
}
