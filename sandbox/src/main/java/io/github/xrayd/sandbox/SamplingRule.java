package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One sampling rule of the service.
 *
 * @param name 1 to 32 characters
 * @param priority 1 to 9999, lower first; the default rule has 10000
 * @param fixedRate the part of requests to sample beyond the reservoir, 0 to 1
 * @param reservoirSize requests per second to sample first
 * @param match which requests it is for
 * @param boost how far anomalies may raise the rate, or null; kept and given back, not applied
 */
public record SamplingRule(
        String name, int priority, double fixedRate, int reservoirSize, SamplingMatch match, @Nullable Boost boost) {
    /** The name of the rule that is always there. */
    static final String DEFAULT = "Default";

    /** The priority of the rule that is always there; no other one has it. */
    static final int DEFAULT_PRIORITY = 10_000;

    /**
     * {@code SamplingRateBoost}.
     *
     * @param maxRate the highest rate, 0 to 1
     * @param cooldownMinutes between two boosts
     */
    public record Boost(double maxRate, int cooldownMinutes) {
        public Boost {
            if (!(maxRate >= 0 && maxRate <= 1) || cooldownMinutes < 0) {
                throw new IllegalArgumentException(
                        "SamplingRateBoost needs a MaxRate of 0 to 1 and CooldownWindowMinutes of 0 or more");
            }
        }

        static @Nullable Boost of(Map<String, Object> json, @Nullable Boost otherwise) {
            Map<String, Object> given = Json.object(json, "SamplingRateBoost");
            return given == null
                    ? otherwise
                    : new Boost(Json.number(given, "MaxRate"), (int) Json.whole(given, "CooldownWindowMinutes", -1));
        }
    }

    public SamplingRule {
        if (name.isEmpty() || name.length() > 32) {
            throw new IllegalArgumentException("A sampling rule's name must have 1 to 32 characters");
        }
        if (priority < 1 || priority > 10_000) {
            throw new IllegalArgumentException("The priority of rule " + name + " must be 1 to 10000, not " + priority);
        }
        if (!(fixedRate >= 0 && fixedRate <= 1)) {
            throw new IllegalArgumentException("The fixed rate of rule " + name + " must be 0 to 1, not " + fixedRate);
        }
        if (reservoirSize < 0) {
            throw new IllegalArgumentException("The reservoir of rule " + name + " must not be negative");
        }
    }

    /** A rule for requests that fit these patterns, of services of any type. */
    public SamplingRule(
            String name,
            int priority,
            double fixedRate,
            int reservoirSize,
            String serviceName,
            String host,
            String httpMethod,
            String urlPath) {
        this(
                name,
                priority,
                fixedRate,
                reservoirSize,
                new SamplingMatch(serviceName, "*", host, httpMethod, urlPath, "*", Map.of()),
                null);
    }

    /** The rule that each account has: one request per second, and 5 % of the others. */
    public static SamplingRule defaultRule() {
        return all(DEFAULT, DEFAULT_PRIORITY, 0.05, 1);
    }

    /** The sandbox's own: every request, so that a developer sees each one. */
    public static SamplingRule everything() {
        return all(DEFAULT, DEFAULT_PRIORITY, 1, 1);
    }

    /**
     * The rules of a file: {@code {"rules": [{"RuleName": …}]}}, or what {@code aws xray get-sampling-rules} prints.
     *
     * @throws IllegalArgumentException when it is neither, saying why
     */
    public static List<SamplingRule> parse(byte[] json) {
        try {
            return listOf(Json.parseObject(json, json.length));
        } catch (Json.MalformedException e) {
            throw new IllegalArgumentException("not JSON: " + e.getMessage(), e);
        }
    }

    static List<SamplingRule> listOf(Map<String, Object> json) {
        List<SamplingRule> rules = new ArrayList<>();
        List<?> elements = Json.list(json, json.containsKey("rules") ? "rules" : "SamplingRuleRecords");
        for (Object element : elements) {
            Map<String, Object> record = Json.object(element);
            Map<String, Object> rule = Json.object(record, "SamplingRule");
            if (record == null) {
                throw new IllegalArgumentException("Each of \"rules\" must be an object with a \"RuleName\"");
            }
            rules.add(of(rule == null ? record : rule));
        }
        if (rules.isEmpty()) {
            throw new IllegalArgumentException(
                    "There is no rule: write {\"rules\": [{\"RuleName\": \"all\", \"FixedRate\": 1}]}");
        }
        return rules;
    }

    /** A rule for every request. */
    public static SamplingRule all(String name, int priority, double fixedRate, int reservoirSize) {
        return new SamplingRule(name, priority, fixedRate, reservoirSize, SamplingMatch.ALL, null);
    }

    /** Its ARN in this account. */
    String arn(Account account) {
        return account.arn("sampling-rule/" + name);
    }

    Map<String, Object> toJson(Account account) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("RuleName", Json.encodable(name));
        json.put("RuleARN", Json.encodable(arn(account)));
        json.put("Priority", priority);
        json.put("FixedRate", fixedRate);
        json.put("ReservoirSize", reservoirSize);
        json.put("Version", 1);
        match.toJson(json);
        if (boost != null) {
            json.put(
                    "SamplingRateBoost",
                    Map.of("MaxRate", boost.maxRate(), "CooldownWindowMinutes", boost.cooldownMinutes()));
        }
        return json;
    }

    /** The rule that JSON describes; what it leaves out is as in the default rule. */
    static SamplingRule of(Map<String, Object> json) {
        return defaultRule().named(Json.string(json, "RuleName", "")).with(json);
    }

    private SamplingRule named(String newName) {
        return new SamplingRule(newName, priority, fixedRate, reservoirSize, match, boost);
    }

    /** This rule with what the JSON says; what it leaves out, and the name, stay as they are. */
    SamplingRule with(Map<String, Object> json) {
        return new SamplingRule(
                name,
                (int) Json.whole(json, "Priority", priority),
                json.containsKey("FixedRate") ? Json.number(json, "FixedRate") : fixedRate,
                (int) Json.whole(json, "ReservoirSize", reservoirSize),
                match.with(json),
                Boost.of(json, boost));
    }
}
