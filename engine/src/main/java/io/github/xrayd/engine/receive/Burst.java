package io.github.xrayd.engine.receive;

import org.agrona.concurrent.NanoClock;

/**
 * Whether datagrams come so fast that the receiver should have its thread to itself until they stop: asked each time
 * the socket was found empty after a long read.
 *
 * <p>What gathered before the first such moment says nothing; what comes after it does. A burst then goes into the
 * arena at the speed of the socket, and is worked off when it is over: the kernel's buffer, which holds 4.5 ms of line
 * rate, is never left alone for long. State in, decision out; the receiver's thread only.
 */
final class Burst {
    /** Datagrams per second that make a burst: faster than all stages of one thread together go. */
    static final long RATE = 100_000;

    /** How long a burst may have the thread to itself, in nanoseconds: 20,000 datagrams at line rate take 50 ms. */
    static final long NS_MAX = 100_000_000;

    /** A pause, in nanoseconds, in which nothing comes ends a burst. */
    static final long PAUSE_NS = 50_000;

    private static final int EMPTY_READS_MAX = 1_000;
    private static final long SECOND_NS = 1_000_000_000L;

    private final NanoClock clock;
    private boolean isMeasuring;
    private long startNs;
    private long lastNs;
    private int startCount;
    private int lastCount;
    private int emptyReads;

    Burst(NanoClock clock) {
        this.clock = clock;
    }

    /** A new read begins. */
    void reset() {
        isMeasuring = false;
    }

    /**
     * The socket was found empty.
     *
     * @param count datagrams of this read so far
     */
    boolean isGoingOn(int count) {
        long nowNs = clock.nanoTime();
        if (!isMeasuring) {
            isMeasuring = true;
            startNs = nowNs;
            startCount = count;
            lastCount = count;
            lastNs = nowNs;
            emptyReads = 0;
        } else if (count != lastCount) {
            lastCount = count;
            lastNs = nowNs;
            emptyReads = 0;
        } else if (nowNs - lastNs > PAUSE_NS || ++emptyReads > EMPTY_READS_MAX) {
            return false;
        }
        long elapsedNs = nowNs - startNs;
        boolean isFast = (count - startCount) * SECOND_NS >= RATE * elapsedNs;
        if (elapsedNs > NS_MAX || (elapsedNs > PAUSE_NS && !isFast)) {
            return false;
        }
        Thread.onSpinWait();
        return true;
    }
}
