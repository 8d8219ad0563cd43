package io.github.xrayd.connectors.otlp;

import io.github.xrayd.connectors.otlp.convert.ExportResponse;
import io.github.xrayd.connectors.otlp.convert.OtlpDecoder;
import io.github.xrayd.connectors.otlp.convert.OtlpDocuments;
import io.github.xrayd.connectors.otlp.convert.OtlpEncoder;
import io.github.xrayd.connectors.otlp.convert.OtlpJson;
import io.github.xrayd.connectors.otlp.convert.RequestSplitter;
import io.github.xrayd.engine.http.Response;
import io.github.xrayd.engine.intake.IntakePath;
import io.github.xrayd.engine.intake.Submission;
import io.github.xrayd.engine.intake.UnreadableException;
import io.github.xrayd.engine.telemetry.Counter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code POST /v1/traces}: OTLP/HTTP, protobuf or JSON (OpenTelemetry protocol specification 1.x, "OTLP/HTTP"). Spans
 * become {@code T1S} documents, as ADOT's exporter sends them. Spans that cannot are reported in
 * {@code partial_success} and counted as rejected documents.
 */
public final class OtlpIntake implements IntakePath {
    private static final String PROTOBUF = "application/x-protobuf";
    private static final String JSON = "application/json";

    /**
     * Bytes of a JSON body: 2 MB with the daemon's heap of 64 MB, of which its spans may take a few times as much while
     * they are read.
     */
    static final int JSON_BYTES_MAX =
            (int) Math.min(2 << 20, Runtime.getRuntime().maxMemory() / 32);

    /** Bytes of all documents of one request: twice the longest body. */
    static final int DOCUMENTS_BYTES_MAX = 4 * JSON_BYTES_MAX;

    /** Codes of {@code google.rpc.Status}. */
    private static final int INVALID_ARGUMENT = 3;

    private static final int RESOURCE_EXHAUSTED = 8;
    private static final int UNAVAILABLE = 14;

    /** A span with ids and one without. */
    static final byte[] REHEARSED_JSON = ("{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"k\",\"value\":"
                    + "{\"stringValue\":\"v\"}}]},\"scopeSpans\":[{\"scope\":{\"name\":\"s\"},\"spans\":[{},{\"traceId\":"
                    + "\"00000000000000000000000000000001\",\"spanId\":\"0000000000000001\",\"events\":[{}],\"links\":[{}],"
                    + "\"status\":{\"code\":2}}]}]}]}")
            .getBytes(StandardCharsets.UTF_8);

    /**
     * The same as protobuf, with a resource that has no attribute: fields 1, 2, 2 and 2 within each other, and two ids.
     */
    static final byte[] REHEARSED = {
        10, 36, 10, 0, 18, 32, 18, 0, 18, 28, 10, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 18, 8, 0, 0, 0, 0,
        0, 0, 0, 1
    };

    private final RequestSplitter splitter = new RequestSplitter(DOCUMENTS_BYTES_MAX);

    @Override
    public String path() {
        return "/v1/traces";
    }

    @Override
    public Set<String> mediaTypes() {
        return Set.of(PROTOBUF, JSON);
    }

    @Override
    public void rehearse() {
        OtlpIntake other = new OtlpIntake();
        for (String type : mediaTypes()) {
            for (byte[] body : List.of(type.equals(JSON) ? REHEARSED_JSON : REHEARSED, new byte[] {-1})) {
                try {
                    other.read(type, body);
                } catch (UnreadableException e) {
                    other.refusal(type, e.status(), String.valueOf(e.getMessage()));
                }
            }
        }
    }

    @Override
    public Submission read(String mediaType, byte[] body) throws UnreadableException {
        boolean isJson = mediaType.equals(JSON);
        if (isJson && body.length > JSON_BYTES_MAX) {
            throw new UnreadableException(
                    413,
                    "The JSON is longer than " + JSON_BYTES_MAX + " bytes. Send fewer spans at once, or protobuf.");
        }
        int invalidJson = 0;
        List<byte[]> documents;
        try {
            byte[] request = body;
            if (isJson) {
                OtlpJson json = new OtlpJson();
                request = new OtlpEncoder().request(json.request(body, body.length));
                invalidJson = json.refusedSpans();
            }
            documents = splitter.documents(request, OtlpDocuments.LENGTH_MAX);
        } catch (OtlpDecoder.UnreadableException e) {
            throw new UnreadableException("The body is not an ExportTraceServiceRequest in "
                    + (isJson ? "JSON: " : "protobuf: ") + e.getMessage());
        } catch (RequestSplitter.TooMuchException e) {
            throw new UnreadableException(413, String.valueOf(e.getMessage()));
        }
        int invalid = invalidJson + splitter.invalidSpans();
        int tooLong = splitter.longSpans();
        List<Submission.TurnedAway> turnedAway = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        if (invalid > 0) {
            turnedAway.add(new Submission.TurnedAway(Counter.REJECTED_ID, invalid, splitter.invalidBytes()));
            reasons.add(invalid + " spans have no valid trace id and span id");
        }
        if (tooLong > 0) {
            turnedAway.add(new Submission.TurnedAway(Counter.REJECTED_TOO_LARGE, tooLong, splitter.longBytes()));
            reasons.add(tooLong + " spans are longer than an X-Ray document of " + OtlpDocuments.LENGTH_MAX
                    + " bytes holds");
        }
        ExportResponse response = new ExportResponse(invalid + tooLong, String.join("; ", reasons));
        return new Submission(
                documents, turnedAway, answer(200, isJson, isJson ? response.toJson() : response.toProtobuf()));
    }

    @Override
    public Response refusal(String mediaType, int status, String message) {
        boolean isJson = mediaType.equals(JSON);
        int code =
                switch (status) {
                    case 429 -> RESOURCE_EXHAUSTED;
                    case 503 -> UNAVAILABLE;
                    default -> INVALID_ARGUMENT;
                };
        return answer(status, isJson, ExportResponse.status(code, message, isJson));
    }

    private static Response answer(int status, boolean isJson, byte[] body) {
        return new Response(status, Map.of("Content-Type", List.of(isJson ? JSON : PROTOBUF)), body);
    }
}
