package io.github.xrayd.connectors.otlp.convert;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON form of an {@code ExportTraceServiceRequest}: names in lower camel case, ids as hexadecimal digits, 64-bit
 * integers as strings, enumerations as numbers. Unknown fields are passed over; a span without usable ids is refused
 * alone and counted. Not thread-safe.
 */
public final class OtlpJson {
    /** Values in one span, scope or resource: a span of 64,000 bytes as protobuf has fewer. */
    private static final int VALUES_MAX = 32_768;

    private static final String ATTRIBUTES = "attributes";
    private static final String DROPPED = "droppedAttributesCount";
    private static final String VALUES = "values";
    private static final String TRACE_STATE = "traceState";
    private static final List<String> KINDS = List.of(
            "SPAN_KIND_UNSPECIFIED",
            "SPAN_KIND_INTERNAL",
            "SPAN_KIND_SERVER",
            "SPAN_KIND_CLIENT",
            "SPAN_KIND_PRODUCER",
            "SPAN_KIND_CONSUMER");
    private static final List<String> STATUSES = List.of("STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR");

    private final JsonTree json = new JsonTree();
    private int refusedSpans;

    /** How many spans the last request read had whose ids were missing, zero or of the wrong length. */
    public int refusedSpans() {
        return refusedSpans;
    }

    /**
     * Reads one request of {@code length} bytes from the array's start, without the scopes that have no spans. Memory
     * is that of the result and one span's JSON.
     */
    public List<ResourceSpans> request(byte[] body, int length) throws OtlpDecoder.UnreadableException {
        refusedSpans = 0;
        List<ResourceSpans> all = new ArrayList<>();
        try {
            json.walk(body, length, VALUES_MAX, (key, token) -> {
                if (key.equals("resourceSpans")) {
                    json.elements(token, (index, element) -> resourceSpans(element, all));
                } else {
                    json.subtree(token);
                }
            });
        } catch (JsonTree.JsonException e) {
            // Bad input is a verdict.
            throw new OtlpDecoder.UnreadableException(String.valueOf(e.getMessage()));
        }
        return all;
    }

    private void resourceSpans(byte first, List<ResourceSpans> all) throws IOException, JsonTree.JsonException {
        // The resource is one object, which may be read after its spans.
        Attributes resource = new Attributes();
        json.members(first, (key, token) -> {
            switch (key) {
                case "resource" -> addAll(object(json.subtree(token)).get(ATTRIBUTES), resource);
                case "scopeSpans" -> json.elements(token, (index, element) -> scopeSpans(element, resource, all));
                default -> json.subtree(token);
            }
        });
    }

    private void scopeSpans(byte first, Attributes resource, List<ResourceSpans> all)
            throws IOException, JsonTree.JsonException {
        List<Span> spans = new ArrayList<>();
        Map<String, @Nullable Object> scope = new LinkedHashMap<>();
        json.members(first, (key, token) -> {
            switch (key) {
                case "scope" -> scope.putAll(object(json.subtree(token)));
                case "spans" -> json.elements(token, (index, element) -> add(json.subtree(element), spans));
                default -> json.subtree(token);
            }
        });
        if (!spans.isEmpty()) {
            ResourceSpans target = new ResourceSpans(
                    resource, text(scope.get("name")), text(scope.get("version")), attributes(scope.get(ATTRIBUTES)));
            target.spans.addAll(spans);
            all.add(target);
        }
    }

    private void add(@Nullable Object span, List<Span> target) {
        Map<String, @Nullable Object> fields = JsonTree.asObject(span);
        if (fields != null) {
            add(fields, target);
        }
    }

    private void add(Map<String, @Nullable Object> fields, List<Span> target) {
        String traceId = text(fields.get("traceId"));
        String spanId = text(fields.get("spanId"));
        if (traceId.length() != TraceIds.TRACE_ID_LENGTH
                || !TraceIds.isTraceId(traceId)
                || !TraceIds.isSpanId(spanId)) {
            refusedSpans++;
            return;
        }
        Span span = new Span();
        span.traceIdHigh = TraceIds.high(traceId);
        span.traceIdLow = TraceIds.low(traceId);
        span.id = TraceIds.spanId(spanId);
        String parentId = text(fields.get("parentSpanId"));
        span.parentId = TraceIds.isSpanId(parentId) ? TraceIds.spanId(parentId) : 0;
        span.traceState = text(fields.get(TRACE_STATE));
        span.name = text(fields.get("name"));
        span.kind = enumeration(fields.get("kind"), KINDS);
        span.startNs = integer(fields.get("startTimeUnixNano"));
        span.endNs = integer(fields.get("endTimeUnixNano"));
        span.attributes = attributes(fields.get(ATTRIBUTES));
        span.droppedAttributes = count(fields.get(DROPPED));
        for (Map<String, @Nullable Object> event : objects(fields.get("events"))) {
            span.addEvent(new Span.Event(
                    integer(event.get("timeUnixNano")),
                    text(event.get("name")),
                    attributes(event.get(ATTRIBUTES)),
                    count(event.get(DROPPED))));
        }
        span.droppedEvents = count(fields.get("droppedEventsCount"));
        for (Map<String, @Nullable Object> link : objects(fields.get("links"))) {
            span.addLink(link(link));
        }
        span.droppedLinks = count(fields.get("droppedLinksCount"));
        Map<String, @Nullable Object> status = object(fields.get("status"));
        span.status = enumeration(status.get("code"), STATUSES);
        span.statusMessage = text(status.get("message"));
        span.flags = count(fields.get("flags"));
        target.add(span);
    }

    private static Span.Link link(Map<String, @Nullable Object> fields) {
        String traceId = text(fields.get("traceId"));
        String spanId = text(fields.get("spanId"));
        boolean hasTraceId = traceId.length() == TraceIds.TRACE_ID_LENGTH && TraceIds.isTraceId(traceId);
        return new Span.Link(
                hasTraceId ? TraceIds.high(traceId) : 0,
                hasTraceId ? TraceIds.low(traceId) : 0,
                TraceIds.isSpanId(spanId) ? TraceIds.spanId(spanId) : 0,
                text(fields.get(TRACE_STATE)),
                attributes(fields.get(ATTRIBUTES)),
                count(fields.get(DROPPED)),
                count(fields.get("flags")));
    }

    private static List<Map<String, @Nullable Object>> objects(@Nullable Object value) {
        List<Map<String, @Nullable Object>> objects = new ArrayList<>();
        if (value instanceof List<?> elements) {
            for (Object element : elements) {
                Map<String, @Nullable Object> object = JsonTree.asObject(element);
                if (object != null) {
                    objects.add(object);
                }
            }
        }
        return objects;
    }

    private static Map<String, @Nullable Object> object(@Nullable Object value) {
        Map<String, @Nullable Object> object = JsonTree.asObject(value);
        return object == null ? Map.of() : object;
    }

    /** A string that protobuf can carry; half a surrogate pair becomes a question mark, as Java's encoder writes it. */
    private static String text(@Nullable Object value) {
        if (!(value instanceof String string)) {
            return "";
        }
        return JsonTree.isWellFormed(string)
                ? string
                : new String(string.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    /** A 64-bit integer, signed or not, as a string or a number; 0 when it is neither. */
    static long integer(@Nullable Object value) {
        if (!(value instanceof String) && !(value instanceof JsonNumber)) {
            return 0;
        }
        String text = value.toString();
        try {
            return text.startsWith("-") ? Long.parseLong(text) : Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            // A number in another form, such as 1e3, is taken when it is an integer.
            Double exact = value instanceof JsonNumber number ? number.exactDouble() : null;
            return exact == null ? 0 : exact.longValue();
        }
    }

    private static int count(@Nullable Object value) {
        return (int) integer(value);
    }

    private static int enumeration(@Nullable Object value, List<String> names) {
        return value instanceof String name ? Math.max(names.indexOf(name), 0) : count(value);
    }

    private static Attributes attributes(@Nullable Object value) {
        Attributes attributes = new Attributes();
        addAll(value, attributes);
        return attributes;
    }

    private static void addAll(@Nullable Object value, Attributes target) {
        for (Map<String, @Nullable Object> attribute : objects(value)) {
            target.add(text(attribute.get("key")), value(object(attribute.get("value"))));
        }
    }

    private static @Nullable Object value(Map<String, @Nullable Object> fields) {
        for (Map.Entry<String, @Nullable Object> field : fields.entrySet()) {
            Object value = field.getValue();
            switch (field.getKey()) {
                case "stringValue" -> {
                    return text(value);
                }
                case "boolValue" -> {
                    return Boolean.TRUE.equals(value);
                }
                case "intValue" -> {
                    return integer(value);
                }
                case "doubleValue" -> {
                    return number(value);
                }
                case "bytesValue" -> {
                    return bytes(text(value));
                }
                case "arrayValue" -> {
                    List<@Nullable Object> elements = new ArrayList<>();
                    objects(object(value).get(VALUES)).forEach(element -> elements.add(value(element)));
                    return elements;
                }
                case "kvlistValue" -> {
                    return attributes(object(value).get(VALUES));
                }
                default -> {
                    // Unknown fields are passed over.
                }
            }
        }
        return null;
    }

    private static Double number(@Nullable Object value) {
        try {
            return Double.valueOf(String.valueOf(value));
        } catch (NumberFormatException e) {
            // Neither a number nor NaN or an infinity.
            return 0.0;
        }
    }

    private static byte[] bytes(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            // Not Base64: the text's own bytes say more than none.
            return base64.getBytes(StandardCharsets.UTF_8);
        }
    }

    /** One request of these spans. */
    public static byte[] write(List<ResourceSpans> all) {
        List<@Nullable Object> resourceSpans = new ArrayList<>(all.size());
        for (ResourceSpans spans : all) {
            List<@Nullable Object> written = new ArrayList<>(spans.spans.size());
            spans.spans.forEach(span -> written.add(span(span)));
            Map<String, @Nullable Object> scope = new LinkedHashMap<>();
            put(scope, "name", spans.scopeName);
            put(scope, "version", spans.scopeVersion);
            putAttributes(scope, spans.scope);
            Map<String, @Nullable Object> resource = new LinkedHashMap<>();
            putAttributes(resource, spans.resource);
            Map<String, @Nullable Object> scopeSpans = new LinkedHashMap<>();
            scopeSpans.put("scope", scope);
            scopeSpans.put("spans", written);
            Map<String, @Nullable Object> target = new LinkedHashMap<>();
            target.put("resource", resource);
            target.put("scopeSpans", List.of(scopeSpans));
            resourceSpans.add(target);
        }
        return JsonTree.write(Map.of("resourceSpans", resourceSpans)).getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, @Nullable Object> span(Span span) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("traceId", TraceIds.hex(span.traceIdHigh) + TraceIds.hex(span.traceIdLow));
        fields.put("spanId", TraceIds.hex(span.id));
        put(fields, TRACE_STATE, span.traceState);
        put(fields, "parentSpanId", span.parentId == 0 ? "" : TraceIds.hex(span.parentId));
        put(fields, "name", span.name);
        put(fields, "kind", span.kind);
        fields.put("startTimeUnixNano", Long.toUnsignedString(span.startNs));
        fields.put("endTimeUnixNano", Long.toUnsignedString(span.endNs));
        putAttributes(fields, span.attributes);
        put(fields, DROPPED, span.droppedAttributes);
        List<@Nullable Object> events = new ArrayList<>(span.events.size());
        for (Span.Event event : span.events) {
            Map<String, @Nullable Object> written = new LinkedHashMap<>();
            written.put("timeUnixNano", Long.toUnsignedString(event.timeNs()));
            put(written, "name", event.name());
            putAttributes(written, event.attributes());
            put(written, DROPPED, event.dropped());
            events.add(written);
        }
        putAll(fields, "events", events);
        put(fields, "droppedEventsCount", span.droppedEvents);
        List<@Nullable Object> links = new ArrayList<>(span.links.size());
        for (Span.Link link : span.links) {
            Map<String, @Nullable Object> written = new LinkedHashMap<>();
            written.put("traceId", TraceIds.hex(link.traceIdHigh()) + TraceIds.hex(link.traceIdLow()));
            written.put("spanId", TraceIds.hex(link.spanId()));
            put(written, TRACE_STATE, link.traceState());
            putAttributes(written, link.attributes());
            put(written, DROPPED, link.dropped());
            put(written, "flags", link.flags());
            links.add(written);
        }
        putAll(fields, "links", links);
        put(fields, "droppedLinksCount", span.droppedLinks);
        Map<String, @Nullable Object> status = new LinkedHashMap<>();
        put(status, "message", span.statusMessage);
        put(status, "code", span.status);
        Fields.putFields(fields, "status", status);
        put(fields, "flags", span.flags);
        return fields;
    }

    private static void put(Map<String, @Nullable Object> target, String key, String text) {
        if (!text.isEmpty()) {
            target.put(key, text);
        }
    }

    private static void put(Map<String, @Nullable Object> target, String key, int number) {
        if (number != 0) {
            target.put(key, Integer.toUnsignedLong(number));
        }
    }

    private static void putAll(Map<String, @Nullable Object> target, String key, List<@Nullable Object> elements) {
        if (!elements.isEmpty()) {
            target.put(key, elements);
        }
    }

    private static void putAttributes(Map<String, @Nullable Object> target, Attributes attributes) {
        putAll(target, ATTRIBUTES, keyValues(attributes));
    }

    private static List<@Nullable Object> keyValues(Attributes attributes) {
        List<@Nullable Object> written = new ArrayList<>(attributes.size());
        for (int i = 0; i < attributes.size(); i++) {
            Map<String, @Nullable Object> attribute = new LinkedHashMap<>();
            attribute.put("key", attributes.key(i));
            attribute.put("value", written(attributes.value(i)));
            written.add(attribute);
        }
        return written;
    }

    private static Map<String, @Nullable Object> written(@Nullable Object value) {
        Map<String, @Nullable Object> target = new LinkedHashMap<>();
        if (value instanceof String) {
            target.put("stringValue", value);
        } else if (value instanceof Boolean) {
            target.put("boolValue", value);
        } else if (value instanceof Long) {
            target.put("intValue", value.toString());
        } else if (value instanceof Double) {
            target.put("doubleValue", value);
        } else if (value instanceof byte[] bytes) {
            target.put("bytesValue", Base64.getEncoder().encodeToString(bytes));
        } else if (value instanceof Attributes attributes) {
            target.put("kvlistValue", Map.of(VALUES, keyValues(attributes)));
        } else if (value instanceof List<?> elements) {
            List<@Nullable Object> values = new ArrayList<>(elements.size());
            elements.forEach(element -> values.add(written(element)));
            target.put("arrayValue", Map.of(VALUES, values));
        }
        return target;
    }
}
