package io.github.xrayd.connectors.otlp.convert;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The field {@code links}: spans of other traces. */
final class LinkMapping {
    private LinkMapping() {}

    /** @param extra takes the whole list when one of its elements is not a usual link */
    static void toSpan(@Nullable Object value, Span span, Map<String, @Nullable Object> extra) {
        boolean isRegular = value instanceof List<?> elements && !elements.isEmpty();
        if (value instanceof List<?> elements) {
            for (Object element : elements) {
                Map<String, @Nullable Object> link = JsonTree.asObject(element);
                isRegular &= link != null && add(link, span);
            }
        }
        if (!isRegular) {
            extra.put("links", value);
        }
    }

    /** Adds a link, if it has ids; returns whether the way back gives the same. */
    private static boolean add(Map<String, @Nullable Object> link, Span span) {
        if (!(link.get("trace_id") instanceof String traceId)
                || !TraceIds.isTraceId(traceId)
                || !(link.get("id") instanceof String id)
                || !TraceIds.isSpanId(id)) {
            return false;
        }
        Map<String, @Nullable Object> fields = JsonTree.asObject(link.get("attributes"));
        boolean isRegular = link.size() == (fields == null ? 2 : 3) && (fields == null || !fields.isEmpty());
        Attributes attributes = new Attributes();
        if (fields != null) {
            for (Map.Entry<String, @Nullable Object> field : fields.entrySet()) {
                String key = field.getKey();
                Object scalar = Fields.scalar(field.getValue());
                Object converted = scalar != null ? scalar : Fields.strings(field.getValue());
                if (converted != null && !key.isEmpty() && JsonTree.isWellFormed(key)) {
                    attributes.add(key, converted);
                } else {
                    isRegular = false;
                }
            }
        }
        long high = TraceIds.high(traceId);
        long low = TraceIds.low(traceId);
        long spanId = TraceIds.spanId(id);
        span.addLink(new Span.Link(high, low, spanId, "", attributes, 0, Span.SAMPLED));
        return isRegular && traceId.equals(TraceIds.xray(high, low)) && id.equals(TraceIds.hex(spanId));
    }

    /** Puts the links of a span, whoever made it. */
    static void toDocument(Span span, Map<String, @Nullable Object> document) {
        if (span.links.isEmpty()) {
            return;
        }
        List<@Nullable Object> links = new ArrayList<>(span.links.size());
        for (Span.Link link : span.links) {
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            fields.put("trace_id", TraceIds.xray(link.traceIdHigh(), link.traceIdLow()));
            fields.put("id", TraceIds.hex(link.spanId()));
            Fields.putFields(fields, "attributes", Fields.toJson(link.attributes()));
            links.add(fields);
        }
        document.put("links", links);
    }
}
