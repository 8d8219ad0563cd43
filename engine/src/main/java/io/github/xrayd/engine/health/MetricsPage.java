package io.github.xrayd.engine.health;

import io.github.xrayd.engine.http.HttpCounter;
import io.github.xrayd.engine.http.Route;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.DestinationLedger;
import io.github.xrayd.engine.telemetry.SourceLedger;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * {@code /metrics} in Prometheus's text format: a snapshot of the daemon's own counters, taken when asked for. Nothing is kept here,
 * and the library's classes are loaded with the first scrape.
 */
@SuppressWarnings("LongDoubleConversion") // the format knows doubles only; they are exact up to 9 * 10^15
public final class MetricsPage implements Route {
    /** Counters of one family, told apart by a label: the first part of their names. */
    private static final List<Family> FAMILIES = List.of(
            new Family("REJECTED_", "xrayd_rejected", "reason", "datagrams turned away by validation"),
            new Family("DROPPED_", "xrayd_dropped", "reason", "datagrams read from the socket and not kept"),
            new Family("ABANDONED_", "xrayd_abandoned", "reason", "documents given up"),
            new Family("CALLS_", "xrayd_calls_ended", "result", "upload calls by what came of them"),
            new Family("ERROR_", "xrayd_call_errors", "kind", "upload calls that failed, by kind"));

    private static final String DESTINATION = "destination";
    private static final String SOURCE = "source";

    private final Vitals vitals;

    /**
     * @param prefix how the names of its counters begin
     * @param metric the metric's name
     * @param label what tells them apart
     */
    private record Family(String prefix, String metric, String label, String help) {}

    public MetricsPage(Vitals vitals) {
        this.vitals = vitals;
    }

    @Override
    public Page page() {
        try {
            ByteArrayOutputStream text = new ByteArrayOutputStream(16 << 10);
            PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
            writer.write(text, snapshot(), EscapingScheme.UNDERSCORE_ESCAPING);
            return new Page(200, PrometheusTextFormatWriter.CONTENT_TYPE, text.toString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private MetricSnapshots snapshot() {
        List<MetricSnapshot> all = new ArrayList<>();
        counters(all);
        destinationGauges(all);
        all.add(gauge("xrayd_memory_limit_bytes", "what may hold segments", vitals.memoryLimitBytes()));
        all.add(gauge(
                "xrayd_ready",
                "1 while what is received can be delivered, as far as is known",
                vitals.readinessProblem() == null ? 1 : 0));
        long kernelDrops = vitals.kernelDrops();
        if (kernelDrops >= 0) {
            all.add(counter(
                    "xrayd_kernel_drops",
                    "datagrams the kernel dropped because the socket's buffer was full",
                    kernelDrops));
        }
        sources(all);
        all.add(topSources());
        all.add(proxy());
        process(all);
        return new MetricSnapshots(all);
    }

    private void counters(List<MetricSnapshot> all) {
        for (Counter counter : Counter.values()) {
            if (FAMILIES.stream().noneMatch(family -> counter.name().startsWith(family.prefix()))) {
                CounterSnapshot.Builder metric = CounterSnapshot.builder()
                        .name("xrayd_" + lower(counter.name()))
                        .help(counter.help());
                addPoints(metric, counter, Labels.EMPTY);
                all.add(metric.build());
            }
        }
        for (Family family : FAMILIES) {
            CounterSnapshot.Builder metric =
                    CounterSnapshot.builder().name(family.metric()).help(family.help());
            for (Counter counter : Counter.values()) {
                if (counter.name().startsWith(family.prefix())) {
                    String which =
                            lower(counter.name().substring(family.prefix().length()));
                    addPoints(metric, counter, Labels.of(family.label(), which));
                }
            }
            all.add(metric.build());
        }
    }

    /** What a destination counts has its name as a label; what a source counts has none. */
    private void addPoints(CounterSnapshot.Builder metric, Counter counter, Labels labels) {
        if (!counter.stage().isOfDestination()) {
            metric.dataPoint(point(labels, vitals.count(counter)));
            return;
        }
        for (Vitals.DestinationVitals destination : vitals.destinations()) {
            metric.dataPoint(
                    point(labels.merge(Labels.of(DESTINATION, destination.name())), destination.count(counter)));
        }
    }

    private void destinationGauges(List<MetricSnapshot> all) {
        List<DestinationLedger> ledgers = vitals.ledger().destinations();
        all.add(gauges(
                "xrayd_held",
                "documents in memory, not settled yet",
                ledgers,
                DestinationLedger::destination,
                each -> each.held()));
        all.add(gauges(
                "xrayd_spooled_now",
                "documents on disk and not in memory",
                ledgers,
                DestinationLedger::destination,
                each -> each.spooled()));
        all.add(gauges(
                "xrayd_spool_bytes",
                "what the spool takes of its limit",
                vitals.destinations(),
                Vitals.DestinationVitals::name,
                each -> each.spoolBytes()));
        all.add(gauges(
                "xrayd_destination_ready",
                "1 while documents can be delivered to it, as far as is known",
                vitals.destinations(),
                Vitals.DestinationVitals::name,
                each -> each.readinessProblem() == null ? 1 : 0));
    }

    private static <T> GaugeSnapshot gauges(
            String name, String help, List<T> all, Function<T, String> destination, ToDoubleFunction<T> value) {
        GaugeSnapshot.Builder metric = GaugeSnapshot.builder().name(name).help(help);
        for (T each : all) {
            metric.dataPoint(GaugeDataPointSnapshot.builder()
                    .labels(Labels.of(DESTINATION, destination.apply(each)))
                    .value(value.applyAsDouble(each))
                    .build());
        }
        return metric.build();
    }

    /** What came in by kind of source: the parts of what the counters without a label sum up. */
    private void sources(List<MetricSnapshot> all) {
        List<SourceLedger> ledgers = vitals.ledger().sources();
        all.add(ofSources(
                "xrayd_source_received",
                "datagrams and documents received, by kind of source",
                ledgers,
                each -> each.received()));
        all.add(ofSources(
                "xrayd_source_rejected",
                "datagrams and documents turned away by validation, by kind of source",
                ledgers,
                each -> each.rejectedTotal()));
        all.add(ofSources(
                "xrayd_source_dropped",
                "datagrams and documents read and not kept, by kind of source",
                ledgers,
                each -> each.droppedTotal()));
        CounterSnapshot.Builder events =
                CounterSnapshot.builder().name("xrayd_source_events").help("what else a source did, by event");
        vitals.sourceEvents()
                .forEach((source, counts) -> counts.forEach(
                        (event, count) -> events.dataPoint(point(Labels.of(SOURCE, source, "event", event), count))));
        all.add(events.build());
    }

    private static CounterSnapshot ofSources(
            String name, String help, List<SourceLedger> ledgers, ToDoubleFunction<SourceLedger> value) {
        CounterSnapshot.Builder metric = CounterSnapshot.builder().name(name).help(help);
        ledgers.forEach(each -> metric.dataPoint(point(Labels.of(SOURCE, each.source()), value.applyAsDouble(each))));
        return metric.build();
    }

    private MetricSnapshot topSources() {
        GaugeSnapshot.Builder metric = GaugeSnapshot.builder()
                .name("xrayd_top_source_datagrams")
                .help("datagrams of those who sent most in the last second in which some were dropped");
        for (Map.Entry<String, Long> source : vitals.topSources().entrySet()) {
            metric.dataPoint(GaugeDataPointSnapshot.builder()
                    .labels(Labels.of(SOURCE, source.getKey()))
                    .value(source.getValue())
                    .build());
        }
        return metric.build();
    }

    private MetricSnapshot proxy() {
        CounterSnapshot.Builder metric =
                CounterSnapshot.builder().name("xrayd_proxy_events").help("what the TCP port did, by event");
        for (HttpCounter counter : HttpCounter.values()) {
            if (counter.isOfSource()) {
                continue;
            }
            metric.dataPoint(point(
                    Labels.of("event", lower(counter.name())), vitals.proxy().get(counter)));
        }
        return metric.build();
    }

    private static void process(List<MetricSnapshot> all) {
        ProcessHandle.Info info = ProcessHandle.current().info();
        info.totalCpuDuration()
                .ifPresent(used ->
                        all.add(counter("process_cpu_seconds", "processor time used, seconds", used.toNanos() / 1e9)));
        info.startInstant()
                .ifPresent(start -> all.add(gauge(
                        "process_start_time_seconds",
                        "when the process started, epoch seconds",
                        start.toEpochMilli() / 1e3)));
        Runtime runtime = Runtime.getRuntime();
        all.add(gauge(
                "jvm_heap_used_bytes",
                "heap in use, garbage included; segments lie outside",
                runtime.totalMemory() - runtime.freeMemory()));
    }

    private static CounterSnapshot counter(String name, String help, double value) {
        return CounterSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(point(Labels.EMPTY, value))
                .build();
    }

    private static CounterDataPointSnapshot point(Labels labels, double value) {
        return CounterDataPointSnapshot.builder().labels(labels).value(value).build();
    }

    private static GaugeSnapshot gauge(String name, String help, double value) {
        return GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
                .build();
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
