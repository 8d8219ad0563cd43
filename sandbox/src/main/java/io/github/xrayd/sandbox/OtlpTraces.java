package io.github.xrayd.sandbox;

import com.sun.net.httpserver.Headers;
import io.github.xrayd.connectors.otlp.convert.ExportResponse;
import io.github.xrayd.connectors.otlp.convert.OtlpDecoder.UnreadableException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * Takes traces by OTLP/HTTP, as AWS's own endpoint does at the same path: protobuf or JSON, compressed with gzip or
 * not. What comes in one form is answered in it. The forms, {@code partial_success} and the status of errors are those
 * of the OpenTelemetry protocol's specification, 1.7, section OTLP/HTTP. Thread-safe.
 */
final class OtlpTraces {
    private static final String PROTOBUF = "application/x-protobuf";
    private static final String JSON = "application/json";

    /** Codes of {@code google.rpc.Status}: INVALID_ARGUMENT, PERMISSION_DENIED, UNAVAILABLE. */
    private static final int INVALID_ARGUMENT = 3;

    private static final int PERMISSION_DENIED = 7;
    private static final int UNAVAILABLE = 14;

    private final int bytesMax;
    private final PutSegments putSegments;

    /**
     * @param bytesMax the largest request, in bytes, decompressed
     * @param putSegments takes the segments that the spans become
     */
    OtlpTraces(int bytesMax, PutSegments putSegments) {
        this.bytesMax = bytesMax;
        this.putSegments = putSegments;
    }

    /**
     * Reads a request and accepts its spans.
     *
     * @param isStored whether the spans count as arrived
     */
    ApiReply accept(Headers headers, byte[] body, int length, long arrivalMicros, boolean isStored)
            throws ApiException {
        String type = contentType(headers);
        boolean isJson = type.equals(JSON);
        if (!isJson && !type.equals(PROTOBUF)) {
            throw new ApiException(
                    415,
                    "UnsupportedMediaTypeException",
                    "Content-Type must be " + PROTOBUF + " or " + JSON + ", not "
                            + (type.isEmpty() ? "missing" : TerminalText.harmless(type, 60)));
        }
        byte[] request = decompressed(headers, body, length);
        SpanDocuments spans;
        try {
            spans = isJson ? SpanDocuments.ofJson(request) : SpanDocuments.ofProtobuf(request);
        } catch (UnreadableException e) {
            throw ApiException.invalidRequest("The body is no ExportTraceServiceRequest: " + e.getMessage());
        }
        if (isStored) {
            putSegments.acceptSpans(spans.documents(), arrivalMicros);
        }
        String reason = spans.refused() == 0
                ? ""
                : spans.refused() + " spans have no valid trace id and span id, or are longer than a segment may be";
        ExportResponse response = new ExportResponse(spans.refused(), reason);
        return ApiReply.of(200, type, isJson ? response.toJson() : response.toProtobuf());
    }

    /** The answer to a request that is refused: a {@code google.rpc.Status} in the request's form. */
    static ApiReply refuse(Headers headers, ApiException e) {
        boolean isJson = contentType(headers).equals(JSON);
        int code = e.status() == 401 || e.status() == 403
                ? PERMISSION_DENIED
                : e.status() == 429 || e.status() >= 500 ? UNAVAILABLE : INVALID_ARGUMENT;
        byte[] body = ExportResponse.status(code, Json.encodable(e.text()), isJson);
        return ApiReply.of(e.status(), isJson ? JSON : PROTOBUF, body).withErrorCode(e.code());
    }

    private static String contentType(Headers headers) {
        String value = headers.getFirst("Content-Type");
        if (value == null) {
            return "";
        }
        int parameters = value.indexOf(';');
        return (parameters < 0 ? value : value.substring(0, parameters)).strip().toLowerCase(Locale.ROOT);
    }

    private byte[] decompressed(Headers headers, byte[] body, int length) throws ApiException {
        String encoding = headers.getFirst("Content-Encoding");
        if (encoding == null || encoding.isBlank() || encoding.equalsIgnoreCase("identity")) {
            return Arrays.copyOf(body, length);
        }
        if (!encoding.equalsIgnoreCase("gzip")) {
            throw new ApiException(
                    415,
                    "UnsupportedMediaTypeException",
                    "Content-Encoding must be gzip, not " + TerminalText.harmless(encoding, 40));
        }
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body, 0, length))) {
            byte[] bytes = in.readNBytes(bytesMax + 1);
            if (bytes.length > bytesMax) {
                throw new ApiException(
                        413, "RequestEntityTooLargeException", "The request has more than " + bytesMax + " bytes");
            }
            return bytes;
        } catch (IOException e) {
            throw ApiException.invalidRequest("The body is not gzip: " + e.getMessage());
        }
    }
}
