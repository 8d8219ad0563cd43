package io.github.xrayd.engine.run;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Puts one thread to rest, and wakes it: the only way in which threads of the engine wait for each other's work.
 *
 * <p>The thread announces that it blocks, looks for work once more, and only then blocks. Whoever hands it work looks
 * for the announcement after it, with a full fence on both sides: so either the thread sees the work or its producer
 * sees the announcement, and no wake-up is missed. {@link #wake} may be called by any thread, everything else by the
 * thread that rests here.
 */
public final class Waiter {
    /** The longest block: a safety net that nothing relies on, and cheap. */
    public static final long BLOCK_MS_MAX = 5_000;

    private static final int RUNNING = 0;
    private static final int BLOCKED = 1;

    private final @Nullable Place place;
    private final long blockMsMax;
    private volatile int state;
    private volatile @Nullable Thread thread;

    /** Where a thread blocks that also waits for something from outside, such as a socket. */
    public interface Place {
        /** Blocks until something comes from outside, {@link #wakeUp} is called, or the time is over. */
        void await(long timeoutMs) throws IOException;

        /** Ends a running or the next {@link #await}. Any thread. */
        void wakeUp();
    }

    /** A thread that parks. */
    public Waiter() {
        this(null, BLOCK_MS_MAX);
    }

    /**
     * A thread that blocks at {@code place}, or parks without one.
     *
     * @param blockMsMax the longest block, in milliseconds
     */
    public Waiter(@Nullable Place place, long blockMsMax) {
        this.place = place;
        this.blockMsMax = blockMsMax;
    }

    /** Names the thread that rests here; called by it. */
    public void enter() {
        thread = Thread.currentThread();
    }

    /** Announces that the thread is about to block; it must look for work once more before it does. */
    public void announce() {
        state = BLOCKED;
        VarHandle.fullFence();
    }

    /** Takes the announcement back: there was work. */
    public void cancel() {
        state = RUNNING;
    }

    /** Sleeps so that work gathers; nothing ends it early. */
    public void sleep(long ns) {
        LockSupport.parkNanos(ns);
    }

    /**
     * Blocks after {@link #announce}, until woken, something comes from outside, or the time is over.
     *
     * @param limitNs nanoseconds at most, positive
     */
    public void block(long limitNs) throws IOException {
        try {
            if (state == BLOCKED) {
                long limitMs = Math.min(blockMsMax, limitNs / 1_000_000 + 1);
                if (place != null) {
                    place.await(limitMs);
                } else {
                    LockSupport.parkNanos(limitMs * 1_000_000);
                }
            }
        } finally {
            state = RUNNING;
        }
    }

    /** Parks after {@link #announce}, as {@link #block} does; for a thread without a {@link Place}. */
    public void park(long limitNs) {
        try {
            if (state == BLOCKED) {
                LockSupport.parkNanos(Math.min(blockMsMax * 1_000_000, limitNs));
            }
        } finally {
            state = RUNNING;
        }
    }

    /**
     * Wakes the thread if it blocks or is about to; to be called after the work is handed over. Cheap when it does not.
     */
    public void wake() {
        VarHandle.fullFence();
        if (state == BLOCKED) {
            state = RUNNING;
            if (place != null) {
                place.wakeUp();
            } else {
                LockSupport.unpark(thread);
            }
        }
    }
}
