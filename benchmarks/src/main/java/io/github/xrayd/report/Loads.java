package io.github.xrayd.report;

import java.util.List;

/** Any set of loads as a table. */
final class Loads extends SetSection {
    Loads(String set) {
        super(set);
    }

    @Override
    String figures(List<Measured> all, Plots plots) {
        Table table = new Table(
                "case",
                "daemon",
                "per second",
                "delivered of",
                "sent",
                "dropped by the kernel",
                "µs of CPU per segment",
                "MB resident at most",
                "p50, ms",
                "p99, ms");
        for (Measured each : all) {
            for (String name : each.cases()) {
                double rate = each.median(name, "rate");
                table.row(
                        name,
                        each.name(),
                        rate == 0 ? "line rate" : Table.number(rate),
                        Table.spread(each.spread(name, "delivered"), 1),
                        Table.number(each.median(name, "sent")),
                        Table.spread(each.spread(name, "kernelDrops"), 1),
                        Table.spread(each.spread(name, "cpuMicrosPerSegment"), 1),
                        Table.spread(each.spread(name, "rssPeakBytes"), 1.0 / (1 << 20)),
                        Table.spread(each.spread(name, "latencyMicros.p50"), 1e-3),
                        Table.spread(each.spread(name, "latencyMicros.p99"), 1e-3));
            }
        }
        return table.text();
    }
}
