package io.github.xrayd.sandbox;

import com.dslplatform.json.DslJson;
import com.dslplatform.json.JsonReader;
import com.dslplatform.json.JsonWriter;
import com.dslplatform.json.ObjectConverter;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads JSON into maps, lists and values, and writes them back, by dsl-json; bounded in depth. */
final class Json {
    /** The deepest nesting that is read; deeper documents are refused before the recursive reader sees them. */
    static final int DEPTH_MAX = 200;

    private static final DslJson<Object> DSL = new DslJson<>(new DslJson.Settings<>());

    private Json() {}

    /** The bytes are not JSON; the message says where. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message, null, false, false);
        }
    }

    static JsonReader<Object> newReader() {
        return DSL.newReader(new byte[64]);
    }

    static @Nullable Object parse(String text) throws MalformedException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return parse(bytes, bytes.length);
    }

    /** The one value that the first {@code length} bytes hold: a map, a list, a string, a number, a boolean or null. */
    static @Nullable Object parse(byte[] bytes, int length) throws MalformedException {
        requireShallow(bytes, length);
        try {
            JsonReader<Object> reader = DSL.newReader(bytes, length);
            reader.getNextToken();
            Object value = ObjectConverter.deserializeObject(reader);
            for (int i = reader.getCurrentIndex(); i < length; i++) {
                if (bytes[i] > ' ') {
                    throw new MalformedException("Unexpected text after the JSON value at byte " + i);
                }
            }
            return value;
        } catch (IOException e) {
            throw new MalformedException(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            // dsl-json runs over the end of its buffer when the text ends within a UTF-8 sequence.
            throw new MalformedException("Unreadable JSON");
        }
    }

    /** The JSON object that the bytes hold; an empty body counts as an empty object, as for the service. */
    static Map<String, Object> parseObject(byte[] bytes, int length) throws MalformedException {
        if (length == 0) {
            return Map.of();
        }
        if (parse(bytes, length) instanceof Map<?, ?> map) {
            return asMap(map);
        }
        throw new MalformedException("Expected a JSON object");
    }

    @SuppressWarnings("unchecked") // dsl-json's maps have string keys.
    private static Map<String, Object> asMap(Map<?, ?> map) {
        return (Map<String, Object>) map;
    }

    private static void requireShallow(byte[] bytes, int length) throws MalformedException {
        int depth = 0;
        boolean isInString = false;
        for (int i = 0; i < length; i++) {
            byte b = bytes[i];
            if (isInString) {
                if (b == '\\') {
                    i++;
                } else if (b == '"') {
                    isInString = false;
                }
            } else if (b == '"') {
                isInString = true;
            } else if (b == '{' || b == '[') {
                if (++depth > DEPTH_MAX) {
                    throw new MalformedException("Nested deeper than " + DEPTH_MAX + " levels at byte " + i);
                }
            } else if (b == '}' || b == ']') {
                depth--;
            }
        }
    }

    static byte[] write(Object value) {
        JsonWriter writer = DSL.newWriter();
        try {
            DSL.serialize(writer, value);
            return writer.toByteArray();
        } catch (IOException e) {
            throw new IllegalStateException("Cannot write " + value.getClass(), e);
        }
    }

    static String writeText(Object value) {
        return new String(write(value), StandardCharsets.UTF_8);
    }

    /**
     * The text with each lone surrogate replaced by U+FFFD, because UTF-8 has no bytes for one and dsl-json refuses it.
     */
    static String encodable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (Character.isHighSurrogate(text.charAt(i))
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1))) {
                    i++;
                } else {
                    return replaceLoneSurrogates(text);
                }
            }
        }
        return text;
    }

    private static String replaceLoneSurrogates(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints()
                .forEach(c ->
                        out.appendCodePoint(c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c));
        return out.toString();
    }

    /** Epoch seconds as the service writes them: a plain decimal, to the microsecond. */
    static BigDecimal seconds(double epochSeconds) {
        return BigDecimal.valueOf(epochSeconds).setScale(6, RoundingMode.HALF_UP);
    }

    /** A part of a whole as the service writes it, to the fourth digit. */
    static BigDecimal share(double part) {
        return BigDecimal.valueOf(part).setScale(4, RoundingMode.HALF_UP);
    }

    static @Nullable String string(@Nullable Map<String, Object> map, String key) {
        return map != null && map.get(key) instanceof String text ? text : null;
    }

    static String string(@Nullable Map<String, Object> map, String key, String otherwise) {
        String text = string(map, key);
        return text == null ? otherwise : text;
    }

    /** The number, or NaN when there is none or it is not finite. */
    static double number(@Nullable Map<String, Object> map, String key) {
        if (map != null && map.get(key) instanceof Number number && Double.isFinite(number.doubleValue())) {
            return number.doubleValue();
        }
        return Double.NaN;
    }

    static long whole(@Nullable Map<String, Object> map, String key, long otherwise) {
        double value = number(map, key);
        return Double.isNaN(value) ? otherwise : (long) value;
    }

    static boolean isTrue(@Nullable Map<String, Object> map, String key) {
        return map != null && Boolean.TRUE.equals(map.get(key));
    }

    static @Nullable Map<String, Object> object(@Nullable Map<String, Object> map, String key) {
        return map != null && map.get(key) instanceof Map<?, ?> inner ? asMap(inner) : null;
    }

    /** The list, or an empty one when there is none. */
    static List<?> list(@Nullable Map<String, Object> map, String key) {
        return map != null && map.get(key) instanceof List<?> list ? list : List.of();
    }

    static @Nullable Map<String, Object> object(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? asMap(map) : null;
    }
}
