package io.github.xrayd.plan.host;

import java.util.function.DoubleFunction;

/**
 * What was predicted beside what was measured.
 *
 * @param title of the figure
 * @param predicted mean over the simulated runs
 * @param low least of the simulated runs
 * @param high greatest of the simulated runs
 * @param measured value
 * @param isAbsolute whether errors are differences, not parts of the measured value
 * @param errorMax what the error may be beyond what chance makes of the runs
 * @param slack a difference that is always borne, in the figure's own unit
 * @param unit how values are written
 */
public record Comparison(
        String title,
        double predicted,
        double low,
        double high,
        double measured,
        boolean isAbsolute,
        double errorMax,
        double slack,
        DoubleFunction<String> unit) {

    /**
     * How far the prediction's mean is from what was measured, as a part of that; the difference itself for absolute
     * ones.
     */
    public double error() {
        if (isAbsolute) {
            return predicted - measured;
        }
        return measured == 0 ? (predicted == 0 ? 0 : 1) : (predicted - measured) / measured;
    }

    /** Whether what was measured lies within the runs, or beyond them by no more than the stated error. */
    public boolean isWithin() {
        double beyond = Math.max(0, Math.max(low - measured, measured - high));
        double borne = Math.max(slack, isAbsolute ? errorMax : errorMax * measured);
        return beyond <= borne;
    }
}
