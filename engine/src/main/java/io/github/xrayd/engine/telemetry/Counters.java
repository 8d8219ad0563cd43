package io.github.xrayd.engine.telemetry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The values of every {@link Counter} for one pipeline, one cache line each.
 *
 * <p>Each counter is written by the one thread that runs its stage, with plain reads and release writes; any thread may
 * read. A reader that must not see more settled than received reads the later stages' counters first (the ledger does).
 */
public final class Counters {
    private static final VarHandle VALUES = MethodHandles.arrayElementVarHandle(long[].class);
    /** 16 longs apart: two cache lines, because adjacent lines are prefetched in pairs. */
    private static final int STRIDE_SHIFT = 4;

    private static final int PADDING = 1 << STRIDE_SHIFT;

    private final long[] values = new long[(Counter.values().length << STRIDE_SHIFT) + 2 * PADDING];

    private static int index(Counter counter) {
        return PADDING + (counter.ordinal() << STRIDE_SHIFT);
    }

    /** Adds one. Only the counter's stage calls this. */
    public void increment(Counter counter) {
        add(counter, 1);
    }

    /** Adds {@code amount}, which is not negative. Only the counter's stage calls this. */
    public void add(Counter counter, long amount) {
        int index = index(counter);
        VALUES.setRelease(values, index, values[index] + amount);
    }

    /** The current value; any thread may ask. */
    public long get(Counter counter) {
        return (long) VALUES.getAcquire(values, index(counter));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Counter counter : Counter.values()) {
            if (get(counter) != 0) {
                text.append(text.length() == 0 ? "" : ", ")
                        .append(counter)
                        .append('=')
                        .append(get(counter));
            }
        }
        return text.toString();
    }
}
