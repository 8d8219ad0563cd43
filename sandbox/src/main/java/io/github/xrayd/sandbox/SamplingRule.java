package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One sampling rule of the service.
 *
 * @param name 1 to 32 characters
 * @param priority 1 to 9999, lower first; the default rule has 10000
 * @param fixedRate the part of requests to sample beyond the reservoir, 0 to 1
 * @param reservoirSize requests per second to sample first
 * @param serviceName pattern for the service's name
 * @param host pattern for the host
 * @param httpMethod pattern for the method
 * @param urlPath pattern for the path
 */
public record SamplingRule(
        String name,
        int priority,
        double fixedRate,
        int reservoirSize,
        String serviceName,
        String host,
        String httpMethod,
        String urlPath) {

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

    /** The rule that each account has: one request per second, and 5 % of the others. */
    public static SamplingRule defaultRule() {
        return new SamplingRule("Default", 10_000, 0.05, 1, "*", "*", "*", "*");
    }

    /** The sandbox's own: every request, so that a developer sees each one. */
    public static SamplingRule everything() {
        return new SamplingRule("Default", 10_000, 1, 1, "*", "*", "*", "*");
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
        return new SamplingRule(name, priority, fixedRate, reservoirSize, "*", "*", "*", "*");
    }

    Map<String, Object> toJson(String region) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("RuleName", name);
        json.put("RuleARN", "arn:aws:xray:" + region + ":000000000000:sampling-rule/" + name);
        json.put("ResourceARN", "*");
        json.put("Priority", priority);
        json.put("FixedRate", fixedRate);
        json.put("ReservoirSize", reservoirSize);
        json.put("ServiceName", serviceName);
        json.put("ServiceType", "*");
        json.put("Host", host);
        json.put("HTTPMethod", httpMethod);
        json.put("URLPath", urlPath);
        json.put("Version", 1);
        json.put("Attributes", Map.of());
        return json;
    }

    static SamplingRule of(Map<String, Object> json) {
        SamplingRule base = defaultRule();
        return new SamplingRule(
                Json.string(json, "RuleName", ""),
                (int) Json.whole(json, "Priority", base.priority()),
                json.containsKey("FixedRate") ? Json.number(json, "FixedRate") : base.fixedRate(),
                (int) Json.whole(json, "ReservoirSize", base.reservoirSize()),
                Json.string(json, "ServiceName", "*"),
                Json.string(json, "Host", "*"),
                Json.string(json, "HTTPMethod", "*"),
                Json.string(json, "URLPath", "*"));
    }
}
