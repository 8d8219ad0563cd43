package io.github.xrayd.plan.model;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** A cost profile as YAML: each component of the record and of its parts in lower case with dashes. */
public final class CostProfileText {
    private CostProfileText() {}

    /**
     * Reads a profile; every key must be there, and none other.
     *
     * @param source what messages call it
     * @throws IllegalArgumentException when it is none
     */
    public static CostProfile parse(String text, String source) {
        Object document;
        try {
            document = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
        } catch (YAMLException e) {
            throw new IllegalArgumentException(source + ": " + e.getMessage(), e);
        }
        if (!(document instanceof Map<?, ?> entries)) {
            throw new IllegalArgumentException(source + ": not a cost profile; make one with xray plan --calibrate");
        }
        Map<Object, Object> left = new LinkedHashMap<>(entries);
        CostProfile profile = (CostProfile) read(CostProfile.class, left, source);
        if (!left.isEmpty()) {
            throw new IllegalArgumentException(
                    source + ": unknown key " + left.keySet().iterator().next());
        }
        return profile;
    }

    private static Object read(Class<?> record, Map<Object, Object> left, String source) {
        RecordComponent[] components = record.getRecordComponents();
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            String key = key(components[i]);
            types[i] = components[i].getType();
            values[i] =
                    types[i].isRecord() ? read(types[i], left, source) : value(types[i], key, left.remove(key), source);
        }
        try {
            return record.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object value(Class<?> type, String key, @Nullable Object value, String source) {
        if (value == null) {
            throw new IllegalArgumentException(source + ": " + key + " is missing");
        }
        if (type == String.class) {
            return value.toString();
        }
        if (!(value instanceof Number number) || !(number.doubleValue() >= 0) || number.doubleValue() > 1e15) {
            throw new IllegalArgumentException(source + ": " + key + " must be a number from 0 to 1e15, not " + value);
        }
        return number.doubleValue();
    }

    /** The profile as a file that {@link #parse} reads. */
    public static String write(CostProfile profile) {
        StringBuilder text = new StringBuilder("# Made by xray plan --calibrate; xray plan reads it from here.\n");
        write(profile, text);
        return text.toString();
    }

    private static void write(Object record, StringBuilder text) {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            Object value;
            try {
                value = component.getAccessor().invoke(record);
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalStateException(e);
            }
            if (component.getType().isRecord()) {
                write(value, text);
                continue;
            }
            text.append(key(component)).append(": ");
            if (value instanceof Double number) {
                text.append(number >= 1_000 ? String.format(Locale.ROOT, "%.0f", number) : number.toString());
            } else {
                text.append('"')
                        .append(String.valueOf(value).replaceAll("[^\\x20-\\x7e]|[\"\\\\]", "_"))
                        .append('"');
            }
            text.append('\n');
        }
    }

    private static String key(RecordComponent component) {
        return component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
