package io.github.xrayd.plan.simulation;

import java.util.Arrays;

/** A run in equal intervals: the most that was held in each, what came. */
public final class Timeline {
    /** Intervals of a run. */
    public static final int INTERVALS = 600;

    private final double intervalNs;
    private final double[] held = new double[INTERVALS];
    private final double[] spooled = new double[INTERVALS];
    private final double[] offered = new double[INTERVALS];

    Timeline(long spanNs) {
        intervalNs = (double) spanNs / INTERVALS;
    }

    void add(long nowNs, long heldNow, long spooledNow, long offeredMore) {
        int index = Math.min(INTERVALS - 1, (int) (nowNs / intervalNs));
        held[index] = Math.max(held[index], (double) heldNow);
        spooled[index] = Math.max(spooled[index], (double) spooledNow);
        offered[index] += offeredMore;
    }

    /** The middle of each interval, in seconds from the start. */
    public double[] seconds() {
        double[] seconds = new double[INTERVALS];
        Arrays.setAll(seconds, i -> (i + 0.5) * intervalNs * 1e-9);
        return seconds;
    }

    /** The most segments that had come and not arrived, in memory and on disk. */
    public double[] held() {
        return held.clone();
    }

    /** The most segments on disk. */
    public double[] spooled() {
        return spooled.clone();
    }

    /** Segments per second that came. */
    public double[] offeredRate() {
        return Arrays.stream(offered).map(count -> count / (intervalNs * 1e-9)).toArray();
    }
}
