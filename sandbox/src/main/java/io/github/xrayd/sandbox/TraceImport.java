package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads the documents of a trace from a file: one that the page saved, or what {@code aws xray batch-get-traces}
 * prints. Pure.
 */
final class TraceImport {
    private TraceImport() {}

    /**
     * The documents.
     *
     * @throws IllegalArgumentException when there is none, or one of them names no trace
     */
    static List<String> documents(Map<String, Object> json) {
        List<String> documents = new ArrayList<>();
        if (json.containsKey("Traces")) {
            for (Object trace : Json.list(json, "Traces")) {
                addSegments(Json.list(Json.object(trace), "Segments"), documents);
            }
        } else {
            addSegments(Json.list(json, "Segments"), documents);
        }
        if (documents.isEmpty()) {
            throw new IllegalArgumentException(
                    "There is no segment: use a file that the page saved, or the output of aws xray batch-get-traces");
        }
        return documents;
    }

    private static void addSegments(List<?> segments, List<String> documents) {
        for (Object element : segments) {
            Map<String, Object> segment = Json.object(element);
            String document = segment == null ? null : Json.string(segment, "Document");
            if (document == null && segment != null) {
                document = Json.writeText(segment);
            }
            if (document == null || TraceStore.traceIdOf(document) == null) {
                throw new IllegalArgumentException("Segment " + (documents.size() + 1) + " has no trace_id");
            }
            documents.add(document);
        }
    }
}
