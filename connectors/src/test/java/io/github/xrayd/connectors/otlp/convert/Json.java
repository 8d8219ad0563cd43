package io.github.xrayd.connectors.otlp.convert;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.dslplatform.json.DslJson;
import com.dslplatform.json.JsonReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON read by another reader than the converter's, and compared as JSON: 1.0 equals 1, and keys have no order. */
final class Json {
    private static final DslJson<Object> READER =
            new DslJson<>(new DslJson.Settings<>().unknownNumbers(JsonReader.UnknownNumberParsing.BIGDECIMAL));

    private Json() {}

    static @Nullable Object read(byte[] text) {
        try {
            // Behind one more level, since the reader does not take every value at the top.
            String wrapped = "{\"v\":" + new String(text, StandardCharsets.UTF_8) + "}";
            byte[] bytes = wrapped.getBytes(StandardCharsets.UTF_8);
            Map<?, ?> fields = READER.deserialize(Map.class, bytes, bytes.length);
            assertNotNull(fields);
            return normal(fields.get("v"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked")
    static Map<String, @Nullable Object> object(byte[] text) {
        Object value = read(text);
        assertNotNull(value);
        return (Map<String, @Nullable Object>) value;
    }

    static Map<String, @Nullable Object> object(String text) {
        return object(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The value at a path of keys, for example {@code http.request.url}; a number is an index. */
    static @Nullable Object at(@Nullable Object json, String path) {
        Object value = json;
        for (String key : path.split("/", -1)) {
            if (value instanceof Map<?, ?> fields) {
                value = fields.get(key);
            } else if (value instanceof List<?> elements) {
                value = elements.get(Integer.parseInt(key));
            } else {
                return null;
            }
        }
        return value;
    }

    /** The number at a path; −1 when there is none. */
    static int number(@Nullable Object json, String path) {
        return at(json, path) instanceof Number number ? number.intValue() : -1;
    }

    /** How many elements the array at a path has; −1 when there is none. */
    static int count(@Nullable Object json, String path) {
        return at(json, path) instanceof List<?> elements ? elements.size() : -1;
    }

    private static @Nullable Object normal(@Nullable Object value) {
        if (value instanceof Number number) {
            BigDecimal decimal = new BigDecimal(number.toString());
            return decimal.signum() == 0 ? BigDecimal.ZERO : decimal.stripTrailingZeros();
        }
        if (value instanceof Map<?, ?> fields) {
            Map<String, @Nullable Object> copy = new HashMap<>();
            fields.forEach((key, field) -> copy.put((String) key, normal(field)));
            return copy;
        }
        return value instanceof List<?> elements
                ? elements.stream().map(Json::normal).toList()
                : value;
    }
}
