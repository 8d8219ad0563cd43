package io.github.xrayd.loadtest;

import io.github.xrayd.results.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Two daemons measured alternately, as ratios within each round with their spread. Pure. */
final class Comparison {
    private static final List<String> FIGURES = List.of(
            "cpuMicrosPerSegment",
            "delivered",
            "rssIdleBytes",
            "rssPeakBytes",
            "rssOutageBytes",
            "heldSegments",
            "losslessRate",
            "listeningMs",
            "firstDeliveryMs",
            "idleCpuPercent",
            "latencyMicros.p50",
            "latencyMicros.p99",
            "latencyMicros.p999",
            "receivedPerSecond",
            "cpuNanosPerDatagram");

    private Comparison() {}

    /**
     * For each case and figure the spread of first divided by second.
     *
     * @param runs results of both, each with {@code subject}, {@code case} and {@code round}
     */
    static Map<String, Map<String, Spread>> ratios(List<Map<String, Object>> runs, String first, String second) {
        Map<String, Map<String, List<Double>>> values = new LinkedHashMap<>();
        for (Map<String, Object> run : runs) {
            if (!first.equals(run.get("subject"))) {
                continue;
            }
            for (Map<String, Object> other : runs) {
                if (second.equals(other.get("subject"))
                        && String.valueOf(other.get("case")).equals(String.valueOf(run.get("case")))
                        && String.valueOf(other.get("round")).equals(String.valueOf(run.get("round")))) {
                    add(
                            values.computeIfAbsent(String.valueOf(run.get("case")), name -> new LinkedHashMap<>()),
                            run,
                            other);
                }
            }
        }
        Map<String, Map<String, Spread>> ratios = new LinkedHashMap<>();
        values.forEach((name, figures) -> {
            Map<String, Spread> spreads = new LinkedHashMap<>();
            figures.forEach((figure, list) -> spreads.put(
                    figure,
                    Spread.of(list.stream().mapToDouble(Double::doubleValue).toArray())));
            ratios.put(name, spreads);
        });
        return ratios;
    }

    private static void add(Map<String, List<Double>> values, Map<String, Object> run, Map<String, Object> other) {
        for (String figure : FIGURES) {
            double first = figure(run, figure);
            double second = figure(other, figure);
            if (first > 0 && second > 0) {
                values.computeIfAbsent(figure, name -> new ArrayList<>()).add(first / second);
            }
        }
    }

    private static double figure(Map<?, ?> run, String path) {
        int dot = path.indexOf('.');
        if (dot >= 0) {
            return run.get(path.substring(0, dot)) instanceof Map<?, ?> inner
                    ? figure(inner, path.substring(dot + 1))
                    : Double.NaN;
        }
        return run.get(path) instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    /** The ratios as text, a line each. */
    static String text(Map<String, Map<String, Spread>> ratios, String first, String second) {
        StringBuilder text = new StringBuilder(first + " divided by " + second + " (median, least, most):\n");
        ratios.forEach((name, figures) -> figures.forEach((figure, spread) -> text.append(String.format(
                Locale.ROOT,
                "  %-22s %-22s %8.3f  %8.3f  %8.3f  of %d%n",
                name,
                figure,
                spread.median(),
                spread.min(),
                spread.max(),
                spread.count()))));
        return text.toString();
    }

    static Map<String, Object> toJson(Map<String, Map<String, Spread>> ratios, String first, String second) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("first", first);
        json.put("second", second);
        Map<String, Object> cases = new LinkedHashMap<>();
        ratios.forEach((name, figures) -> {
            Map<String, Object> spreads = new LinkedHashMap<>();
            figures.forEach((figure, spread) -> spreads.put(figure, spread.toJson()));
            cases.put(name, spreads);
        });
        json.put("ratios", cases);
        return json;
    }
}
