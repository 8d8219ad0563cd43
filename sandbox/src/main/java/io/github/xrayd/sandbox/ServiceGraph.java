package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Services and who calls whom, with statistics, from traces. A segment is a node; a subsegment with a namespace is an
 * edge to the segment it caused, or to a node inferred from it; a root segment is called by a client. Not thread-safe.
 */
final class ServiceGraph {
    private final Map<ServiceKey, Node> nodes = new LinkedHashMap<>();

    private static final class Node {
        final int referenceId;
        final ServiceKey key;
        boolean isRoot;
        final CallStatistics statistics = new CallStatistics();
        final Map<ServiceKey, CallStatistics> edges = new LinkedHashMap<>();

        Node(int referenceId, ServiceKey key) {
            this.referenceId = referenceId;
            this.key = key;
        }
    }

    void add(Trace trace) {
        for (Segment segment : trace.segments()) {
            if (!segment.isSubsegment()) {
                Node node = node(ServiceKey.of(segment));
                node.statistics.add(segment);
                node.isRoot |= segment.parentId() == null;
            }
        }
        TraceCalls.forEach(trace, (caller, called, call, isInferred) -> {
            if (isInferred) {
                node(called).statistics.add(call);
            }
            edge(node(caller), called, call);
        });
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
        from.edges.computeIfAbsent(to, key -> new CallStatistics()).add(call);
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

    private static Map<String, Object> toJson(@Nullable Node to, CallStatistics statistics) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("ReferenceId", to == null ? -1 : to.referenceId);
        statistics.times(json);
        json.put("SummaryStatistics", statistics.summary());
        json.put("ResponseTimeHistogram", statistics.histogramJson());
        json.put("Aliases", List.of());
        return json;
    }
}
