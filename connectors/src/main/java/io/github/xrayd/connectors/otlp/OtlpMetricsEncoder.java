package io.github.xrayd.connectors.otlp;

import com.google.protobuf.CodedOutputStream;
import io.github.xrayd.engine.health.MetricFamily;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * Writes metrics as an {@code ExportMetricsServiceRequest}, by the field numbers of OTLP 1.x
 * (opentelemetry/proto/metrics/v1). Cumulative, with the start of the process as the start of each series. A message
 * within a message is made first, because its size precedes it. For one thread.
 */
final class OtlpMetricsEncoder {
    private static final int CUMULATIVE = 2;
    private static final long MS = 1_000_000;

    /** OpenTelemetry's names of attributes and values, where it has some. */
    private static final Map<String, String> ATTRIBUTES = Map.of("area", "jvm.memory.type", "gc", "jvm.gc.name");

    private static final Map<String, String> VALUES = Map.of("nonheap", "non_heap");

    private final String version;
    private final Map<String, String> resource = new LinkedHashMap<>();
    private final long startNs;

    OtlpMetricsEncoder(String version) {
        this.version = version;
        ProcessHandle process = ProcessHandle.current();
        startNs =
                process.info().startInstant().map(start -> start.toEpochMilli()).orElseGet(System::currentTimeMillis)
                        * MS;
        resource.put("service.name", "xrayd");
        resource.put("service.version", version);
        resource.put("service.instance.id", UUID.randomUUID().toString());
        resource.put("process.runtime.name", System.getProperty("java.runtime.name", ""));
        resource.put("process.runtime.version", System.getProperty("java.runtime.version", ""));
        resource.put("os.type", System.getProperty("os.name", "").toLowerCase(Locale.ROOT));
        try {
            resource.put(
                    "host.name",
                    Files.readString(Path.of("/proc/sys/kernel/hostname")).strip());
        } catch (IOException e) {
            // Not Linux; asking the name server could take long.
            resource.remove("host.name");
        }
    }

    /** Writes fields of one message. */
    private interface FieldWriter {
        void write(CodedOutputStream out) throws IOException;
    }

    /** One request; {@code nowMs} is the time of the values, epoch milliseconds. */
    byte[] request(Map<MetricFamily, List<DataPointSnapshot>> metrics, long nowMs) {
        long nowNs = nowMs * MS;
        return bytes(request -> message(request, 1, resourceMetrics -> {
            message(resourceMetrics, 1, out -> {
                for (Map.Entry<String, String> attribute : resource.entrySet()) {
                    attribute(out, 1, attribute.getKey(), attribute.getValue());
                }
                message(out, 1, pid -> {
                    pid.writeString(1, "process.pid");
                    message(
                            pid,
                            2,
                            value -> value.writeInt64(3, ProcessHandle.current().pid()));
                });
            });
            message(resourceMetrics, 2, scopeMetrics -> {
                message(scopeMetrics, 1, scope -> {
                    scope.writeString(1, "xrayd");
                    scope.writeString(2, version);
                });
                for (Map.Entry<MetricFamily, List<DataPointSnapshot>> metric : metrics.entrySet()) {
                    message(scopeMetrics, 2, out -> metric(out, metric.getKey(), metric.getValue(), nowNs));
                }
            });
        }));
    }

    private static byte[] bytes(FieldWriter fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("there is only memory", e);
        }
        return bytes.toByteArray();
    }

    private static void message(CodedOutputStream out, int field, FieldWriter fields) throws IOException {
        out.writeByteArray(field, bytes(fields));
    }

    private static void attribute(CodedOutputStream out, int field, String key, String value) throws IOException {
        message(out, field, attribute -> {
            attribute.writeString(1, key);
            message(attribute, 2, any -> any.writeString(1, value));
        });
    }

    private void metric(CodedOutputStream out, MetricFamily family, List<DataPointSnapshot> points, long nowNs)
            throws IOException {
        out.writeString(1, family.otelName());
        out.writeString(2, family.help());
        out.writeString(3, family.otelUnit());
        // By the conventions what adds up over its attributes is a sum; of the daemon's own only what grows is.
        boolean isGrowing = family.type() == MetricFamily.Type.COUNTER;
        switch (family.type()) {
            case HISTOGRAM, SUMMARY ->
                message(out, 9, histogram -> {
                    for (DataPointSnapshot point : points) {
                        message(histogram, 1, data -> durations(data, point, nowNs));
                    }
                    histogram.writeEnum(2, CUMULATIVE);
                });
            default -> {
                boolean isSum = isGrowing || !family.otel().isEmpty();
                message(out, isSum ? 7 : 5, numbers -> {
                    for (DataPointSnapshot point : points) {
                        message(numbers, 1, data -> number(data, family, point, nowNs));
                    }
                    if (isSum) {
                        numbers.writeEnum(2, CUMULATIVE);
                        numbers.writeBool(3, isGrowing);
                    }
                });
            }
        }
    }

    private void number(CodedOutputStream out, MetricFamily family, DataPointSnapshot point, long nowNs)
            throws IOException {
        double value = 1;
        if (point instanceof CounterDataPointSnapshot counter) {
            value = counter.getValue();
        } else if (point instanceof GaugeDataPointSnapshot gauge) {
            value = gauge.getValue();
        }
        out.writeFixed64(2, startNs);
        out.writeFixed64(3, nowNs);
        if (family.isInSeconds()) {
            out.writeDouble(4, value);
        } else {
            out.writeSFixed64(6, (long) value);
        }
        labels(out, 7, point.getLabels());
    }

    /** A histogram's buckets; of what has only a count and a sum, one bucket without a bound. */
    private void durations(CodedOutputStream out, DataPointSnapshot point, long nowNs) throws IOException {
        out.writeFixed64(2, startNs);
        out.writeFixed64(3, nowNs);
        if (point instanceof HistogramDataPointSnapshot histogram) {
            ClassicHistogramBuckets buckets = histogram.getClassicBuckets();
            out.writeFixed64(4, histogram.getCount());
            out.writeDouble(5, histogram.getSum());
            message(out, 6, counts -> {
                for (int i = 0; i < buckets.size(); i++) {
                    counts.writeFixed64NoTag(buckets.getCount(i));
                }
            });
            // The last bucket's bound is infinite, which OTLP does not write.
            message(out, 7, bounds -> {
                for (int i = 0; i < buckets.size() - 1; i++) {
                    bounds.writeDoubleNoTag(buckets.getUpperBound(i));
                }
            });
        } else if (point instanceof SummaryDataPointSnapshot summary) {
            out.writeFixed64(4, summary.getCount());
            out.writeDouble(5, summary.getSum());
            message(out, 6, counts -> counts.writeFixed64NoTag(summary.getCount()));
        }
        labels(out, 9, point.getLabels());
    }

    private static void labels(CodedOutputStream out, int field, Labels labels) throws IOException {
        for (int i = 0; i < labels.size(); i++) {
            String name = labels.getName(i);
            String value = labels.getValue(i);
            attribute(out, field, ATTRIBUTES.getOrDefault(name, name), VALUES.getOrDefault(value, value));
        }
    }
}
