package io.github.xrayd.engine.upload;

/**
 * When sealed batches of one pipeline go to disk, and how many come back: state in, decision out.
 *
 * <p>Memory is short when every batch is taken and slots have filled {@value #SHORT_DOWN} of the arena behind them
 * while the backend fails, or {@value #SHORT_SLOW} while it answers and is too slow; it is short until slots take no
 * more than {@value #RELIEVED}. Above the lower bound the disk has room to be slow; below it a short outage costs no
 * disk at all.
 */
public final class SpoolPolicy {
    static final double SHORT_DOWN = 0.5;
    static final double SHORT_SLOW = 0.75;
    static final double RELIEVED = 0.25;

    /** Batches on their way to the disk at once. */
    public static final int STORES_MAX = 16;

    /** Batches from the disk in memory at once, beside the memory limit. */
    public static final int TAKES_MAX = 16;

    private boolean isShort;

    /**
     * Whether batches go to disk now.
     *
     * @param arenaUsed which part of the arena is taken, 0 to 1
     * @param isStarved whether slots wait because no batch is free
     * @param isFailing whether no call has succeeded since the last one failed
     */
    public boolean isShort(double arenaUsed, boolean isStarved, boolean isFailing) {
        if (isShort) {
            isShort = arenaUsed > RELIEVED;
        } else {
            isShort = isStarved && arenaUsed >= (isFailing ? SHORT_DOWN : SHORT_SLOW);
        }
        return isShort;
    }

    /**
     * How many batches from the disk may be in memory.
     *
     * @param isFailing whether no call has succeeded since the last one failed, or none can be made
     * @param isAnyLeft whether memory holds anything to send
     * @param isShort whether batches go to disk at this moment
     */
    public static int takesMax(boolean isFailing, boolean isAnyLeft, boolean isShort) {
        if (isShort) {
            return 0;
        }
        if (isFailing) {
            // One, to see whether the backend is back, when there is nothing else to see it with.
            return isAnyLeft ? 0 : 1;
        }
        return TAKES_MAX;
    }
}
