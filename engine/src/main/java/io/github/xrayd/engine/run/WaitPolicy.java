package io.github.xrayd.engine.run;

/**
 * What a thread of the data path does between two duty cycles: go on at once, sleep a little so that work gathers, or
 * block until something comes. State in, decision out.
 *
 * <p>Going on at once keeps the core; it pays while datagrams come faster than a wake-up costs and there are cores to
 * spare. Sleeping costs one wake-up for all that gathered meanwhile, and the socket's buffer must hold that; it pays
 * when something comes during the sleep, so what came last time decides. Blocking costs nothing while nothing comes.
 */
public final class WaitPolicy {
    /** {@link #decide}: go on at once. */
    static final long SPIN = 0;

    /** {@link #decide}: block until woken. */
    static final long BLOCK = Long.MAX_VALUE;

    /** What a wake-up costs, about: datagrams that come faster than that are waited for spinning. */
    static final long WAKE_UP_NS = 20_000;

    /** The longest sleep: short beside the 1 s batch age. */
    static final long GATHER_NS_MAX = 8_000_000;

    /** A cycle that finds so many datagrams has paid for its wake-up; and a burst may have begun. */
    static final int MANY = 64;

    private static final long GATHER_NS_MIN = 50_000;
    /**
     * Datagrams of 1 KB per second that one sending core reaches on loopback while nobody reads: 600,000 to 800,000
     * were measured.
     */
    private static final long LINE_RATE = 800_000;

    /** What the kernel charges a socket's buffer for a 1 KB datagram: its true size, not its payload. */
    private static final long TRUE_SIZE = 2_304;

    private static final int CORES_TO_SPIN = 4;

    private final WaitStrategy strategy;
    private final boolean isSpinAllowed;
    private final long gatherNsMax;
    private long gatherNs;
    private long cycleNs;
    /** When something came last. */
    private long arrivedNs;
    /** The last rest was a sleep. */
    private boolean hasSlept;
    /** Datagrams come faster than a wake-up costs. */
    private boolean isSpinning;

    /**
     * A policy.
     *
     * @param bufferBytes what the socket's buffer was granted, or 0 for a thread without a socket
     * @param cores cores of this machine
     */
    public WaitPolicy(WaitStrategy strategy, int bufferBytes, int cores) {
        this.strategy = strategy;
        isSpinAllowed = cores >= CORES_TO_SPIN;
        gatherNsMax = gatherNsMax(bufferBytes);
        gatherNs = gatherNsMax / 2;
    }

    /**
     * How long a sleep may be: half of the time in which the socket's buffer fills at line rate. The other half is for
     * waking up late, and for what the thread does before it looks at the socket again.
     */
    public static long gatherNsMax(int bufferBytes) {
        if (bufferBytes == 0) {
            return GATHER_NS_MAX;
        }
        // The kernel doubles what it grants, for its own book-keeping, and charges true sizes against the double.
        long datagrams = 2L * bufferBytes / TRUE_SIZE;
        long fillNs = datagrams * 1_000_000_000L / LINE_RATE;
        return Math.max(GATHER_NS_MIN, Math.min(GATHER_NS_MAX, fillNs / 2));
    }

    /**
     * About how many wake-ups a second an even load costs a thread that does not spin: one for each sleep, and none
     * that finds nothing.
     *
     * @param rate datagrams per second
     * @param bufferBytes what the socket's buffer was granted
     */
    public static double wakeUps(double rate, int bufferBytes) {
        return Math.min(1e9 / gatherNsMax(bufferBytes), rate);
    }

    /**
     * Decides after a duty cycle.
     *
     * @param arrived what the first duty took in, in datagrams: what the other duties did is no reason to wait for more
     * @param isMoreWaiting whether some stage stopped at its limit with work left
     * @param nowNs when the cycle began
     * @return {@link #SPIN}, {@link #BLOCK}, or nanoseconds to sleep
     */
    long decide(int arrived, boolean isMoreWaiting, long nowNs) {
        long sinceNs = nowNs - cycleNs;
        cycleNs = nowNs;
        if (isMoreWaiting || strategy == WaitStrategy.BUSY_SPIN) {
            return SPIN;
        }
        if (strategy == WaitStrategy.BLOCKING) {
            return BLOCK;
        }
        return arrived > 0 ? afterSome(arrived, sinceNs, nowNs) : afterNothing(nowNs);
    }

    private long afterSome(int arrived, long sinceNs, long nowNs) {
        boolean wasWorthIt = hasSlept || isSpinning;
        long gapNs = nowNs - arrivedNs;
        arrivedNs = nowNs;
        isSpinning = isSpinAllowed && sinceNs < arrived * WAKE_UP_NS;
        if (isSpinning) {
            return SPIN;
        }
        long sleepNs = gather(arrived);
        hasSlept = wasWorthIt || gapNs <= sleepNs;
        return hasSlept ? sleepNs : BLOCK;
    }

    private long afterNothing(long nowNs) {
        if (isSpinning && nowNs - arrivedNs < WAKE_UP_NS) {
            return SPIN;
        }
        hasSlept = isSpinning;
        isSpinning = false;
        return hasSlept ? gatherNs : BLOCK;
    }

    /**
     * How long to sleep after a cycle with work: half of what the buffer allows at first, when a burst may be under way
     * and the code is cold; longer while one cycle after the other finds little.
     */
    private long gather(int work) {
        if (work >= MANY) {
            gatherNs = gatherNsMax / 2;
            return gatherNs;
        }
        long sleepNs = gatherNs;
        gatherNs = Math.min(gatherNsMax, gatherNs + gatherNs / 4);
        return sleepNs;
    }
}
