package io.github.xrayd.sandbox;

import io.github.xrayd.connectors.otlp.convert.OtlpDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes the documents of PutTraceSegments: to the runs, the listeners and the store. Thread-safe; buffers are each
 * thread's own.
 */
final class PutSegments {
    private static final byte[] ALL_PROCESSED = "{\"UnprocessedTraceSegments\":[]}".getBytes(StandardCharsets.US_ASCII);

    private final DocumentMode mode;
    private final boolean isKeepDocuments;
    private final Faults faults;
    private final Arrivals arrivals;
    private final LoadRuns runs;
    private final TraceStore store;
    private final SandboxStats stats;
    private final ThreadLocal<SegmentsBody> bodies = ThreadLocal.withInitial(SegmentsBody::new);

    PutSegments(
            SandboxConfig config,
            Faults faults,
            Arrivals arrivals,
            LoadRuns runs,
            TraceStore store,
            SandboxStats stats) {
        this.mode = config.documents();
        this.isKeepDocuments = config.isKeepDocuments();
        this.faults = faults;
        this.arrivals = arrivals;
        this.runs = runs;
        this.store = store;
        this.stats = stats;
    }

    /**
     * Reads a body and accepts its documents.
     *
     * @param fault what spoils the answer, or null
     * @param isStored whether the documents count as arrived
     * @return the answer's body
     */
    byte[] accept(byte[] bytes, int length, long arrivalMicros, @Nullable Fault fault, boolean isStored)
            throws ApiException {
        SegmentsBody body = bodies.get();
        boolean isUnprocessed = fault != null && fault.kind() == Fault.Kind.UNPROCESSED;
        boolean isDecode = isKeepDocuments || arrivals.hasListeners() || mode == DocumentMode.STRICT || isUnprocessed;
        body.read(bytes, length, isDecode);
        Fault throttle = faults.throttleFor(Operation.PUT_TRACE_SEGMENTS.apiName(), body.count());
        if (throttle != null) {
            throw new ApiException(
                    throttle.error().status(),
                    throttle.error().code(),
                    throttle.error().message());
        }
        if (!isStored) {
            return ALL_PROCESSED;
        }
        boolean[] isRefused = fault != null && isUnprocessed ? faults.unprocessed(fault, body.count()) : null;
        List<Object> unprocessed = isRefused == null && mode == DocumentMode.ACCEPT_ALL ? List.of() : new ArrayList<>();
        List<String> accepted = isDecode ? new ArrayList<>(body.count()) : List.of();
        for (int i = 0; i < body.count(); i++) {
            Map<String, Object> refusal = isDecode ? refusal(body.documents().get(i), fault, isRefused, i) : null;
            if (refusal != null) {
                unprocessed.add(refusal);
                refuse(body.documents().get(i), refusal, arrivalMicros);
                continue;
            }
            if (runs.isAny()) {
                runs.onDocument(bytes, body.startOf(i), length, arrivalMicros);
            }
            if (isDecode) {
                accepted.add(body.documents().get(i));
            }
        }
        if (isKeepDocuments) {
            accepted.forEach(document -> keep(document, arrivalMicros));
        }
        arrivals.tell(accepted, arrivalMicros);
        arrivals.count(body.count() - unprocessed.size());
        if (unprocessed.isEmpty()) {
            return ALL_PROCESSED;
        }
        stats.onUnprocessed(unprocessed.size());
        return Json.write(Map.of("UnprocessedTraceSegments", unprocessed));
    }

    /** Accepts one document that came without a request. */
    void acceptOne(String document, long arrivalMicros) {
        Map<String, Object> refusal = mode == DocumentMode.STRICT ? DocumentCheck.refusal(document) : null;
        if (refusal != null) {
            stats.onUnprocessed(1);
            refuse(document, refusal, arrivalMicros);
            return;
        }
        if (isKeepDocuments) {
            keep(document, arrivalMicros);
        }
        arrivals.tell(List.of(document), arrivalMicros);
        arrivals.count(1);
    }

    /** Accepts the documents that spans became; they come from OTLP and have been checked. */
    void acceptSpans(List<String> documents, long arrivalMicros) {
        if (isKeepDocuments) {
            documents.forEach(document -> store.add(document, arrivalMicros));
        }
        arrivals.tell(documents, arrivalMicros);
        arrivals.count(documents.size());
    }

    /** Keeps a document; what it carries as OpenTelemetry spans is kept as segments. */
    private void keep(String document, long arrivalMicros) {
        if (SpanDocuments.isTransported(document)) {
            try {
                SpanDocuments.ofTransported(document).documents().forEach(each -> store.add(each, arrivalMicros));
                return;
            } catch (OtlpDecoder.UnreadableException e) {
                // Every document is accepted: this one is kept as it is, and is in no trace.
            }
        }
        store.add(document, arrivalMicros);
    }

    private void refuse(String document, Map<String, Object> refusal, long arrivalMicros) {
        if (isKeepDocuments) {
            store.refuse(document, refusal, arrivalMicros);
        }
        arrivals.tellRefused(document, refusal, arrivalMicros);
    }

    private @Nullable Map<String, Object> refusal(
            String document, @Nullable Fault fault, boolean @Nullable [] isRefused, int index) {
        if (fault != null && isRefused != null && isRefused[index]) {
            List<Segment> segments = Segment.parse(document);
            String id = segments.isEmpty() || fault.unprocessed().hasNullIds()
                    ? null
                    : segments.get(0).id();
            return entry(id, fault.error().code(), fault.error().message());
        }
        return mode == DocumentMode.STRICT ? DocumentCheck.refusal(document) : null;
    }

    static Map<String, Object> entry(@Nullable String id, String errorCode, String message) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("Id", id == null ? null : Json.encodable(id));
        json.put("ErrorCode", errorCode);
        json.put("Message", message);
        return json;
    }
}
