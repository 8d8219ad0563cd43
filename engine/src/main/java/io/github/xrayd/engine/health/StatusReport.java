package io.github.xrayd.engine.health;

import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.DestinationLedger;
import io.github.xrayd.engine.telemetry.Histogram;
import io.github.xrayd.engine.telemetry.Ledger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What {@code /status} says: the ledger, memory, calls and health at this moment, for {@code xray status} and
 * {@code xray top}. Names are those of the final ledger; counts only grow, sizes are bytes, durations seconds, times in
 * UTC.
 */
public final class StatusReport implements Supplier<Map<String, Object>> {
    private final Vitals vitals;
    private final Instant start = Instant.now();
    private final LossTimes lossTimes = new LossTimes();

    public StatusReport(Vitals vitals) {
        this.vitals = vitals;
    }

    @Override
    public Map<String, Object> get() {
        List<Vitals.DestinationVitals> destinations = vitals.destinations();
        Ledger ledger = vitals.ledger();
        Map<String, Object> all = new LinkedHashMap<>();
        Instant now = Instant.now();
        all.put("version", vitals.version());
        all.put("pid", ProcessHandle.current().pid());
        all.put("time", now.toString());
        all.put("started", start.toString());
        all.put("uptimeSeconds", (now.toEpochMilli() - start.toEpochMilli()) / 1e3);
        all.put("live", vitals.livenessProblem() == null);
        all.put("ready", vitals.readinessProblem() == null);
        all.put("problem", firstNonNull(vitals.livenessProblem(), vitals.readinessProblem()));
        all.put("received", ledger.received());
        all.put("receivedBytes", vitals.count(Counter.RECEIVED_BYTES));
        all.put("rejected", reasons(ledger.rejected()));
        all.put("dropped", reasons(ledger.dropped()));
        all.put("admitted", ledger.admitted());
        all.put("kernelDrops", vitals.kernelDrops() < 0 ? null : vitals.kernelDrops());
        all.put("lossTimes", lossTimes.json());
        all.put("busiestSources", vitals.topSources());
        all.put("memory", memory());
        List<Object> rows = new ArrayList<>();
        Map<String, String> failures = vitals.failures();
        for (int i = 0; i < destinations.size(); i++) {
            DestinationLedger each = ledger.destinations().get(i);
            Map<String, Object> row = destination(destinations.get(i), each);
            row.put("lastFailure", failures.get(each.destination()));
            rows.add(row);
        }
        all.put("destinations", rows);
        return all;
    }

    /**
     * Looks for losses, so that their times are known. Once a second, one thread.
     *
     * @param kernelDrops datagrams that the kernel dropped, as far as was looked
     */
    public void onSecond(long kernelDrops) {
        List<Vitals.DestinationVitals> destinations = vitals.destinations();
        Ledger ledger = vitals.ledger();
        Map<String, Long> losses = new LinkedHashMap<>();
        add(losses, "rejected ", ledger.rejected());
        add(losses, "dropped ", ledger.dropped());
        losses.put("dropped kernel", kernelDrops);
        for (int i = 0; i < destinations.size(); i++) {
            DestinationLedger each = ledger.destinations().get(i);
            String prefix = destinations.size() == 1 ? "" : each.destination() + ": ";
            add(losses, prefix + "abandoned ", each.abandoned());
            destinations
                    .get(i)
                    .unprocessed()
                    .forEach((code, count) -> losses.put(prefix + "unprocessed " + code, count));
            losses.put(prefix + "refused", each.refused());
            losses.put(prefix + "dropped", each.dropped());
        }
        lossTimes.look(losses, System.currentTimeMillis());
    }

    private static void add(Map<String, Long> losses, String prefix, Map<Counter, Long> counts) {
        counts.forEach((counter, count) -> losses.put(prefix + camel(counter), count));
    }

    private static @Nullable String firstNonNull(@Nullable String first, @Nullable String second) {
        return first == null ? second : first;
    }

    private Map<String, Object> memory() {
        Map<String, Object> memory = new LinkedHashMap<>();
        memory.put("limitBytes", vitals.memoryLimitBytes());
        memory.put("arenaBytes", vitals.arenaBytes());
        memory.put("arenaUsedBytes", vitals.arenaUsedBytes());
        memory.put("socketBufferBytes", vitals.socketBufferBytes());
        return memory;
    }

    private static Map<String, Object> destination(Vitals.DestinationVitals vitals, DestinationLedger ledger) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", ledger.destination());
        row.put("ready", vitals.readinessProblem() == null);
        row.put("problem", vitals.readinessProblem());
        row.put("failingSince", time(vitals.failingSinceMs()));
        row.put("lastDelivery", time(vitals.lastDeliveryMs()));
        row.put("lastError", vitals.lastError());
        row.put("admitted", ledger.admitted());
        row.put("recovered", ledger.recovered());
        row.put("delivered", ledger.delivered());
        row.put("unprocessed", ledger.unprocessed());
        row.put("unprocessedByCode", vitals.unprocessed());
        row.put("refused", ledger.refused());
        row.put("spooled", ledger.spooled());
        row.put("dropped", ledger.dropped());
        row.put("abandoned", reasons(ledger.abandoned()));
        row.put("held", ledger.held());
        row.put("resent", vitals.count(Counter.RESENT));
        row.put("oldestHeldSeconds", vitals.oldestHeldSeconds());
        row.put("retryAgeSeconds", vitals.retryAgeSeconds());
        row.put("calls", calls(vitals));
        row.put("callDuration", histogram(vitals.callDurations()));
        row.put("deliveryDelay", histogram(vitals.deliveryDelays()));
        row.put("poolBytes", vitals.poolBytes());
        row.put("poolUsedBytes", vitals.poolUsedBytes());
        Vitals.SpoolVitals spool = vitals.spool();
        row.put("spoolBytes", spool.bytes());
        row.put("spoolLimitBytes", spool.limitBytes());
        row.put("spoolOldestSeconds", spool.oldestSeconds());
        row.put("deadLetters", vitals.deadLetterFiles());
        row.put("credentialsExpiry", time(vitals.credentialsExpiryMs()));
        row.put("clockSkewSeconds", vitals.clockSkewSeconds());
        return row;
    }

    private static Map<String, Object> calls(Vitals.DestinationVitals vitals) {
        Map<String, Object> calls = new LinkedHashMap<>();
        calls.put("inFlight", vitals.callsInFlight());
        calls.put("limit", vitals.callLimit());
        calls.put("started", vitals.count(Counter.CALLS));
        for (Counter counter : Counter.values()) {
            if (counter.name().startsWith("CALLS_")) {
                calls.put(camel(counter), vitals.count(counter));
            }
        }
        return calls;
    }

    /** The counts by upper bound in seconds; the last one has none. */
    private static Map<String, Object> histogram(Histogram histogram) {
        List<Object> bounds = new ArrayList<>();
        for (double bound : Histogram.boundsSeconds()) {
            bounds.add(Double.isInfinite(bound) ? null : bound);
        }
        List<Object> counts = new ArrayList<>();
        for (long count : histogram.counts()) {
            counts.add(count);
        }
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("bounds", bounds);
        map.put("counts", counts);
        map.put("sum", histogram.sumSeconds());
        return map;
    }

    private static @Nullable String time(long epochMs) {
        return epochMs == 0 ? null : Instant.ofEpochMilli(epochMs).toString();
    }

    /** Those that are not 0, by their names as the final ledger has them. */
    private static Map<String, Object> reasons(Map<Counter, Long> counts) {
        Map<String, Object> reasons = new LinkedHashMap<>();
        counts.forEach((counter, count) -> {
            if (count > 0) {
                reasons.put(camel(counter), count);
            }
        });
        return reasons;
    }

    /** {@code REJECTED_NO_HEADER} is {@code noHeader}. */
    private static String camel(Counter counter) {
        String[] words = Metrics.labelOf(counter).split("_", -1);
        StringBuilder name = new StringBuilder(words[0]);
        for (int i = 1; i < words.length; i++) {
            name.append(words[i].substring(0, 1).toUpperCase(Locale.ROOT)).append(words[i].substring(1));
        }
        return name.toString();
    }
}
