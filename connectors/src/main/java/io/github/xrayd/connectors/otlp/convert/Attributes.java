package io.github.xrayd.connectors.otlp.convert;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Attributes in the order in which they were put. A value is a String, Boolean, Long, Double, {@code byte[]}, a List of
 * values, Attributes, or null for a value without a type. Not thread-safe.
 */
final class Attributes {
    private static final int INITIAL_CAPACITY = 16;
    private static final int SEARCHED_MAX = 64;

    private String[] keys = new String[INITIAL_CAPACITY];
    private @Nullable Object[] values = new @Nullable Object[INITIAL_CAPACITY];
    private int size;

    /** The first place of each key; made when many attributes are searched, and dropped when one is added. */
    private @Nullable Map<String, Integer> index;

    int size() {
        return size;
    }

    String key(int index) {
        return keys[index];
    }

    @Nullable
    Object value(int index) {
        return values[index];
    }

    /** Adds an attribute; the caller knows that there is none with this key yet. */
    void add(String key, @Nullable Object value) {
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, size * 2);
            values = Arrays.copyOf(values, size * 2);
        }
        keys[size] = key;
        values[size] = value;
        size++;
        index = null;
    }

    /** Adds an attribute unless the value is null. */
    void addIfPresent(String key, @Nullable Object value) {
        if (value != null) {
            add(key, value);
        }
    }

    private int indexOf(String key) {
        if (size > SEARCHED_MAX) {
            return index().getOrDefault(key, -1);
        }
        for (int i = 0; i < size; i++) {
            if (keys[i].equals(key)) {
                return i;
            }
        }
        return -1;
    }

    private Map<String, Integer> index() {
        Map<String, Integer> places = index;
        if (places == null) {
            places = new HashMap<>();
            for (int i = 0; i < size; i++) {
                places.putIfAbsent(keys[i], i);
            }
            index = places;
        }
        return places;
    }

    boolean has(String key) {
        return indexOf(key) >= 0;
    }

    /** The first value with this key; null when there is none or it has no type. */
    @Nullable
    Object get(String key) {
        int index = indexOf(key);
        return index < 0 ? null : values[index];
    }

    /** The value when it is a string that is not empty, else null. */
    @Nullable
    String string(String key) {
        return get(key) instanceof String string && !string.isEmpty() ? string : null;
    }

    /** The first of these that {@link #string} finds. */
    @Nullable
    String string(String key, String olderKey) {
        String value = string(key);
        return value != null ? value : string(olderKey);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof Attributes attributes) || attributes.size != size) {
            return false;
        }
        for (int i = 0; i < size; i++) {
            if (!keys[i].equals(attributes.keys[i]) || !java.util.Objects.deepEquals(values[i], attributes.values[i])) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = size;
        for (int i = 0; i < size; i++) {
            hash = hash * 31 + keys[i].hashCode();
            Object value = values[i];
            hash = hash * 31
                    + (value instanceof byte[] bytes ? Arrays.hashCode(bytes) : value == null ? 0 : value.hashCode());
        }
        return hash;
    }
}
