package io.github.xrayd.chaos;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Whether a figure of one life of a process grows from cycle to cycle, each of which has the same load and the same
 * faults. The first cycle warms up: it is the first to reach each size of heap, buffers and code. Pure.
 *
 * @param name of what
 * @param life of which process
 * @param levels the figure in each cycle, in their order
 * @param growth what the median slope between any two cycles behind the first (Theil–Sen) makes from the second to the
 *     last
 * @param limit the growth that still counts as none
 */
record Trend(String name, int life, List<Double> levels, double growth, double limit) {
    /** The cycles of a life that can be judged: one to warm up, and two to compare. */
    static final int CYCLES_MIN = 3;

    /**
     * The trend of some levels.
     *
     * @param levels one for each cycle, at least {@value #CYCLES_MIN}
     * @param limitAtLeast the least growth that counts as some
     * @param limitShare the same as a share of the median
     */
    static Trend of(String name, int life, double[] levels, double limitAtLeast, double limitShare) {
        if (levels.length < CYCLES_MIN) {
            throw new IllegalArgumentException(levels.length + " cycles are too few");
        }
        int count = levels.length - 1;
        double[] slopes = new double[count * (count - 1) / 2];
        int next = 0;
        for (int i = 1; i < levels.length; i++) {
            for (int j = i + 1; j < levels.length; j++) {
                slopes[next++] = (levels[j] - levels[i]) / (j - i);
            }
        }
        double median = median(Arrays.copyOfRange(levels, 1, levels.length));
        return new Trend(
                name,
                life,
                Arrays.stream(levels).boxed().toList(),
                median(slopes) * (count - 1),
                Math.max(limitAtLeast, limitShare * median));
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
        StringBuilder cycles = new StringBuilder();
        for (double level : levels) {
            cycles.append(String.format(Locale.ROOT, " %.1f", level));
        }
        return String.format(
                Locale.ROOT,
                "life %d, %s:%s; grows by %.2f behind the first cycle (limit %.2f): %s",
                life,
                name,
                cycles,
                growth,
                limit,
                isFlat() ? "flat" : "NOT FLAT");
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", name);
        json.put("life", life);
        json.put("levels", levels);
        json.put("growth", growth);
        json.put("limit", limit);
        json.put("isFlat", isFlat());
        return json;
    }
}
