package io.github.xrayd.engine;

import io.github.xrayd.engine.receive.UdpSocket;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Puts one thread to rest between duty cycles, and wakes it.
 *
 * <p>A thread with a socket blocks on it, any other parks. {@link #sleep} and {@link #block} belong to that thread, {@link #wake} to any. A wake-up
 * is never lost: before it blocks, the thread says so and is asked once more whether there is work.
 */
final class Waiter {
    private static final int RUNNING = 0;
    private static final int BLOCKED = 1;

    /** The longest block: a safety net, and cheap. */
    private static final long BLOCK_MS_MAX = 5_000;

    private final @Nullable UdpSocket socket;
    private volatile int state;
    private volatile @Nullable Thread thread;

    Waiter(@Nullable UdpSocket socket) {
        this.socket = socket;
    }

    /** Names the thread that rests here; called by it. */
    void enter() {
        thread = Thread.currentThread();
    }

    /** Announces that the thread is about to block; it must look for work once more before it does. */
    void announceBlock() {
        state = BLOCKED;
        VarHandle.fullFence();
    }

    /** Takes the announcement back: there was work. */
    void cancelBlock() {
        state = RUNNING;
    }

    /** Sleeps so that work gathers; nothing ends it early. */
    void sleep(long ns) {
        LockSupport.parkNanos(ns);
    }

    /**
     * Blocks after {@link #announceBlock}, until woken, a datagram comes, or the time is over.
     *
     * @param limitNs nanoseconds at most, positive
     */
    void block(long limitNs) throws IOException {
        long limitMs = Math.min(BLOCK_MS_MAX, limitNs / 1_000_000 + 1);
        try {
            if (state == BLOCKED) {
                if (socket != null) {
                    socket.await(limitMs);
                } else {
                    LockSupport.parkNanos(limitMs * 1_000_000);
                }
            }
        } finally {
            state = RUNNING;
        }
    }

    /** Wakes the thread if it blocks or is about to. Any thread; cheap when it does not. */
    void wake() {
        VarHandle.fullFence();
        if (state == BLOCKED) {
            state = RUNNING;
            if (socket != null) {
                socket.wakeUp();
            } else {
                LockSupport.unpark(thread);
            }
        }
    }
}
