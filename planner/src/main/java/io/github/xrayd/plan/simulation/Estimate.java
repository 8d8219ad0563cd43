package io.github.xrayd.plan.simulation;

/**
 * A figure from several runs.
 *
 * @param mean over the runs
 * @param low lower end of its 95 % confidence interval
 * @param high upper end of its 95 % confidence interval
 */
public record Estimate(double mean, double low, double high) {
    private static final double[] T_975 = {
        12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.10,
        2.09, 2.09, 2.08, 2.07, 2.07, 2.06, 2.06, 2.06, 2.05, 2.05, 2.05
    };

    /** The mean of some runs' values with Student's interval; of one run the interval is not known and is NaN. */
    public static Estimate of(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        double mean = sum / values.length;
        if (values.length < 2) {
            return new Estimate(mean, Double.NaN, Double.NaN);
        }
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        int freedom = values.length - 1;
        double t = freedom <= T_975.length ? T_975[freedom - 1] : 1.96;
        double half = t * Math.sqrt(squares / freedom / values.length);
        return new Estimate(mean, mean - half, mean + half);
    }

    /** A share that is never below 0, and above 0 even when no run saw any: three in all that were tried. */
    static Estimate share(double[] values, double tried) {
        Estimate estimate = of(values);
        double low = Double.isNaN(estimate.low) ? 0 : Math.max(0, estimate.low);
        double high = Double.isNaN(estimate.high) ? estimate.mean : estimate.high;
        return new Estimate(estimate.mean, low, estimate.mean == 0 ? Math.min(1, 3 / Math.max(3, tried)) : high);
    }
}
