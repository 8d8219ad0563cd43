package io.github.xrayd.connectors.otlp.convert;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes one segment and its embedded subsegments as spans, each before those within it. Not thread-safe. */
final class SpanWriter {
    /** More subsegments in one document are refused. */
    static final int SPANS_MAX = 10_000;

    private static final String SCOPE = "xrayd";
    private static final String UNNAMED = "unnamed";
    private static final String NAMESPACE_AWS = "aws";

    private final String version;
    private final Attributes scope = new Attributes();
    private final Set<Long> ids = new HashSet<>();

    /** @param version the version of the scope that converted spans have */
    SpanWriter(String version) {
        this.version = version;
    }

    /** Whether the document is a subsegment that was sent alone. */
    static boolean isSubsegment(Map<String, @Nullable Object> document) {
        return document.get("type") instanceof String type && type.equalsIgnoreCase(Names.SUBSEGMENT);
    }

    static boolean isInProgress(Map<String, @Nullable Object> segment) {
        return Boolean.TRUE.equals(segment.get("in_progress")) && !segment.containsKey("end_time");
    }

    /**
     * The spans of a document.
     *
     * @param key its trace and id
     * @param extra what its resource did not take
     * @return null when it has more than {@value #SPANS_MAX} subsegments
     */
    @Nullable
    ResourceSpans write(
            Map<String, @Nullable Object> document,
            SegmentKey key,
            Attributes resource,
            Map<String, @Nullable Object> extra) {
        ResourceSpans target = new ResourceSpans(resource, SCOPE, version, scope);
        ids.clear();
        ids.add(key.id());
        String language = resource.string(Names.SDK_LANGUAGE);
        Span span = span(key.traceIdHigh(), key.traceIdLow(), key.id());
        boolean isSubsegment = isSubsegment(document);
        rootFields(document, span, isSubsegment, extra);
        target.spans.add(span);
        boolean isComplete = fields(
                document, span, new Position(true, !isSubsegment, language == null ? "" : language), extra, target);
        return isComplete ? target : null;
    }

    /** Where a segment or subsegment stands. */
    private record Position(boolean isRoot, boolean isSegment, String language) {}

    private static Span span(long traceIdHigh, long traceIdLow, long id) {
        Span span = new Span();
        span.traceIdHigh = traceIdHigh;
        span.traceIdLow = traceIdLow;
        span.id = id;
        return span;
    }

    private static void rootFields(
            Map<String, @Nullable Object> document,
            Span span,
            boolean isSubsegment,
            Map<String, @Nullable Object> extra) {
        keep(document, "trace_id", TraceIds.xray(span.traceIdHigh, span.traceIdLow), extra);
        keep(document, "id", TraceIds.hex(span.id), extra);
        if (document.get("parent_id") instanceof String parent && TraceIds.isSpanId(parent)) {
            span.parentId = TraceIds.spanId(parent);
            keep(document, "parent_id", TraceIds.hex(span.parentId), extra);
        } else if (document.containsKey("parent_id")) {
            extra.put("parent_id", document.get("parent_id"));
        }
        if (document.containsKey("type") && !(isSubsegment && Names.SUBSEGMENT.equals(document.get("type")))) {
            extra.put("type", document.get("type"));
        }
    }

    /** Keeps a field as it was when the way back would spell it otherwise. */
    private static void keep(
            Map<String, @Nullable Object> document, String key, String rebuilt, Map<String, @Nullable Object> extra) {
        Object value = document.get(key);
        if (!rebuilt.equals(value)) {
            extra.put(key, value);
        }
    }

    private boolean fields(
            Map<String, @Nullable Object> node,
            Span span,
            Position position,
            Map<String, @Nullable Object> extra,
            ResourceSpans target) {
        Attributes attributes = span.attributes;
        attributes.add(Names.TYPE, position.isSegment() ? Names.SEGMENT : Names.SUBSEGMENT);
        if (!position.isRoot()) {
            attributes.add(Names.EMBEDDED, true);
        }
        List<Object> absent = new ArrayList<>(2);
        if (!position.isRoot() && !node.containsKey("id")) {
            absent.add("id");
        }
        name(node, span, absent, extra);
        times(node, span, absent, extra);
        if (!absent.isEmpty()) {
            attributes.add(Names.ABSENT, absent);
        }
        kind(node, span, position);
        node.forEach((key, value) -> field(key, value, span, position, extra));
        boolean isComplete = subsegments(node, span, position, extra, target);
        if (!extra.isEmpty()) {
            attributes.add(Names.EXTRA, JsonTree.write(extra));
        }
        return isComplete;
    }

    private static void name(
            Map<String, @Nullable Object> node, Span span, List<Object> absent, Map<String, @Nullable Object> extra) {
        String name = Fields.string(node.get("name"));
        span.name = name == null ? UNNAMED : name;
        if (name == null) {
            missing(node, "name", absent, extra);
        }
    }

    /** Notes that the span has a field which the document has not, or has otherwise. */
    private static void missing(
            Map<String, @Nullable Object> node, String key, List<Object> absent, Map<String, @Nullable Object> extra) {
        if (node.containsKey(key)) {
            extra.put(key, node.get(key));
        } else {
            absent.add(key);
        }
    }

    private static void times(
            Map<String, @Nullable Object> node, Span span, List<Object> absent, Map<String, @Nullable Object> extra) {
        boolean isInProgress = isInProgress(node);
        boolean hasEnd = node.get("end_time") instanceof JsonNumber;
        boolean hasStart = node.get("start_time") instanceof JsonNumber;
        if (hasStart) {
            span.startNs = nanos("start_time", node, extra);
        } else {
            missing(node, "start_time", absent, extra);
        }
        if (hasEnd) {
            span.endNs = nanos("end_time", node, extra);
            span.startNs = hasStart ? span.startNs : span.endNs;
        } else {
            // In progress, or without an end against the rules: a span must have one.
            span.endNs = span.startNs;
            if (!isInProgress) {
                missing(node, "end_time", absent, extra);
            }
        }
        if (isInProgress) {
            span.attributes.add(Names.IN_PROGRESS, true);
        } else if (node.containsKey("in_progress")) {
            extra.put("in_progress", node.get("in_progress"));
        }
    }

    private static long nanos(String key, Map<String, @Nullable Object> node, Map<String, @Nullable Object> extra) {
        if (!(node.get(key) instanceof JsonNumber seconds)) {
            return 0;
        }
        Long nanos = seconds.exactNanos();
        if (nanos != null) {
            return nanos;
        }
        extra.put(key, seconds);
        return seconds.nearestNanos();
    }

    private static void kind(Map<String, @Nullable Object> node, Span span, Position position) {
        String namespace = Fields.string(node.get("namespace"));
        if (position.isSegment()) {
            span.kind = Span.SERVER;
        } else if (namespace == null) {
            span.kind = Span.INTERNAL;
        } else {
            span.kind = AwsMapping.kind(span.name, JsonTree.asObject(node.get("aws")));
        }
        if (NAMESPACE_AWS.equals(namespace)) {
            span.attributes.add(Names.RPC_SYSTEM, Names.AWS_API);
            span.attributes.add(Names.RPC_SERVICE, span.name);
        }
    }

    private static void field(
            String key, @Nullable Object value, Span span, Position position, Map<String, @Nullable Object> extra) {
        Attributes attributes = span.attributes;
        switch (key) {
            case "name", "start_time", "end_time", "in_progress", "subsegments" -> {
                // Read already, or read last.
            }
            case "trace_id", "id", "parent_id", "type" -> {
                if (!position.isRoot() && !key.equals("id")) {
                    extra.put(key, value);
                }
            }
            case "namespace" -> string(key, Names.NAMESPACE, value, attributes, extra);
            case "fault" -> failure(key, Names.FAULT, value, span, extra);
            case "error" -> failure(key, Names.ERROR, value, span, extra);
            case "throttle" -> failure(key, Names.THROTTLE, value, span, extra);
            case "traced" -> bool(key, Names.TRACED, value, attributes, extra);
            case "user" -> {
                if (string(key, Names.USER, value, attributes, extra)) {
                    attributes.add(Names.ENDUSER, value);
                }
            }
            case "precursor_ids" -> {
                List<Object> ids = Fields.strings(value);
                addOrKeep(key, Names.PRECURSOR_IDS, ids, value, attributes, extra);
            }
            case "http" -> object(key, value, extra, http -> HttpMapping.toSpan(http, attributes, extra));
            case "sql" -> object(key, value, extra, sql -> SqlMapping.toSpan(sql, attributes, extra));
            case "aws" ->
                object(key, value, extra, aws -> AwsMapping.toSpan(aws, position.isRoot(), attributes, extra));
            case "cause" -> CauseMapping.toSpan(value, span, position.language());
            case "annotations" -> object(key, value, extra, all -> annotations(all, attributes, extra));
            case "metadata" -> object(key, value, extra, all -> metadata(all, attributes, extra));
            case "links" -> LinkMapping.toSpan(value, span, extra);
            case "service", "origin", "resource_arn" -> {
                if (!position.isRoot() || (key.equals("service") && !(value instanceof Map<?, ?>))) {
                    extra.put(key, value);
                }
            }
            default -> extra.put(key, value);
        }
    }

    private static void addOrKeep(
            String key,
            String attribute,
            @Nullable Object converted,
            @Nullable Object value,
            Attributes attributes,
            Map<String, @Nullable Object> extra) {
        if (converted == null) {
            extra.put(key, value);
        } else {
            attributes.add(attribute, converted);
        }
    }

    private static boolean string(
            String key,
            String attribute,
            @Nullable Object value,
            Attributes attributes,
            Map<String, @Nullable Object> extra) {
        String string = Fields.string(value);
        addOrKeep(key, attribute, string, value, attributes, extra);
        return string != null;
    }

    private static void bool(
            String key,
            String attribute,
            @Nullable Object value,
            Attributes attributes,
            Map<String, @Nullable Object> extra) {
        addOrKeep(key, attribute, value instanceof Boolean ? value : null, value, attributes, extra);
    }

    private static void failure(
            String key, String attribute, @Nullable Object value, Span span, Map<String, @Nullable Object> extra) {
        bool(key, attribute, value, span.attributes, extra);
        if (Boolean.TRUE.equals(value)) {
            span.status = Span.STATUS_ERROR;
        }
    }

    /** What to do with an object. */
    private interface ObjectMapping {
        void apply(Map<String, @Nullable Object> fields);
    }

    private static void object(
            String key, @Nullable Object value, Map<String, @Nullable Object> extra, ObjectMapping mapping) {
        Map<String, @Nullable Object> fields = JsonTree.asObject(value);
        if (fields == null) {
            extra.put(key, value);
        } else {
            mapping.apply(fields);
        }
    }

    private static void annotations(
            Map<String, @Nullable Object> annotations, Attributes attributes, Map<String, @Nullable Object> extra) {
        if (annotations.isEmpty()) {
            extra.put("annotations", annotations);
        }
        List<Object> listed = new ArrayList<>(annotations.size());
        annotations.forEach((key, value) -> {
            Object scalar = Fields.scalar(value);
            if (scalar == null || key.isEmpty() || !JsonTree.isWellFormed(key)) {
                Fields.child(extra, "annotations").put(key, value);
                return;
            }
            listed.add(key);
            attributes.add(Names.isMapped(key) ? Names.ANNOTATION_PREFIX + key : key, scalar);
        });
        if (!listed.isEmpty()) {
            attributes.add(Names.ANNOTATIONS, listed);
        }
    }

    private static void metadata(
            Map<String, @Nullable Object> metadata, Attributes attributes, Map<String, @Nullable Object> extra) {
        if (metadata.isEmpty()) {
            extra.put("metadata", metadata);
        }
        metadata.forEach((namespace, value) -> {
            if (JsonTree.isWellFormed(namespace)) {
                attributes.add(Names.METADATA_PREFIX + namespace, JsonTree.write(value));
            } else {
                Fields.child(extra, "metadata").put(namespace, value);
            }
        });
    }

    private boolean subsegments(
            Map<String, @Nullable Object> node,
            Span span,
            Position position,
            Map<String, @Nullable Object> extra,
            ResourceSpans target) {
        Object value = node.get("subsegments");
        boolean isRegular = value instanceof List<?> elements
                && !elements.isEmpty()
                && elements.stream().allMatch(element -> element instanceof Map<?, ?>);
        if (!isRegular && node.containsKey("subsegments")) {
            extra.put("subsegments", value);
        }
        if (!(value instanceof List<?> elements)) {
            return true;
        }
        for (Object element : elements) {
            Map<String, @Nullable Object> child = JsonTree.asObject(element);
            if (child != null) {
                if (target.spans.size() > SPANS_MAX) {
                    return false;
                }
                if (!subsegment(child, span, position, target)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean subsegment(
            Map<String, @Nullable Object> node, Span parent, Position position, ResourceSpans target) {
        Map<String, @Nullable Object> extra = new LinkedHashMap<>();
        long id = node.get("id") instanceof String text && TraceIds.isSpanId(text) ? TraceIds.spanId(text) : 0;
        long ordinal = target.spans.size();
        while (id == 0 || !ids.add(id)) {
            // None, or one that another has in this document: the way back needs one of its own.
            id = TraceIds.derived(parent.id, ordinal++);
        }
        Span span = span(parent.traceIdHigh, parent.traceIdLow, id);
        if (node.containsKey("id")) {
            keep(node, "id", TraceIds.hex(id), extra);
        }
        span.parentId = parent.id;
        target.spans.add(span);
        return fields(node, span, new Position(false, false, position.language()), extra, target);
    }
}
