package io.github.xrayd.engine.run;

/**
 * Whether uploads wait because datagrams come in a burst: on a machine of few cores the calls would take the receiver's
 * core, and the kernel's buffer holds only milliseconds of line rate. State in, decision out.
 */
public final class BurstHold {
    /** How long after the last sign of a burst uploads wait, in nanoseconds. */
    public static final long HOLD_NS = 20_000_000;

    /** How long a burst that does not end may hold uploads, and how long they then go on whatever comes. */
    static final long HOLD_NS_MAX = 250_000_000;

    private int burstCount;
    private long startNs;
    private long lastNs;
    private boolean isHolding;
    private long freeUntilNs;
    private boolean wasFreed;

    /**
     * Decides.
     *
     * @param burstCount how many reads have been bursts so far
     * @param nowNs when the duty cycle began
     */
    public boolean isHolding(int burstCount, long nowNs) {
        if (wasFreed && nowNs - freeUntilNs < 0) {
            this.burstCount = burstCount;
            return false;
        }
        wasFreed = false;
        if (burstCount != this.burstCount) {
            this.burstCount = burstCount;
            if (!isHolding) {
                isHolding = true;
                startNs = nowNs;
            }
            lastNs = nowNs;
        }
        if (isHolding && nowNs - startNs > HOLD_NS_MAX) {
            isHolding = false;
            wasFreed = true;
            freeUntilNs = nowNs + HOLD_NS_MAX;
        } else if (isHolding && nowNs - lastNs > HOLD_NS) {
            isHolding = false;
        }
        return isHolding;
    }
}
