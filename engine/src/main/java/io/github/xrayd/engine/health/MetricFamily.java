package io.github.xrayd.engine.health;

import java.util.List;

/**
 * A family of metrics: what {@code sum()} over its labels gives has one meaning.
 *
 * @param name in Prometheus's notation, without {@code _total}
 * @param type what its values are
 * @param help what is counted or measured, with its unit
 * @param otel the name that OpenTelemetry's conventions give it, or an empty string; see {@link #otelName}
 * @param labels the names of its labels; every label has a bounded number of values
 */
public record MetricFamily(String name, Type type, String help, String otel, List<String> labels) {
    private static final String SECONDS = "_seconds";
    private static final String BYTES = "_bytes";

    /** What the values of a family are. */
    public enum Type {
        /** Only grows; its name ends in {@code _total}. */
        COUNTER,
        /** Rises and falls. */
        GAUGE,
        /** Durations in seconds, by upper bound. */
        HISTOGRAM,
        /** A count, and a sum in seconds. */
        SUMMARY,
        /** Always 1; its labels tell. */
        INFO
    }

    static MetricFamily counter(String name, String help, String... labels) {
        return new MetricFamily(name, Type.COUNTER, help, "", List.of(labels));
    }

    static MetricFamily gauge(String name, String help, String... labels) {
        return new MetricFamily(name, Type.GAUGE, help, "", List.of(labels));
    }

    /** The same under the name that OpenTelemetry gives it. */
    MetricFamily asOtel(String otelName) {
        return new MetricFamily(name, type, help, otelName, labels);
    }

    /**
     * The name in OTLP: the conventions' one, else this one with a dot behind its first word, of which Prometheus makes
     * {@link #exposedName} again.
     */
    public String otelName() {
        return otel.isEmpty() ? name.replaceFirst("_", ".") + (type == Type.INFO ? "_info" : "") : otel;
    }

    /** The unit in OTLP: seconds, bytes, or an empty text for what is counted. */
    public String otelUnit() {
        if (isInSeconds()) {
            return "s";
        }
        return name.endsWith(BYTES) ? "By" : "";
    }

    /** Whether its values are seconds, with fractions; all others are whole. */
    public boolean isInSeconds() {
        return name.endsWith(SECONDS);
    }

    /** The name as it stands in a scrape. */
    String exposedName() {
        return switch (type) {
            case COUNTER -> name + "_total";
            case INFO -> name + "_info";
            default -> name;
        };
    }
}
