package io.github.xrayd.engine.intake;

import com.dslplatform.json.DslJson;
import com.dslplatform.json.JsonWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes small JSON objects. Thread-safe. */
final class JsonText {
    private static final DslJson<Object> JSON = new DslJson<>();

    private JsonText() {}

    /** {@code {"message": …}}. */
    static byte[] message(String message) {
        return of(Map.of("message", message));
    }

    /** An object of strings, numbers, nulls, and lists and maps of them. */
    static byte[] of(Map<String, ? extends @Nullable Object> object) {
        JsonWriter writer = JSON.newWriter(256);
        if (!JSON.serialize(writer, Map.class, object)) {
            throw new IllegalStateException("no JSON for " + object);
        }
        return writer.toByteArray();
    }
}
