package io.github.xrayd.engine;

import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Ledger;
import java.util.Locale;
import java.util.Map;

/** The ledger as one line for the log: what was received and where all of it is. */
final class LedgerText {
    private LedgerText() {}

    /**
     * The line.
     *
     * @param kernelDrops datagrams the kernel dropped, or -1 when it does not tell
     */
    static String of(Ledger ledger, long kernelDrops) {
        StringBuilder text =
                new StringBuilder("Ledger: ").append(ledger.received()).append(" received");
        if (ledger.recovered() > 0) {
            text.append(" + ").append(ledger.recovered()).append(" recovered");
        }
        text.append(" = ").append(ledger.delivered()).append(" delivered");
        append(text, "rejected", ledger.rejectedTotal(), ledger.rejected());
        append(text, "dropped", ledger.droppedTotal(), ledger.dropped());
        append(text, "unprocessed", ledger.unprocessed(), Map.of());
        append(text, "refused", ledger.refused(), Map.of());
        append(text, "spooled", ledger.spooled(), Map.of());
        append(
                text,
                "abandoned",
                ledger.abandonedTotal(),
                ledger.destinations().get(0).abandoned());
        append(text, "held", ledger.held(), Map.of());
        text.append("; kernel drops ").append(kernelDrops < 0 ? "unknown" : Long.toString(kernelDrops));
        return text.toString();
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
