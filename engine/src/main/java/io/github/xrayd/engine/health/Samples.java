package io.github.xrayd.engine.health;

import io.github.xrayd.engine.telemetry.Histogram;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The values of one scrape, by family. For one thread. */
final class Samples {
    private final Map<MetricFamily, List<DataPointSnapshot>> points = new LinkedHashMap<>();

    /** Adds the value of a counter or gauge; {@code labels} are the values of the family's labels. */
    void add(MetricFamily family, double value, String... labels) {
        Labels named = named(family, labels);
        add(
                family,
                family.type() == MetricFamily.Type.COUNTER
                        ? CounterDataPointSnapshot.builder()
                                .labels(named)
                                .value(value)
                                .build()
                        : GaugeDataPointSnapshot.builder()
                                .labels(named)
                                .value(value)
                                .build());
    }

    /** The same for a whole number; exact up to 9 * 10^15. */
    void add(MetricFamily family, long value, String... labels) {
        add(family, (double) value, labels);
    }

    /** Adds durations. */
    void add(MetricFamily family, Histogram histogram, String... labels) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        double sum = histogram.sumSeconds();
        long[] counts = histogram.counts();
        double[] bounds = Histogram.boundsSeconds();
        for (int i = 0; i < bounds.length; i++) {
            buckets.bucket(bounds[i], counts[i]);
        }
        HistogramDataPointSnapshot.Builder point = HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(buckets.build())
                .labels(named(family, labels));
        add(family, point.sum(sum).build());
    }

    /** Adds a count and the seconds that they took together. */
    void addSummary(MetricFamily family, long count, double seconds, String... labels) {
        SummaryDataPointSnapshot.Builder point =
                SummaryDataPointSnapshot.builder().labels(named(family, labels));
        add(family, point.count(count).sum(seconds).build());
    }

    /** Adds what only its labels tell. */
    void addInfo(MetricFamily family, String... labels) {
        add(
                family,
                InfoDataPointSnapshot.builder().labels(named(family, labels)).build());
    }

    private void add(MetricFamily family, DataPointSnapshot point) {
        points.computeIfAbsent(family, f -> new ArrayList<>()).add(point);
    }

    private static Labels named(MetricFamily family, String... values) {
        if (values.length != family.labels().size()) {
            throw new IllegalStateException(family + " has " + values.length + " labels");
        }
        return Labels.of(family.labels().toArray(new String[0]), values);
    }

    /** The points of each family, in the order in which they were added. */
    Map<MetricFamily, List<DataPointSnapshot>> points() {
        return points;
    }

    MetricSnapshots snapshots() {
        List<MetricSnapshot> all = new ArrayList<>();
        points.forEach((family, values) -> all.add(snapshot(family, values)));
        return new MetricSnapshots(all);
    }

    private static MetricSnapshot snapshot(MetricFamily family, List<DataPointSnapshot> points) {
        switch (family.type()) {
            case COUNTER -> {
                CounterSnapshot.Builder metric =
                        CounterSnapshot.builder().name(family.name()).help(family.help());
                points.forEach(point -> metric.dataPoint((CounterDataPointSnapshot) point));
                return metric.build();
            }
            case GAUGE -> {
                GaugeSnapshot.Builder metric =
                        GaugeSnapshot.builder().name(family.name()).help(family.help());
                points.forEach(point -> metric.dataPoint((GaugeDataPointSnapshot) point));
                return metric.build();
            }
            case HISTOGRAM -> {
                HistogramSnapshot.Builder metric =
                        HistogramSnapshot.builder().name(family.name()).help(family.help());
                points.forEach(point -> metric.dataPoint((HistogramDataPointSnapshot) point));
                return metric.build();
            }
            case SUMMARY -> {
                SummarySnapshot.Builder metric =
                        SummarySnapshot.builder().name(family.name()).help(family.help());
                points.forEach(point -> metric.dataPoint((SummaryDataPointSnapshot) point));
                return metric.build();
            }
            case INFO -> {
                InfoSnapshot.Builder metric =
                        InfoSnapshot.builder().name(family.name()).help(family.help());
                points.forEach(point -> metric.dataPoint((InfoDataPointSnapshot) point));
                return metric.build();
            }
        }
        throw new IllegalStateException(family.toString());
    }
}
