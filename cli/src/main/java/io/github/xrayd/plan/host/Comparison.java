package io.github.xrayd.plan.host;

/**
 * What was predicted beside what was measured.
 *
 * @param title of the figure
 * @param predicted value
 * @param measured value
 * @param error of the prediction, a part of the measured value; of what was sent for loss
 * @param errorMax what it may be
 * @param slack a difference that is always borne, in the figure's own unit
 * @param unit how values are written
 */
public record Comparison(
        String title,
        double predicted,
        double measured,
        double error,
        double errorMax,
        double slack,
        java.util.function.DoubleFunction<String> unit) {

    static Comparison relative(
            String title,
            double predicted,
            double measured,
            double errorMax,
            double slack,
            java.util.function.DoubleFunction<String> unit) {
        double error = measured == 0 ? (predicted == 0 ? 0 : 1) : (predicted - measured) / measured;
        return new Comparison(title, predicted, measured, error, errorMax, slack, unit);
    }

    static Comparison absolute(
            String title,
            double predicted,
            double measured,
            double errorMax,
            java.util.function.DoubleFunction<String> unit) {
        return new Comparison(title, predicted, measured, predicted - measured, errorMax, 0, unit);
    }

    /** Whether the prediction was right within its stated error. */
    public boolean isWithin() {
        return Math.abs(error) <= errorMax || Math.abs(predicted - measured) <= slack;
    }
}
