package io.github.xrayd.results;

import com.dslplatform.json.DslJson;
import com.dslplatform.json.PrettifyOutputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes maps, lists, strings and numbers as indented JSON files, and reads JSON files as such. */
public final class JsonFiles {
    private static final DslJson<Object> JSON = new DslJson<>();

    private JsonFiles() {}

    /** Replaces a file by the JSON of a value. */
    public static void write(Path file, Object value) throws IOException {
        try (OutputStream output = new BufferedOutputStream(Files.newOutputStream(file));
                PrettifyOutputStream pretty = new PrettifyOutputStream(output)) {
            JSON.serialize(value, pretty);
            output.write('\n');
        }
    }

    /**
     * Reads a file that holds one JSON object.
     *
     * @throws IOException when it cannot be read or holds something else, naming the file
     */
    public static Map<?, ?> readObject(Path file) throws IOException {
        return read(file, Map.class);
    }

    /**
     * Reads a file that holds one JSON array.
     *
     * @throws IOException when it cannot be read or holds something else, naming the file
     */
    public static List<?> readArray(Path file) throws IOException {
        return read(file, List.class);
    }

    private static <T> T read(Path file, Class<T> type) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try {
            T value = JSON.deserialize(type, bytes, bytes.length);
            if (value != null) {
                return value;
            }
        } catch (IOException | ClassCastException e) {
            throw new IOException(file + " is not the JSON that was expected: " + e.getMessage(), e);
        }
        throw new IOException(file + " is empty: " + new String(bytes, StandardCharsets.UTF_8).strip());
    }
}
