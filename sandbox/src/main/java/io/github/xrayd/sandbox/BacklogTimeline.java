package io.github.xrayd.sandbox;

import java.util.Arrays;

/** How many documents were on their way, in intervals of 20 ms. Not thread-safe. */
final class BacklogTimeline {
    private static final long INTERVAL_MICROS = 20_000;

    /** Two hours; what comes later is counted in the last interval. */
    private static final int INTERVALS_MAX = 360_000;

    /** Sends may be seen out of order by this much, in microseconds. */
    private static final long EARLY_MICROS = 120_000_000;

    private long startMicros = Long.MIN_VALUE;
    private int[] change = new int[16_384];

    void add(long sentMicros, long arrivalMicros) {
        if (startMicros == Long.MIN_VALUE) {
            startMicros = sentMicros - EARLY_MICROS;
        }
        int sent = index(sentMicros);
        int arrived = index(Math.max(sentMicros, arrivalMicros));
        if (arrived >= change.length) {
            change = Arrays.copyOf(change, Math.max(arrived + 1, change.length * 2));
        }
        change[sent]++;
        change[arrived]--;
    }

    private int index(long micros) {
        return (int) Math.max(0, Math.min(INTERVALS_MAX - 1, (micros - startMicros) / INTERVAL_MICROS));
    }

    long peak() {
        long now = 0;
        long peak = 0;
        for (int one : change) {
            now += one;
            peak = Math.max(peak, now);
        }
        return peak;
    }
}
