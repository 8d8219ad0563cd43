package io.github.xrayd.sandbox;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One trace as a row of the page's list: shorter than GetTraceSummaries' shape, and with what happened below the root.
 * Used by one thread.
 */
final class PageSummary {
    private static final int ANNOTATIONS_MAX = 32;
    private static final int ANNOTATION_LENGTH_MAX = 200;

    private final Set<String> services = new LinkedHashSet<>();
    private final Map<String, Object> annotations = new TreeMap<>();
    private int subsegments;
    private int errors;
    private int faults;
    private int throttles;

    private PageSummary() {}

    static Map<String, Object> of(Trace trace, long createdSequence) {
        PageSummary summary = new PageSummary();
        for (Segment top : trace.segments()) {
            if (!top.isSubsegment()) {
                summary.services.add(Json.encodable(top.name()));
            }
            Trace.walk(top, summary::add);
        }
        Segment root = trace.root();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", Json.encodable(trace.id()));
        json.put("created", createdSequence);
        json.put("start", Json.seconds(trace.startSeconds()));
        json.put("duration", Json.seconds(trace.durationSeconds()));
        json.put("response", Json.seconds(trace.responseSeconds()));
        json.put("name", Json.encodable(root.name()));
        putText(json, "method", Json.string(root.httpRequest(), "method"));
        putText(json, "url", Json.string(root.httpRequest(), "url"));
        putText(json, "user", Json.string(root.fields(), "user"));
        json.put("status", root.httpStatus());
        json.put("fault", root.isFault());
        json.put("error", root.isError());
        json.put("throttle", root.isThrottle());
        json.put("partial", trace.isPartial());
        json.put("services", summary.services);
        json.put("segments", trace.documents().size());
        json.put("subsegments", summary.subsegments);
        json.put("errors", summary.errors);
        json.put("faults", summary.faults);
        json.put("throttles", summary.throttles);
        json.put("annotations", summary.annotations);
        return json;
    }

    private void add(Segment segment) {
        subsegments += segment.isSubsegment() ? 1 : 0;
        if (segment.isFault()) {
            faults++;
        } else if (segment.isThrottle()) {
            throttles++;
        } else if (segment.isError()) {
            errors++;
        }
        Map<String, Object> own = Json.object(segment.fields(), "annotations");
        if (own == null) {
            return;
        }
        own.forEach((key, value) -> {
            boolean isKept = value instanceof Number
                    || value instanceof Boolean
                    || (value instanceof String text && text.length() <= ANNOTATION_LENGTH_MAX);
            if (isKept && key.length() <= ANNOTATION_LENGTH_MAX && annotations.size() < ANNOTATIONS_MAX) {
                annotations.putIfAbsent(
                        Json.encodable(key), value instanceof String text ? Json.encodable(text) : value);
            }
        });
    }

    private static void putText(Map<String, Object> json, String key, @Nullable String value) {
        if (value != null) {
            json.put(key, Json.encodable(value));
        }
    }
}
