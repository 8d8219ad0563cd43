package io.github.xrayd.report;

import io.github.xrayd.results.Spread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The figures that the project publishes, beside those of others and the goals. */
final class Headline implements Section {
    private static final String SET = "headline";
    private static final double MEGA = 1.0 / (1 << 20);

    /** One line of the table; the case gives the settings that are printed beside the figure. */
    private record Line(String what, String caseName, Function<Measured, String> cell, String official, String goal) {}

    private static final List<Line> LINES = List.of(
            line("CPU per 1 KB segment at 10,000/s, µs", "rate-10000", "cpuMicrosPerSegment", 1, "28–39", "≤ 12"),
            line("CPU per 1 KB segment at 2,000/s, µs", "rate-2000", "cpuMicrosPerSegment", 1, "28–39", "≤ 18"),
            line(
                    "highest lossless rate, 1 KB, 10 s, per second",
                    "lossless",
                    "losslessRate",
                    1,
                    "about 20,000",
                    "≥ 80,000"),
            new Line("delivered of 10 s at 80,000/s", "rate-80000", each -> delivered(each, "rate-80000"), "", "100 %"),
            new Line(
                    "delivered of 20,000 at line rate, daemon just started",
                    "burst-cold",
                    each -> delivered(each, "burst-cold"),
                    "10 %",
                    "100 %"),
            new Line(
                    "delivered of 20,000 at line rate, daemon warm",
                    "burst-warm",
                    each -> delivered(each, "burst-warm"),
                    "10 %",
                    "100 %"),
            line("CPU when idle, % of a core", "idle", "idleCpuPercent", 1, "0.012", "≤ 0.1"),
            line("resident memory when idle, MB", "idle", "rssIdleBytes", MEGA, "14", "≤ 72"),
            line("resident memory at 10,000/s and -m 64, MB", "rate-10000", "rssPeakBytes", MEGA, "140–268", "≤ 160"),
            line("start to bound port, ms", "start", "listeningMs", 1, "12", "≤ 150"),
            line("start to first delivery, ms", "start", "firstDeliveryMs", 1, "", "≤ 900"),
            line("latency at 10,000/s, median, ms", "rate-10000", "latencyMicros.p50", 1e-3, "", ""),
            line("latency at 10,000/s, 99th percentile, ms", "rate-10000", "latencyMicros.p99", 1e-3, "", ""));

    private static Line line(String what, String caseName, String figure, double factor, String official, String goal) {
        return new Line(
                what,
                caseName,
                each -> Table.spread(each.spread(name -> isCase(name, caseName), figure), factor),
                official,
                goal);
    }

    /** {@code start} stands for {@code start-1}, {@code start-2} and so on. */
    private static boolean isCase(String name, String wanted) {
        return name.equals(wanted) || name.matches(Pattern.quote(wanted) + "-\\d+");
    }

    private static String delivered(Measured measured, String caseName) {
        double[] shares = measured.runs().stream()
                .filter(run -> isCase(run.caseName(), caseName))
                .mapToDouble(run -> run.figure("delivered") / run.figure("sent") * 100)
                .filter(Double::isFinite)
                .toArray();
        Optional<Spread> spread = shares.length == 0 ? Optional.empty() : Optional.of(Spread.of(shares));
        return spread.isEmpty() ? Table.spread(spread, 1) : Table.spread(spread, 1) + " %";
    }

    @Override
    public String markdown(Results results, Plots plots) throws IOException {
        List<Measured> all = measured(results);
        if (all.isEmpty()) {
            return Section.missing(SET);
        }
        return table(all) + "\n" + Section.source(all)
                + "Median, and least and most where it was measured several times; starts are those of the start set where there is a"
                + " newer one, which has more. The official daemon is release 3.6.6 on the same"
                + " kind of machine; a C program that only receives, escapes, hashes and posts takes 9.5–10 µs at 10,000/s.\n";
    }

    /**
     * The set's figures, with the starts of the start set where that is newer.
     *
     * @throws IOException when a file cannot be read
     */
    static List<Measured> measured(Results results) throws IOException {
        List<Measured> starts = results.measured(Start.SET);
        return results.measured(SET).stream()
                .map(each -> starts.stream()
                        .filter(start ->
                                start.name().equals(each.name()) && start.time().compareTo(each.time()) > 0)
                        .findFirst()
                        .map(start -> each.with(Start::isStart, start))
                        .orElse(each))
                .toList();
    }

    static String table(List<Measured> all) {
        List<String> heads = new ArrayList<>(List.of("figure", "settings"));
        all.forEach(each -> heads.add(each.name()));
        heads.addAll(List.of("official daemon", "goal"));
        Table table = new Table(heads);
        for (Line line : LINES) {
            List<String> cells = new ArrayList<>(List.of(line.what, settings(all, line.caseName)));
            all.forEach(each -> cells.add(line.cell.apply(each)));
            cells.addAll(List.of(line.official, line.goal));
            table.row(cells);
        }
        return table.text();
    }

    /** The daemon's options in a case, as {@code -m 64}; several when they were changed between runs. */
    private static String settings(List<Measured> all, String caseName) {
        return all.stream()
                .flatMap(each -> each.runs().stream())
                .filter(run -> isCase(run.caseName(), caseName))
                .filter(run -> Double.isFinite(run.figure("memoryMb")))
                .map(run -> ("-m " + (long) run.figure("memoryMb") + " " + run.text("flags")).strip())
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
