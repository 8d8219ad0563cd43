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
 * <p>Nesting deeper than {@value #DEPTH_MAX} is refused before anything is parsed, so that no input can exhaust a
 * thread's stack; the threads that make calls have 256 KiB. Stateless, any thread.
 */
public final class ForeignJson {
    /** The most objects and arrays that may be open at once. */
    public static final int DEPTH_MAX = 128;

    private static final DslJson<Object> JSON = new DslJson<>(new DslJson.Settings<>()
            .errorInfo(JsonReader.ErrorInfo.MINIMAL)
            .unknownNumbers(JsonReader.UnknownNumberParsing.DOUBLE));

    private ForeignJson() {}

    /**
     * The value that {@code bytes} hold: a map, a list, a string, a number, a boolean or null.
     *
     * @throws IOException when they are not one whole JSON value, or it is nested too deeply; the message says what is
     *     wrong
     */
    public static @Nullable Object value(byte[] bytes) throws IOException {
        if (isTooDeep(bytes)) {
            throw new IOException("nested deeper than " + DEPTH_MAX);
        }
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

    private static boolean isTooDeep(byte[] bytes) {
        int depth = 0;
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
                if (depth > DEPTH_MAX) {
                    return true;
                }
            } else if (b == '}' || b == ']') {
                depth--;
            }
        }
        return false;
    }
}
