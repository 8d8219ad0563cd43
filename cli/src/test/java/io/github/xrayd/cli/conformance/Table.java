package io.github.xrayd.cli.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Reads the table from {@code table.yaml}, whose head says what each key means. */
final class Table {
    private static final Set<String> CASE_KEYS =
            Set.of("words", "raw", "tls", "environment", "files", "answers", "steps", "ignoring", "exit", "rows");
    private static final Set<String> ROW_KEYS =
            Set.of("id", "says", "differs", "readme", "out", "not-out", "err", "file", "requests", "replies");
    private static final Set<String> ANSWER_KEYS =
            Set.of("path", "status", "headers", "body", "times", "delay-ms", "reset");
    private static final Set<String> REQUEST_KEYS =
            Set.of("method", "target", "headers", "not-headers", "body", "count");
    private static final Set<String> REPLY_KEYS = Set.of("status", "headers", "body");

    private Table() {}

    static List<Case> read() throws IOException {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        try (InputStream in = Objects.requireNonNull(Table.class.getResourceAsStream("table.yaml"))) {
            List<Case> cases = new ArrayList<>();
            for (Object each : list(new Yaml(new SafeConstructor(options)).load(in))) {
                cases.add(oneCase(map(each, CASE_KEYS)));
            }
            return cases;
        }
    }

    private static Case oneCase(Map<String, Object> from) {
        List<Case.Row> rows = list(from.get("rows")).stream()
                .map(row -> row(map(row, ROW_KEYS)))
                .toList();
        List<Case.Answer> answers = list(from.get("answers")).stream()
                .map(answer -> answer(map(answer, ANSWER_KEYS)))
                .toList();
        List<Case.Step> steps = list(from.get("steps")).stream()
                .map(step -> step(map(step, null)))
                .toList();
        Object words = from.getOrDefault("words", "");
        return new Case(
                new Case.Start(
                        words instanceof List<?> all ? texts(all) : words(String.valueOf(words)),
                        is(from, "raw"),
                        textMap(from.get("environment")),
                        textMap(from.get("files")),
                        texts(from.get("ignoring"))),
                is(from, "tls"),
                answers,
                steps,
                number(from, "exit", 0),
                rows);
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.trim().split(" +", -1));
    }

    private static Case.Step step(Map<String, Object> from) {
        if (from.size() != 1) {
            throw new IllegalArgumentException("a step has one verb: " + from);
        }
        Map.Entry<String, Object> only = from.entrySet().iterator().next();
        return new Case.Step(only.getKey(), only.getValue());
    }

    private static Case.Row row(Map<String, Object> from) {
        Map<String, List<String>> files = new LinkedHashMap<>();
        map(from.get("file"), null).forEach((name, lines) -> files.put(name, texts(lines)));
        List<Case.Request> requests = list(from.get("requests")).stream()
                .map(request -> request(map(request, REQUEST_KEYS)))
                .toList();
        Map<String, Case.Reply> replies = new LinkedHashMap<>();
        map(from.get("replies"), null).forEach((name, reply) -> replies.put(name, reply(map(reply, REPLY_KEYS))));
        return new Case.Row(
                text(from, "id"),
                text(from, "says"),
                text(from, "differs"),
                text(from, "readme"),
                new Case.Expected(
                        texts(from.get("out")),
                        texts(from.get("not-out")),
                        texts(from.get("err")),
                        files,
                        requests,
                        replies));
    }

    private static Case.Answer answer(Map<String, Object> from) {
        return new Case.Answer(
                text(from, "path"),
                number(from, "status", 200),
                textMap(from.get("headers")),
                text(from, "body"),
                number(from, "times", 0),
                number(from, "delay-ms", 0),
                is(from, "reset"));
    }

    private static Case.Request request(Map<String, Object> from) {
        return new Case.Request(
                from.containsKey("method") ? text(from, "method") : "POST",
                text(from, "target"),
                textMap(from.get("headers")),
                texts(from.get("not-headers")),
                from.containsKey("body") ? text(from, "body") : "…",
                number(from, "count", -1));
    }

    private static Case.Reply reply(Map<String, Object> from) {
        return new Case.Reply(
                number(from, "status", 200),
                textMap(from.get("headers")),
                from.containsKey("body") ? text(from, "body") : "…");
    }

    private static boolean is(Map<String, Object> from, String key) {
        return Boolean.TRUE.equals(from.get(key));
    }

    private static int number(Map<String, Object> from, String key, int otherwise) {
        return from.get(key) instanceof Integer number ? number : otherwise;
    }

    private static String text(Map<String, Object> from, String key) {
        Object value = from.get(key);
        return value == null ? "" : String.valueOf(value);
    }

    private static List<?> list(@Nullable Object value) {
        return value == null ? List.of() : value instanceof List<?> list ? list : List.of(value);
    }

    private static List<String> texts(@Nullable Object value) {
        return list(value).stream().map(String::valueOf).toList();
    }

    private static Map<String, String> textMap(@Nullable Object value) {
        Map<String, String> texts = new LinkedHashMap<>();
        map(value, null).forEach((key, each) -> texts.put(key, String.valueOf(each)));
        return texts;
    }

    private static Map<String, Object> map(@Nullable Object value, @Nullable Set<String> keys) {
        Map<String, Object> map = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> from) {
            from.forEach((key, each) -> {
                if (keys != null && !keys.contains(String.valueOf(key))) {
                    throw new IllegalArgumentException("no such key: " + key + " in " + from);
                }
                map.put(String.valueOf(key), each);
            });
        } else if (value != null) {
            throw new IllegalArgumentException("not a mapping: " + value);
        }
        return map;
    }
}
