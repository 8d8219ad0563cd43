package io.github.xrayd.results;

import com.dslplatform.json.DslJson;
import com.dslplatform.json.JsonReader;
import com.dslplatform.json.ObjectConverter;
import com.dslplatform.json.PrettifyOutputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
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
            JsonReader<Object> reader = JSON.newReader(bytes);
            reader.getNextToken();
            Object value = ObjectConverter.deserializeObject(reader);
            if (type.isInstance(value)) {
                return type.cast(value);
            }
        } catch (IOException e) {
            throw new IOException(file + " is not JSON: " + e.getMessage(), e);
        }
        throw new IOException(file + " is not a JSON " + (type == List.class ? "array" : "object"));
    }
}
