package io.github.xrayd.sandbox;

import io.github.xrayd.connectors.otlp.convert.OtlpDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Checks a document as the service does and makes the {@code UnprocessedTraceSegments} entry of one that is not a
 * segment.
 */
final class DocumentCheck {
    /** The largest segment, in bytes. */
    static final int BYTES_MAX = 64 << 10;

    private static final int NAME_LENGTH_MAX = 200;
    private static final Pattern TRACE_ID = Pattern.compile("1-[0-9a-fA-F]{8}-[0-9a-fA-F]{24}|[0-9a-fA-F]{32}");
    private static final Pattern SEGMENT_ID = Pattern.compile("[0-9a-fA-F]{16}");
    private static final Pattern UNSAMPLED_SPANS = Pattern.compile("T1U[A-Za-z0-9+/=]+\\s*");

    private DocumentCheck() {}

    /** The entry for a document that is refused, or null for a good one. */
    static @Nullable Map<String, Object> refusal(String document) {
        if (document.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX) {
            return PutSegments.entry(
                    null, "InvalidSegment", "Segment Size Exceeded: more than " + BYTES_MAX + " bytes");
        }
        if (UNSAMPLED_SPANS.matcher(document).matches()) {
            return null;
        }
        if (SpanDocuments.isTransported(document)) {
            return refusalOfSpans(document);
        }
        Object parsed;
        try {
            parsed = Json.parse(document);
        } catch (Json.MalformedException e) {
            return PutSegments.entry(null, "ParseError", "Invalid segment: not JSON");
        }
        List<?> elements = parsed instanceof List<?> list ? list : parsed == null ? List.of() : List.of(parsed);
        if (elements.isEmpty()) {
            return PutSegments.entry(null, "ParseError", "Invalid segment: not a JSON object");
        }
        for (Object element : elements) {
            Map<String, Object> refusal = refusal(Json.object(element), parsed instanceof List<?>);
            if (refusal != null) {
                return refusal;
            }
        }
        return null;
    }

    private static @Nullable Map<String, Object> refusalOfSpans(String document) {
        try {
            SpanDocuments spans = SpanDocuments.ofTransported(document);
            return spans.refused() > 0 && spans.documents().isEmpty()
                    ? PutSegments.entry(
                            null, "InvalidId", "Invalid segment: no span of it has a valid trace id and span id")
                    : null;
        } catch (OtlpDecoder.UnreadableException e) {
            return PutSegments.entry(null, "ParseError", "Invalid segment: no OpenTelemetry spans: " + e.getMessage());
        }
    }

    private static @Nullable Map<String, Object> refusal(@Nullable Map<String, Object> fields, boolean isElement) {
        if (fields == null) {
            return PutSegments.entry(null, "ParseError", "Invalid segment: not a JSON object");
        }
        String id = Json.string(fields, "id");
        if (id == null) {
            return PutSegments.entry(null, "MissingId", "Invalid segment: id is missing");
        }
        if (!SEGMENT_ID.matcher(id).matches()) {
            return PutSegments.entry(id, "InvalidId", "Invalid segment: id must be 16 hex digits");
        }
        if (!TRACE_ID.matcher(Json.string(fields, "trace_id", "")).matches()) {
            return PutSegments.entry(
                    id, "InvalidTraceId", "Invalid segment: trace_id must be 1-<8 hex digits>-<24 hex digits>");
        }
        String name = Json.string(fields, "name", "");
        if (name.isEmpty() || name.length() > NAME_LENGTH_MAX) {
            return PutSegments.entry(id, "InvalidName", "Invalid segment: name must have 1 to 200 characters");
        }
        if (Double.isNaN(Json.number(fields, "start_time"))) {
            return PutSegments.entry(id, "MissingStartTime", "Invalid segment: start_time is missing");
        }
        if (Double.isNaN(Json.number(fields, "end_time")) && !Json.isTrue(fields, "in_progress")) {
            return PutSegments.entry(id, "MissingEndTime", "Invalid segment: neither end_time nor in_progress");
        }
        boolean isSubsegment = isElement || "subsegment".equals(fields.get("type"));
        if (isSubsegment && Json.string(fields, "parent_id") == null) {
            return PutSegments.entry(id, "MissingParentId", "Invalid segment: a subsegment needs a parent_id");
        }
        return null;
    }
}
