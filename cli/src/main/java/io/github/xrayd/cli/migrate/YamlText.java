package io.github.xrayd.cli.migrate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.representer.Representer;

/** YAML, and JSON as the part of YAML that it is, as maps, lists and values; bounded in length and depth. */
final class YamlText {
    private static final int LENGTH_MAX = 4 << 20;
    private static final int DEPTH_MAX = 100;

    private YamlText() {}

    /** All documents of a text. */
    static List<Object> documents(String text, String name) throws MigrationException {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(LENGTH_MAX);
        options.setNestingDepthLimit(DEPTH_MAX);
        List<Object> documents = new ArrayList<>();
        try {
            // A tab between the parts of JSON is a blank; within its texts it is written \t.
            String readable = text.stripLeading().startsWith("{") ? text.replace('\t', ' ') : text;
            for (Object document : new Yaml(new SafeConstructor(options)).loadAll(readable)) {
                if (document != null) {
                    documents.add(document);
                }
            }
        } catch (YAMLException e) {
            // The library's message quotes the text around the place, which may be secret.
            throw new MigrationException(name + " is not readable as YAML or JSON" + place(e));
        }
        return documents;
    }

    private static String place(YAMLException e) {
        return e instanceof org.yaml.snakeyaml.error.MarkedYAMLException marked && marked.getProblemMark() != null
                ? ": line " + (marked.getProblemMark().getLine() + 1) + ": " + marked.getProblem()
                : "";
    }

    /** The one mapping of a text. */
    static Map<String, @Nullable Object> mapping(String text, String name) throws MigrationException {
        List<Object> documents = documents(text, name);
        Map<String, @Nullable Object> mapping =
                documents.size() == 1 ? asMapping(documents.get(0)) : documents.isEmpty() ? Map.of() : null;
        if (mapping == null) {
            throw new MigrationException(name + " is no mapping of keys");
        }
        return mapping;
    }

    /** A mapping with texts as keys, or null when the value is none. */
    static @Nullable Map<String, @Nullable Object> asMapping(@Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            return null;
        }
        Map<String, @Nullable Object> mapping = new LinkedHashMap<>();
        map.forEach((key, each) -> mapping.put(String.valueOf(key), each));
        return mapping;
    }

    /** The mapping below a path of keys, or an empty one. */
    static Map<String, @Nullable Object> at(@Nullable Object value, String... path) {
        Object inner = value;
        for (String key : path) {
            Map<String, @Nullable Object> mapping = asMapping(inner);
            inner = mapping == null ? null : mapping.get(key);
        }
        Map<String, @Nullable Object> mapping = asMapping(inner);
        return mapping == null ? Map.of() : mapping;
    }

    /** The list, or an empty one. */
    static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    static boolean isScalar(@Nullable Object value) {
        return value != null && !(value instanceof Map<?, ?>) && !(value instanceof List<?>);
    }

    /** A text; empty for anything that is none. */
    static String text(@Nullable Object value) {
        return isScalar(value) ? String.valueOf(value) : "";
    }

    static String write(Map<String, Object> mapping) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setSplitLines(false);
        return new Yaml(new Representer(options), options).dump(mapping);
    }
}
