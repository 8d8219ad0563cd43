package io.github.xrayd.cli;

import io.github.xrayd.cli.migrate.OfficialFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/** One configuration file, read and checked: the reference daemon's keys and messages, with the place added. */
final class ConfigFile {
    private static final int LENGTH_MAX = 1 << 20;
    private static final int ALIASES_MAX = 20;
    private static final int DEPTH_MAX = 10;
    private static final String VERSION = "Version";
    private static final String WHAT = "Error occur when using config flag: ";
    private static final String REFER = "Please refer to AWS X-Ray Documentation for more information.";
    private static final String MIGRATE =
            "Use X-Ray Daemon Config Migration Script to update the config file. " + REFER;

    /**
     * A setting's value in the file.
     *
     * @param text in the spelling that {@link SettingKind#check} gives
     * @param line where it stands, from 1
     */
    record Entry(String text, int line) {}

    /**
     * One destination of the list {@link DestinationKeys#KEY}.
     *
     * @param name tells it apart
     * @param entries what it has of its own
     */
    record DestinationEntry(String name, Map<Setting, Entry> entries) {}

    private record Pair(Node key, Node value) {}

    private final Path path;
    private final Map<Setting, Entry> entries = new EnumMap<>(Setting.class);
    private final List<DestinationEntry> destinations = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    private ConfigFile(Path path) {
        this.path = path;
    }

    /**
     * Reads a file.
     *
     * @param isStrict whether unknown keys are errors; warnings otherwise
     * @throws ConfigException when it cannot be read or says what cannot be
     */
    static ConfigFile read(Path path, boolean isStrict) throws ConfigException {
        ConfigFile file = new ConfigFile(path);
        file.take(file.compose(content(path)), isStrict);
        return file;
    }

    private static String content(Path path) throws ConfigException {
        if (Files.isDirectory(path)) {
            throw new ConfigException(WHAT + "read " + path + ": is a directory");
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(LENGTH_MAX + 1);
            if (bytes.length > LENGTH_MAX) {
                throw new ConfigException(WHAT + "read " + path + ": larger than 1 MB");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (NoSuchFileException e) {
            throw new ConfigException(WHAT + "open " + path + ": no such file or directory");
        } catch (AccessDeniedException e) {
            throw new ConfigException(WHAT + "open " + path + ": permission denied");
        } catch (CharacterCodingException e) {
            throw new ConfigException(WHAT + "yaml: " + path + " is not UTF-8 text");
        } catch (IOException e) {
            throw new ConfigException(WHAT + "read " + path + ": " + e.getMessage());
        }
    }

    private @Nullable Node compose(String text) throws ConfigException {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(LENGTH_MAX);
        options.setMaxAliasesForCollections(ALIASES_MAX);
        options.setNestingDepthLimit(DEPTH_MAX);
        try {
            // The composer alone: what else the library's front class makes costs start-up time.
            return new Composer(new ParserImpl(new StreamReader(text), options), new Resolver(), options)
                    .getSingleNode();
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark();
            String place = mark == null ? "" : place(mark) + ": ";
            String context = e.getContext() == null ? "" : e.getContext() + ", ";
            throw new ConfigException(WHAT + "yaml: " + place + context + e.getProblem() + " (" + path + ")");
        } catch (YAMLException e) {
            throw new ConfigException(WHAT + "yaml: " + e.getMessage() + " (" + path + ")");
        }
    }

    private static String place(Mark mark) {
        return "line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1);
    }

    private String at(Node node) {
        return " (" + path + ", " + place(node.getStartMark()) + ")";
    }

    private void take(@Nullable Node root, boolean isStrict) throws ConfigException {
        if (root == null || isNull(root)) {
            throw new ConfigException("Config Version Setting is not correct. " + MIGRATE + " (" + path + " is empty)");
        }
        if (!(root instanceof MappingNode mapping)) {
            throw wrongType(root, "a mapping of keys");
        }
        Map<String, Pair> pairs = new LinkedHashMap<>();
        flatten("", mapping, pairs);
        checkKeys(pairs, isStrict);
        checkVersion(pairs.get(VERSION));
        for (Map.Entry<String, Pair> pair : pairs.entrySet()) {
            Node value = pair.getValue().value();
            if (pair.getKey().equals(DestinationKeys.KEY)) {
                takeDestinations(value, isStrict);
            } else {
                put(pair.getKey(), Setting.ofKey(pair.getKey()), value, entries);
            }
        }
    }

    private void put(String name, @Nullable Setting setting, Node value, Map<Setting, Entry> to)
            throws ConfigException {
        if (setting != null && !isNull(value)) {
            String text = text(name, setting.kind(), value);
            if (!text.isEmpty()) {
                to.put(setting, new Entry(text, value.getStartMark().getLine() + 1));
            }
        }
    }

    private void takeDestinations(Node list, boolean isStrict) throws ConfigException {
        if (isNull(list)) {
            return;
        }
        if (!(list instanceof SequenceNode sequence)) {
            throw wrongType(list, "a list of destinations");
        }
        if (sequence.getValue().size() > DestinationKeys.ENTRIES_MAX) {
            throw new ConfigException(
                    DestinationKeys.KEY + " has " + sequence.getValue().size() + " entries, at most "
                            + DestinationKeys.ENTRIES_MAX + " are allowed" + at(list));
        }
        for (Node item : sequence.getValue()) {
            DestinationEntry taken = destination(item, isStrict);
            for (DestinationEntry other : destinations) {
                // Names are directories too, which some file systems do not tell apart by case.
                if (other.name().equalsIgnoreCase(taken.name())) {
                    throw new ConfigException("two destinations are named \"" + taken.name()
                            + "\"; give each a name of its own" + at(item));
                }
            }
            destinations.add(taken);
        }
    }

    private DestinationEntry destination(Node item, boolean isStrict) throws ConfigException {
        if (!(item instanceof MappingNode mapping)) {
            throw wrongType(item, "a destination with a " + DestinationKeys.NAME);
        }
        Map<String, Pair> pairs = new LinkedHashMap<>();
        flatten("", mapping, pairs);
        Pair named = pairs.remove(DestinationKeys.NAME);
        String name = named == null || isNull(named.value()) ? "" : raw(SettingKind.TEXT, named.value());
        if (!DestinationKeys.isName(name)) {
            throw new ConfigException("a destination's " + DestinationKeys.NAME + " \"" + name
                    + "\" is invalid: it is 1 to 64 letters, digits, dots, dashes and underscores" + at(item));
        }
        Map<Setting, Entry> own = new EnumMap<>(Setting.class);
        for (Map.Entry<String, Pair> pair : pairs.entrySet()) {
            String key = DestinationKeys.KEY + "." + pair.getKey();
            Setting setting = DestinationKeys.ofKey(pair.getKey());
            if (setting == null) {
                unknown(keyMessage(key) + at(pair.getValue().key()), isStrict);
            }
            put(key, setting, pair.getValue().value(), own);
        }
        return new DestinationEntry(name, own);
    }

    private void unknown(String message, boolean isStrict) throws ConfigException {
        if (isStrict) {
            throw new ConfigException(message);
        }
        warnings.add(message);
    }

    private void flatten(String prefix, MappingNode mapping, Map<String, Pair> pairs) throws ConfigException {
        for (NodeTuple tuple : mapping.getValue()) {
            Node key = tuple.getKeyNode();
            if (!(key instanceof ScalarNode scalar)) {
                throw wrongType(key, "a key");
            }
            String name = prefix + scalar.getValue();
            if (prefix.isEmpty() && tuple.getValueNode() instanceof MappingNode inner && !takesMapping(name)) {
                Pair first = pairs.putIfAbsent(name + ".", new Pair(key, inner));
                if (first != null) {
                    throw twice(name, key, first.key());
                }
                flatten(name + ".", inner, pairs);
                continue;
            }
            Pair first = pairs.putIfAbsent(name, new Pair(key, tuple.getValueNode()));
            if (first != null) {
                throw twice(name, key, first.key());
            }
        }
    }

    /** Whether a mapping is the value of an entry's key, and not more keys. */
    private static boolean takesMapping(String name) {
        Setting setting = DestinationKeys.ofKey(name);
        return setting != null && setting.kind().takesMapping();
    }

    private ConfigException twice(String name, Node key, Node first) {
        return new ConfigException(WHAT + "yaml: key \"" + name + "\" is given twice, first in line "
                + (first.getStartMark().getLine() + 1) + at(key));
    }

    private void checkKeys(Map<String, Pair> pairs, boolean isStrict) throws ConfigException {
        if (isStrict && !pairs.containsKey(VERSION)) {
            throw new ConfigException("Config Version is missing. " + MIGRATE + " (" + path + ")");
        }
        for (Map.Entry<String, Pair> pair : pairs.entrySet()) {
            String name = pair.getKey();
            boolean isEmptyMapping = name.endsWith(".");
            if (isEmptyMapping
                    || name.equals(VERSION)
                    || name.equals(DestinationKeys.KEY)
                    || Setting.ofKey(name) != null) {
                continue;
            }
            unknown(keyMessage(name) + at(pair.getValue().key()), isStrict);
        }
    }

    private static String keyMessage(String name) {
        if (OfficialFile.RETIRED.contains(name)) {
            return name + " flag is not supported any more. " + REFER;
        }
        if (OfficialFile.MOVED.containsKey(name)) {
            return name + " flag is not supported. " + MIGRATE;
        }
        return name + " flag is invalid. " + REFER;
    }

    private void checkVersion(@Nullable Pair pair) throws ConfigException {
        if (pair == null || isNull(pair.value())) {
            throw new ConfigException("Config Version Setting is not correct. " + MIGRATE + " (" + path + " has none)");
        }
        String text = text(VERSION, SettingKind.WHOLE, pair.value());
        if (!text.equals("1") && !text.equals("2")) {
            throw new ConfigException("Config Version Setting is not correct. " + MIGRATE + at(pair.value()));
        }
    }

    private String text(String name, SettingKind kind, Node node) throws ConfigException {
        String text = raw(kind, node);
        if (text.isEmpty()) {
            return text;
        }
        if (kind.isSwitch()) {
            // One letter is a truth value to the reference's library, and a text to this one.
            boolean isLetter = node instanceof ScalarNode scalar && scalar.isPlain() && text.matches("[yYnN]");
            if (!isLetter && !node.getTag().equals(Tag.BOOL)) {
                throw wrongType(node, "bool");
            }
            char first = Character.toLowerCase(text.charAt(0));
            return Boolean.toString(first == 't' || first == 'y' || text.equalsIgnoreCase("on"));
        }
        if (kind.isWhole() && node.getTag().equals(Tag.FLOAT) && text.matches("[-+]?[0-9]+\\.0*")) {
            // As the reference takes it: "Version: 2.0".
            text = text.substring(0, text.indexOf('.'));
        } else if (kind.isWhole() && !node.getTag().equals(Tag.INT)) {
            throw wrongType(node, "int");
        }
        try {
            return kind.check(text);
        } catch (BadValueException e) {
            throw new ConfigException(name + " \"" + text + "\" is invalid: " + e.getMessage() + at(node));
        }
    }

    private String raw(SettingKind kind, Node node) throws ConfigException {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        if (kind == SettingKind.PATHS && node instanceof SequenceNode sequence) {
            List<String> paths = new ArrayList<>();
            for (Node item : sequence.getValue()) {
                if (!(item instanceof ScalarNode scalar)) {
                    throw wrongType(item, "string");
                }
                paths.add(scalar.getValue());
            }
            return String.join(",", paths);
        }
        if (kind == SettingKind.PROPERTIES && node instanceof MappingNode mapping) {
            return properties(mapping);
        }
        if (kind == SettingKind.HEADERS && node instanceof MappingNode mapping) {
            return HeaderList.of(SettingKind.properties(properties(mapping)));
        }
        throw wrongType(node, kind.isSwitch() ? "bool" : kind.isWhole() ? "int" : "string");
    }

    /** A mapping as {@code name=value} lines. */
    private String properties(MappingNode mapping) throws ConfigException {
        Map<String, Node> keys = new LinkedHashMap<>();
        StringJoiner lines = new StringJoiner("\n");
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw wrongType(tuple.getKeyNode(), "a key");
            }
            if (!(tuple.getValueNode() instanceof ScalarNode value)) {
                throw wrongType(tuple.getValueNode(), "string");
            }
            Node first = keys.putIfAbsent(key.getValue(), key);
            if (first != null) {
                throw twice(key.getValue(), key, first);
            }
            lines.add(key.getValue() + "=" + value.getValue().strip().replaceAll("\\s*\\R\\s*", " "));
        }
        return lines.toString();
    }

    private ConfigException wrongType(Node node, String wanted) {
        String tag = node.getTag().getValue();
        String shortTag = "!!" + tag.substring(tag.lastIndexOf(':') + 1);
        String value = node instanceof ScalarNode scalar ? " `" + scalar.getValue() + "`" : "";
        return new ConfigException(WHAT + "yaml: unmarshal errors: " + place(node.getStartMark())
                + ": cannot unmarshal " + shortTag + value + " into " + wanted + " (" + path + ")");
    }

    private static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    Path path() {
        return path;
    }

    /** What the file sets; empty texts and nulls are left out, as the reference daemon does. */
    Map<Setting, Entry> entries() {
        return entries;
    }

    /** The destinations of the list, or none when the file has no list. */
    List<DestinationEntry> destinations() {
        return destinations;
    }

    /** What is unknown in a file that is not read strictly. */
    List<String> warnings() {
        return warnings;
    }
}
