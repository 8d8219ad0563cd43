package io.github.xrayd.report;

import io.github.xrayd.plot.Axis;
import io.github.xrayd.plot.BarChart;
import io.github.xrayd.plot.Bars;
import io.github.xrayd.plot.Unit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What more receivers bring. */
final class Receivers extends SetSection {
    private static final String SEARCH = "-lossless";

    Receivers() {
        super("receivers");
    }

    @Override
    String figures(List<Measured> all, Plots plots) throws IOException {
        List<String> counts = new ArrayList<>();
        for (String name : all.get(0).cases()) {
            if (!name.endsWith(SEARCH)) {
                counts.add(name);
            }
        }
        BarChart chart = BarChart.titled(
                        "Highest lossless rate of 1 KB segments",
                        counts.stream()
                                .map(name -> name.replace("receivers-", ""))
                                .toList())
                .x("receivers")
                .y(Axis.linear("segments per second", Unit.NUMBER));
        Table table = new Table("receivers", "daemon", "lossless to, per second", "µs of CPU per segment at 40,000/s");
        for (Measured each : all) {
            chart.add(Bars.of(
                    each.name(),
                    counts.stream()
                            .mapToDouble(name -> each.median(name + SEARCH, "losslessRate"))
                            .toArray()));
            for (String name : counts) {
                table.row(
                        name.replace("receivers-", ""),
                        each.name(),
                        Table.spread(each.spread(name + SEARCH, "losslessRate"), 1),
                        Table.spread(each.spread(name, "cpuMicrosPerSegment"), 1));
            }
        }
        return table.text()
                + "\nOn a machine of few cores the generator and the backend are what more receivers compete with.\n\n"
                + plots.write("receivers", "Scaling with receivers", chart.svg());
    }
}
