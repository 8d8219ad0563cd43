package io.github.xrayd.connectors.otlp.convert;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads typed fields of JSON objects, and gathers in another object what has another type. */
final class Fields {
    private Fields() {}

    /** The value when it is a string that UTF-8 can carry. */
    static @Nullable String string(@Nullable Object value) {
        return value instanceof String string && JsonTree.isWellFormed(string) ? string : null;
    }

    /** The value as an attribute of its own type, or null when none carries it exactly. */
    static @Nullable Object scalar(@Nullable Object value) {
        if (value instanceof String) {
            return string(value);
        }
        return value instanceof JsonNumber number ? number.exactValue() : value instanceof Boolean ? value : null;
    }

    /** The value as a list of strings that UTF-8 can carry; null when it is not a list or has another element. */
    static @Nullable List<Object> strings(@Nullable Object value) {
        if (!(value instanceof List<?> elements) || elements.isEmpty()) {
            return null;
        }
        List<Object> strings = new ArrayList<>(elements.size());
        for (Object element : elements) {
            String string = string(element);
            if (string == null) {
                return null;
            }
            strings.add(string);
        }
        return strings;
    }

    /**
     * A value that {@link #jsonOrScalar} reads again: a scalar as it is, everything else as JSON. A string that looks
     * like JSON, and a number that no attribute carries exactly, are JSON too.
     */
    static Object scalarOrJson(@Nullable Object value) {
        Object scalar = scalar(value);
        boolean isJson = scalar == null || (scalar instanceof String string && startsAsJson(string));
        return scalar == null || isJson ? ' ' + JsonTree.write(value) : scalar;
    }

    private static boolean startsAsJson(String string) {
        return !string.isEmpty() && string.charAt(0) == ' ';
    }

    /** What {@link #scalarOrJson} stored, as JSON. */
    static @Nullable Object jsonOrScalar(@Nullable Object value, JsonTree json) {
        if (value instanceof String string && startsAsJson(string)) {
            return json(string, json);
        }
        return toJson(value);
    }

    /** The JSON that an attribute holds as its text, or the text itself when it is none. */
    static @Nullable Object json(String text, JsonTree json) {
        try {
            return json.read(text);
        } catch (JsonTree.JsonException e) {
            // Someone else wrote this attribute: its text is its value.
            return text;
        }
    }

    /** An attribute's value as JSON: bytes as Base64, attributes as an object. */
    static @Nullable Object toJson(@Nullable Object value) {
        if (value instanceof byte[] bytes) {
            return java.util.Base64.getEncoder().encodeToString(bytes);
        }
        if (value instanceof List<?> elements) {
            List<@Nullable Object> list = new ArrayList<>(elements.size());
            for (Object element : elements) {
                list.add(toJson(element));
            }
            return list;
        }
        return value instanceof Attributes attributes ? toJson(attributes) : value;
    }

    static Map<String, @Nullable Object> toJson(Attributes attributes) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < attributes.size(); i++) {
            fields.put(attributes.key(i), toJson(attributes.value(i)));
        }
        return fields;
    }

    /** The object with this key within another, made when there is none. */
    static Map<String, @Nullable Object> child(Map<String, @Nullable Object> parent, String key) {
        Map<String, @Nullable Object> child = JsonTree.asObject(parent.get(key));
        if (child == null) {
            child = new LinkedHashMap<>();
            parent.put(key, child);
        }
        return child;
    }

    static void put(Map<String, @Nullable Object> target, String key, @Nullable Object value) {
        if (value != null) {
            target.put(key, value);
        }
    }

    /** Puts an object unless it is empty. */
    static void putFields(Map<String, @Nullable Object> target, String key, Map<String, @Nullable Object> value) {
        if (!value.isEmpty()) {
            target.put(key, value);
        }
    }

    /** Puts everything of {@code source} over {@code target}; objects are merged, all else is replaced. */
    static void merge(Map<String, @Nullable Object> target, Map<String, @Nullable Object> source) {
        source.forEach((key, value) -> {
            Map<String, @Nullable Object> from = JsonTree.asObject(value);
            Map<String, @Nullable Object> into = JsonTree.asObject(target.get(key));
            if (from != null && into != null) {
                merge(into, from);
            } else {
                target.put(key, value);
            }
        });
    }
}
