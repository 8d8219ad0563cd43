package io.github.xrayd.sandbox;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Answers the operations that read traces, from the kept documents. Thread-safe. */
final class TraceQueries {
    /** Summaries per page. */
    static final int SUMMARIES_PER_PAGE = 100;

    /** Traces per page of BatchGetTraces. */
    static final int TRACES_PER_PAGE = 20;

    private static final int TRACE_IDS_MAX = 1_000;
    private static final int PERIOD_SECONDS = 60;
    private static final int BUCKETS_PER_PAGE = 1_000;

    /** The longest spans of time that the service takes, in hours. */
    private static final int SUMMARY_HOURS_MAX = 24;

    private static final int GRAPH_HOURS_MAX = 6;

    private final TraceStore store;
    private final Groups groups;

    TraceQueries(TraceStore store, Groups groups) {
        this.store = store;
        this.groups = groups;
    }

    /** A span of time in epoch seconds, both ends included. */
    record Span(double start, double end) {
        /** The span that a request names; a longer one is refused in the service's words. */
        static Span of(Map<String, Object> request, int hoursMax) throws ApiException {
            double start = Json.number(request, "StartTime");
            double end = Json.number(request, "EndTime");
            if (Double.isNaN(start) || Double.isNaN(end)) {
                throw ApiException.invalidRequest("StartTime and EndTime are required");
            }
            if (end < start) {
                throw ApiException.invalidRequest("EndTime must not be before StartTime");
            }
            if (end - start > hoursMax * 3_600.0) {
                throw ApiException.invalidRequest("Time range cannot be longer than " + hoursMax + " hours");
            }
            return new Span(start, end);
        }

        boolean has(double seconds) {
            return seconds >= start && seconds <= end;
        }

        boolean overlaps(Trace trace) {
            return trace.startSeconds() <= end && trace.endSeconds() >= start;
        }
    }

    private Predicate<Trace> filter(String expression) throws ApiException {
        return FilterExpression.compile(expression, groups::expression);
    }

    Map<String, Object> getTraceSummaries(Map<String, Object> request) throws ApiException {
        Span span = Span.of(request, SUMMARY_HOURS_MAX);
        String rangeType = Json.string(request, "TimeRangeType", "TraceId");
        Predicate<Trace> inTime =
                switch (rangeType) {
                    case "TraceId" -> trace -> span.has(idSeconds(trace));
                    case "Event" -> span::overlaps;
                    case "Service" -> trace -> span.has(trace.endSeconds());
                    default ->
                        throw ApiException.invalidRequest("TimeRangeType must be TraceId, Event or Service, not "
                                + TerminalText.harmless(rangeType, 40));
                };
        Predicate<Trace> matches =
                inTime.and(filter(Json.string(request, "FilterExpression", ""))).and(sampled(request));
        int[] processed = new int[1];
        List<Found> found = new ArrayList<>();
        store.forEachTrace(trace -> {
            processed[0]++;
            if (matches.test(trace)) {
                found.add(new Found(trace.startSeconds(), trace.id()));
            }
        });
        found.sort(Comparator.comparingDouble(Found::startSeconds).thenComparing(Found::id));
        int from = PageToken.offset(request, "summaries");
        List<Object> summaries = new ArrayList<>();
        int next = from;
        while (next < found.size() && summaries.size() < SUMMARIES_PER_PAGE) {
            Trace trace = store.trace(found.get(next++).id());
            if (trace != null) {
                summaries.add(TraceSummary.of(trace));
            }
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("TraceSummaries", summaries);
        json.put("ApproximateTime", Json.seconds(System.currentTimeMillis() / 1000.0));
        json.put("TracesProcessedCount", processed[0]);
        json.put("NextToken", PageToken.after("summaries", next, found.size()));
        return json;
    }

    private record Found(double startSeconds, String id) {}

    /** With {@code SamplingStrategy} {@code FixedRate} a part of the traces, the same ones each time. */
    private static Predicate<Trace> sampled(Map<String, Object> request) throws ApiException {
        Map<String, Object> strategy = Json.object(request, "SamplingStrategy");
        if (!Json.isTrue(request, "Sampling") || strategy == null) {
            return trace -> true;
        }
        String name = Json.string(strategy, "Name", "");
        if (name.equals("PartialScan")) {
            return trace -> true;
        }
        if (!name.equals("FixedRate")) {
            throw ApiException.invalidRequest("SamplingStrategy's Name must be PartialScan or FixedRate");
        }
        double rate = strategy.containsKey("Value") ? Requests.number(strategy, "Value", 0, 1) : 1;
        return trace -> (trace.id().hashCode() & 0x7fff_ffff) < rate * 0x8000_0000L;
    }

    /**
     * The time in the trace id; ids that were made from others (W3C) have none, so the start of the trace stands in
     * when it is far off.
     */
    private static double idSeconds(Trace trace) {
        String[] parts = trace.id().split("-", 3);
        if (parts.length == 3) {
            try {
                double seconds = Long.parseLong(parts[1], 16);
                if (Math.abs(seconds - trace.startSeconds()) < 86_400) {
                    return seconds;
                }
            } catch (NumberFormatException e) {
                return trace.startSeconds();
            }
        }
        return trace.startSeconds();
    }

    Map<String, Object> batchGetTraces(Map<String, Object> request) throws ApiException {
        List<?> ids = traceIds(request);
        int from = PageToken.offset(request, "traces");
        List<Object> traces = new ArrayList<>();
        List<Object> unprocessed = new ArrayList<>();
        for (Object element : PageToken.page(ids, from, TRACES_PER_PAGE)) {
            String id = String.valueOf(element);
            Trace trace = store.trace(id);
            if (trace == null) {
                unprocessed.add(Json.encodable(id));
            } else {
                traces.add(traceJson(trace));
            }
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("Traces", traces);
        json.put("UnprocessedTraceIds", unprocessed);
        json.put("NextToken", PageToken.after("traces", from + TRACES_PER_PAGE, ids.size()));
        return json;
    }

    private static List<?> traceIds(Map<String, Object> request) throws ApiException {
        if (!(request.get("TraceIds") instanceof List<?> ids)) {
            throw ApiException.invalidRequest("TraceIds is missing");
        }
        if (ids.size() > TRACE_IDS_MAX) {
            throw ApiException.invalidRequest("Exceeding maximum trace id count: " + TRACE_IDS_MAX);
        }
        return ids;
    }

    /** A trace in the shape of BatchGetTraces. */
    static Map<String, Object> traceJson(Trace trace) {
        List<Object> segments = new ArrayList<>();
        trace.documents().forEach((id, document) -> {
            Map<String, Object> segment = new LinkedHashMap<>();
            segment.put("Id", Json.encodable(id));
            segment.put("Document", Json.encodable(document));
            segments.add(segment);
        });
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("Id", Json.encodable(trace.id()));
        json.put("Duration", Json.seconds(trace.durationSeconds()));
        json.put("LimitExceeded", false);
        json.put("Segments", segments);
        return json;
    }

    Map<String, Object> getServiceGraph(Map<String, Object> request) throws ApiException {
        Span span = Span.of(request, GRAPH_HOURS_MAX);
        Predicate<Trace> matches = filter(groups.requestedExpression(request));
        ServiceGraph graph = new ServiceGraph();
        store.forEachTrace(trace -> {
            if (span.overlaps(trace) && matches.test(trace)) {
                graph.add(trace);
            }
        });
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("StartTime", BigDecimal.valueOf(span.start()));
        json.put("EndTime", BigDecimal.valueOf(span.end()));
        json.put("Services", graph.toJson());
        json.put("ContainsOldGroupVersions", false);
        json.put("NextToken", null);
        return json;
    }

    Map<String, Object> getTraceGraph(Map<String, Object> request) throws ApiException {
        ServiceGraph graph = new ServiceGraph();
        for (Object id : traceIds(request)) {
            Trace trace = store.trace(String.valueOf(id));
            if (trace != null) {
                graph.add(trace);
            }
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("Services", graph.toJson());
        json.put("NextToken", null);
        return json;
    }

    /**
     * Statistics by period. Without a selector those of the calls that clients make, which are as many as there are
     * traces; periods without a call are left out.
     */
    Map<String, Object> getTimeSeriesServiceStatistics(Map<String, Object> request) throws ApiException {
        Span span = Span.of(request, SUMMARY_HOURS_MAX);
        Predicate<Trace> matches = filter(groups.requestedExpression(request));
        String expression = Requests.optionalText(request, "EntitySelectorExpression", 500);
        FilterExpression.EntitySelector selector = expression == null
                ? new FilterExpression.EntitySelector(ServiceKey::isClient, key -> true)
                : FilterExpression.selector(expression);
        double period = request.containsKey("Period") ? Requests.number(request, "Period", 1, 86_400) : PERIOD_SECONDS;
        Map<Long, CallStatistics> buckets = new TreeMap<>();
        store.forEachTrace(trace -> {
            if (span.overlaps(trace) && matches.test(trace)) {
                selector.forEachMatch(trace, call -> {
                    if (span.has(call.startSeconds())) {
                        buckets.computeIfAbsent((long) (call.startSeconds() / period), bucket -> new CallStatistics())
                                .add(call);
                    }
                });
            }
        });
        int from = PageToken.offset(request, "periods");
        List<Object> series = new ArrayList<>();
        for (Map.Entry<Long, CallStatistics> bucket :
                PageToken.page(List.copyOf(buckets.entrySet()), from, BUCKETS_PER_PAGE)) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("Timestamp", Json.seconds(bucket.getKey() * period));
            json.put(
                    selector.from() == null ? "ServiceSummaryStatistics" : "EdgeSummaryStatistics",
                    bucket.getValue().summary());
            json.put("ResponseTimeHistogram", bucket.getValue().histogramJson());
            series.add(json);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("TimeSeriesServiceStatistics", series);
        json.put("ContainsOldGroupVersions", false);
        json.put("NextToken", PageToken.after("periods", from + BUCKETS_PER_PAGE, buckets.size()));
        return json;
    }
}
