package io.github.xrayd.cli;

import com.dslplatform.json.DslJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Reads what a daemon's pages and {@code --json} print. */
final class JsonInput {
    private JsonInput() {}

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
            throw new IOException("the daemon's answer is not a JSON object");
        }
        return object;
    }
}
