package io.github.xrayd.engine;

/**
 * How far the end has come. Written by the thread that shuts down, read by the data path's threads.
 *
 * <p>{@code RUNNING} → {@code DRAINING}: take what the kernel still holds, then no more; flush; upload. → {@code ABANDONING}: the
 * deadline came, or nobody wants to wait; what is left is counted and given up.
 */
final class Shutdown {
    enum Phase {
        RUNNING,
        DRAINING,
        ABANDONING
    }

    private volatile Phase phase = Phase.RUNNING;

    Phase phase() {
        return phase;
    }

    boolean isRunning() {
        return phase == Phase.RUNNING;
    }

    boolean isAbandoning() {
        return phase == Phase.ABANDONING;
    }

    synchronized void drain() {
        if (phase == Phase.RUNNING) {
            phase = Phase.DRAINING;
        }
    }

    synchronized void abandon() {
        phase = Phase.ABANDONING;
    }
}
