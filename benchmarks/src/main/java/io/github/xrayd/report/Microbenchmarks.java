package io.github.xrayd.report;

import io.github.xrayd.results.JsonFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The JMH suites of the newest run on each Java. */
final class Microbenchmarks implements Section {
    private static final String SET = "jmh";
    private static final String RESULTS = "results.json";
    private static final String ALLOCATION = "gc.alloc.rate.norm";

    @Override
    public String markdown(Results results, Plots plots) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Results.Folder folder : results.newestByJava(SET)) {
            Path file = folder.path().resolve(RESULTS);
            if (Files.exists(file)) {
                text.append("Java ")
                        .append(Table.number(folder.environment().figure("javaMajor")))
                        .append(", from [")
                        .append(folder.name())
                        .append("](")
                        .append(folder.name())
                        .append("/):\n\n")
                        .append(table(JsonFiles.readArray(file)))
                        .append('\n');
            }
        }
        return text.length() == 0 ? "Not measured yet: `mvn -pl benchmarks jmh`.\n" : text.toString();
    }

    private static String table(List<?> benchmarks) {
        Table table = new Table("benchmark", "with", "per operation", "±", "unit", "bytes allocated");
        for (Object each : benchmarks) {
            if (each instanceof Map<?, ?> json) {
                Run run = new Run(json);
                String[] name = run.text("benchmark").split("\\.", -1);
                table.row(
                        name.length < 2 ? run.text("benchmark") : name[name.length - 2] + "." + name[name.length - 1],
                        parameters(run.map("params")),
                        score(run),
                        Table.number(run.figure("primaryMetric.scoreError")),
                        new Run(run.map("primaryMetric")).text("scoreUnit"),
                        bytes(run.map("secondaryMetrics")));
            }
        }
        return table.text();
    }

    private static String parameters(Map<?, ?> parameters) {
        Map<String, String> sorted = new TreeMap<>();
        parameters.forEach((name, value) -> sorted.put(String.valueOf(name), String.valueOf(value)));
        return String.join(
                ", ",
                sorted.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .toList());
    }

    /** The mean, or for a sampled time its median and tail. */
    private static String score(Run run) {
        if (!run.text("mode").equals("sample")) {
            return Table.number(run.figure("primaryMetric.score"));
        }
        Map<?, ?> percentiles = new Run(run.map("primaryMetric")).map("scorePercentiles");
        return "p50 " + at(percentiles, "50.0") + ", p99 " + at(percentiles, "99.0") + ", p99.9 "
                + at(percentiles, "99.9");
    }

    private static String at(Map<?, ?> percentiles, String percentile) {
        return percentiles.get(percentile) instanceof Number number ? Table.number(number.doubleValue()) : "–";
    }

    private static String bytes(Map<?, ?> secondary) {
        for (Map.Entry<?, ?> entry : secondary.entrySet()) {
            if (String.valueOf(entry.getKey()).endsWith(ALLOCATION) && entry.getValue() instanceof Map<?, ?> json) {
                return Table.number(new Run(json).figure("score"));
            }
        }
        return "–";
    }
}
