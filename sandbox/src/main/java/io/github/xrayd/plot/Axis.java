package io.github.xrayd.plot;

/**
 * What runs along one side of a chart.
 *
 * @param label what is counted
 * @param unit how its values are written
 * @param isLog whether equal distances are equal ratios; values at or below zero then lie at the axis's lower end
 * @param min where it begins, or NaN to follow the values
 * @param max where it ends, or NaN to follow the values
 */
public record Axis(String label, Unit unit, boolean isLog, double min, double max) {
    public Axis {
        if (min >= max) {
            throw new IllegalArgumentException("min must be less than max: " + min + ", " + max);
        }
        if (isLog && min <= 0) {
            throw new IllegalArgumentException("a logarithmic axis begins above 0: " + min);
        }
    }

    /** Equal distances are equal differences; begins at 0 unless values lie below. */
    public static Axis linear(String label, Unit unit) {
        return new Axis(label, unit, false, Double.NaN, Double.NaN);
    }

    /** Equal distances are equal ratios. */
    public static Axis log(String label, Unit unit) {
        return new Axis(label, unit, true, Double.NaN, Double.NaN);
    }

    /** The same from {@code from} to {@code to}; NaN leaves an end to the values. */
    public Axis range(double from, double to) {
        return new Axis(label, unit, isLog, from, to);
    }
}
