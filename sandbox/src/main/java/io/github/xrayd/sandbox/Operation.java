package io.github.xrayd.sandbox;

import org.jspecify.annotations.Nullable;

/** The operations of the X-Ray API (2016-04-12) that the sandbox serves, each a POST to its path. */
enum Operation {
    PUT_TRACE_SEGMENTS("PutTraceSegments", "/TraceSegments"),
    PUT_TELEMETRY_RECORDS("PutTelemetryRecords", "/TelemetryRecords"),
    GET_SAMPLING_RULES("GetSamplingRules", "/GetSamplingRules"),
    GET_SAMPLING_TARGETS("GetSamplingTargets", "/SamplingTargets"),
    GET_TRACE_SUMMARIES("GetTraceSummaries", "/TraceSummaries"),
    BATCH_GET_TRACES("BatchGetTraces", "/Traces"),
    GET_SERVICE_GRAPH("GetServiceGraph", "/ServiceGraph"),

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
