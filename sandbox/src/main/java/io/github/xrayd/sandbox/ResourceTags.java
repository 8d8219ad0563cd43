package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tags of groups and sampling rules. Thread-safe. */
final class ResourceTags {
    /** The most tags of a resource, the service's quota. */
    static final int COUNT_MAX = 50;

    private static final int TAGS_OF_A_REQUEST_MAX = 200;
    private static final int ARN_LENGTH_MAX = 1_011;
    private static final int KEY_LENGTH_MAX = 128;
    private static final int VALUE_LENGTH_MAX = 256;

    private final Map<String, Map<String, String>> byArn = new LinkedHashMap<>();

    /** Makes a resource known, with its first tags. */
    synchronized void create(String arn, List<?> tags) throws ApiException {
        byArn.put(arn, added(arn, new LinkedHashMap<>(), tags));
    }

    /** Makes a resource known, without tags. */
    synchronized void createWithout(String arn) {
        byArn.put(arn, new LinkedHashMap<>());
    }

    synchronized void delete(String arn) {
        byArn.remove(arn);
    }

    synchronized Map<String, Object> list(Map<String, Object> request) throws ApiException {
        List<Object> tags = new ArrayList<>();
        requested(request)
                .forEach((key, value) -> tags.add(Map.of("Key", Json.encodable(key), "Value", Json.encodable(value))));
        return Map.of("Tags", tags);
    }

    synchronized Map<String, Object> tag(Map<String, Object> request) throws ApiException {
        Map<String, String> before = requested(request);
        String arn = Json.string(request, "ResourceARN", "");
        byArn.put(arn, added(arn, before, Requests.list(request, "Tags", TAGS_OF_A_REQUEST_MAX)));
        return Map.of();
    }

    synchronized Map<String, Object> untag(Map<String, Object> request) throws ApiException {
        Map<String, String> tags = requested(request);
        for (Object key : Requests.list(request, "TagKeys", TAGS_OF_A_REQUEST_MAX)) {
            tags.remove(String.valueOf(key));
        }
        return Map.of();
    }

    private Map<String, String> requested(Map<String, Object> request) throws ApiException {
        String arn = Requests.text(request, "ResourceARN", ARN_LENGTH_MAX);
        Map<String, String> tags = byArn.get(arn);
        if (tags == null) {
            throw Requests.notFound(arn);
        }
        return tags;
    }

    private static Map<String, String> added(String arn, Map<String, String> before, List<?> tags) throws ApiException {
        Map<String, String> after = new LinkedHashMap<>(before);
        for (Object element : tags) {
            Map<String, Object> tag = Json.object(element);
            if (tag == null) {
                throw ApiException.invalidRequest("A tag must be an object with Key and Value");
            }
            String value = Json.string(tag, "Value");
            if (value == null || value.length() > VALUE_LENGTH_MAX) {
                throw ApiException.invalidRequest("A tag's Value must have 0 to " + VALUE_LENGTH_MAX + " characters");
            }
            after.put(Requests.text(tag, "Key", KEY_LENGTH_MAX), value);
        }
        if (after.size() > COUNT_MAX) {
            throw new ApiException(400, "TooManyTagsException", arn + " would have more than " + COUNT_MAX + " tags");
        }
        return after;
    }
}
