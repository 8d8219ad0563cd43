package io.github.xrayd.engine.json;

import com.dslplatform.json.DslJson;
import com.dslplatform.json.JsonReader;
import com.dslplatform.json.ObjectConverter;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON that somebody else wrote: answers of services and gateways, documents of clients.
 *
 * <p>Nesting deeper than {@value #DEPTH_MAX} and more than {@value #VALUES_MAX} values are refused before anything is
 * parsed: so no input can exhaust a thread's stack, as the threads that make calls have 256 KiB, nor the heap, where an
 * empty object of three bytes takes twenty times as much. Stateless, any thread.
 */
public final class ForeignJson {
    /** The most objects and arrays that may be open at once. */
    public static final int DEPTH_MAX = 128;

    /** The most objects, arrays and other values; a document of 64 KB has less, and so have the service's answers. */
    public static final int VALUES_MAX = 8_192;

    private static final DslJson<Object> JSON = new DslJson<>(new DslJson.Settings<>()
            .errorInfo(JsonReader.ErrorInfo.MINIMAL)
            .unknownNumbers(JsonReader.UnknownNumberParsing.DOUBLE));

    private ForeignJson() {}

    /**
     * The value that {@code bytes} hold: a map, a list, a string, a number, a boolean or null.
     *
     * @throws IOException when they are not one whole JSON value, or it is nested too deeply or has too many values;
     *     the message says what is wrong
     */
    public static @Nullable Object value(byte[] bytes) throws IOException {
        check(bytes);
        JsonReader<Object> reader = JSON.newReader(bytes);
        try {
            reader.getNextToken();
            Object value = ObjectConverter.deserializeObject(reader);
            for (int i = reader.getCurrentIndex(); i < bytes.length; i++) {
                if (!isBlank(bytes[i])) {
                    throw new IOException("invalid character after top-level value");
                }
            }
            return value;
        } catch (RuntimeException e) {
            // Bad input is a verdict, whatever the parser calls it.
            throw new IOException("not JSON: " + e.getMessage(), e);
        }
    }

    /**
     * The object that {@code bytes} hold; an empty one when they hold another value.
     *
     * @throws IOException as {@link #value}
     */
    public static Map<?, ?> object(byte[] bytes) throws IOException {
        return value(bytes) instanceof Map<?, ?> map ? map : Map.of();
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\r' || b == '\n';
    }

    private static void check(byte[] bytes) throws IOException {
        int depth = 0;
        int values = 1;
        boolean isInString = false;
        boolean isEscaped = false;
        for (byte b : bytes) {
            if (isInString) {
                isInString = isEscaped || b != '"';
                isEscaped = !isEscaped && b == '\\';
            } else if (b == '"') {
                isInString = true;
            } else if (b == '{' || b == '[') {
                depth++;
                values++;
                if (depth > DEPTH_MAX) {
                    throw new IOException("nested deeper than " + DEPTH_MAX);
                }
            } else if (b == '}' || b == ']') {
                depth--;
            } else if (b == ',') {
                values++;
            }
            if (values > VALUES_MAX) {
                throw new IOException("more than " + VALUES_MAX + " values");
            }
        }
    }
}
