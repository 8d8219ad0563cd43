package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Retrievals of traces: what Transaction Search does over time, here done at once. Thread-safe. */
final class TraceRetrievals {
    /** The most retrievals that are remembered; the oldest are forgotten. */
    static final int COUNT_MAX = 100;

    /** Traces of one answer, spans of one trace in it, and traces of one retrieval, as the service's model has them. */
    private static final int TRACES_PER_PAGE = 5;

    private static final int SPANS_MAX = 100;
    private static final int TRACE_IDS_MAX = 100;
    private static final int TOKEN_LENGTH_MAX = 1_020;

    private final TraceStore store;
    private final Map<String, Retrieval> byToken = new LinkedHashMap<>();

    TraceRetrievals(TraceStore store) {
        this.store = store;
    }

    private record Retrieval(List<String> traceIds, TraceQueries.Span span, boolean isCancelled) {
        String status() {
            return isCancelled ? "CANCELLED" : "COMPLETE";
        }
    }

    synchronized Map<String, Object> start(Map<String, Object> request) throws ApiException {
        List<String> ids = new ArrayList<>();
        for (Object id : Requests.list(request, "TraceIds", TRACE_IDS_MAX)) {
            ids.add(String.valueOf(id));
        }
        TraceQueries.Span span = TraceQueries.Span.of(request, Integer.MAX_VALUE);
        String token = UUID.randomUUID().toString();
        byToken.put(token, new Retrieval(ids, span, false));
        if (byToken.size() > COUNT_MAX) {
            Iterator<String> oldest = byToken.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        return Map.of("RetrievalToken", token);
    }

    synchronized Map<String, Object> cancel(Map<String, Object> request) throws ApiException {
        Retrieval retrieval = requested(request);
        byToken.put(
                Json.string(request, "RetrievalToken", ""),
                new Retrieval(retrieval.traceIds(), retrieval.span(), true));
        return Map.of();
    }

    private Retrieval requested(Map<String, Object> request) throws ApiException {
        String token = Requests.text(request, "RetrievalToken", TOKEN_LENGTH_MAX);
        Retrieval retrieval = byToken.get(token);
        if (retrieval == null) {
            throw Requests.notFound("Retrieval " + token);
        }
        return retrieval;
    }

    /** The kept ones of the retrieval's traces; none when it was cancelled. */
    private List<Trace> traces(Retrieval retrieval) {
        List<Trace> traces = new ArrayList<>();
        for (String id : retrieval.isCancelled() ? List.<String>of() : retrieval.traceIds()) {
            Trace trace = store.trace(id);
            if (trace != null && retrieval.span().overlaps(trace)) {
                traces.add(trace);
            }
        }
        return traces;
    }

    synchronized Map<String, Object> list(Map<String, Object> request) throws ApiException {
        Retrieval retrieval = requested(request);
        String format = Json.string(request, "TraceFormat", "XRAY");
        if (!format.equals("XRAY") && !format.equals("OTEL")) {
            throw ApiException.invalidRequest("TraceFormat must be XRAY or OTEL");
        }
        List<Trace> all = traces(retrieval);
        int from = PageToken.offset(request, "retrieved");
        List<Object> traces = new ArrayList<>();
        for (Trace trace : PageToken.page(all, from, TRACES_PER_PAGE)) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("Id", Json.encodable(trace.id()));
            json.put("Duration", Json.seconds(trace.durationSeconds()));
            json.put("Spans", spans(trace, format.equals("OTEL")));
            traces.add(json);
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("RetrievalStatus", retrieval.status());
        json.put("TraceFormat", format);
        json.put("Traces", traces);
        json.put("NextToken", PageToken.after("retrieved", from + TRACES_PER_PAGE, all.size()));
        return json;
    }

    private static List<Object> spans(Trace trace, boolean isOpenTelemetry) {
        Map<String, String> documents = new LinkedHashMap<>();
        trace.documents().forEach((id, document) -> {
            if (isOpenTelemetry) {
                SpanDocuments.toOpenTelemetry(document)
                        .forEach(span -> documents.put(Json.string(span, "spanId", ""), Json.writeText(span)));
            } else {
                documents.put(id, document);
            }
        });
        List<Object> spans = new ArrayList<>();
        documents.entrySet().stream()
                .limit(SPANS_MAX)
                .forEach(span -> spans.add(
                        Map.of("Id", Json.encodable(span.getKey()), "Document", Json.encodable(span.getValue()))));
        return spans;
    }

    synchronized Map<String, Object> graph(Map<String, Object> request) throws ApiException {
        Retrieval retrieval = requested(request);
        ServiceGraph graph = new ServiceGraph();
        traces(retrieval).forEach(graph::add);
        List<Object> services = new ArrayList<>();
        graph.toJson().forEach(service -> services.add(Map.of("Service", service, "Links", List.of())));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("RetrievalStatus", retrieval.status());
        json.put("Services", services);
        json.put("NextToken", null);
        return json;
    }
}
