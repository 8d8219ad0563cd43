package io.github.xrayd.plan.simulation;

import java.util.Arrays;

/** Segments that wait in order, those of one time together. */
final class ArrivalRuns {
    private long[] timesNs = new long[1_024];
    private long[] counts = new long[1_024];
    private int first;
    private int size;
    private long total;

    boolean isEmpty() {
        return total == 0;
    }

    long count() {
        return total;
    }

    void add(long count, long timeNs) {
        if (count <= 0) {
            return;
        }
        if (size == timesNs.length) {
            grow();
        }
        int at = (first + size++) & (timesNs.length - 1);
        timesNs[at] = timeNs;
        counts[at] = count;
        total += count;
    }

    long firstCount() {
        return counts[first];
    }

    long firstNs() {
        return timesNs[first];
    }

    /** Takes some of the first run. */
    void take(long count) {
        counts[first] -= count;
        total -= count;
        if (counts[first] == 0) {
            first = (first + 1) & (timesNs.length - 1);
            size--;
        }
    }

    private void grow() {
        int length = timesNs.length;
        long[] times = Arrays.copyOf(timesNs, length * 2);
        long[] others = Arrays.copyOf(counts, length * 2);
        for (int i = 0; i < size; i++) {
            int from = (first + i) & (length - 1);
            times[i] = timesNs[from];
            others[i] = counts[from];
        }
        timesNs = times;
        counts = others;
        first = 0;
    }
}
