package io.github.xrayd.engine.telemetry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;

/**
 * How long things took, counted by fixed bounds from 5 ms to 5 min. One thread records, with plain reads and release
 * writes; any thread may read. Allocates nothing after it was made.
 */
public final class Histogram {
    private static final VarHandle VALUES = MethodHandles.arrayElementVarHandle(long[].class);

    private static final long[] BOUNDS_NS = {
        ms(5),
        ms(10),
        ms(25),
        ms(50),
        ms(100),
        ms(250),
        ms(500),
        ms(1_000),
        ms(2_500),
        ms(5_000),
        ms(10_000),
        ms(30_000),
        ms(60_000),
        ms(300_000)
    };

    /** A count for each bound, one for what is longer than the last, and the sum in nanoseconds. */
    private final long[] values = new long[BOUNDS_NS.length + 2];

    private static long ms(long ms) {
        return TimeUnit.MILLISECONDS.toNanos(ms);
    }

    /** Counts one duration, in nanoseconds; a negative one counts as 0. The recording thread only. */
    public void record(long ns) {
        long duration = Math.max(0, ns);
        int bucket = 0;
        while (bucket < BOUNDS_NS.length && duration > BOUNDS_NS[bucket]) {
            bucket++;
        }
        VALUES.setRelease(values, bucket, values[bucket] + 1);
        int sum = values.length - 1;
        VALUES.setRelease(values, sum, values[sum] + duration);
    }

    /** The upper bounds in seconds, inclusive; the last one is infinite. */
    public static double[] boundsSeconds() {
        double[] bounds = new double[BOUNDS_NS.length + 1];
        for (int i = 0; i < BOUNDS_NS.length; i++) {
            bounds[i] = BOUNDS_NS[i] / 1e9;
        }
        bounds[BOUNDS_NS.length] = Double.POSITIVE_INFINITY;
        return bounds;
    }

    /** How many durations lie in each bucket, in the order of {@link #boundsSeconds}. Any thread. */
    public long[] counts() {
        long[] counts = new long[values.length - 1];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = (long) VALUES.getAcquire(values, i);
        }
        return counts;
    }

    /** All durations together, in seconds. Any thread. */
    public double sumSeconds() {
        return (long) VALUES.getAcquire(values, values.length - 1) / 1e9;
    }
}
