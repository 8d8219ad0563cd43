package io.github.xrayd.connectors.otlp.convert;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rebuilds the segment or subsegment that {@link SpanWriter} wrote as a span, without those embedded in it. Not
 * thread-safe.
 */
final class SegmentRebuilder {
    private final JsonTree json;

    SegmentRebuilder(JsonTree json) {
        this.json = json;
    }

    /** Whether the span was a segment document. */
    static boolean wasSegment(Span span) {
        return span.attributes.has(Names.TYPE);
    }

    static boolean wasEmbedded(Span span) {
        return Boolean.TRUE.equals(span.attributes.get(Names.EMBEDDED));
    }

    /**
     * The fields of the document, without {@code subsegments} and what {@link #complete} adds.
     *
     * @param isEmbedded whether it will stand within its parent's document
     */
    Map<String, @Nullable Object> rebuild(Span span, Attributes resource, boolean isEmbedded) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        Attributes attributes = span.attributes;
        if (!isEmbedded) {
            SegmentTranslator.putRoot(span, !Names.SEGMENT.equals(attributes.get(Names.TYPE)), document);
        } else {
            document.put("id", TraceIds.hex(span.id));
        }
        document.put("name", span.name);
        document.put("start_time", JsonNumber.ofNanos(span.startNs));
        if (Boolean.TRUE.equals(attributes.get(Names.IN_PROGRESS))) {
            document.put("in_progress", true);
        } else {
            document.put("end_time", JsonNumber.ofNanos(span.endNs));
        }
        Fields.put(document, "namespace", attributes.get(Names.NAMESPACE));
        Fields.put(document, "fault", attributes.get(Names.FAULT));
        Fields.put(document, "error", attributes.get(Names.ERROR));
        Fields.put(document, "throttle", attributes.get(Names.THROTTLE));
        Fields.put(document, "traced", attributes.get(Names.TRACED));
        Fields.put(document, "user", attributes.get(Names.USER));
        Fields.put(document, "precursor_ids", attributes.get(Names.PRECURSOR_IDS));
        if (!wasEmbedded(span)) {
            ResourceMapping.toDocument(resource, document);
        }
        HttpMapping.toDocument(attributes, document);
        SqlMapping.toDocument(attributes, document, json);
        AwsMapping.toDocument(attributes, document, json);
        CauseMapping.toDocument(span, document, json);
        LinkMapping.toDocument(span, document);
        putAnnotations(attributes, document);
        putMetadata(attributes, document);
        return document;
    }

    /**
     * Takes away what the document had not, and puts what no attribute could hold; to be called when its subsegments
     * stand.
     */
    void complete(Span span, Map<String, @Nullable Object> document) {
        if (span.attributes.get(Names.ABSENT) instanceof List<?> absent) {
            absent.forEach(key -> document.remove(String.valueOf(key)));
        }
        if (span.attributes.get(Names.EXTRA) instanceof String text) {
            Map<String, @Nullable Object> extra = JsonTree.asObject(Fields.json(text, json));
            if (extra != null) {
                Fields.merge(document, extra);
            }
        }
    }

    private static void putAnnotations(Attributes attributes, Map<String, @Nullable Object> document) {
        if (!(attributes.get(Names.ANNOTATIONS) instanceof List<?> keys)) {
            return;
        }
        Map<String, @Nullable Object> annotations = new LinkedHashMap<>();
        for (Object element : keys) {
            if (element instanceof String key) {
                Object value = attributes.get(Names.isMapped(key) ? Names.ANNOTATION_PREFIX + key : key);
                Fields.put(annotations, key, value);
            }
        }
        Fields.putFields(document, "annotations", annotations);
    }

    /** Metadata, and attributes that others added on the way. */
    private void putMetadata(Attributes attributes, Map<String, @Nullable Object> document) {
        Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
        Set<?> annotations = attributes.get(Names.ANNOTATIONS) instanceof List<?> keys ? new HashSet<>(keys) : Set.of();
        for (int i = 0; i < attributes.size(); i++) {
            String key = attributes.key(i);
            Object value = attributes.value(i);
            if (key.startsWith(Names.METADATA_PREFIX) && value instanceof String text) {
                metadata.put(key.substring(Names.METADATA_PREFIX.length()), Fields.json(text, json));
            } else if (!Names.isMapped(key) && !annotations.contains(key)) {
                Fields.child(metadata, SegmentTranslator.DEFAULT_NAMESPACE).put(key, Fields.toJson(value));
            }
        }
        Fields.putFields(document, "metadata", metadata);
    }
}
