package io.github.xrayd.sandbox;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The operations of the X-Ray API, each on a request's JSON. Thread-safe. */
final class ApiOperations {
    private static final int INSIGHT_HOURS_MAX = 30 * 24;

    private final PutSegments putSegments;
    private final TelemetryLog telemetry;
    private final Sampling sampling;
    private final TraceQueries queries;
    private final TraceRetrievals retrievals;
    private final Groups groups;
    private final ResourceTags tags;
    private final ResourcePolicies policies = new ResourcePolicies();
    private final AccountSettings settings = new AccountSettings(nowSeconds());

    ApiOperations(
            PutSegments putSegments,
            TelemetryLog telemetry,
            Sampling sampling,
            TraceStore traces,
            Groups groups,
            ResourceTags tags) {
        this.putSegments = putSegments;
        this.telemetry = telemetry;
        this.sampling = sampling;
        this.queries = new TraceQueries(traces, groups);
        this.retrievals = new TraceRetrievals(traces);
        this.groups = groups;
        this.tags = tags;
    }

    private static double nowSeconds() {
        return System.currentTimeMillis() / 1e3;
    }

    /**
     * Serves one request.
     *
     * @param fault what spoils the answer, or null
     * @param isStored whether documents and records count as arrived
     * @return the answer's body
     */
    byte[] serve(Operation operation, Exchanges.Body body, long arrivalMicros, @Nullable Fault fault, boolean isStored)
            throws ApiException {
        if (operation == Operation.PUT_TRACE_SEGMENTS) {
            return putSegments.accept(body.bytes, body.length, arrivalMicros, fault, isStored);
        }
        Map<String, Object> request;
        try {
            request = Json.parseObject(body.bytes, body.length);
        } catch (Json.MalformedException e) {
            throw new ApiException(400, "SerializationException", String.valueOf(e.getMessage()));
        }
        return Json.write(
                switch (operation) {
                    case PUT_TELEMETRY_RECORDS -> {
                        if (isStored) {
                            telemetry.onRequest(request, arrivalMicros);
                        }
                        yield Map.of();
                    }
                    case GET_SAMPLING_RULES -> sampling.getSamplingRules();
                    case GET_SAMPLING_TARGETS -> sampling.getSamplingTargets(request);
                    case GET_SAMPLING_STATISTIC_SUMMARIES -> sampling.getSamplingStatisticSummaries();
                    case CREATE_SAMPLING_RULE -> sampling.createRule(request);
                    case UPDATE_SAMPLING_RULE -> sampling.updateRule(request);
                    case DELETE_SAMPLING_RULE -> sampling.deleteRule(request);
                    case GET_TRACE_SUMMARIES -> queries.getTraceSummaries(request);
                    case BATCH_GET_TRACES -> queries.batchGetTraces(request);
                    case GET_SERVICE_GRAPH -> queries.getServiceGraph(request);
                    case GET_TRACE_GRAPH -> queries.getTraceGraph(request);
                    case GET_TIME_SERIES_SERVICE_STATISTICS -> queries.getTimeSeriesServiceStatistics(request);
                    case START_TRACE_RETRIEVAL -> retrievals.start(request);
                    case CANCEL_TRACE_RETRIEVAL -> retrievals.cancel(request);
                    case LIST_RETRIEVED_TRACES -> retrievals.list(request);
                    case GET_RETRIEVED_TRACES_GRAPH -> retrievals.graph(request);
                    case GET_INSIGHT_SUMMARIES -> insightSummaries(request);
                    case GET_INSIGHT, GET_INSIGHT_EVENTS, GET_INSIGHT_IMPACT_GRAPH -> throw noInsight(request);
                    case CREATE_GROUP -> groups.create(request);
                    case UPDATE_GROUP -> groups.update(request);
                    case DELETE_GROUP -> groups.delete(request);
                    case GET_GROUP -> groups.get(request);
                    case GET_GROUPS -> groups.list();
                    case LIST_TAGS_FOR_RESOURCE -> tags.list(request);
                    case TAG_RESOURCE -> tags.tag(request);
                    case UNTAG_RESOURCE -> tags.untag(request);
                    case PUT_RESOURCE_POLICY -> policies.put(request, nowSeconds());
                    case DELETE_RESOURCE_POLICY -> policies.delete(request);
                    case LIST_RESOURCE_POLICIES -> policies.list();
                    case GET_ENCRYPTION_CONFIG -> settings.getEncryptionConfig();
                    case PUT_ENCRYPTION_CONFIG -> settings.putEncryptionConfig(request);
                    case GET_INDEXING_RULES -> settings.getIndexingRules();
                    case UPDATE_INDEXING_RULE -> settings.updateIndexingRule(request, nowSeconds());
                    case GET_TRACE_SEGMENT_DESTINATION -> settings.getTraceSegmentDestination();
                    case UPDATE_TRACE_SEGMENT_DESTINATION -> settings.updateTraceSegmentDestination(request);
                    case PUT_TRACE_SEGMENTS, EXPORT_TRACES -> throw new IllegalStateException("Served elsewhere");
                });
    }

    /** Nothing looks for insights here, so there are none. */
    private Map<String, Object> insightSummaries(Map<String, Object> request) throws ApiException {
        TraceQueries.Span.of(request, INSIGHT_HOURS_MAX);
        groups.requestedExpression(request);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("InsightSummaries", List.of());
        json.put("NextToken", null);
        return json;
    }

    private static ApiException noInsight(Map<String, Object> request) throws ApiException {
        return ApiException.invalidRequest(
                "Insight " + TerminalText.harmless(Requests.text(request, "InsightId", 36), 36)
                        + " does not exist: this sandbox has none");
    }
}
