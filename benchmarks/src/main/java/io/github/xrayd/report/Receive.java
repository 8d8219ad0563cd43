package io.github.xrayd.report;

import io.github.xrayd.results.Spread;
import java.util.List;
import java.util.Optional;

/** Receiving alone beside a bare loop in C. */
final class Receive extends SetSection {
    private static final String BARE_LOOP = "c-loop";

    Receive() {
        super("receive");
    }

    @Override
    String figures(List<Measured> all, Plots plots) {
        Optional<Spread> bare = all.stream()
                .filter(each -> each.name().equals(BARE_LOOP))
                .findFirst()
                .flatMap(each -> each.spread(name -> true, "receivedPerSecond"));
        Table table = new Table("receiver", "received per second", "of the C loop", "lost", "ns of CPU per datagram");
        for (Measured each : all) {
            Optional<Spread> received = each.spread(name -> true, "receivedPerSecond");
            double lost = sum(each, "lost") / sum(each, "sent");
            double share = bare.isEmpty() || received.isEmpty()
                    ? Double.NaN
                    : received.get().median() / bare.get().median();
            table.row(
                    each.name(),
                    Table.spread(received, 1),
                    Table.percent(share),
                    Table.percent(lost),
                    Table.spread(each.spread(name -> true, "cpuNanosPerDatagram"), 1));
        }
        return table.text()
                + "\nOne thread sends 1 KB datagrams as fast as it can. A bare loop was seen to take "
                + Table.number(Peer.C_LOOP_RATE_MIN) + " to " + Table.number(Peer.C_LOOP_RATE_MAX)
                + " a second on a quiet machine. The goal is 90 % of its rate.\n";
    }

    private static double sum(Measured measured, String figure) {
        return measured.runs().stream().mapToDouble(run -> run.figure(figure)).sum();
    }
}
