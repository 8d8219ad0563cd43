package io.github.xrayd.plan.simulation;

import java.util.random.RandomGenerator;

/** Times of a log-normal distribution through two percentiles, from a table: fast, and the same for each seed. */
final class LogNormal {
    private static final double Z_99 = 2.3263478740408408;
    private static final int BITS = 12;

    private final long[] table;

    LogNormal(long p50Ns, long p99Ns) {
        if (p99Ns <= p50Ns) {
            table = new long[] {p50Ns};
            return;
        }
        double sigma = Math.log((double) p99Ns / p50Ns) / Z_99;
        table = new long[1 << BITS];
        for (int i = 0; i < table.length; i++) {
            table[i] = Math.round(p50Ns * Math.exp(sigma * quantile((i + 0.5) / table.length)));
        }
    }

    long next(RandomGenerator random) {
        return table.length == 1 ? table[0] : table[random.nextInt(table.length)];
    }

    /** The standard normal distribution's quantile, by bisection of its distribution function. */
    private static double quantile(double share) {
        double low = -6;
        double high = 6;
        for (int i = 0; i < 60; i++) {
            double middle = (low + high) / 2;
            if (distribution(middle) < share) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Marsaglia's series. */
    private static double distribution(double x) {
        double sum = x;
        double term = x;
        for (int i = 3; i < 200 && Math.abs(term) > 1e-17; i += 2) {
            term *= x * x / i;
            sum += term;
        }
        return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }
}
