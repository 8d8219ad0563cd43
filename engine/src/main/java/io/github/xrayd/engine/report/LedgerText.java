package io.github.xrayd.engine.report;

import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.DestinationLedger;
import io.github.xrayd.engine.telemetry.FinalReport;
import io.github.xrayd.engine.telemetry.Ledger;
import io.github.xrayd.engine.telemetry.SourceLedger;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The ledger as lines for the log: what was received and where all of it is. */
public final class LedgerText {
    private LedgerText() {}

    /**
     * The lines: one in all with one kind of source and one destination; else one for what was received, one for each
     * kind of source when there are several, and one for each destination when there are several.
     */
    public static List<String> of(FinalReport report) {
        List<String> lines = new ArrayList<>(ofDestinations(report));
        List<SourceLedger> sources = report.ledger().sources();
        if (sources.size() > 1) {
            for (int i = 0; i < sources.size(); i++) {
                SourceLedger source = sources.get(i);
                StringBuilder line = new StringBuilder("Ledger of the source ")
                        .append(source.source())
                        .append(": ")
                        .append(source.received())
                        .append(" received = ")
                        .append(source.admitted())
                        .append(" admitted");
                append(line, "rejected", source.rejectedTotal(), source.rejected());
                append(line, "dropped", source.droppedTotal(), source.dropped());
                lines.add(1 + i, line.toString());
            }
        }
        return lines;
    }

    private static List<String> ofDestinations(FinalReport report) {
        Ledger ledger = report.ledger();
        long kernelDrops = report.kernelDrops();
        List<Long> resent = report.resent();
        String drops = "; kernel drops " + (kernelDrops < 0 ? "unknown" : Long.toString(kernelDrops));
        StringBuilder text =
                new StringBuilder("Ledger: ").append(ledger.received()).append(" received");
        if (ledger.destinations().size() == 1) {
            DestinationLedger only = ledger.destinations().get(0);
            recovered(text, only).append(" = ").append(only.delivered()).append(" delivered");
            rejectedAndDropped(text, ledger);
            settled(text, only);
            return List.of(
                    text.append(drops).append("; resent ").append(resent.get(0)).toString());
        }
        List<String> lines = new ArrayList<>();
        text.append(" = ").append(ledger.admitted()).append(" admitted");
        rejectedAndDropped(text, ledger);
        lines.add(text.append(drops).toString());
        for (int i = 0; i < resent.size(); i++) {
            DestinationLedger destination = ledger.destinations().get(i);
            StringBuilder line = new StringBuilder("Ledger of ")
                    .append(destination.destination())
                    .append(": ")
                    .append(destination.admitted())
                    .append(" admitted");
            recovered(line, destination)
                    .append(" = ")
                    .append(destination.delivered())
                    .append(" delivered");
            append(line, "dropped", destination.dropped(), Map.of());
            settled(line, destination);
            lines.add(line.append("; resent ").append(resent.get(i)).toString());
        }
        return lines;
    }

    private static StringBuilder recovered(StringBuilder text, DestinationLedger destination) {
        return destination.recovered() > 0
                ? text.append(" + ").append(destination.recovered()).append(" recovered")
                : text;
    }

    private static void rejectedAndDropped(StringBuilder text, Ledger ledger) {
        append(text, "rejected", ledger.rejectedTotal(), ledger.rejected());
        append(text, "dropped", ledger.droppedTotal(), ledger.dropped());
    }

    private static void settled(StringBuilder text, DestinationLedger destination) {
        append(text, "unprocessed", destination.unprocessed(), Map.of());
        append(text, "refused", destination.refused(), Map.of());
        append(text, "spooled", destination.spooled(), Map.of());
        Map<Counter, Long> abandoned = new EnumMap<>(Counter.class);
        abandoned.putAll(destination.abandoned());
        Long left = abandoned.remove(Counter.ABANDONED_TO_SOURCE);
        long leftCount = left == null ? 0 : left;
        append(text, "abandoned", destination.abandonedTotal() - leftCount, abandoned);
        if (leftCount > 0) {
            append(text, "left in their topic", leftCount, Map.of());
        }
        append(text, "held", destination.held(), Map.of());
    }

    private static void append(StringBuilder text, String name, long total, Map<Counter, Long> reasons) {
        text.append(" + ").append(total).append(' ').append(name);
        String separator = " (";
        for (Map.Entry<Counter, Long> reason : reasons.entrySet()) {
            if (reason.getValue() > 0) {
                String counter = reason.getKey().name().toLowerCase(Locale.ROOT);
                text.append(separator)
                        .append(counter.substring(counter.indexOf('_') + 1))
                        .append(' ')
                        .append(reason.getValue());
                separator = ", ";
            }
        }
        text.append(separator.equals(", ") ? ")" : "");
    }
}
