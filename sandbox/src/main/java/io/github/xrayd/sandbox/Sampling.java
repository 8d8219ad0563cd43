package io.github.xrayd.sandbox;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The sampling rules, settable, and the targets computed from what clients report. Thread-safe. */
public final class Sampling {
    /** How often clients report, in seconds, as the service asks. */
    static final int INTERVAL_SECONDS = 10;

    /** The most statistics documents in one request, as the service says. */
    static final int STATISTICS_MAX = 25;

    private static final int CLIENTS_MAX = 10_000;
    private static final double CLIENT_AGE_MAX_SECONDS = 30;

    /** The most rules beside the default one, the service's quota. */
    static final int RULES_MAX = 25;

    private final Account account;
    private final ResourceTags tags;
    private final Clock clock;
    private final Map<String, Map<String, Double>> lastSeenByRule = new HashMap<>();
    private final SamplingReports reports = new SamplingReports();
    private List<RuleRecord> kept = List.of();
    private double modifiedSeconds;
    private long ruleCalls;
    private long targetCalls;

    Sampling(Account account, ResourceTags tags, Clock clock) {
        this.account = account;
        this.tags = tags;
        this.clock = clock;
        this.modifiedSeconds = nowSeconds();
        rules(List.of(SamplingRule.everything()));
    }

    /** A rule, and when it was made and changed, in epoch seconds. */
    private record RuleRecord(SamplingRule rule, double createdSeconds, double modifiedSeconds) {}

    private double nowSeconds() {
        return clock.millis() / 1000.0;
    }

    /** Replaces the rules; they are served by priority. */
    public synchronized void rules(List<SamplingRule> value) {
        kept.forEach(each -> tags.delete(each.rule().arn(account)));
        double now = nowSeconds();
        keep(value.stream().map(rule -> new RuleRecord(rule, now, now)).toList());
        for (SamplingRule rule : value) {
            tags.createWithout(rule.arn(account));
        }
    }

    private void keep(List<RuleRecord> rules) {
        List<RuleRecord> sorted = new ArrayList<>(rules);
        sorted.sort(Comparator.comparingInt(each -> each.rule().priority()));
        kept = List.copyOf(sorted);
        modifiedSeconds = nowSeconds();
    }

    /** The rules by priority. */
    public synchronized List<SamplingRule> rules() {
        return kept.stream().map(RuleRecord::rule).toList();
    }

    /** Each rule as JSON, by priority. */
    synchronized List<Object> rulesJson() {
        return kept.stream().<Object>map(each -> each.rule().toJson(account)).toList();
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
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("SamplingRuleRecords", kept.stream().map(this::record).toList());
        json.put("NextToken", null);
        return json;
    }

    private Map<String, Object> record(RuleRecord each) {
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("SamplingRule", each.rule().toJson(account));
        item.put("CreatedAt", Json.seconds(each.createdSeconds()));
        item.put("ModifiedAt", Json.seconds(each.modifiedSeconds()));
        return item;
    }

    synchronized Map<String, Object> createRule(Map<String, Object> request) throws ApiException {
        Map<String, Object> json = Requests.object(request, "SamplingRule");
        Requests.text(json, "RuleName", 32);
        for (String key : List.of("ResourceARN", "ServiceName", "ServiceType", "Host", "HTTPMethod", "URLPath")) {
            Requests.text(json, key, 500);
        }
        Requests.number(json, "Priority", 1, SamplingRule.DEFAULT_PRIORITY - 1);
        Requests.number(json, "FixedRate", 0, 1);
        Requests.number(json, "ReservoirSize", 0, Integer.MAX_VALUE);
        Requests.number(json, "Version", 1, 1);
        SamplingRule rule = parsed(() -> SamplingRule.of(json));
        if (find(rule.name()) != null) {
            throw ApiException.invalidRequest(
                    "Sampling rule " + TerminalText.harmless(rule.name(), 40) + " already exists");
        }
        if (kept.size() > RULES_MAX) {
            throw new ApiException(
                    400, "RuleLimitExceededException", "There are " + RULES_MAX + " sampling rules already");
        }
        tags.create(rule.arn(account), Json.list(request, "Tags"));
        double now = nowSeconds();
        RuleRecord added = new RuleRecord(rule, now, now);
        keep(Stream.concat(kept.stream(), Stream.of(added)).toList());
        return Map.of("SamplingRuleRecord", record(added));
    }

    synchronized Map<String, Object> updateRule(Map<String, Object> request) throws ApiException {
        Map<String, Object> json = Requests.object(request, "SamplingRuleUpdate");
        RuleRecord before = requested(json);
        SamplingRule rule = parsed(() -> before.rule().with(json));
        boolean isDefault = before.rule().name().equals(SamplingRule.DEFAULT);
        if (isDefault && !rule.match().equals(before.rule().match())) {
            throw ApiException.invalidRequest("The default rule is for every request: only its rates can be changed");
        }
        if (isDefault != (rule.priority() == SamplingRule.DEFAULT_PRIORITY)) {
            throw ApiException.invalidRequest("Priority must be 1 to 9999, and that of the default rule stays");
        }
        RuleRecord after = new RuleRecord(rule, before.createdSeconds(), nowSeconds());
        keep(kept.stream().map(each -> each.equals(before) ? after : each).toList());
        return Map.of("SamplingRuleRecord", record(after));
    }

    synchronized Map<String, Object> deleteRule(Map<String, Object> request) throws ApiException {
        RuleRecord deleted = requested(request);
        if (deleted.rule().name().equals(SamplingRule.DEFAULT)) {
            throw ApiException.invalidRequest("The default rule cannot be deleted");
        }
        keep(kept.stream().filter(each -> !each.equals(deleted)).toList());
        tags.delete(deleted.rule().arn(account));
        return Map.of("SamplingRuleRecord", record(deleted));
    }

    private static SamplingRule parsed(Supplier<SamplingRule> rule) throws ApiException {
        try {
            return rule.get();
        } catch (IllegalArgumentException e) {
            throw ApiException.invalidRequest(String.valueOf(e.getMessage()));
        }
    }

    /** The rule that a request names by its name or ARN. */
    private RuleRecord requested(Map<String, Object> request) throws ApiException {
        String name = Json.string(request, "RuleName");
        String arn = Json.string(request, "RuleARN");
        if (name == null && arn == null) {
            throw ApiException.invalidRequest("RuleName or RuleARN is required");
        }
        for (RuleRecord each : kept) {
            if ((name == null || each.rule().name().equals(name))
                    && (arn == null || each.rule().arn(account).equals(arn))) {
                return each;
            }
        }
        throw ApiException.invalidRequest("Sampling rule "
                + TerminalText.harmless(name == null ? String.valueOf(arn) : name, 100) + " does not exist");
    }

    /** What clients reported, summed by rule. */
    synchronized Map<String, Object> getSamplingStatisticSummaries() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("SamplingStatisticSummaries", reports.summariesJson());
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
        json.put("UnprocessedBoostStatistics", List.of());
        return json;
    }

    private @Nullable SamplingRule find(String name) {
        for (RuleRecord each : kept) {
            if (each.rule().name().equals(name)) {
                return each.rule();
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
