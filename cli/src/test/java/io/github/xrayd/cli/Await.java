package io.github.xrayd.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for conditions outside this process, with a deadline. */
final class Await {
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private Await() {}

    static void until(Callable<Boolean> condition) throws Exception {
        long deadlineNs = System.nanoTime() + DEADLINE_NS;
        while (!condition.call()) {
            if (System.nanoTime() > deadlineNs) {
                throw new AssertionError("not within the deadline");
            }
            LockSupport.parkNanos(POLL_NS);
        }
    }
}
