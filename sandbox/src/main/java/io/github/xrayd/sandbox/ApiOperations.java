package io.github.xrayd.sandbox;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The operations of the X-Ray API, each on a request's JSON. Thread-safe. */
final class ApiOperations {
    private final PutSegments putSegments;
    private final TelemetryLog telemetry;
    private final Sampling sampling;
    private final TraceQueries queries;

    ApiOperations(PutSegments putSegments, TelemetryLog telemetry, Sampling sampling, TraceQueries queries) {
        this.putSegments = putSegments;
        this.telemetry = telemetry;
        this.sampling = sampling;
        this.queries = queries;
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
                        yield new LinkedHashMap<String, Object>();
                    }
                    case GET_SAMPLING_RULES -> sampling.getSamplingRules();
                    case GET_SAMPLING_TARGETS -> sampling.getSamplingTargets(request);
                    case GET_TRACE_SUMMARIES -> queries.getTraceSummaries(request);
                    case BATCH_GET_TRACES -> queries.batchGetTraces(request);
                    case GET_SERVICE_GRAPH -> queries.getServiceGraph(request);
                    case PUT_TRACE_SEGMENTS, EXPORT_TRACES -> throw new IllegalStateException("Served elsewhere");
                });
    }
}
