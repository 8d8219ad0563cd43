package io.github.xrayd.child;

import com.dslplatform.json.DslJson;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a daemon writes when it ends ({@code --ledger-file}, see docs/OPTIONS.md): what it received and where all of it
 * went. Sums over its destinations, each of which is given every document; immutable.
 *
 * @param received datagrams read from the socket, once for each destination
 * @param recovered documents found in the spool at start
 * @param delivered documents the endpoint accepted
 * @param totals the other terms of the sum by name, such as {@code rejected}
 * @param reasons the counts within a term by term and reason as logs and metrics have them, such as
 *     {@code rejected.no_header}; none is 0
 * @param kernelDrops datagrams the kernel dropped before they were read; 0 where the system does not report it
 * @param resent documents that were sent again although they may have arrived
 */
public record DaemonLedger(
        long received,
        long recovered,
        long delivered,
        Map<String, Long> totals,
        Map<String, Long> reasons,
        long kernelDrops,
        long resent) {
    private static final List<String> SOURCE_TERMS = List.of("rejected", "dropped");
    private static final List<String> DESTINATION_TERMS =
            List.of("dropped", "unprocessed", "refused", "spooled", "abandoned", "held");

    public DaemonLedger {
        totals = Map.copyOf(totals);
        reasons = Map.copyOf(reasons);
    }

    /**
     * Reads the file's content.
     *
     * @throws IOException when it is not a ledger
     */
    public static DaemonLedger parse(byte[] json) throws IOException {
        Map<?, ?> ledger = new DslJson<>().deserialize(Map.class, json, json.length);
        if (ledger == null || !(ledger.get("destinations") instanceof List<?> destinations)) {
            throw new IOException("it names no destinations");
        }
        Map<String, Long> totals = new TreeMap<>();
        Map<String, Long> reasons = new TreeMap<>();
        for (String term : SOURCE_TERMS) {
            add(ledger.get(term), term, destinations.size(), totals, reasons);
        }
        long recovered = 0;
        long delivered = 0;
        long resent = 0;
        for (Object each : destinations) {
            if (!(each instanceof Map<?, ?> destination)) {
                throw new IOException("a destination is not an object");
            }
            recovered += number(destination.get("recovered"));
            delivered += number(destination.get("delivered"));
            resent += number(destination.get("resent"));
            for (String term : DESTINATION_TERMS) {
                add(destination.get(term), term, 1, totals, reasons);
            }
        }
        Object drops = ledger.get("kernelDrops");
        return new DaemonLedger(
                number(ledger.get("received")) * destinations.size(),
                recovered,
                delivered,
                totals,
                reasons,
                drops == null ? 0 : number(drops),
                resent);
    }

    private static void add(
            @Nullable Object value, String term, int times, Map<String, Long> totals, Map<String, Long> reasons)
            throws IOException {
        if (value instanceof Map<?, ?> byReason) {
            totals.merge(term, 0L, Long::sum);
            for (Map.Entry<?, ?> reason : byReason.entrySet()) {
                long count = number(reason.getValue()) * times;
                totals.merge(term, count, Long::sum);
                reasons.merge(term + "." + words(String.valueOf(reason.getKey())), count, Long::sum);
            }
        } else {
            totals.merge(term, number(value), Long::sum);
        }
    }

    private static String words(String camelCase) {
        return camelCase.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    private static long number(@Nullable Object value) throws IOException {
        if (value instanceof Number number) {
            return number.longValue();
        }
        throw new IOException(value + " stands where a count is expected");
    }

    /** One term's count, 0 when the ledger does not name it. */
    public long total(String term) {
        return totals.getOrDefault(term, 0L);
    }

    /** What was received and not delivered, whatever became of it. */
    public long undelivered() {
        return totals.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Whether all that was received is accounted for and nothing is held. */
    public boolean isBalanced() {
        return received + recovered == delivered + undelivered() && total("held") == 0;
    }

    /** This and what the next daemon made of the spool it left. */
    public DaemonLedger followedBy(DaemonLedger next) {
        Map<String, Long> sums = new TreeMap<>(totals);
        next.totals.forEach((term, count) -> sums.merge(term, count, Long::sum));
        sums.merge("spooled", -next.recovered, Long::sum);
        Map<String, Long> sumsByReason = new TreeMap<>(reasons);
        next.reasons.forEach((reason, count) -> sumsByReason.merge(reason, count, Long::sum));
        return new DaemonLedger(
                received + next.received,
                recovered,
                delivered + next.delivered,
                sums,
                sumsByReason,
                kernelDrops + next.kernelDrops,
                resent + next.resent);
    }

    /**
     * What did not arrive, by reason: {@code dropped.memory_full}, {@code refused}, {@code kernel}; without those of
     * count 0.
     */
    public Map<String, Long> lostByReason() {
        Map<String, Long> lost = new TreeMap<>();
        totals.forEach((term, count) -> {
            long named = 0;
            for (Map.Entry<String, Long> reason : reasons.entrySet()) {
                if (reason.getKey().startsWith(term + ".")) {
                    lost.put(reason.getKey(), reason.getValue());
                    named += reason.getValue();
                }
            }
            if (count > named) {
                lost.put(term, count - named);
            }
        });
        if (kernelDrops > 0) {
            lost.put("kernel", kernelDrops);
        }
        return lost;
    }
}
