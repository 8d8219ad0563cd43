package io.github.xrayd.connectors.otlp.convert;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Converts documents that came from X-Ray SDKs to spans: segments, streamed subsegments, arrays of these, and what ADOT
 * sends behind {@code T1S}. Each document stands for itself: one that cannot be converted never harms another. Owned by
 * one thread at a time.
 */
public final class SegmentConverter {
    /** The longest document that is read, in bytes: four times what X-Ray takes. */
    public static final int LENGTH_MAX = 256 * 1024;

    private final JsonTree json = new JsonTree();
    private final SpanWriter writer;
    private final SegmentNames names;
    private final InProgressSegments inProgress;
    /** Of the document that is converted. */
    private boolean mayHold;

    private boolean isHeld;
    private long version;

    /**
     * @param version xrayd's version, which the scope of converted spans has
     * @param names may be shared with other converters
     * @param inProgress may be shared with other converters
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
     * @param mayHold whether a segment in progress may be held: false for a document that was held before and comes
     *     back
     */
    public Conversion convert(byte[] document, int length, boolean mayHold) {
        this.mayHold = mayHold;
        version = InProgressSegments.NO_VERSION;
        isHeld = false;
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
            Refusal refusal = convert(segment, document, length, spans);
            return refusal != null ? Conversion.refused(refusal) : done(spans, null, 0);
        }
        return value instanceof List<?> elements
                ? convert(elements, document, length)
                : Conversion.refused(Refusal.NOT_A_SEGMENT);
    }

    /** A document is held as a whole. */
    private Conversion done(List<ResourceSpans> spans, @Nullable Refusal refusal, int refused) {
        return isHeld
                ? Conversion.held()
                : new Conversion(
                        spans.isEmpty() ? Conversion.Outcome.SUPERSEDED : Conversion.Outcome.CONVERTED,
                        spans,
                        null,
                        refusal,
                        refused);
    }

    private Conversion convert(List<?> elements, byte[] document, int length) {
        List<ResourceSpans> spans = new ArrayList<>(elements.size());
        Refusal refusal = elements.isEmpty() ? Refusal.NOT_A_SEGMENT : null;
        int refused = 0;
        for (Object element : elements) {
            Map<String, @Nullable Object> segment = JsonTree.asObject(element);
            Refusal own = segment == null ? Refusal.NOT_A_SEGMENT : convert(segment, document, length, spans);
            if (own != null) {
                refused++;
                refusal = refusal == null ? own : refusal;
            }
        }
        return refusal != null && refused == elements.size()
                ? Conversion.refused(refusal)
                : done(spans, refusal, refused);
    }

    private @Nullable Refusal convert(
            Map<String, @Nullable Object> segment, byte[] document, int length, List<ResourceSpans> target) {
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
        if (!SpanWriter.isInProgress(segment)) {
            inProgress.complete(key);
            target.add(spans);
        } else if (!isHeld(key, document, length)) {
            target.add(spans);
        }
        return null;
    }

    /** Whether a segment in progress is not to be sent now: it is held, or was and is not needed any more. */
    private boolean isHeld(SegmentKey key, byte[] document, int length) {
        if (version == InProgressSegments.NO_VERSION) {
            version = InProgressSegments.version(document, length);
        }
        if (!mayHold) {
            return !inProgress.release(key, version);
        }
        boolean isWaiting = inProgress.hold(key, version, length);
        isHeld |= isWaiting;
        return isWaiting;
    }

    private @Nullable String serviceName(Map<String, @Nullable Object> segment, SegmentKey key) {
        if (!SpanWriter.isSubsegment(segment)) {
            return Fields.string(segment.get("name"));
        }
        return segment.get("parent_id") instanceof String parent && TraceIds.isSpanId(parent)
                ? names.find(new SegmentKey(key.traceIdHigh(), key.traceIdLow(), TraceIds.spanId(parent)))
                : null;
    }
}
