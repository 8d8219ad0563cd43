package io.github.xrayd.report;

import io.github.xrayd.plot.Axis;
import io.github.xrayd.plot.BarChart;
import io.github.xrayd.plot.Bars;
import io.github.xrayd.plot.Unit;
import io.github.xrayd.results.Spread;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** How long a start takes, and what an idle daemon costs. */
final class Start extends SetSection {
    static final String SET = "start";
    private static final List<String> FIGURES = List.of("listeningMs", "firstDeliveryMs");

    Start() {
        super(SET);
    }

    @Override
    String figures(List<Measured> all, Plots plots) throws IOException {
        BarChart chart = BarChart.titled(
                        "From the start of the process", List.of("to the bound port", "to the first delivery"))
                .y(Axis.linear("time", Unit.SECONDS))
                .caption("Median; the whiskers are the fastest and the slowest start.");
        Table table = new Table(
                "daemon", "bound port, ms", "first delivery, ms", "MB resident when idle", "% of a core when idle");
        for (Measured each : all) {
            chart.add(Bars.of(each.name(), seconds(each, Spread::median))
                    .interval(seconds(each, Spread::min), seconds(each, Spread::max)));
            table.row(
                    each.name(),
                    Table.spread(each.spread(Start::isStart, "listeningMs"), 1),
                    Table.spread(each.spread(Start::isStart, "firstDeliveryMs"), 1),
                    Table.spread(each.spread("idle", "rssIdleBytes"), 1.0 / (1 << 20)),
                    Table.spread(each.spread("idle", "idleCpuPercent"), 1));
        }
        chart.add(Bars.of("official daemon", Peer.LISTENING_MS * 1e-3, Double.NaN));
        return table.text()
                + "\nThe official daemon: 12 ms, 14 MB, 0.012 %.\n\n"
                + plots.write("start", "Start", chart.svg());
    }

    /** Whether a case is one of the starts. */
    static boolean isStart(String caseName) {
        return caseName.startsWith("start");
    }

    private static double[] seconds(Measured measured, ToDoubleFunction<Spread> part) {
        return FIGURES.stream()
                .map(figure -> measured.spread(Start::isStart, figure))
                .mapToDouble((Optional<Spread> spread) ->
                        spread.map(found -> part.applyAsDouble(found) * 1e-3).orElse(Double.NaN))
                .toArray();
    }
}
