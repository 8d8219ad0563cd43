package io.github.xrayd.sandbox;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Settings of the account that are kept and given back, and change nothing in the sandbox. Thread-safe. */
final class AccountSettings {
    private static final int KEY_LENGTH_MAX = 3_000;
    private static final String INDEXING_RULE = "Default";

    private @Nullable String encryptionKey;
    private String destination = "XRay";
    private double indexedPercent = 1;
    private double indexingModifiedSeconds;

    AccountSettings(double nowSeconds) {
        indexingModifiedSeconds = nowSeconds;
    }

    synchronized Map<String, Object> getEncryptionConfig() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("Type", encryptionKey == null ? "NONE" : "KMS");
        json.put("Status", "ACTIVE");
        if (encryptionKey != null) {
            json.put("KeyId", Json.encodable(encryptionKey));
        }
        return Map.of("EncryptionConfig", json);
    }

    synchronized Map<String, Object> putEncryptionConfig(Map<String, Object> request) throws ApiException {
        String type = Json.string(request, "Type", "");
        String key = Requests.optionalText(request, "KeyId", KEY_LENGTH_MAX);
        switch (type) {
            case "KMS" -> {
                if (key == null) {
                    throw ApiException.invalidRequest("KeyId is missing: Type is KMS");
                }
                encryptionKey = key;
            }
            case "NONE" -> {
                if (key != null) {
                    throw ApiException.invalidRequest("KeyId must be left out: Type is NONE");
                }
                encryptionKey = null;
            }
            default -> throw ApiException.invalidRequest("Type must be NONE or KMS");
        }
        return getEncryptionConfig();
    }

    synchronized Map<String, Object> getIndexingRules() {
        return Map.of("IndexingRules", List.of(indexingRule()));
    }

    private Map<String, Object> indexingRule() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("Name", INDEXING_RULE);
        json.put("ModifiedAt", Json.seconds(indexingModifiedSeconds));
        json.put(
                "Rule",
                Map.of(
                        "Probabilistic",
                        Map.of(
                                "DesiredSamplingPercentage",
                                indexedPercent,
                                "ActualSamplingPercentage",
                                indexedPercent)));
        return json;
    }

    synchronized Map<String, Object> updateIndexingRule(Map<String, Object> request, double nowSeconds)
            throws ApiException {
        String name = Requests.text(request, "Name", 32);
        if (!name.equals(INDEXING_RULE)) {
            throw Requests.notFound("Indexing rule " + name);
        }
        Map<String, Object> rule = Requests.object(Requests.object(request, "Rule"), "Probabilistic");
        indexedPercent = Requests.number(rule, "DesiredSamplingPercentage", 0, 100);
        indexingModifiedSeconds = nowSeconds;
        return Map.of("IndexingRule", indexingRule());
    }

    synchronized Map<String, Object> getTraceSegmentDestination() {
        return Map.of("Destination", destination, "Status", "ACTIVE");
    }

    synchronized Map<String, Object> updateTraceSegmentDestination(Map<String, Object> request) throws ApiException {
        String value = Json.string(request, "Destination", "");
        if (!value.equals("XRay") && !value.equals("CloudWatchLogs")) {
            throw ApiException.invalidRequest("Destination must be XRay or CloudWatchLogs");
        }
        destination = value;
        return getTraceSegmentDestination();
    }
}
