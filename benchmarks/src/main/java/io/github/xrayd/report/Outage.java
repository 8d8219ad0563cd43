package io.github.xrayd.report;

import io.github.xrayd.plot.Axis;
import io.github.xrayd.plot.BarChart;
import io.github.xrayd.plot.Bars;
import io.github.xrayd.plot.Unit;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** What is held while the backend is away, and what memory that takes. */
final class Outage extends SetSection {
    private static final double MEGA = 1.0 / (1 << 20);

    Outage() {
        super("outage");
    }

    @Override
    String figures(List<Measured> all, Plots plots) throws IOException {
        List<String> cases = List.copyOf(all.get(0).cases());
        List<String> limits = cases.stream()
                .map(name -> "-m " + Table.number(all.get(0).median(name, "memoryMb")))
                .toList();
        BarChart held = BarChart.titled(
                        "1 KB segments held while the backend is away, all delivered afterwards", limits)
                .x("memory limit in MB")
                .y(Axis.linear("segments", Unit.NUMBER));
        Table table =
                new Table("memory limit, MB", "daemon", "sent in the outage", "held", "held per MB", "MB resident");
        for (Measured each : all) {
            held.add(Bars.of(
                    each.name(),
                    cases.stream()
                            .mapToDouble(name -> each.median(name, "heldSegments"))
                            .toArray()));
            for (String name : cases) {
                table.row(
                        Table.number(each.median(name, "memoryMb")),
                        each.name(),
                        Table.number(each.median(name, "sent")),
                        Table.spread(each.spread(name, "heldSegments"), 1),
                        Table.number(each.median(name, "heldSegments") / each.median(name, "memoryMb")),
                        Table.spread(each.spread(name, "rssOutageBytes"), MEGA));
            }
        }
        double[] official = new double[cases.size()];
        Arrays.fill(official, Peer.HELD_IN_OUTAGE);
        held.add(Bars.of("official daemon", official));
        return table.text() + "\n" + plots.write("outage", "Held in an outage", held.svg());
    }
}
