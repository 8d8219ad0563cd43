package io.github.xrayd.engine.intake;

import com.dslplatform.json.DslJson;
import com.dslplatform.json.JsonReader;
import io.github.xrayd.engine.http.Response;
import io.github.xrayd.engine.json.JsonText;
import io.github.xrayd.engine.source.SlotSink;
import io.github.xrayd.engine.validate.DocumentParser;
import io.github.xrayd.engine.validate.JsonWalk;
import io.github.xrayd.engine.validate.Rejection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /TraceSegments}, as the X-Ray API's PutTraceSegments: signed or not, answered as the service answers (API
 * reference, "PutTraceSegments"). What is not taken stands in {@code UnprocessedTraceSegments} with a reason.
 *
 * <p>Documents must be JSON with a valid {@code trace_id}, or OpenTelemetry's {@code T1S…}; with strict validation all
 * that the daemon checks of datagrams' documents then.
 */
public final class TraceSegments implements IntakePath {
    /** Bytes of a document that the service publishes as its limit ("64 KB"). */
    static final int DOCUMENT_LENGTH_MAX = SlotSink.DOCUMENT_LENGTH_MAX;

    /** Documents of a request ("Exceeding maximum segment count: 50"). */
    private static final int DOCUMENTS_MAX = 50;

    private static final Set<Rejection> LENIENT = Set.of(Rejection.NOT_JSON, Rejection.TRACE_ID, Rejection.TOO_LARGE);

    private final DslJson<Object> json =
            new DslJson<>(new DslJson.Settings<>().errorInfo(JsonReader.ErrorInfo.MINIMAL));
    private final DocumentParser parser;
    private final boolean isStrict;

    /**
     * The path.
     *
     * @param isStrict whether documents are checked as {@code --validate document} checks them
     */
    public TraceSegments(boolean isStrict) {
        this.isStrict = isStrict;
        parser = new DocumentParser(isStrict ? DocumentParser.LENGTH_MAX : DOCUMENT_LENGTH_MAX);
    }

    @Override
    public String path() {
        return "/TraceSegments";
    }

    /** SDKs say application/json, older ones other things. */
    @Override
    public Set<String> mediaTypes() {
        return Set.of();
    }

    @Override
    public void rehearse() {
        TraceSegments other = new TraceSegments(isStrict);
        for (String body : List.of("{\"TraceSegmentDocuments\":[\"{\\\"id\\\":\\\"1\\\"}\"]}", "x")) {
            try {
                other.read("", body.getBytes(StandardCharsets.UTF_8));
            } catch (UnreadableException e) {
                other.refusal("", e.status(), String.valueOf(e.getMessage()));
            }
        }
    }

    @Override
    public Submission read(String mediaType, byte[] body) throws UnreadableException {
        List<byte[]> documents = new ArrayList<>();
        List<Submission.TurnedAway> turnedAway = new ArrayList<>();
        List<Map<String, @Nullable Object>> unprocessed = new ArrayList<>();
        for (String text : texts(body)) {
            byte[] document = text.getBytes(StandardCharsets.UTF_8);
            Rejection rejection = check(document);
            if (rejection == null) {
                documents.add(document);
            } else {
                turnedAway.add(new Submission.TurnedAway(rejection.counter(), 1, document.length));
                Map<String, @Nullable Object> entry = new LinkedHashMap<>();
                entry.put("Id", rejection == Rejection.TOO_LARGE ? null : parser.lastId());
                entry.put("ErrorCode", code(rejection));
                entry.put("Message", rejection.message());
                unprocessed.add(entry);
            }
        }
        return new Submission(
                documents,
                turnedAway,
                answer(200, JsonText.bytes(Map.of("UnprocessedTraceSegments", unprocessed)), null));
    }

    private @Nullable Rejection check(byte[] document) {
        if (document.length == 0) {
            return Rejection.NO_DOCUMENT;
        }
        Rejection rejection = parser.check(new UnsafeBuffer(document), 0, document.length);
        return rejection == null || isStrict || LENIENT.contains(rejection) ? rejection : null;
    }

    /** Codes that the service was seen to use. */
    private static String code(Rejection rejection) {
        return switch (rejection) {
            case NOT_JSON, NO_DOCUMENT -> "ParseError";
            case TRACE_ID -> "InvalidTraceId";
            default -> "InvalidSegment";
        };
    }

    private List<String> texts(byte[] body) throws UnreadableException {
        try {
            JsonReader<Object> reader = json.newReader(body);
            if (reader.getNextToken() != '{') {
                throw new UnreadableException("The body is not a JSON object.");
            }
            List<String> texts = null;
            byte token = reader.getNextToken();
            while (token != '}') {
                if (token != '"') {
                    throw new UnreadableException("The body is not well-formed JSON.");
                }
                String key = reader.readString();
                if (reader.getNextToken() != ':') {
                    throw new UnreadableException("The body is not well-formed JSON.");
                }
                token = reader.getNextToken();
                if (key.equals("TraceSegmentDocuments") && token != 'n') {
                    texts = list(reader, token);
                } else {
                    JsonWalk.value(reader, 1);
                }
                token = reader.getNextToken();
                if (token == ',') {
                    token = reader.getNextToken();
                } else if (token != '}') {
                    throw new UnreadableException("The body is not well-formed JSON.");
                }
            }
            if (!JsonWalk.isBlank(body, reader.getCurrentIndex(), body.length)) {
                throw new UnreadableException("Something follows the body's JSON object.");
            }
            if (texts == null) {
                throw new UnreadableException("The body has no TraceSegmentDocuments, which is a list of strings.");
            }
            return texts;
        } catch (IOException | RuntimeException e) {
            // Bad input is a verdict, whatever the parser calls it.
            throw new UnreadableException("The body is not well-formed JSON.");
        }
    }

    private static List<String> list(JsonReader<Object> reader, byte first) throws IOException, UnreadableException {
        if (first != '[') {
            throw new UnreadableException("TraceSegmentDocuments is not a list of strings.");
        }
        List<String> texts = new ArrayList<>();
        byte token = reader.getNextToken();
        while (token != ']') {
            if (token != '"') {
                throw new UnreadableException(
                        "TraceSegmentDocuments is not a list of strings: each document is a string.");
            }
            if (texts.size() == DOCUMENTS_MAX) {
                throw new UnreadableException("Exceeding maximum segment count: " + DOCUMENTS_MAX);
            }
            texts.add(reader.readString());
            token = reader.getNextToken();
            if (token == ',') {
                token = reader.getNextToken();
            } else if (token != ']') {
                throw new UnreadableException("TraceSegmentDocuments is not well-formed.");
            }
        }
        return texts;
    }

    @Override
    public Response refusal(String mediaType, int status, String message) {
        String type =
                switch (status) {
                    case 429 -> "ThrottledException";
                    case 503 -> "ServiceUnavailableException";
                    default -> "InvalidRequestException";
                };
        return answer(status, JsonText.bytes(Map.of("__type", type, "Message", message, "message", message)), type);
    }

    private static Response answer(int status, byte[] body, @Nullable String errorType) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        headers.put("Content-Type", List.of("application/json"));
        headers.put("x-amzn-RequestId", List.of(UUID.randomUUID().toString()));
        if (errorType != null) {
            headers.put("x-amzn-ErrorType", List.of(errorType));
        }
        return new Response(status, headers, body);
    }
}
