package io.github.xrayd.sandbox;

import org.jspecify.annotations.Nullable;

/**
 * The operations of the X-Ray API (2016-04-12), all that the service's public model has, each a POST to its path; and
 * OTLP.
 */
enum Operation {
    BATCH_GET_TRACES("BatchGetTraces", "/Traces"),
    CANCEL_TRACE_RETRIEVAL("CancelTraceRetrieval", "/CancelTraceRetrieval"),
    CREATE_GROUP("CreateGroup", "/CreateGroup"),
    CREATE_SAMPLING_RULE("CreateSamplingRule", "/CreateSamplingRule"),
    DELETE_GROUP("DeleteGroup", "/DeleteGroup"),
    DELETE_RESOURCE_POLICY("DeleteResourcePolicy", "/DeleteResourcePolicy"),
    DELETE_SAMPLING_RULE("DeleteSamplingRule", "/DeleteSamplingRule"),
    GET_ENCRYPTION_CONFIG("GetEncryptionConfig", "/EncryptionConfig"),
    GET_GROUP("GetGroup", "/GetGroup"),
    GET_GROUPS("GetGroups", "/Groups"),
    GET_INDEXING_RULES("GetIndexingRules", "/GetIndexingRules"),
    GET_INSIGHT("GetInsight", "/Insight"),
    GET_INSIGHT_EVENTS("GetInsightEvents", "/InsightEvents"),
    GET_INSIGHT_IMPACT_GRAPH("GetInsightImpactGraph", "/InsightImpactGraph"),
    GET_INSIGHT_SUMMARIES("GetInsightSummaries", "/InsightSummaries"),
    GET_RETRIEVED_TRACES_GRAPH("GetRetrievedTracesGraph", "/GetRetrievedTracesGraph"),
    GET_SAMPLING_RULES("GetSamplingRules", "/GetSamplingRules"),
    GET_SAMPLING_STATISTIC_SUMMARIES("GetSamplingStatisticSummaries", "/SamplingStatisticSummaries"),
    GET_SAMPLING_TARGETS("GetSamplingTargets", "/SamplingTargets"),
    GET_SERVICE_GRAPH("GetServiceGraph", "/ServiceGraph"),
    GET_TIME_SERIES_SERVICE_STATISTICS("GetTimeSeriesServiceStatistics", "/TimeSeriesServiceStatistics"),
    GET_TRACE_GRAPH("GetTraceGraph", "/TraceGraph"),
    GET_TRACE_SEGMENT_DESTINATION("GetTraceSegmentDestination", "/GetTraceSegmentDestination"),
    GET_TRACE_SUMMARIES("GetTraceSummaries", "/TraceSummaries"),
    LIST_RESOURCE_POLICIES("ListResourcePolicies", "/ListResourcePolicies"),
    LIST_RETRIEVED_TRACES("ListRetrievedTraces", "/ListRetrievedTraces"),
    LIST_TAGS_FOR_RESOURCE("ListTagsForResource", "/ListTagsForResource"),
    PUT_ENCRYPTION_CONFIG("PutEncryptionConfig", "/PutEncryptionConfig"),
    PUT_RESOURCE_POLICY("PutResourcePolicy", "/PutResourcePolicy"),
    PUT_TELEMETRY_RECORDS("PutTelemetryRecords", "/TelemetryRecords"),
    PUT_TRACE_SEGMENTS("PutTraceSegments", "/TraceSegments"),
    START_TRACE_RETRIEVAL("StartTraceRetrieval", "/StartTraceRetrieval"),
    TAG_RESOURCE("TagResource", "/TagResource"),
    UNTAG_RESOURCE("UntagResource", "/UntagResource"),
    UPDATE_GROUP("UpdateGroup", "/UpdateGroup"),
    UPDATE_INDEXING_RULE("UpdateIndexingRule", "/UpdateIndexingRule"),
    UPDATE_SAMPLING_RULE("UpdateSamplingRule", "/UpdateSamplingRule"),
    UPDATE_TRACE_SEGMENT_DESTINATION("UpdateTraceSegmentDestination", "/UpdateTraceSegmentDestination"),

    /** OTLP/HTTP, as AWS's own endpoint takes it; no operation of the API. */
    EXPORT_TRACES("ExportTraces", "/v1/traces");

    private final String apiName;
    private final String path;

    Operation(String apiName, String path) {
        this.apiName = apiName;
        this.path = path;
    }

    String apiName() {
        return apiName;
    }

    String path() {
        return path;
    }

    static @Nullable Operation ofPath(String path) {
        for (Operation operation : values()) {
            if (operation.path.equals(path)) {
                return operation;
            }
        }
        return null;
    }
}
