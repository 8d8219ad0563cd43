package io.github.xrayd.sandbox;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sampling rules, settable, and the targets computed from what clients report. Thread-safe. */
public final class Sampling {
    /** How often clients report, in seconds, as the service asks. */
    static final int INTERVAL_SECONDS = 10;

    /** The most statistics documents in one request, as the service says. */
    static final int STATISTICS_MAX = 25;

    private static final int CLIENTS_MAX = 10_000;
    private static final double CLIENT_AGE_MAX_SECONDS = 30;

    private final String region;
    private final Clock clock;
    private final Map<String, Map<String, Double>> lastSeenByRule = new HashMap<>();
    private final SamplingReports reports = new SamplingReports();
    private List<SamplingRule> rules = List.of(SamplingRule.everything());
    private double modifiedSeconds;
    private long ruleCalls;
    private long targetCalls;

    Sampling(String region, Clock clock) {
        this.region = region;
        this.clock = clock;
        this.modifiedSeconds = nowSeconds();
    }

    private double nowSeconds() {
        return clock.millis() / 1000.0;
    }

    /** Replaces the rules; they are served by priority. */
    public synchronized void rules(List<SamplingRule> value) {
        List<SamplingRule> sorted = new ArrayList<>(value);
        sorted.sort(Comparator.comparingInt(SamplingRule::priority));
        rules = List.copyOf(sorted);
        modifiedSeconds = nowSeconds();
    }

    /** The rules by priority. */
    public synchronized List<SamplingRule> rules() {
        return rules;
    }

    /** Calls of GetSamplingRules so far. */
    public synchronized long ruleCalls() {
        return ruleCalls;
    }

    /** Calls of GetSamplingTargets so far. */
    public synchronized long targetCalls() {
        return targetCalls;
    }

    /** What clients reported, as JSON. */
    synchronized List<Object> reportsJson() {
        return reports.toJson();
    }

    synchronized Map<String, Object> getSamplingRules() {
        ruleCalls++;
        List<Object> records = new ArrayList<>();
        for (SamplingRule rule : rules) {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("SamplingRule", rule.toJson(region));
            item.put("CreatedAt", Json.seconds(modifiedSeconds));
            item.put("ModifiedAt", Json.seconds(modifiedSeconds));
            records.add(item);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("SamplingRuleRecords", records);
        json.put("NextToken", null);
        return json;
    }

    synchronized Map<String, Object> getSamplingTargets(Map<String, Object> request) throws ApiException {
        targetCalls++;
        List<?> statistics = Json.list(request, "SamplingStatisticsDocuments");
        if (!request.containsKey("SamplingStatisticsDocuments")) {
            throw ApiException.invalidRequest("SamplingStatisticsDocuments is missing");
        }
        if (statistics.size() > STATISTICS_MAX) {
            throw ApiException.invalidRequest("Exceeding maximum statistics document count: " + STATISTICS_MAX);
        }
        List<Object> targets = new ArrayList<>();
        List<Object> unprocessed = new ArrayList<>();
        for (Object element : statistics) {
            Map<String, Object> document = Json.object(element);
            String name = Json.string(document, "RuleName", "");
            SamplingRule rule = find(name);
            if (rule == null) {
                Map<String, Object> item = new LinkedHashMap<>();
                item.put("RuleName", Json.encodable(name));
                item.put("ErrorCode", "404");
                item.put("Message", "Sampling rule does not exist.");
                unprocessed.add(item);
            } else {
                if (document != null) {
                    reports.add(document, nowSeconds());
                }
                targets.add(target(rule, Json.string(document, "ClientID", "")));
            }
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("SamplingTargetDocuments", targets);
        json.put("LastRuleModification", Json.seconds(modifiedSeconds));
        json.put("UnprocessedStatistics", unprocessed);
        return json;
    }

    private @Nullable SamplingRule find(String name) {
        for (SamplingRule rule : rules) {
            if (rule.name().equals(name)) {
                return rule;
            }
        }
        return null;
    }

    /** The reservoir is shared between the clients that reported lately. */
    private Map<String, Object> target(SamplingRule rule, String clientId) {
        double now = nowSeconds();
        Map<String, Double> lastSeen = lastSeenByRule.computeIfAbsent(rule.name(), name -> new LinkedHashMap<>());
        lastSeen.remove(clientId);
        lastSeen.put(clientId, now);
        Iterator<Double> oldest = lastSeen.values().iterator();
        while (oldest.hasNext() && (oldest.next() < now - CLIENT_AGE_MAX_SECONDS || lastSeen.size() > CLIENTS_MAX)) {
            oldest.remove();
        }
        int clients = Math.max(1, lastSeen.size());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("RuleName", rule.name());
        json.put("FixedRate", rule.fixedRate());
        json.put("ReservoirQuota", (rule.reservoirSize() + clients - 1) / clients);
        json.put("ReservoirQuotaTTL", Json.seconds(now + CLIENT_AGE_MAX_SECONDS));
        json.put("Interval", INTERVAL_SECONDS);
        return json;
    }
}
