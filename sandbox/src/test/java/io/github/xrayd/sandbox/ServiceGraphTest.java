package io.github.xrayd.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ServiceGraphTest {
    private static final String TRACE = "1-6b012eb6-000000000000000000000001";

    private static String segment(String id, String parent, String name, double start, double end, String more) {
        return "{\"trace_id\":\"" + TRACE + "\",\"id\":\"" + id + "\",\"name\":\"" + name + "\",\"start_time\":" + start
                + ",\"end_time\":" + end + (parent.isEmpty() ? "" : ",\"parent_id\":\"" + parent + "\"") + more + "}";
    }

    /** Calls and their time in seconds by "caller>called". */
    private static Map<String, String> edges(String... documents) {
        ServiceGraph graph = new ServiceGraph();
        graph.add(Objects.requireNonNull(Trace.of(TRACE, List.of(documents))));
        Map<Integer, String> names = new TreeMap<>();
        List<Map<String, Object>> services = new ArrayList<>();
        for (Object service : graph.toJson()) {
            Map<String, Object> json = Objects.requireNonNull(Json.object(service));
            services.add(json);
            names.put((int) Json.whole(json, "ReferenceId", -1), Json.string(json, "Name", ""));
        }
        Map<String, String> edges = new TreeMap<>();
        for (Map<String, Object> service : services) {
            for (Object element : Json.list(service, "Edges")) {
                Map<String, Object> edge = Objects.requireNonNull(Json.object(element));
                Map<String, Object> summary = Json.object(edge, "SummaryStatistics");
                String to = names.get((int) Json.whole(edge, "ReferenceId", -1));
                if (!"client".equals(service.get("Type"))) {
                    edges.put(
                            service.get("Name") + ">" + to,
                            Json.whole(summary, "TotalCount", 0) + " in " + Json.number(summary, "TotalResponseTime"));
                }
            }
        }
        return edges;
    }

    @Test
    void shouldKeepEachCallOfOneCaller() {
        String frontend = segment(
                "000000000000000a",
                "",
                "frontend",
                0,
                10,
                ",\"subsegments\":[" + segment("000000000000000b", "", "call", 1, 9, ",\"namespace\":\"remote\"")
                        + "]");
        Map<String, String> edges = edges(
                frontend,
                segment("000000000000000c", "000000000000000b", "orders", 2, 4, ""),
                segment("000000000000000d", "000000000000000b", "orders", 5, 6, ""),
                segment("000000000000000e", "000000000000000b", "stock", 7, 8, ""));
        assertEquals(Map.of("frontend>orders", "2 in 3.0", "frontend>stock", "1 in 1.0"), edges);
    }

    @Test
    void shouldTakeTheCallsTimeFromItsSubsegmentAndNeverFromTheCallersSegment() {
        String frontend = segment(
                "000000000000000a",
                "",
                "frontend",
                0,
                10,
                ",\"subsegments\":[" + segment("000000000000000b", "", "call", 1, 5, ",\"namespace\":\"remote\"")
                        + "]");
        Map<String, String> edges = edges(
                frontend,
                segment("000000000000000c", "000000000000000b", "orders", 2, 4, ""),
                segment("000000000000000d", "000000000000000a", "stock", 7, 8, ""));
        assertEquals(Map.of("frontend>orders", "1 in 4.0", "frontend>stock", "1 in 1.0"), edges);
    }
}
