package io.github.xrayd.engine.json;

import com.dslplatform.json.DslJson;
import com.dslplatform.json.JsonWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes JSON objects of strings, numbers, booleans, nulls, and lists and maps of them, on one line. Thread-safe. */
public final class JsonText {
    private static final DslJson<Object> JSON = new DslJson<>(new DslJson.Settings<>());

    private JsonText() {}

    /** {@code {"message": …}}. */
    public static byte[] message(String message) {
        return bytes(Map.of("message", message));
    }

    /** An object, as UTF-8. */
    public static byte[] bytes(Map<String, ? extends @Nullable Object> object) {
        JsonWriter writer = JSON.newWriter(256);
        try {
            JSON.serialize(writer, object);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return writer.toByteArray();
    }

    /** An object, as text. */
    public static String of(Map<String, ? extends @Nullable Object> object) {
        return new String(bytes(object), StandardCharsets.UTF_8);
    }
}
