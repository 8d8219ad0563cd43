package io.github.xrayd.engine;

/**
 * How far the end has come. Written by the thread that shuts down, read by the data path's threads.
 *
 * <p>{@code RUNNING} → {@code DRAINING}: take what the kernel still holds, then no more; flush; upload. The deadline comes, or nobody wants
 * to wait: → {@code SPOOLING}, when there is a spool: what is left goes to disk. → {@code ABANDONING}: what is left is counted and given up.
 */
final class Shutdown {
    enum Phase {
        RUNNING,
        DRAINING,
        SPOOLING,
        ABANDONING
    }

    private volatile Phase phase = Phase.RUNNING;

    Phase phase() {
        return phase;
    }

    boolean isRunning() {
        return phase == Phase.RUNNING;
    }

    boolean isSpooling() {
        return phase == Phase.SPOOLING;
    }

    boolean isAbandoning() {
        return phase == Phase.ABANDONING;
    }

    synchronized void drain() {
        if (phase == Phase.RUNNING) {
            phase = Phase.DRAINING;
        }
    }

    synchronized void spool() {
        if (phase == Phase.RUNNING || phase == Phase.DRAINING) {
            phase = Phase.SPOOLING;
        }
    }

    synchronized void abandon() {
        phase = Phase.ABANDONING;
    }
}
