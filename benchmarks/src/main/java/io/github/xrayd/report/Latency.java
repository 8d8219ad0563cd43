package io.github.xrayd.report;

import io.github.xrayd.plot.Axis;
import io.github.xrayd.plot.LineChart;
import io.github.xrayd.plot.Series;
import io.github.xrayd.plot.Unit;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How long segments take from the sender to the backend, as a distribution, for backends of several latencies. */
final class Latency extends SetSection {
    private static final double RARE_MAX = 100_000;

    Latency() {
        super("latency");
    }

    @Override
    String figures(List<Measured> all, Plots plots) throws IOException {
        LineChart chart = LineChart.titled("From sending to the backend's acceptance, 1 KB segments at 10,000/s")
                .x(Axis.log("one segment in this many takes longer", Unit.NUMBER)
                        .range(1, RARE_MAX))
                .y(Axis.log("latency", Unit.SECONDS))
                .caption("A batch of 50 is gathered in 5 ms at this rate; that is part of it.");
        Table table = new Table(
                "backend answers after",
                "daemon",
                "lost",
                "p50, ms",
                "p99, ms",
                "p99.9, ms",
                "longest, ms",
                "µs of CPU per segment");
        for (Measured each : all) {
            for (String name : each.cases()) {
                String delay = Table.number(each.median(name, "backendMs")) + " ms";
                each.first(name).ifPresent(run -> chart.add(series(each.name() + ", " + delay, run)));
                table.row(
                        delay,
                        each.name(),
                        Table.percent(each.median(name, "lost") / each.median(name, "sent")),
                        Table.spread(each.spread(name, "latencyMicros.p50"), 1e-3),
                        Table.spread(each.spread(name, "latencyMicros.p99"), 1e-3),
                        Table.spread(each.spread(name, "latencyMicros.p999"), 1e-3),
                        Table.spread(each.spread(name, "latencyMicros.max"), 1e-3),
                        Table.spread(each.spread(name, "cpuMicrosPerSegment"), 1));
            }
        }
        return table.text()
                + "\nThe official daemon loses " + Table.percent(Peer.LOST_AT_100_MS)
                + " when the backend takes 100 ms: it makes 8 calls at most.\n\n"
                + plots.write("latency", "Latency distribution", chart.svg());
    }

    private static Series series(String name, Run run) {
        Map<Double, Double> points = new TreeMap<>();
        run.map("latencyPercentiles").forEach((percentile, micros) -> {
            double share = Double.parseDouble(String.valueOf(percentile)) / 100;
            if (share < 1 && micros instanceof Number number) {
                points.put(1 / (1 - share), number.doubleValue() * 1e-6);
            }
        });
        return Series.line(
                name,
                points.keySet().stream().mapToDouble(Double::doubleValue).toArray(),
                points.values().stream().mapToDouble(Double::doubleValue).toArray());
    }
}
