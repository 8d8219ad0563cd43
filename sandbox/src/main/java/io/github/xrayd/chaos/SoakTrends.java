package io.github.xrayd.chaos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What a soak's samples say of each life of the daemon that had enough cycles. Pure.
 *
 * <p>A leak does not go away: it raises the lowest figure of each cycle, when nothing is in flight, as much as any
 * other. So that one is judged, whose limits can be small; of resident memory also what it exceeds for a tenth of the
 * cycle, because that is what its host must have. Pages of the Java heap that were used once stay resident, up to its
 * limit, so that the heap is judged by what is live in it, and resident memory once with it and once without.
 */
final class SoakTrends {
    private static final double MB = 1 << 20;
    private static final double HIGH = 0.9;

    /**
     * A kind of figure.
     *
     * @param quantile what is taken of a cycle: 0 is the lowest
     * @param limitAtLeast how much it may grow
     * @param limitShare the same as a share of the median
     * @param value what is taken of a sample; NaN when it is not known
     */
    private record Figure(
            String title,
            double quantile,
            double limitAtLeast,
            double limitShare,
            ToDoubleFunction<SoakSample> value) {}

    private static final List<Figure> FIGURES = List.of(
            new Figure(
                    "resident MB", HIGH, 4, 0.05, sample -> sample.footprint().residentBytes() / MB),
            new Figure("resident MB outside the Java heap, lowest", 0, 4, 0, sample -> outsideHeapBytes(sample) / MB),
            new Figure(
                    "live MB in the Java heap after a full collection, lowest",
                    0,
                    1,
                    0,
                    sample -> sample.heap().liveBytes() < 0
                            ? Double.NaN
                            : sample.heap().liveBytes() / MB),
            new Figure(
                    "descriptors, lowest", 0, 2, 0, sample -> sample.footprint().descriptors()),
            new Figure("threads, lowest", 0, 2, 0, sample -> sample.footprint().threads()));

    private SoakTrends() {}

    /** Resident memory of everything but the Java heap, in bytes. */
    static double outsideHeapBytes(SoakSample sample) {
        return sample.footprint().residentBytes() - sample.heap().residentBytes();
    }

    /** The trends of each life with at least {@link Trend#CYCLES_MIN} cycles; of figures that are known in each. */
    static List<Trend> of(List<SoakSample> samples) {
        Map<Integer, Map<Integer, List<SoakSample>>> lives = samples.stream()
                .collect(Collectors.groupingBy(
                        SoakSample::life,
                        TreeMap::new,
                        Collectors.groupingBy(SoakSample::cycle, TreeMap::new, Collectors.toList())));
        List<Trend> trends = new ArrayList<>();
        lives.forEach((life, cycles) -> {
            if (cycles.size() >= Trend.CYCLES_MIN) {
                for (Figure figure : FIGURES) {
                    double[] levels = cycles.values().stream()
                            .mapToDouble(cycle -> level(figure, cycle))
                            .toArray();
                    if (Arrays.stream(levels).noneMatch(Double::isNaN)) {
                        trends.add(Trend.of(figure.title(), life, levels, figure.limitAtLeast(), figure.limitShare()));
                    }
                }
            }
        });
        return trends;
    }

    private static double level(Figure figure, List<SoakSample> cycle) {
        double[] values = cycle.stream()
                .mapToDouble(figure.value())
                .filter(value -> !Double.isNaN(value))
                .sorted()
                .toArray();
        return values.length == 0 ? Double.NaN : values[(int) Math.round((values.length - 1) * figure.quantile())];
    }
}
