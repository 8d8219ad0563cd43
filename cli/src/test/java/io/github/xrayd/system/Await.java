package io.github.xrayd.system;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for conditions, with a limit. */
public final class Await {
    /** For what takes milliseconds on an idle machine; a loaded one gets its time. */
    public static final Duration LONG = Duration.ofSeconds(30);

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private Await() {}

    /**
     * Returns when the condition holds.
     *
     * @throws AssertionError saying what did not happen, when it does not hold within {@code timeout}
     */
    public static void until(String what, Duration timeout, Callable<Boolean> condition) {
        if (!isReached(timeout, condition)) {
            throw new AssertionError("Not within " + timeout.toMillis() + " ms: " + what);
        }
    }

    /** Whether the condition came to hold within {@code timeout}. */
    public static boolean isReached(Duration timeout, Callable<Boolean> condition) {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        while (!holds(condition)) {
            if (System.nanoTime() - deadlineNanos >= 0) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("Interrupted");
            }
        }
        return true;
    }

    private static boolean holds(Callable<Boolean> condition) {
        try {
            return condition.call();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
