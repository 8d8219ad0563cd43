package io.github.xrayd.engine.run;

/**
 * Whether uploads wait because datagrams come in a burst: on a machine of few cores the calls would take the receiver's
 * core, and the kernel's buffer holds only milliseconds of line rate. State in, decision out.
 */
public final class BurstHold {
    /** How long after the last sign of a burst uploads wait, in nanoseconds. */
    public static final long HOLD_NS = 20_000_000;

    /**
     * How long a row of bursts may hold uploads. What goes on after that is a load, which needs them: they are not held
     * again until no burst has been seen for as long.
     */
    static final long HOLD_NS_MAX = 250_000_000;

    private int burstCount;
    private long startNs;
    private long lastNs;
    private boolean wasSeen;

    /**
     * Decides.
     *
     * @param burstCount how many reads have been bursts so far
     * @param nowNs when the duty cycle began
     */
    public boolean isHolding(int burstCount, long nowNs) {
        if (burstCount != this.burstCount) {
            this.burstCount = burstCount;
            if (!wasSeen || nowNs - lastNs > HOLD_NS_MAX) {
                startNs = nowNs;
            }
            lastNs = nowNs;
            wasSeen = true;
        }
        return wasSeen && nowNs - lastNs <= HOLD_NS && nowNs - startNs <= HOLD_NS_MAX;
    }
}
