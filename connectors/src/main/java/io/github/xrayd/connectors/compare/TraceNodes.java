package io.github.xrayd.connectors.compare;

import io.github.xrayd.connectors.otlp.convert.JsonNumber;
import io.github.xrayd.connectors.otlp.convert.JsonTree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One trace as one destination has it: its segments and subsegments, each by itself, by id. A document replaces an
 * earlier one of its id, unless it is only in progress; a subsegment is the same whether it came within its parent's
 * document or alone.
 */
final class TraceNodes {
    private static final String SUBSEGMENT = "subsegment";
    private static final String SUBSEGMENTS = "subsegments";
    private static final String PARENT_ID = "parent_id";

    /**
     * A segment or subsegment.
     *
     * @param key its id, or its parent's with its place when it has none
     * @param parentKey of what it is part of; null for a segment
     * @param fields without the trace's id and the subsegments
     */
    record Node(String key, @Nullable String parentKey, boolean isInProgress, Map<String, @Nullable Object> fields) {
        String name() {
            return fields.get("name") instanceof String name ? name : "";
        }

        boolean isSubsegment() {
            return parentKey != null;
        }
    }

    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final JsonTree json;
    private int repeated;
    private int replaced;

    /** @param documents in the order in which they came */
    TraceNodes(List<byte[]> documents, JsonTree json) {
        this.json = json;
        Map<String, Map<String, @Nullable Object>> byId = new LinkedHashMap<>();
        for (byte[] document : documents) {
            Map<String, @Nullable Object> fields = parsed(document);
            String id = id(fields);
            Map<String, @Nullable Object> before = byId.get(id);
            if (before == null) {
                byId.put(id, fields);
            } else {
                if (isInProgress(before) == isInProgress(fields)) {
                    repeated++;
                } else {
                    replaced++;
                }
                if (isInProgress(before) || !isInProgress(fields)) {
                    byId.put(id, fields);
                }
            }
        }
        byId.forEach((id, fields) -> add(id, fields));
    }

    private Map<String, @Nullable Object> parsed(byte[] document) {
        try {
            Map<String, @Nullable Object> fields = JsonTree.asObject(json.read(document, document.length));
            if (fields != null) {
                return fields;
            }
        } catch (JsonTree.JsonException e) {
            throw new IllegalStateException("A document that was read before cannot be read", e);
        }
        throw new IllegalStateException("A document that was an object is none");
    }

    private static String id(Map<String, @Nullable Object> fields) {
        return fields.get("id") instanceof String id ? id.toLowerCase(Locale.ROOT) : "";
    }

    private static boolean isInProgress(Map<String, @Nullable Object> fields) {
        return Boolean.TRUE.equals(fields.get("in_progress"));
    }

    private void add(String id, Map<String, @Nullable Object> document) {
        boolean isSubsegment = SUBSEGMENT.equals(document.get("type"));
        String parent = isSubsegment && document.get(PARENT_ID) instanceof String text
                ? text.toLowerCase(Locale.ROOT)
                : isSubsegment ? "" : null;
        add(id, parent, document, true);
    }

    private void add(String key, @Nullable String parentKey, Map<String, @Nullable Object> source, boolean isAlone) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>(source);
        fields.remove("trace_id");
        fields.remove("type");
        if (parentKey != null) {
            fields.put("type", SUBSEGMENT);
            fields.put(PARENT_ID, parentKey);
        }
        List<?> children = fields.get(SUBSEGMENTS) instanceof List<?> list
                        && list.stream().allMatch(child -> child instanceof Map<?, ?>)
                ? list
                : null;
        if (children != null) {
            fields.remove(SUBSEGMENTS);
        }
        Node node = new Node(key, parentKey, isInProgress(source), fields);
        // Of a subsegment that came both ways: what is complete, then what came alone, because it came later.
        Node before = nodes.get(key);
        if (before == null || (before.isInProgress() == node.isInProgress() ? isAlone : before.isInProgress())) {
            nodes.put(key, node);
        }
        int withoutId = 0;
        for (Object child : children == null ? List.of() : children) {
            Map<String, @Nullable Object> inner = JsonTree.asObject(child);
            if (inner != null) {
                String id = id(inner);
                add(id.isEmpty() ? key + "/" + withoutId++ : id, key, inner, false);
            }
        }
    }

    Map<String, Node> byKey() {
        return nodes;
    }

    /** How many documents came again: of the same id, both complete or both in progress. */
    int repeated() {
        return repeated;
    }

    /** How many documents in progress were replaced by complete ones. */
    int replaced() {
        return replaced;
    }

    /** When the first segment or subsegment began, in seconds since the epoch; infinite when none says it. */
    double startSeconds() {
        double start = Double.POSITIVE_INFINITY;
        for (Node node : nodes.values()) {
            if (node.fields().get("start_time") instanceof JsonNumber number) {
                start = Math.min(start, Double.parseDouble(number.text()));
            }
        }
        return start;
    }
}
