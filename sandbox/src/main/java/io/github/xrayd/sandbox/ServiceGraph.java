package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Services and who calls whom, with statistics, from traces. A segment is a node; a subsegment with a namespace is an edge to the segment
 * it caused, or to a node inferred from it; a root segment is called by a client. Not thread-safe.
 */
final class ServiceGraph {
    private final Map<ServiceKey, Node> nodes = new LinkedHashMap<>();

    /** Counts and times of a node or an edge. */
    private static final class Statistics {
        long ok;
        long errors;
        long throttles;
        long faults;
        double totalSeconds;
        double startSeconds = Double.MAX_VALUE;
        double endSeconds;
        final Map<Double, Integer> histogram = new TreeMap<>();

        void add(Segment segment) {
            if (segment.isFault()) {
                faults++;
            } else if (segment.isThrottle()) {
                throttles++;
            } else if (segment.isError()) {
                errors++;
            } else {
                ok++;
            }
            double duration = segment.durationSeconds();
            totalSeconds += duration;
            startSeconds = Math.min(startSeconds, segment.startSeconds());
            endSeconds = Math.max(endSeconds, segment.endSeconds());
            histogram.merge(rounded(duration), 1, Integer::sum);
        }

        /** Two significant digits, so that a histogram stays small. */
        private static double rounded(double seconds) {
            if (seconds <= 0) {
                return 0;
            }
            double unit = Math.pow(10, Math.floor(Math.log10(seconds)) - 1);
            return Math.round(seconds / unit) * unit;
        }

        long count() {
            return ok + errors + throttles + faults;
        }

        Map<String, Object> summary() {
            Map<String, Object> errorCounts = new LinkedHashMap<>();
            errorCounts.put("ThrottleCount", throttles);
            errorCounts.put("OtherCount", errors);
            errorCounts.put("TotalCount", throttles + errors);
            Map<String, Object> faultCounts = new LinkedHashMap<>();
            faultCounts.put("OtherCount", faults);
            faultCounts.put("TotalCount", faults);
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("OkCount", ok);
            json.put("ErrorStatistics", errorCounts);
            json.put("FaultStatistics", faultCounts);
            json.put("TotalCount", count());
            json.put("TotalResponseTime", Json.seconds(totalSeconds));
            return json;
        }

        List<Object> histogramJson() {
            List<Object> json = new ArrayList<>();
            histogram.forEach((value, count) -> json.add(Map.of("Value", Json.seconds(value), "Count", count)));
            return json;
        }

        void times(Map<String, Object> json) {
            json.put("StartTime", Json.seconds(startSeconds));
            json.put("EndTime", Json.seconds(endSeconds));
        }
    }

    private static final class Node {
        final int referenceId;
        final ServiceKey key;
        boolean isRoot;
        final Statistics statistics = new Statistics();
        final Map<ServiceKey, Statistics> edges = new LinkedHashMap<>();

        Node(int referenceId, ServiceKey key) {
            this.referenceId = referenceId;
            this.key = key;
        }
    }

    void add(Trace trace) {
        Map<String, List<Segment>> byCaller = trace.segmentsByCaller();
        for (Segment segment : trace.segments()) {
            if (segment.isSubsegment()) {
                continue;
            }
            Node node = node(ServiceKey.of(segment));
            node.statistics.add(segment);
            if (segment.parentId() == null) {
                node.isRoot = true;
                Node client = node(ServiceKey.clientOf(segment));
                edge(client, node.key, segment);
            }
            Trace.walk(segment, below -> addCall(node, below, byCaller));
        }
    }

    /** Each called segment is an edge. Its time is the calling subsegment's where that made one call, else its own. */
    private void addCall(Node caller, Segment subsegment, Map<String, List<Segment>> byCaller) {
        List<Segment> calls = byCaller.getOrDefault(subsegment.id(), List.of());
        for (Segment called : calls) {
            boolean isTimed = subsegment.isSubsegment() && calls.size() == 1;
            edge(caller, ServiceKey.of(called), isTimed ? subsegment : called);
        }
        if (!calls.isEmpty()) {
            return;
        }
        ServiceKey inferred = subsegment.isSubsegment() ? ServiceKey.calledBy(subsegment) : null;
        if (inferred != null) {
            node(inferred).statistics.add(subsegment);
            edge(caller, inferred, subsegment);
        }
    }

    private Node node(ServiceKey key) {
        Node node = nodes.get(key);
        if (node == null) {
            node = new Node(nodes.size(), key);
            nodes.put(key, node);
        }
        return node;
    }

    private void edge(Node from, ServiceKey to, Segment call) {
        node(to);
        from.edges.computeIfAbsent(to, key -> new Statistics()).add(call);
    }

    boolean hasEdge(Predicate<ServiceKey> from, Predicate<ServiceKey> to) {
        for (Node node : nodes.values()) {
            if (from.test(node.key) && node.edges.keySet().stream().anyMatch(to)) {
                return true;
            }
        }
        return false;
    }

    /** The {@code Services} list of GetServiceGraph. */
    List<Object> toJson() {
        List<Object> services = new ArrayList<>();
        for (Node node : nodes.values()) {
            services.add(toJson(node));
        }
        return services;
    }

    private Map<String, Object> toJson(Node node) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("ReferenceId", node.referenceId);
        json.putAll(node.key.toJson());
        json.put("Root", node.isRoot);
        json.put("State", node.statistics.count() == 0 ? "unknown" : "active");
        if (node.statistics.count() > 0) {
            node.statistics.times(json);
        }
        List<Object> edges = new ArrayList<>();
        node.edges.forEach((to, statistics) -> edges.add(toJson(nodes.get(to), statistics)));
        json.put("Edges", edges);
        if (node.statistics.count() > 0) {
            json.put("SummaryStatistics", node.statistics.summary());
            json.put("DurationHistogram", node.statistics.histogramJson());
            json.put("ResponseTimeHistogram", node.statistics.histogramJson());
        }
        return json;
    }

    private static Map<String, Object> toJson(@Nullable Node to, Statistics statistics) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("ReferenceId", to == null ? -1 : to.referenceId);
        statistics.times(json);
        json.put("SummaryStatistics", statistics.summary());
        json.put("ResponseTimeHistogram", statistics.histogramJson());
        json.put("Aliases", List.of());
        return json;
    }
}
