package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What the page, the control API and tests ask for: traces that match a filter, and their service graph. Thread-safe.
 */
final class PageQueries {
    /** Traces in one answer to the page: the newest ones. */
    static final int PAGE_TRACES_MAX = 5_000;

    private final TraceStore store;
    private final Groups groups;

    PageQueries(TraceStore store, Groups groups) {
        this.store = store;
        this.groups = groups;
    }

    /**
     * The traces that changed after a change of the store, for the page: those that match the filter as rows, the ids
     * of the others.
     *
     * @param since the last change that the page knows; 0: all traces
     */
    Map<String, Object> changedTraces(long since, String filter) throws ApiException {
        Predicate<Trace> matches = FilterExpression.compile(filter, groups::expression);
        TraceStore.Changes changes = store.changesSince(since);
        List<TraceStore.Change> changed = changes.traces();
        List<Object> rows = new ArrayList<>();
        List<Object> others = new ArrayList<>();
        int index = changed.size();
        while (index > 0 && rows.size() < PAGE_TRACES_MAX) {
            TraceStore.Change change = changed.get(--index);
            Trace trace = store.trace(change.id());
            if (trace != null && matches.test(trace)) {
                rows.add(PageSummary.of(trace, change.createdSequence()));
            } else if (since > 0) {
                others.add(Json.encodable(change.id()));
            }
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("sequence", changes.sequence());
        json.put("oldest", changes.oldest());
        json.put("kept", changes.kept());
        json.put("keptBytes", changes.bytes());
        json.put("evicted", store.evictedTraces());
        json.put("refused", changes.refused());
        json.put("isComplete", index == 0);
        json.put("traces", rows);
        json.put("others", others);
        return json;
    }

    /** The service graph of the traces that end after a time, in epoch seconds, and match the filter. */
    Map<String, Object> graph(double startSeconds, String filter) throws ApiException {
        Predicate<Trace> matches = FilterExpression.compile(filter, groups::expression);
        ServiceGraph graph = new ServiceGraph();
        double[] span = {Double.MAX_VALUE, 0};
        int[] count = new int[1];
        store.forEachTrace(trace -> {
            if (trace.endSeconds() >= startSeconds && matches.test(trace)) {
                graph.add(trace);
                span[0] = Math.min(span[0], trace.startSeconds());
                span[1] = Math.max(span[1], trace.endSeconds());
                count[0]++;
            }
        });
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("traces", count[0]);
        json.put("seconds", Json.seconds(count[0] == 0 ? 0 : span[1] - span[0]));
        json.put("services", graph.toJson());
        return json;
    }

    /**
     * The newest traces that end after a time and match the filter, the newest first.
     *
     * @param startSeconds since the epoch
     * @param before only traces that came before this change, as the rows' {@code created}; for the next page
     */
    Map<String, Object> newestTraces(String filter, double startSeconds, int limit, long before) throws ApiException {
        if (limit < 1 || limit > PAGE_TRACES_MAX) {
            throw ApiException.invalidRequest("limit must be 1 to " + PAGE_TRACES_MAX);
        }
        Predicate<Trace> matches = FilterExpression.compile(filter, groups::expression);
        List<TraceStore.Change> kept = store.changesSince(0).traces();
        List<Object> rows = new ArrayList<>();
        int index = kept.size();
        while (index > 0 && rows.size() < limit) {
            TraceStore.Change change = kept.get(--index);
            Trace trace = change.createdSequence() < before ? store.trace(change.id()) : null;
            if (trace != null && trace.endSeconds() >= startSeconds && matches.test(trace)) {
                rows.add(PageSummary.of(trace, change.createdSequence()));
            }
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("traces", rows);
        json.put("isComplete", index == 0);
        return json;
    }

    /** The ids of the traces that match the filter, oldest first. */
    List<String> traceIds(String filter) throws ApiException {
        Predicate<Trace> matches = FilterExpression.compile(filter, groups::expression);
        List<String> ids = new ArrayList<>();
        store.forEachTrace(trace -> {
            if (matches.test(trace)) {
                ids.add(trace.id());
            }
        });
        return ids;
    }
}
