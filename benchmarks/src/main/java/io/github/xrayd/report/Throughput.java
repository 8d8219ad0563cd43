package io.github.xrayd.report;

import io.github.xrayd.plot.Axis;
import io.github.xrayd.plot.LineChart;
import io.github.xrayd.plot.Mark;
import io.github.xrayd.plot.Series;
import io.github.xrayd.plot.Unit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Loss and processor time over the rate. */
final class Throughput extends SetSection {
    Throughput() {
        super("rates");
    }

    @Override
    String figures(List<Measured> all, Plots plots) throws IOException {
        LineChart loss = LineChart.titled("Lost of 1 KB segments")
                .x(Axis.log("segments per second", Unit.NUMBER))
                .y(Axis.linear("lost", Unit.PERCENT).range(0, Double.NaN))
                .mark(Mark.atX(Peer.LOSSLESS_RATE, "official daemon: lossless to here"));
        LineChart cpu = LineChart.titled("Processor time of the daemon for each 1 KB segment")
                .x(Axis.log("segments per second", Unit.NUMBER))
                .y(Axis.log("per segment", Unit.SECONDS))
                .mark(Mark.atY(Peer.CPU_MICROS_MIN * 1e-6, "official daemon at best"))
                .mark(Mark.atY(Peer.CPU_MICROS_MAX * 1e-6, "official daemon at worst"))
                .mark(Mark.atY(Peer.LEAST_C_CPU_MICROS * 1e-6, "least C program"));
        for (Measured each : all) {
            double[] rates = each.cases().stream()
                    .mapToDouble(name -> each.median(name, "rate"))
                    .toArray();
            loss.add(Series.measured(each.name(), rates, over(each, name -> lossShare(each, name))));
            cpu.add(Series.measured(
                    each.name(), rates, over(each, name -> each.median(name, "cpuMicrosPerSegment") * 1e-6)));
        }
        return table(all)
                + "\n"
                + plots.write("loss", "Loss over the rate", loss.svg())
                + "\n"
                + plots.write("cpu", "Processor time over the rate", cpu.svg());
    }

    private static double[] over(Measured measured, ToDoubleFunction<String> value) {
        return measured.cases().stream().mapToDouble(value).toArray();
    }

    private static double lossShare(Measured measured, String caseName) {
        return measured.median(caseName, "lost") / measured.median(caseName, "sent");
    }

    private static String table(List<Measured> all) {
        List<String> heads = new ArrayList<>(List.of("offered per second"));
        for (Measured each : all) {
            heads.addAll(List.of(each.name() + ": lost", "µs of CPU per segment", "MB resident at most"));
        }
        Table table = new Table(heads);
        for (String name : all.get(0).cases()) {
            List<String> cells = new ArrayList<>(List.of(Table.number(all.get(0).median(name, "rate"))));
            for (Measured each : all) {
                cells.add(Table.percent(lossShare(each, name)));
                cells.add(Table.spread(each.spread(name, "cpuMicrosPerSegment"), 1));
                cells.add(Table.spread(each.spread(name, "rssPeakBytes"), 1.0 / (1 << 20)));
            }
            table.row(cells);
        }
        return table.text();
    }
}
