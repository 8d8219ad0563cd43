package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.client.HttpReply;
import io.github.xrayd.engine.client.ServiceError;
import io.github.xrayd.engine.export.Unprocessed;
import io.github.xrayd.engine.json.ForeignJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads what the X-Ray API answered, and tells its answers from those of gateways and proxies on the way. Stateless,
 * any thread.
 *
 * <p>The service marks each answer with an {@code x-amzn-} header, and its errors with a code, there or in the JSON
 * body. An answer with neither is somebody else's.
 */
final class ReplyReader {
    private static final byte[] ALL_PROCESSED = "{\"UnprocessedTraceSegments\":[]}".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EMPTY_OBJECT = "{}".getBytes(StandardCharsets.US_ASCII);
    private static final String UNPROCESSED = "UnprocessedTraceSegments";
    private static final String MARK = "x-amzn-";

    private ReplyReader() {}

    /**
     * An answer that is not a success.
     *
     * @param requestId the service's number for the call, or an empty string
     * @param isFromService whether the service wrote it, not a gateway
     */
    record Failure(ServiceError error, String requestId, boolean isFromService) {}

    /** Whether this says that everything was taken, in the words the service uses. */
    static boolean isPlainSuccess(HttpReply reply) {
        return reply.status() == 200
                && (Arrays.equals(reply.body(), ALL_PROCESSED) || Arrays.equals(reply.body(), EMPTY_OBJECT));
    }

    /** Whether the body is a JSON object, as every answer of the API is. */
    static boolean isObject(HttpReply reply) {
        try {
            return ForeignJson.value(reply.body()) instanceof Map<?, ?>;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * What a success left unprocessed.
     *
     * @throws IOException when this is not a success of the service, so nothing can be taken for delivered: another
     *     2xx, an empty body or other JSON without the service's mark, or no JSON at all
     */
    static List<Unprocessed> unprocessed(HttpReply reply) throws IOException {
        if (reply.status() != 200) {
            throw new IOException("unexpected status " + reply.status());
        }
        String text = new String(reply.body(), StandardCharsets.ISO_8859_1).strip();
        if (text.isEmpty()) {
            String length = reply.header("Content-Length");
            if (hasMark(reply) && length != null && length.strip().equals("0")) {
                return List.of();
            }
            throw new IOException("unexpected end of JSON input");
        }
        if (text.charAt(0) != '{') {
            char found = text.charAt(0);
            throw new IOException(
                    "invalid character '" + (found < 0x7f ? found : '?') + "' looking for beginning of value");
        }
        Map<?, ?> body = ForeignJson.object(reply.body());
        Object entries = body.get(UNPROCESSED);
        if (entries == null) {
            if (!body.isEmpty() && !body.containsKey(UNPROCESSED) && !hasMark(reply)) {
                throw new IOException("no " + UNPROCESSED + ": it is not from X-Ray");
            }
            return List.of();
        }
        if (!(entries instanceof List<?> list)) {
            throw new IOException(UNPROCESSED + " is not an array");
        }
        List<Unprocessed> unprocessed = new ArrayList<>();
        for (Object entry : list) {
            if (!(entry instanceof Map<?, ?> fields)) {
                throw new IOException(UNPROCESSED + " holds what is not an object");
            }
            unprocessed.add(new Unprocessed(
                    ServiceError.text(fields, "Id"),
                    ServiceError.text(fields, "ErrorCode"),
                    ServiceError.text(fields, "Message")));
        }
        return unprocessed;
    }

    /** Reads an answer that is not a success; never fails. */
    static Failure failure(HttpReply reply) {
        ServiceError error = ServiceError.of(reply);
        String id = reply.header("x-amzn-RequestId");
        return new Failure(error, id == null ? "" : id, error.code() != null || hasMark(reply));
    }

    private static boolean hasMark(HttpReply reply) {
        return reply.headers().keySet().stream()
                .anyMatch(name -> name != null && name.toLowerCase(Locale.ROOT).startsWith(MARK));
    }
}
