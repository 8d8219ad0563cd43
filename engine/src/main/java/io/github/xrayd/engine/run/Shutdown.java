package io.github.xrayd.engine.run;

/**
 * How far the end has come. Written by the thread that shuts down, read by the data path's threads.
 *
 * <p>{@code RUNNING} → {@code DRAINING}: take what the kernel still holds, then no more; flush; upload. The deadline
 * comes, or nobody wants to wait: → {@code SPOOLING}, when there is a spool: what is left goes to disk. →
 * {@code ABANDONING}: what is left is counted and given up.
 */
public final class Shutdown {
    private enum Phase {
        RUNNING,
        DRAINING,
        SPOOLING,
        ABANDONING
    }

    private volatile Phase phase = Phase.RUNNING;

    /** Whether the end has not begun. */
    public boolean isRunning() {
        return phase == Phase.RUNNING;
    }

    /** Whether what is left goes to disk. */
    public boolean isSpooling() {
        return phase == Phase.SPOOLING;
    }

    /** Whether what is left is given up. */
    public boolean isAbandoning() {
        return phase == Phase.ABANDONING;
    }

    /** Begins the end. */
    public synchronized void drain() {
        if (phase == Phase.RUNNING) {
            phase = Phase.DRAINING;
        }
    }

    /** The deadline has come, and there is a spool. */
    public synchronized void spool() {
        if (phase == Phase.RUNNING || phase == Phase.DRAINING) {
            phase = Phase.SPOOLING;
        }
    }

    /** Nothing is waited for any longer. */
    public synchronized void abandon() {
        phase = Phase.ABANDONING;
    }
}
