package io.github.xrayd.chaos;

import java.util.Arrays;
import java.util.Locale;

/**
 * Whether a figure stays where it is. Pure.
 *
 * @param name of what
 * @param median of the figures after the warm-up
 * @param growth what the median slope between any two of them (Theil–Sen) makes of the whole time after the warm-up
 * @param limit the growth that still counts as none
 */
record Trend(String name, double median, double growth, double limit) {
    /** The part of the time that belongs to warming up. */
    static final double WARM_UP = 0.25;

    /**
     * The trend of some figures.
     *
     * @param seconds when each was taken, ascending
     * @param limitAtLeast the least growth that counts as some
     * @param limitShare the same as a share of the median
     */
    static Trend of(String name, double[] seconds, double[] figures, double limitAtLeast, double limitShare) {
        int from = (int) Math.ceil(seconds.length * WARM_UP);
        int count = seconds.length - from;
        if (count < 2) {
            return new Trend(name, count == 1 ? figures[from] : 0, 0, limitAtLeast);
        }
        double[] slopes = new double[count * (count - 1) / 2];
        int next = 0;
        for (int i = from; i < seconds.length; i++) {
            for (int j = i + 1; j < seconds.length; j++) {
                slopes[next++] = (figures[j] - figures[i]) / (seconds[j] - seconds[i]);
            }
        }
        double median = median(Arrays.copyOfRange(figures, from, figures.length));
        double growth = median(slopes) * (seconds[seconds.length - 1] - seconds[from]);
        return new Trend(name, median, growth, Math.max(limitAtLeast, limitShare * median));
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        int middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    /** Whether it does not grow. */
    boolean isFlat() {
        return growth <= limit;
    }

    String text() {
        return String.format(
                Locale.ROOT,
                "%s: median %.1f, grows by %.2f (limit %.2f): %s",
                name,
                median,
                growth,
                limit,
                isFlat() ? "flat" : "NOT FLAT");
    }
}
