package io.github.xrayd.sandbox;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Answers GetTraceSummaries, BatchGetTraces and GetServiceGraph from the kept documents. Thread-safe. */
final class TraceQueries {
    /** Summaries per page. */
    static final int SUMMARIES_PER_PAGE = 100;

    /** Traces per page of BatchGetTraces. */
    static final int TRACES_PER_PAGE = 20;

    /** Traces in one answer to the page: the newest ones. */
    static final int PAGE_TRACES_MAX = 5_000;

    private static final int TRACE_IDS_MAX = 1_000;

    private final TraceStore store;

    TraceQueries(TraceStore store) {
        this.store = store;
    }

    /** A span of time in epoch seconds, start included, end excluded. */
    private record Span(double start, double end) {
        static Span of(Map<String, Object> request) throws ApiException {
            double start = Json.number(request, "StartTime");
            double end = Json.number(request, "EndTime");
            if (Double.isNaN(start) || Double.isNaN(end)) {
                throw ApiException.invalidRequest("StartTime and EndTime are required");
            }
            if (end < start) {
                throw ApiException.invalidRequest("EndTime must not be before StartTime");
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

    Map<String, Object> getTraceSummaries(Map<String, Object> request) throws ApiException {
        Span span = Span.of(request);
        String rangeType = Json.string(request, "TimeRangeType", "TraceId");
        Predicate<Trace> inTime =
                switch (rangeType) {
                    case "TraceId" -> trace -> span.has(idSeconds(trace));
                    case "Event", "Service" -> span::overlaps;
                    default ->
                        throw ApiException.invalidRequest("TimeRangeType must be TraceId, Event or Service, not "
                                + TerminalText.harmless(rangeType, 40));
                };
        Predicate<Trace> matches = inTime.and(FilterExpression.compile(Json.string(request, "FilterExpression", "")));
        int[] processed = new int[1];
        List<Found> found = new ArrayList<>();
        store.forEachTrace(trace -> {
            processed[0]++;
            if (matches.test(trace)) {
                found.add(new Found(trace.startSeconds(), trace.id()));
            }
        });
        found.sort(Comparator.comparingDouble(Found::startSeconds).thenComparing(Found::id));
        int from = offset(request, "summaries");
        List<Object> summaries = new ArrayList<>();
        int next = from;
        while (next < found.size() && summaries.size() < SUMMARIES_PER_PAGE) {
            Trace trace = store.trace(found.get(next++).id());
            if (trace != null) {
                summaries.add(summary(trace));
            }
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("TraceSummaries", summaries);
        json.put("ApproximateTime", Json.seconds(System.currentTimeMillis() / 1000.0));
        json.put("TracesProcessedCount", processed[0]);
        json.put("NextToken", next < found.size() ? token("summaries", next) : null);
        return json;
    }

    private record Found(double startSeconds, String id) {}

    /** The time in the trace id; ids that were made from others (W3C) have none, so the start of the trace stands in when it is far off. */
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

    private static int offset(Map<String, Object> request, String what) throws ApiException {
        String token = Json.string(request, "NextToken");
        if (token == null) {
            return 0;
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.US_ASCII);
            if (text.startsWith(what + ":")) {
                return Math.max(0, Integer.parseInt(text.substring(what.length() + 1)));
            }
        } catch (IllegalArgumentException e) {
            throw ApiException.invalidRequest("NextToken is not one that was given out");
        }
        throw ApiException.invalidRequest("NextToken is not one that was given out");
    }

    private static String token(String what, int offset) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((what + ":" + offset).getBytes(StandardCharsets.US_ASCII));
    }

    private static Map<String, Object> summary(Trace trace) {
        Segment root = trace.root();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("Id", Json.encodable(trace.id()));
        json.put("StartTime", Json.seconds(trace.startSeconds()));
        json.put("Duration", Json.seconds(trace.durationSeconds()));
        json.put("ResponseTime", Json.seconds(trace.responseSeconds()));
        json.put("HasFault", root.isFault());
        json.put("HasError", root.isError());
        json.put("HasThrottle", root.isThrottle());
        json.put("IsPartial", trace.isPartial());
        json.put("Http", http(root));
        Map<String, List<Object>> annotations = new LinkedHashMap<>();
        Map<String, Set<ServiceKey>> users = new LinkedHashMap<>();
        Set<ServiceKey> services = new LinkedHashSet<>();
        Set<String> callers = trace.segmentsByCaller().keySet();
        for (Segment top : trace.segments()) {
            ServiceKey service = ServiceKey.of(top);
            if (!top.isSubsegment()) {
                services.add(service);
            }
            String user = Json.string(top.fields(), "user");
            if (user != null) {
                users.computeIfAbsent(user, name -> new LinkedHashSet<>()).add(service);
            }
            Trace.walk(top, segment -> addAnnotations(segment, service, annotations));
            Trace.walk(top, segment -> {
                ServiceKey called = segment.isSubsegment() ? ServiceKey.calledBy(segment) : null;
                if (called != null && !callers.contains(segment.id())) {
                    services.add(called);
                }
            });
        }
        json.put("Annotations", annotations);
        List<Object> userList = new ArrayList<>();
        users.forEach((name, by) -> userList.add(Map.of(
                "UserName",
                Json.encodable(name),
                "ServiceIds",
                by.stream().map(ServiceKey::toJson).toList())));
        json.put("Users", userList);
        json.put("ServiceIds", services.stream().map(ServiceKey::toJson).toList());
        json.put("EntryPoint", ServiceKey.of(root).toJson());
        json.put("Revision", trace.documents().size());
        json.put("MatchedEventTime", Json.seconds(trace.startSeconds()));
        return json;
    }

    private static Map<String, Object> http(Segment root) {
        Map<String, Object> json = new LinkedHashMap<>();
        Map<String, Object> request = root.httpRequest();
        putText(json, "HttpURL", Json.string(request, "url"));
        putText(json, "HttpMethod", Json.string(request, "method"));
        putText(json, "UserAgent", Json.string(request, "user_agent"));
        putText(json, "ClientIp", Json.string(request, "client_ip"));
        if (root.httpStatus() != 0) {
            json.put("HttpStatus", root.httpStatus());
        }
        return json;
    }

    private static void putText(Map<String, Object> json, String key, @Nullable String value) {
        if (value != null) {
            json.put(key, Json.encodable(value));
        }
    }

    private static void addAnnotations(Segment segment, ServiceKey service, Map<String, List<Object>> annotations) {
        Map<String, Object> own = Json.object(segment.fields(), "annotations");
        if (own == null) {
            return;
        }
        own.forEach((key, value) -> {
            Map<String, Object> typed = value instanceof Boolean
                    ? Map.of("BooleanValue", value)
                    : value instanceof Number
                            ? Map.of("NumberValue", value)
                            : value instanceof String text ? Map.of("StringValue", Json.encodable(text)) : null;
            if (typed != null) {
                annotations
                        .computeIfAbsent(Json.encodable(key), name -> new ArrayList<>())
                        .add(Map.of("AnnotationValue", typed, "ServiceIds", List.of(service.toJson())));
            }
        });
    }

    Map<String, Object> batchGetTraces(Map<String, Object> request) throws ApiException {
        if (!(request.get("TraceIds") instanceof List<?> ids)) {
            throw ApiException.invalidRequest("TraceIds is missing");
        }
        if (ids.size() > TRACE_IDS_MAX) {
            throw ApiException.invalidRequest("Exceeding maximum trace id count: " + TRACE_IDS_MAX);
        }
        int from = offset(request, "traces");
        List<Object> traces = new ArrayList<>();
        List<Object> unprocessed = new ArrayList<>();
        int next = from;
        while (next < ids.size() && next - from < TRACES_PER_PAGE) {
            String id = String.valueOf(ids.get(next++));
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
        json.put("NextToken", next < ids.size() ? token("traces", next) : null);
        return json;
    }

    private static Map<String, Object> traceJson(Trace trace) {
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
        Span span = Span.of(request);
        ServiceGraph graph = new ServiceGraph();
        store.forEachTrace(trace -> {
            if (span.overlaps(trace)) {
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

    /**
     * The traces that changed after a change of the store, for the page: those that match the filter as rows, the ids of the others.
     *
     * @param since the last change that the page knows; 0: all traces
     */
    Map<String, Object> changedTraces(long since, String filter) throws ApiException {
        Predicate<Trace> matches = FilterExpression.compile(filter);
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
        json.put("isComplete", index == 0);
        json.put("traces", rows);
        json.put("others", others);
        return json;
    }

    /** The service graph of the traces that end after a time, in epoch seconds, and match the filter. */
    Map<String, Object> graph(double startSeconds, String filter) throws ApiException {
        Predicate<Trace> matches = FilterExpression.compile(filter);
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
}
