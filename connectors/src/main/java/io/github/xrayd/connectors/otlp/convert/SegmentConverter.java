package io.github.xrayd.connectors.otlp.convert;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Converts documents that came from X-Ray SDKs to spans: segments, streamed subsegments, arrays of these, and what ADOT sends behind
 * {@code T1S}. Each document stands for itself: one that cannot be converted never harms another. Owned by one thread at a time.
 */
public final class SegmentConverter {
    /** The longest document that is read, in bytes: four times what X-Ray takes. */
    public static final int LENGTH_MAX = 256 * 1024;

    private final JsonTree json = new JsonTree();
    private final SpanWriter writer;
    private final SegmentNames names;
    private final InProgressSegments inProgress;

    /**
     * @param version xrayd's version, which the scope of converted spans has
     * @param names of this converter alone
     * @param inProgress of this converter alone
     */
    public SegmentConverter(String version, SegmentNames names, InProgressSegments inProgress) {
        writer = new SpanWriter(version);
        this.names = names;
        this.inProgress = inProgress;
    }

    /**
     * Converts one document; never throws because of its content.
     *
     * @param document has the document at its start; not kept
     * @param length bytes of the document
     * @param nowMs the time, for segments in progress, in milliseconds of any clock that does not go back
     */
    public Conversion convert(byte[] document, int length, long nowMs) {
        if (length > LENGTH_MAX) {
            return Conversion.refused(Refusal.TOO_LARGE);
        }
        if (OtlpDocuments.isOtlp(document, length)) {
            return OtlpDocuments.convert(document, length);
        }
        Object value;
        try {
            value = json.read(document, length);
        } catch (JsonTree.JsonException e) {
            // Bad input is a verdict.
            return Conversion.refused(e.isTooDeep ? Refusal.TOO_DEEP : Refusal.NOT_JSON);
        }
        Map<String, @Nullable Object> segment = JsonTree.asObject(value);
        if (segment != null) {
            List<ResourceSpans> spans = new ArrayList<>(1);
            Refusal refusal = convert(segment, length, nowMs, spans);
            return refusal != null ? Conversion.refused(refusal) : new Conversion(outcome(spans), spans, null, null, 0);
        }
        return value instanceof List<?> elements
                ? convert(elements, length, nowMs)
                : Conversion.refused(Refusal.NOT_A_SEGMENT);
    }

    private static Conversion.Outcome outcome(List<ResourceSpans> spans) {
        return spans.isEmpty() ? Conversion.Outcome.HELD : Conversion.Outcome.CONVERTED;
    }

    private Conversion convert(List<?> elements, int length, long nowMs) {
        List<ResourceSpans> spans = new ArrayList<>(elements.size());
        Refusal refusal = elements.isEmpty() ? Refusal.NOT_A_SEGMENT : null;
        int refused = 0;
        for (Object element : elements) {
            Map<String, @Nullable Object> segment = JsonTree.asObject(element);
            Refusal own =
                    segment == null ? Refusal.NOT_A_SEGMENT : convert(segment, length / elements.size(), nowMs, spans);
            if (own != null) {
                refused++;
                refusal = refusal == null ? own : refusal;
            }
        }
        return refusal != null && refused == elements.size()
                ? Conversion.refused(refusal)
                : new Conversion(outcome(spans), spans, null, refusal, refused);
    }

    private @Nullable Refusal convert(
            Map<String, @Nullable Object> segment, int length, long nowMs, List<ResourceSpans> target) {
        if (!(segment.get("trace_id") instanceof String traceId) || !TraceIds.isTraceId(traceId)) {
            return Refusal.NO_TRACE_ID;
        }
        if (!(segment.get("id") instanceof String id) || !TraceIds.isSpanId(id)) {
            return Refusal.NO_ID;
        }
        SegmentKey key = new SegmentKey(TraceIds.high(traceId), TraceIds.low(traceId), TraceIds.spanId(id));
        Map<String, @Nullable Object> extra = new LinkedHashMap<>();
        String service = serviceName(segment, key);
        ResourceSpans spans = writer.write(segment, key, ResourceMapping.toResource(segment, service, extra), extra);
        if (spans == null) {
            return Refusal.TOO_MANY_SPANS;
        }
        if (service != null) {
            names.learn(key, service);
        }
        if (SpanWriter.isInProgress(segment)) {
            inProgress.hold(key, spans, length, nowMs);
        } else {
            inProgress.complete(key);
            target.add(spans);
        }
        return null;
    }

    private @Nullable String serviceName(Map<String, @Nullable Object> segment, SegmentKey key) {
        if (!SpanWriter.isSubsegment(segment)) {
            return Fields.string(segment.get("name"));
        }
        return segment.get("parent_id") instanceof String parent && TraceIds.isSpanId(parent)
                ? names.find(new SegmentKey(key.traceIdHigh(), key.traceIdLow(), TraceIds.spanId(parent)))
                : null;
    }

    /**
     * Takes the spans of segments in progress whose complete document did not come in time.
     *
     * @param nowMs of the same clock as in {@link #convert}
     */
    public List<ResourceSpans> release(long nowMs) {
        return inProgress.release(nowMs);
    }

    /** Takes the spans of all segments in progress, for the end of the process. */
    public List<ResourceSpans> releaseAll() {
        return inProgress.releaseAll();
    }
}
