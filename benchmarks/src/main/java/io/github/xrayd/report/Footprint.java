package io.github.xrayd.report;

import io.github.xrayd.plot.Axis;
import io.github.xrayd.plot.LineChart;
import io.github.xrayd.plot.Mark;
import io.github.xrayd.plot.Series;
import io.github.xrayd.plot.Unit;
import java.io.IOException;
import java.util.List;

/** Resident memory over the rate. */
final class Footprint extends SetSection {
    private static final double MEGA = 1 << 20;

    Footprint() {
        super("rates");
    }

    @Override
    String figures(List<Measured> all, Plots plots) throws IOException {
        LineChart chart = LineChart.titled("Most resident memory, -m 64")
                .x(Axis.log("1 KB segments per second", Unit.NUMBER))
                .y(Axis.linear("resident", Unit.BYTES))
                .mark(Mark.atY(Peer.RSS_LOAD_MB_MAX * MEGA, "official daemon under load"))
                .mark(Mark.atY(Peer.RSS_IDLE_MB * MEGA, "official daemon idle"));
        for (Measured each : all) {
            chart.add(Series.measured(
                    each.name(),
                    each.cases().stream()
                            .mapToDouble(name -> each.median(name, "rate"))
                            .toArray(),
                    each.cases().stream()
                            .mapToDouble(name -> each.median(name, "rssPeakBytes"))
                            .toArray()));
        }
        return plots.write("footprint", "Resident memory over the rate", chart.svg());
    }
}
