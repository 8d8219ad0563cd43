package io.github.xrayd.engine.validate;

import com.dslplatform.json.DslJson;
import com.dslplatform.json.JsonReader;
import com.dslplatform.json.NumberConverter;
import java.io.IOException;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Checks a document as X-Ray's developer guide describes segments ("AWS X-Ray segment documents"): well-formed JSON,
 * trace id, id, name, times, size; for {@code --validate document}.
 *
 * <p>An array is taken as an array of subsegments, each checked. {@code T1S…} and {@code T1U…}, OpenTelemetry's own
 * encoding behind the same header, are accepted as they are. Allocates (dsl-json makes a string of each name and text),
 * which is why it is not the default. Not thread-safe: one per validator.
 */
public final class DocumentParser {
    /** The developer guide's "64 kB", in bytes. */
    public static final int LENGTH_MAX = 64_000;

    private static final int NAME_LENGTH_MAX = 200;

    private final JsonReader<Object> reader =
            new DslJson<>(new DslJson.Settings<>().errorInfo(JsonReader.ErrorInfo.MINIMAL)).newReader();
    private final byte[] document = new byte[1 << 16];
    private final int lengthMax;
    private @Nullable Rejection rejection;
    private @Nullable String id;

    /** A parser of documents within the developer guide's limit. */
    DocumentParser() {
        this(LENGTH_MAX);
    }

    /**
     * A parser with another limit.
     *
     * @param lengthMax bytes of the longest document, at most 65,536
     */
    public DocumentParser(int lengthMax) {
        this.lengthMax = lengthMax;
    }

    /**
     * Why the document is rejected, or null when it is a segment.
     *
     * @param length its bytes
     */
    public @Nullable Rejection check(DirectBuffer datagram, int offset, int length) {
        id = null;
        if (length > lengthMax) {
            return Rejection.TOO_LARGE;
        }
        datagram.getBytes(offset, document, 0, length);
        if (isOpenTelemetry(length)) {
            return null;
        }
        rejection = null;
        try {
            reader.process(document, length);
            byte token = reader.getNextToken();
            if (token == '{') {
                segment();
            } else if (token == '[') {
                array();
            } else {
                return Rejection.NOT_JSON;
            }
        } catch (IOException | RuntimeException e) {
            // Bad input is a verdict, whatever the parser calls it.
            return Rejection.NOT_JSON;
        }
        return JsonWalk.isBlank(document, reader.getCurrentIndex(), length) ? rejection : Rejection.NOT_JSON;
    }

    /** The {@code id} of the document that was checked last, or null when it has none. */
    public @Nullable String lastId() {
        return id;
    }

    private boolean isOpenTelemetry(int length) {
        return length > 3 && document[0] == 'T' && document[1] == '1' && (document[2] == 'S' || document[2] == 'U');
    }

    private void array() throws IOException {
        byte token = reader.getNextToken();
        if (token == ']') {
            reject(Rejection.ID);
            return;
        }
        while (token == '{') {
            segment();
            token = reader.getNextToken();
            if (token == ']') {
                return;
            }
            if (token != ',') {
                break;
            }
            token = reader.getNextToken();
        }
        throw new IOException("not an array of objects");
    }

    /** Reads the object behind the brace just read, noting what it lacks. */
    private void segment() throws IOException {
        boolean hasTraceId = false;
        boolean hasId = false;
        boolean hasName = false;
        boolean hasStart = false;
        boolean hasEnd = false;
        byte token = reader.getNextToken();
        while (token != '}') {
            if (token != '"') {
                throw new IOException("not a key");
            }
            String key = reader.readString();
            if (reader.getNextToken() != ':') {
                throw new IOException("no colon");
            }
            token = reader.getNextToken();
            switch (key) {
                case "trace_id" -> hasTraceId = isTraceId(text(token));
                case "id" -> {
                    String text = text(token);
                    hasId = isHex(text, 0, 16);
                    id = id == null ? text : id;
                }
                case "name" -> hasName = isName(text(token));
                case "start_time" -> hasStart = isTime(token);
                case "end_time" -> hasEnd |= isTime(token);
                case "in_progress" -> hasEnd |= isTrue(token);
                default -> JsonWalk.value(reader, 1);
            }
            token = reader.getNextToken();
            if (token == ',') {
                token = reader.getNextToken();
                if (token != '"') {
                    throw new IOException("not a key");
                }
            } else if (token != '}') {
                throw new IOException("not closed");
            }
        }
        if (!hasTraceId) {
            reject(Rejection.TRACE_ID);
        } else if (!hasId) {
            reject(Rejection.ID);
        } else if (!hasName) {
            reject(Rejection.NAME);
        } else if (!hasStart || !hasEnd) {
            reject(Rejection.TIME);
        }
    }

    private void reject(Rejection reason) {
        if (rejection == null) {
            rejection = reason;
        }
    }

    private String text(byte token) throws IOException {
        if (token == '"') {
            return reader.readString();
        }
        JsonWalk.value(reader, 1);
        return "";
    }

    private boolean isTime(byte token) throws IOException {
        if (token == '-' || (token >= '0' && token <= '9')) {
            double seconds = NumberConverter.deserializeDouble(reader);
            return seconds >= 0 && Double.isFinite(seconds);
        }
        JsonWalk.value(reader, 1);
        return false;
    }

    private boolean isTrue(byte token) throws IOException {
        JsonWalk.value(reader, 1);
        return token == 't';
    }

    private static boolean isName(String name) {
        return !name.isEmpty() && name.codePointCount(0, name.length()) <= NAME_LENGTH_MAX;
    }

    /** {@code 1-<8 hex>-<24 hex>}, or the 32 hex digits that the SDKs send for W3C trace ids. */
    private static boolean isTraceId(String id) {
        return id.length() == 32
                ? isHex(id, 0, 32)
                : id.length() == 35
                        && id.startsWith("1-")
                        && id.charAt(10) == '-'
                        && isHex(id.substring(0, 10), 2, 10)
                        && isHex(id, 11, 35);
    }

    private static boolean isHex(String text, int from, int to) {
        if (text.length() != to) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (Character.digit(text.charAt(i), 16) < 0 || text.charAt(i) > 'f') {
                return false;
            }
        }
        return true;
    }
}
