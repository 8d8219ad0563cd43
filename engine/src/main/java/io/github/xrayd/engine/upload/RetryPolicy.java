package io.github.xrayd.engine.upload;

import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: exponential backoff with full jitter, a uniform draw from 0 up to {@code base ×
 * 2^failures}, capped.
 *
 * @param baseNs the first bound, in nanoseconds
 * @param capNs the largest bound, in nanoseconds
 */
public record RetryPolicy(long baseNs, long capNs) {
    private static final int SHIFT_MAX = 30;

    /**
     * The wait after a failure.
     *
     * @param failures failures in a row, at least 1
     */
    public long delayNs(int failures, RandomGenerator random) {
        int shift = Math.min(failures - 1, SHIFT_MAX);
        long bound = baseNs > (capNs >> shift) ? capNs : baseNs << shift;
        return 1 + random.nextLong(Math.max(1, bound));
    }
}
