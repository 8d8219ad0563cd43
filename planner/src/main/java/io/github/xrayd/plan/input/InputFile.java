package io.github.xrayd.plan.input;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/** A workload as a YAML file: sections of keys, as {@code workload: {rate: 500}}, to be kept in version control. */
public final class InputFile {
    private static final int LENGTH_MAX = 1 << 20;

    private InputFile() {}

    /**
     * Reads a file.
     *
     * @throws InvalidInputException when it cannot be read or says what cannot be
     */
    public static PlanInput read(Path file) {
        try {
            if (Files.isRegularFile(file) && Files.size(file) > LENGTH_MAX) {
                throw new InvalidInputException(file + ": longer than 1 MB; a workload takes a few lines");
            }
            return parse(Files.readString(file, StandardCharsets.UTF_8), file.toString());
        } catch (NoSuchFileException e) {
            throw new InvalidInputException(file + ": no such file", e);
        } catch (IOException e) {
            throw new InvalidInputException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Reads a text.
     *
     * @param name what messages call it
     */
    static PlanInput parse(String text, String name) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setMaxAliasesForCollections(0);
        DumperOptions dump = new DumperOptions();
        Object document;
        try {
            // Every scalar is the text it was written as: the fields know what they are.
            document = new Yaml(new SafeConstructor(options), new Representer(dump), dump, options, new Texts())
                    .load(text);
        } catch (MarkedYAMLException e) {
            String place = e.getProblemMark() == null
                    ? ""
                    : "line " + (e.getProblemMark().getLine() + 1) + ": ";
            throw new InvalidInputException(name + ": " + place + e.getProblem(), e);
        } catch (YAMLException e) {
            throw new InvalidInputException(name + ": " + e.getMessage(), e);
        }
        PlanInput input = new PlanInput();
        if (document == null) {
            return input;
        }
        for (Map.Entry<?, ?> section : mapping(document, name, "the file").entrySet()) {
            String title = String.valueOf(section.getKey());
            if (!sections().contains(title)) {
                throw new InvalidInputException(
                        name + ": there is no section " + title + "; sections are " + String.join(", ", sections()));
            }
            if (section.getValue() != null) {
                takeSection(input, title, mapping(section.getValue(), name, title), name);
            }
        }
        return input;
    }

    private static void takeSection(PlanInput input, String section, Map<?, ?> entries, String name) {
        for (Map.Entry<?, ?> entry : entries.entrySet()) {
            String key = String.valueOf(entry.getKey());
            Field field = Field.of(key);
            if (field == null || !field.section().equals(section)) {
                String hint = field == null ? "" : "; " + key + " belongs to " + field.section();
                throw new InvalidInputException(name + ": " + section + " has no key " + key + hint + "; its keys are "
                        + String.join(", ", keys(section)));
            }
            Object value = entry.getValue();
            if (!(value instanceof String text)) {
                throw new InvalidInputException(name + ": " + key + " must be a single value: " + field.range());
            }
            try {
                input.put(field, text);
            } catch (InvalidInputException e) {
                throw new InvalidInputException(name + ": " + e.getMessage(), e);
            }
        }
    }

    private static Map<?, ?> mapping(Object value, String name, String what) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new InvalidInputException(name + ": " + what + " must be a mapping of keys to values");
    }

    private static List<String> sections() {
        List<String> sections = new ArrayList<>();
        for (Field field : Field.values()) {
            if (!sections.contains(field.section())) {
                sections.add(field.section());
            }
        }
        return sections;
    }

    private static List<String> keys(String section) {
        List<String> keys = new ArrayList<>();
        for (Field field : Field.values()) {
            if (field.section().equals(section)) {
                keys.add(field.word());
            }
        }
        return keys;
    }

    /** The file that says the same. */
    public static String write(PlanInput input) {
        Map<String, Map<String, String>> document = new LinkedHashMap<>();
        input.given().forEach((field, text) -> document.computeIfAbsent(field.section(), key -> new LinkedHashMap<>())
                .put(field.word(), text));
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        Representer representer = new Representer(options);
        LoaderOptions loading = new LoaderOptions();
        return new Yaml(new SafeConstructor(loading), representer, options, loading, new Texts()).dump(document);
    }

    /** Takes every scalar for a text. */
    private static final class Texts extends Resolver {
        @Override
        protected void addImplicitResolvers() {
            // None: 500 is the text "500".
        }
    }
}
