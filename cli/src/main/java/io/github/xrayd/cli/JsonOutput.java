package io.github.xrayd.cli;

import com.dslplatform.json.DslJson;
import com.dslplatform.json.JsonWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What {@code --json} prints: one object on one line, with names in camel case. */
final class JsonOutput {
    private JsonOutput() {}

    static String of(Map<String, Object> object) {
        try {
            DslJson<Object> json = new DslJson<>(new DslJson.Settings<>());
            JsonWriter writer = json.newWriter();
            json.serializeMap(object, writer);
            return writer.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads an object that a daemon's page gave.
     *
     * @throws IOException when it is none
     */
    @SuppressWarnings("unchecked") // an object's names are texts
    static Map<String, Object> read(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Map<String, Object> object =
                new DslJson<>(new DslJson.Settings<>()).deserialize(Map.class, bytes, bytes.length);
        if (object == null) {
            throw new IOException("the daemon's answer is no JSON object");
        }
        return object;
    }
}
