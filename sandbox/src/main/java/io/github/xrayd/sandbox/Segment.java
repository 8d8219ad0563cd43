package io.github.xrayd.sandbox;

import io.github.xrayd.connectors.otlp.convert.OtlpDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A segment or subsegment as its document says it; what the document leaves out has a neutral value.
 *
 * @param traceId as in the document, or empty within another document
 * @param id 16 hex digits, or whatever the document says
 * @param parentId the id of the subsegment or segment above it, or null
 * @param name the service's or the call's name
 * @param isSubsegment whether it is a subsegment, streamed or nested
 * @param time when it was
 * @param fields everything the document says
 * @param children nested subsegments; streamed ones are added when the trace is put together
 */
record Segment(
        String traceId,
        String id,
        @Nullable String parentId,
        String name,
        boolean isSubsegment,
        Time time,
        Map<String, Object> fields,
        List<Segment> children) {

    /**
     * When a segment was.
     *
     * @param startSeconds since the epoch
     * @param endSeconds since the epoch; equal to the start while in progress
     * @param isInProgress whether its end is still to come
     */
    record Time(double startSeconds, double endSeconds, boolean isInProgress) {}

    /**
     * The segments of a document: one; several when it is an array, or has OpenTelemetry spans; none when it is opaque.
     */
    static List<Segment> parse(String document) {
        if (SpanDocuments.isTransported(document)) {
            try {
                return SpanDocuments.ofTransported(document).documents().stream()
                        .flatMap(each -> parse(each).stream())
                        .toList();
            } catch (OtlpDecoder.UnreadableException e) {
                return List.of();
            }
        }
        if (document.isEmpty()
                || (document.charAt(0) != '{' && document.charAt(0) != '[' && document.charAt(0) > ' ')) {
            return List.of();
        }
        try {
            return of(Json.parse(document));
        } catch (Json.MalformedException e) {
            return List.of();
        }
    }

    static List<Segment> of(@Nullable Object parsed) {
        List<?> elements = parsed instanceof List<?> list ? list : parsed == null ? List.of() : List.of(parsed);
        List<Segment> segments = new ArrayList<>(elements.size());
        for (Object element : elements) {
            Map<String, Object> fields = Json.object(element);
            if (fields == null || Json.string(fields, "trace_id") == null || Json.string(fields, "id") == null) {
                return List.of();
            }
            segments.add(of(fields, "subsegment".equals(fields.get("type")), null));
        }
        return segments;
    }

    private static Segment of(Map<String, Object> fields, boolean isSubsegment, @Nullable String above) {
        String id = Json.string(fields, "id", "");
        double start = Json.number(fields, "start_time");
        double end = Json.number(fields, "end_time");
        start = Double.isNaN(start) ? 0 : start;
        List<Segment> children = new ArrayList<>();
        for (Object nested : Json.list(fields, "subsegments")) {
            Map<String, Object> inner = Json.object(nested);
            if (inner != null) {
                children.add(of(inner, true, id));
            }
        }
        return new Segment(
                Json.string(fields, "trace_id", ""),
                id,
                above == null ? Json.string(fields, "parent_id") : above,
                Json.string(fields, "name", ""),
                isSubsegment,
                new Time(
                        start,
                        Double.isNaN(end) ? start : end,
                        Double.isNaN(end) && Json.isTrue(fields, "in_progress")),
                fields,
                children);
    }

    double durationSeconds() {
        return Math.max(0, time.endSeconds - time.startSeconds);
    }

    double startSeconds() {
        return time.startSeconds;
    }

    double endSeconds() {
        return time.endSeconds;
    }

    boolean isInProgress() {
        return time.isInProgress;
    }

    boolean isError() {
        return Json.isTrue(fields, "error");
    }

    boolean isFault() {
        return Json.isTrue(fields, "fault");
    }

    boolean isThrottle() {
        return Json.isTrue(fields, "throttle");
    }

    /** {@code aws}, {@code remote} or empty. */
    String namespace() {
        return Json.string(fields, "namespace", "");
    }

    @Nullable
    Map<String, Object> httpRequest() {
        return Json.object(Json.object(fields, "http"), "request");
    }

    @Nullable
    Map<String, Object> httpResponse() {
        return Json.object(Json.object(fields, "http"), "response");
    }

    /** The HTTP status, or 0. */
    int httpStatus() {
        return (int) Json.whole(httpResponse(), "status", 0);
    }

    /** Subsegments below it, at any depth. */
    int subsegmentCount() {
        int count = 0;
        for (Segment child : children) {
            count += 1 + child.subsegmentCount();
        }
        return count;
    }
}
