package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Documents for the tests of the page. */
final class PageDocuments {
    /** Markup that would act if any part of the page took text for markup. */
    static final String HOSTILE =
            "</script><img src=x onerror=\"window.isHacked=1\"><svg onload='window.isHacked=1'>${1}";

    private PageDocuments() {}

    static String traceId(int number) {
        return "1-%08x-%024x".formatted(System.currentTimeMillis() / 1000, number);
    }

    /** A segment without children that took this long, in seconds. */
    static Map<String, Object> segment(int number, String name, double seconds) {
        double start = System.currentTimeMillis() / 1e3 - 5;
        Map<String, Object> segment = new LinkedHashMap<>();
        segment.put("trace_id", traceId(number));
        segment.put("id", "%016x".formatted(number));
        segment.put("name", name);
        segment.put("start_time", Json.seconds(start));
        segment.put("end_time", Json.seconds(start + seconds));
        segment.put("http", http("GET", "http://" + name + ".example/path/" + number, 200));
        return segment;
    }

    static Map<String, Object> http(String method, String url, int status) {
        return Map.of("request", Map.of("method", method, "url", url), "response", Map.of("status", status));
    }

    static Map<String, Object> subsegment(String id, String name, double start, double seconds) {
        Map<String, Object> subsegment = new LinkedHashMap<>();
        subsegment.put("id", id);
        subsegment.put("name", name);
        subsegment.put("start_time", Json.seconds(start));
        subsegment.put("end_time", Json.seconds(start + seconds));
        return subsegment;
    }

    static double start(Map<String, Object> segment) {
        return Json.number(segment, "start_time");
    }

    /**
     * A trace with 10,000 subsegments in 100 groups; one in each tenth group is a fault. Sent as 101 documents, as SDKs
     * stream them.
     */
    static List<String> large(int number) {
        Map<String, Object> root = segment(number, "batch", 2);
        double start = start(root);
        List<String> documents = new ArrayList<>(List.of(Json.writeText(root)));
        for (int group = 0; group < 100; group++) {
            double from = start + group * 0.02;
            Map<String, Object> parent = subsegment("%016x".formatted(0x10000 + group), "group " + group, from, 0.02);
            parent.put("trace_id", root.get("trace_id"));
            parent.put("parent_id", root.get("id"));
            parent.put("type", "subsegment");
            List<Object> children = new ArrayList<>();
            for (int i = 0; i < 99; i++) {
                Map<String, Object> child = subsegment(
                        "%016x".formatted(0x100000 + group * 100 + i),
                        "item " + group + "-" + i,
                        from + i * 2e-4,
                        2e-4);
                if (group % 10 == 5 && i == 50) {
                    child.put("fault", true);
                }
                children.add(child);
            }
            parent.put("subsegments", children);
            documents.add(Json.writeText(parent));
        }
        return documents;
    }

    /** A trace with hostile text wherever a document can have text. */
    static String hostile(int number) {
        Map<String, Object> segment = segment(number, HOSTILE, 1);
        segment.put("id", HOSTILE);
        segment.put("origin", HOSTILE);
        segment.put("user", HOSTILE);
        segment.put("fault", true);
        segment.put("http", http(HOSTILE, HOSTILE, 500));
        segment.put("aws", Map.of("operation", HOSTILE, HOSTILE, HOSTILE));
        segment.put("sql", Map.of("sanitized_query", HOSTILE, "url", HOSTILE));
        segment.put("annotations", Map.of("plain", HOSTILE, HOSTILE, HOSTILE));
        segment.put("metadata", Map.of(HOSTILE, Map.of(HOSTILE, HOSTILE)));
        segment.put("links", List.of(Map.of("trace_id", HOSTILE, "id", HOSTILE)));
        segment.put("service", Map.of("version", HOSTILE));
        segment.put(
                "cause",
                Map.of(
                        "exceptions",
                        List.of(Map.of(
                                "id", HOSTILE,
                                "type", HOSTILE,
                                "message", HOSTILE,
                                "cause", HOSTILE,
                                "stack", List.of(Map.of("label", HOSTILE, "path", HOSTILE, "line", HOSTILE))))));
        Map<String, Object> child = subsegment("0123456789abcdef", HOSTILE, start(segment), 0.5);
        child.put("namespace", "remote");
        segment.put("subsegments", List.of(child));
        return Json.writeText(segment);
    }

    /** Documents whose fields have other types than they should. */
    static List<String> misshapen(int number) {
        List<String> documents = new ArrayList<>();
        for (String field : List.of(
                "name",
                "http",
                "aws",
                "sql",
                "annotations",
                "metadata",
                "cause",
                "links",
                "subsegments",
                "start_time",
                "end_time",
                "user",
                "service",
                "origin",
                "error")) {
            for (Object value : List.of(List.of(1, "a"), 7, "text", Map.of("request", 5, "exceptions", 3), true)) {
                Map<String, Object> segment = segment(number, "misshapen", 0.1);
                segment.put("id", "%016x".formatted(documents.size()));
                segment.put(field, value);
                documents.add(Json.writeText(segment));
            }
        }
        return documents;
    }
}
