package io.github.xrayd.plot;

/** The least and greatest of the values it has seen; for logarithmic axes of those above zero. */
final class Extent {
    private final boolean isPositiveOnly;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;

    Extent(boolean isPositiveOnly) {
        this.isPositiveOnly = isPositiveOnly;
    }

    void add(double... values) {
        for (double value : values) {
            if (Double.isFinite(value) && (!isPositiveOnly || value > 0)) {
                min = Math.min(min, value);
                max = Math.max(max, value);
            }
        }
    }

    boolean isEmpty() {
        return min > max;
    }

    double min() {
        return min;
    }

    double max() {
        return max;
    }
}
