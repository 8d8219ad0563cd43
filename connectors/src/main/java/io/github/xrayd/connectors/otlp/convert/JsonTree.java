package io.github.xrayd.connectors.otlp.convert;

import com.dslplatform.json.DslJson;
import com.dslplatform.json.JsonReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON as maps, lists, strings, booleans, null and {@link JsonNumber}s, and writes it. Of a key that occurs twice
 * in an object the last one counts. Not thread-safe: one for each converter; its reader's buffers and key names are
 * used again.
 */
public final class JsonTree {
    /** Objects and arrays within each other; what is deeper is refused. A subsegment takes two levels. */
    static final int DEPTH_MAX = 256;

    private static final String HEX = "0123456789abcdef";
    private static final byte[] NO_BYTES = {};

    private final JsonReader<Object> reader = new DslJson<>(new DslJson.Settings<>()
                    .errorInfo(JsonReader.ErrorInfo.MINIMAL)
                    .useKeyCache(new KnownKeys()))
            .newReader();
    private byte[] text = NO_BYTES;
    private int length;
    private int subtreeValuesMax = Integer.MAX_VALUE;
    private int subtreeValues;

    /** The text is not JSON, or nested too deeply. */
    public static final class JsonException extends Exception {
        final boolean isTooDeep;

        JsonException(String message, boolean isTooDeep) {
            super(message, null, false, false);
            this.isTooDeep = isTooDeep;
        }
    }

    /** Reads a whole text of {@code textLength} bytes from the array's start. */
    public @Nullable Object read(byte[] document, int textLength) throws JsonException {
        text = document;
        length = textLength;
        subtreeValues = 0;
        try {
            reader.process(document, textLength);
            Object value = value(reader.getNextToken(), 0);
            for (int i = reader.getCurrentIndex(); i < textLength; i++) {
                if (!isBlank(document[i])) {
                    throw new JsonException("text follows the JSON value at byte " + i, false);
                }
            }
            return value;
        } catch (IOException | RuntimeException e) {
            // Bad input is a verdict, whatever the parser calls it.
            throw new JsonException(String.valueOf(e.getMessage()), false);
        } finally {
            text = NO_BYTES;
        }
    }

    /**
     * Takes one member of an object, or one element of an array, and passes its value by one of this class's methods.
     */
    interface Step {
        /**
         * Takes it.
         *
         * @param key the member's name; empty for an element
         * @param token the value's first byte, which was read
         */
        void take(String key, byte token) throws IOException, JsonException;
    }

    /**
     * Walks over a whole text that is an object, without keeping more of it than {@code step} does.
     *
     * @param valuesMax the most values, one within the other or side by side, of which {@link #subtree} makes one
     */
    void walk(byte[] document, int textLength, int valuesMax, Step step) throws JsonException {
        text = document;
        length = textLength;
        subtreeValuesMax = valuesMax;
        try {
            reader.process(document, textLength);
            if (reader.getNextToken() != '{') {
                throw new JsonException("the text is not a JSON object", false);
            }
            members((byte) '{', step);
            for (int i = reader.getCurrentIndex(); i < textLength; i++) {
                if (!isBlank(document[i])) {
                    throw new JsonException("text follows the JSON value at byte " + i, false);
                }
            }
        } catch (IOException | RuntimeException e) {
            // Bad input is a verdict, whatever the parser calls it.
            throw new JsonException(String.valueOf(e.getMessage()), false);
        } finally {
            text = NO_BYTES;
            subtreeValuesMax = Integer.MAX_VALUE;
        }
    }

    /** Walks over the members of the value that begins with {@code token}, when it is an object, else passes it. */
    void members(byte token, Step step) throws IOException, JsonException {
        if (token != '{') {
            subtree(token);
            return;
        }
        byte next = reader.getNextToken();
        while (next != '}') {
            if (next != '"') {
                throw new JsonException("a key must be a string", false);
            }
            step.take(reader.readKey(), reader.last());
            next = afterComma((byte) '}');
        }
    }

    /** Walks over the elements of the value that begins with {@code token}, when it is an array, else passes it. */
    void elements(byte token, Step step) throws IOException, JsonException {
        if (token != '[') {
            subtree(token);
            return;
        }
        byte next = reader.getNextToken();
        while (next != ']') {
            step.take("", next);
            next = afterComma((byte) ']');
        }
    }

    /** What follows a value: the end, or what is behind a comma. */
    private byte afterComma(byte end) throws IOException, JsonException {
        byte next = reader.getNextToken();
        if (next == end) {
            return end;
        }
        if (next != ',') {
            throw new JsonException("a comma or " + (char) end + " must follow a value", false);
        }
        next = reader.getNextToken();
        if (next == end) {
            throw new JsonException("a value must follow a comma", false);
        }
        return next;
    }

    /** The value that begins with {@code token}, whole. */
    @Nullable
    Object subtree(byte token) throws IOException, JsonException {
        subtreeValues = 0;
        return value(token, 0);
    }

    @Nullable
    Object read(String json) throws JsonException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return read(bytes, bytes.length);
    }

    private @Nullable Object value(byte token, int depth) throws IOException, JsonException {
        if (depth > DEPTH_MAX) {
            throw new JsonException("more than " + DEPTH_MAX + " objects and arrays within each other", true);
        }
        if (++subtreeValues > subtreeValuesMax) {
            throw new JsonException("more than " + subtreeValuesMax + " values in one span, scope or resource", false);
        }
        return switch (token) {
            case '"' -> reader.readString();
            case '{' -> object(depth);
            case '[' -> array(depth);
            case 't' -> is(reader.wasTrue(), true);
            case 'f' -> is(reader.wasFalse(), false);
            case 'n' -> is(reader.wasNull(), null);
            default -> number();
        };
    }

    private static @Nullable Object is(boolean isLiteral, @Nullable Object value) throws JsonException {
        if (!isLiteral) {
            throw new JsonException("neither a value nor a literal", false);
        }
        return value;
    }

    private Map<String, @Nullable Object> object(int depth) throws IOException, JsonException {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        byte token = reader.getNextToken();
        if (token == '}') {
            return fields;
        }
        while (true) {
            if (token != '"') {
                throw new JsonException("a key must be a string", false);
            }
            // Reads the colon and the first byte of the value too.
            String key = reader.readKey();
            fields.put(key, value(reader.last(), depth + 1));
            token = reader.getNextToken();
            if (token == '}') {
                return fields;
            }
            if (token != ',') {
                throw new JsonException("a comma or } must follow a value", false);
            }
            token = reader.getNextToken();
        }
    }

    private List<@Nullable Object> array(int depth) throws IOException, JsonException {
        List<@Nullable Object> elements = new ArrayList<>();
        byte token = reader.getNextToken();
        if (token == ']') {
            return elements;
        }
        while (true) {
            elements.add(value(token, depth + 1));
            token = reader.getNextToken();
            if (token == ']') {
                return elements;
            }
            if (token != ',') {
                throw new JsonException("a comma or ] must follow a value", false);
            }
            token = reader.getNextToken();
        }
    }

    private JsonNumber number() throws JsonException {
        int start = reader.scanNumber();
        int end = Math.min(reader.getCurrentIndex(), length);
        while (end > start && isBlank(text[end - 1])) {
            end--;
        }
        if (!isNumber(text, start, end)) {
            throw new JsonException("not a value at byte " + start, false);
        }
        return new JsonNumber(new String(text, start, end - start, StandardCharsets.ISO_8859_1));
    }

    private static boolean isNumber(byte[] text, int start, int end) {
        int i = start < end && text[start] == '-' ? start + 1 : start;
        int integer = digits(text, i, end);
        if (integer == i || (text[i] == '0' && integer > i + 1)) {
            return false;
        }
        i = integer;
        if (i < end && text[i] == '.') {
            int fraction = digits(text, i + 1, end);
            if (fraction == i + 1) {
                return false;
            }
            i = fraction;
        }
        if (i < end && (text[i] | 0x20) == 'e') {
            i++;
            if (i < end && (text[i] == '+' || text[i] == '-')) {
                i++;
            }
            int exponent = digits(text, i, end);
            if (exponent == i) {
                return false;
            }
            i = exponent;
        }
        return i == end;
    }

    private static int digits(byte[] text, int from, int end) {
        int i = from;
        while (i < end && text[i] >= '0' && text[i] <= '9') {
            i++;
        }
        return i;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    /** Whether the string can be written as UTF-8: no half of a surrogate pair stands alone. */
    static boolean isWellFormed(String string) {
        int size = string.length();
        for (int i = 0; i < size; i++) {
            char c = string.charAt(i);
            if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
                if (!Character.isHighSurrogate(c) || i + 1 == size || !Character.isLowSurrogate(string.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    /** The text of what {@link #read(byte[], int)} read. */
    public static String write(@Nullable Object value) {
        StringBuilder target = new StringBuilder(64);
        write(value, target);
        return target.toString();
    }

    /**
     * Writes what {@link #read(byte[], int)} reads, and every value that an attribute can have: NaN and infinities as
     * strings.
     */
    static void write(@Nullable Object value, StringBuilder target) {
        if (value instanceof String string) {
            writeString(string, target);
        } else if (value instanceof Map<?, ?> fields) {
            char separator = '{';
            for (Map.Entry<?, ?> field : fields.entrySet()) {
                target.append(separator);
                writeString((String) field.getKey(), target);
                target.append(':');
                write(field.getValue(), target);
                separator = ',';
            }
            target.append(separator == '{' ? "{}" : "}");
        } else if (value instanceof List<?> elements) {
            char separator = '[';
            for (Object element : elements) {
                target.append(separator);
                write(element, target);
                separator = ',';
            }
            target.append(separator == '[' ? "[]" : "]");
        } else if (value instanceof Double number && !Double.isFinite(number)) {
            writeString(number.toString(), target);
        } else if (value instanceof byte[] || value instanceof Attributes) {
            write(Fields.toJson(value), target);
        } else {
            target.append(value);
        }
    }

    private static void writeString(String string, StringBuilder target) {
        target.append('"');
        int size = string.length();
        int from = 0;
        for (int i = 0; i < size; i++) {
            char c = string.charAt(i);
            boolean isPlain = c >= ' ' && c != '"' && c != '\\' && (c < Character.MIN_SURROGATE || c == '\ufffd');
            if (!isPlain) {
                target.append(string, from, i);
                if (c > '\u007f') {
                    i = writeWide(string, i, target);
                } else {
                    writeEscaped(c, target);
                }
                from = i + 1;
            }
        }
        target.append(string, from, size).append('"');
    }

    /** Writes a pair of surrogates as it is, and one that stands alone as its code, since UTF-8 has no bytes for it. */
    private static int writeWide(String string, int index, StringBuilder target) {
        char c = string.charAt(index);
        if (!Character.isSurrogate(c)) {
            target.append(c);
            return index;
        }
        if (Character.isHighSurrogate(c)
                && index + 1 < string.length()
                && Character.isLowSurrogate(string.charAt(index + 1))) {
            target.append(c).append(string.charAt(index + 1));
            return index + 1;
        }
        target.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            target.append(HEX.charAt(c >> shift & 0xf));
        }
        return index;
    }

    private static void writeEscaped(char c, StringBuilder target) {
        switch (c) {
            case '"' -> target.append("\\\"");
            case '\\' -> target.append("\\\\");
            case '\n' -> target.append("\\n");
            case '\r' -> target.append("\\r");
            case '\t' -> target.append("\\t");
            default -> target.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xf));
        }
    }

    /** The value as a JSON object, or null when it is none. */
    @SuppressWarnings("unchecked")
    public static @Nullable Map<String, @Nullable Object> asObject(@Nullable Object value) {
        return value instanceof Map<?, ?> ? (Map<String, @Nullable Object>) value : null;
    }
}
