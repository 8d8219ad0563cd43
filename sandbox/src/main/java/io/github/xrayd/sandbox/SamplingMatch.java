package io.github.xrayd.sandbox;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which requests a sampling rule is for. Patterns may have {@code *} and {@code ?}.
 *
 * @param serviceName pattern for the service's name, at most 64 characters
 * @param serviceType pattern for the service's origin, at most 64 characters
 * @param host pattern for the host, at most 64 characters
 * @param httpMethod pattern for the method, at most 10 characters
 * @param urlPath pattern for the path, at most 128 characters
 * @param resourceArn pattern for the resource, at most 500 characters
 * @param attributes segment attributes to match, at most 5
 */
public record SamplingMatch(
        String serviceName,
        String serviceType,
        String host,
        String httpMethod,
        String urlPath,
        String resourceArn,
        Map<String, String> attributes) {
    private static final int ATTRIBUTES_MAX = 5;

    /** Every request. */
    public static final SamplingMatch ALL = new SamplingMatch("*", "*", "*", "*", "*", "*", Map.of());

    public SamplingMatch {
        requireShort("ServiceName", serviceName, 64);
        requireShort("ServiceType", serviceType, 64);
        requireShort("Host", host, 64);
        requireShort("HTTPMethod", httpMethod, 10);
        requireShort("URLPath", urlPath, 128);
        requireShort("ResourceARN", resourceArn, 500);
        if (attributes.size() > ATTRIBUTES_MAX) {
            throw new IllegalArgumentException("Attributes must have at most " + ATTRIBUTES_MAX + " entries");
        }
        attributes = Map.copyOf(attributes);
    }

    private static void requireShort(String what, String value, int lengthMax) {
        if (value.length() > lengthMax) {
            throw new IllegalArgumentException(what + " must have at most " + lengthMax + " characters");
        }
    }

    /** What the JSON of a rule says; what it leaves out stays as it is here. */
    SamplingMatch with(Map<String, Object> json) {
        Map<String, Object> given = Json.object(json, "Attributes");
        Map<String, String> changed = attributes;
        if (given != null) {
            changed = new LinkedHashMap<>();
            for (Map.Entry<String, Object> attribute : given.entrySet()) {
                changed.put(attribute.getKey(), String.valueOf(attribute.getValue()));
            }
        }
        return new SamplingMatch(
                Json.string(json, "ServiceName", serviceName),
                Json.string(json, "ServiceType", serviceType),
                Json.string(json, "Host", host),
                Json.string(json, "HTTPMethod", httpMethod),
                Json.string(json, "URLPath", urlPath),
                Json.string(json, "ResourceARN", resourceArn),
                changed);
    }

    void toJson(Map<String, Object> json) {
        json.put("ServiceName", Json.encodable(serviceName));
        json.put("ServiceType", Json.encodable(serviceType));
        json.put("Host", Json.encodable(host));
        json.put("HTTPMethod", Json.encodable(httpMethod));
        json.put("URLPath", Json.encodable(urlPath));
        json.put("ResourceARN", Json.encodable(resourceArn));
        Map<String, Object> written = new LinkedHashMap<>();
        attributes.forEach((key, value) -> written.put(Json.encodable(key), Json.encodable(value)));
        json.put("Attributes", written);
    }
}
