package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What SDKs reported of their sampling, summed by client and rule; those that reported last, within a bound. Guarded by
 * its owner.
 */
final class SamplingReports {
    /** The most pairs of client and rule. */
    static final int PAIRS_MAX = 1_000;

    private static final int NAME_LENGTH_MAX = 64;

    private final Map<Pair, Counts> countsByPair = new LinkedHashMap<>();

    private record Pair(String client, String rule) {}

    private static final class Counts {
        long requests;
        long sampled;
        long borrowed;
        double lastSeconds;
    }

    /** Adds one statistics document of GetSamplingTargets. */
    void add(Map<String, Object> document, double nowSeconds) {
        Pair pair = new Pair(name(document, "ClientID"), name(document, "RuleName"));
        Counts counts = countsByPair.remove(pair);
        if (counts == null) {
            counts = new Counts();
        }
        counts.requests += Json.whole(document, "RequestCount", 0);
        counts.sampled += Json.whole(document, "SampledCount", 0);
        counts.borrowed += Json.whole(document, "BorrowCount", 0);
        counts.lastSeconds = nowSeconds;
        countsByPair.put(pair, counts);
        if (countsByPair.size() > PAIRS_MAX) {
            Iterator<Pair> oldest = countsByPair.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    private static String name(Map<String, Object> document, String key) {
        return TerminalText.harmless(Json.string(document, key, ""), NAME_LENGTH_MAX);
    }

    /** One entry for each client and rule, the one that reported last first. */
    List<Object> toJson() {
        List<Object> entries = new ArrayList<>();
        countsByPair.forEach((pair, counts) -> {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("clientId", pair.client());
            entry.put("ruleName", pair.rule());
            entry.put("requests", counts.requests);
            entry.put("sampled", counts.sampled);
            entry.put("borrowed", counts.borrowed);
            entry.put("lastReport", Json.seconds(counts.lastSeconds));
            entries.add(0, entry);
        });
        return entries;
    }

    /** One entry for each rule, in the shape of GetSamplingStatisticSummaries. */
    List<Object> summariesJson() {
        Map<String, Counts> byRule = new TreeMap<>();
        countsByPair.forEach((pair, counts) -> {
            Counts sum = byRule.computeIfAbsent(pair.rule(), rule -> new Counts());
            sum.requests += counts.requests;
            sum.sampled += counts.sampled;
            sum.borrowed += counts.borrowed;
            sum.lastSeconds = Math.max(sum.lastSeconds, counts.lastSeconds);
        });
        List<Object> summaries = new ArrayList<>();
        byRule.forEach((rule, counts) -> {
            Map<String, Object> summary = new LinkedHashMap<>();
            summary.put("RuleName", rule);
            summary.put("Timestamp", Json.seconds(counts.lastSeconds));
            summary.put("RequestCount", counts.requests);
            summary.put("BorrowCount", counts.borrowed);
            summary.put("SampledCount", counts.sampled);
            summaries.add(summary);
        });
        return summaries;
    }
}
