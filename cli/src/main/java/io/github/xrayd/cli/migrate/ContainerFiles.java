package io.github.xrayd.cli.migrate;

import io.github.xrayd.cli.migrate.Remark.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads containers: ECS task definitions, Kubernetes objects, compose files, Dockerfiles. */
final class ContainerFiles {
    /** The entry point of AWS's image, from its public Dockerfile. */
    private static final List<String> ENTRY_POINT = List.of("/xray", "-t", "0.0.0.0:2000", "-b", "0.0.0.0:2000");

    private static final Pattern INSTRUCTION = Pattern.compile("(?is)^\\s*([A-Z]+)\\s+(.*)$");
    private static final Pattern MEMORY = Pattern.compile("([0-9.]+)\\s*([A-Za-z]*)");
    /** Lists within lists, and templates within templates. */
    private static final int DEPTH_MAX = 4;

    private static final List<String> WORKLOADS = List.of("template", "jobTemplate");

    /**
     * A container.
     *
     * @param name of it, for messages
     * @param entryPoint in place of the image's, or null
     * @param command behind the entry point, or null
     * @param files paths in the container with what is there
     */
    private record Container(
            String name,
            String image,
            @Nullable List<String> entryPoint,
            @Nullable List<String> command,
            Map<String, @Nullable String> environment,
            Map<String, String> files,
            long memoryBytes) {
        @Nullable
        List<String> flags() {
            List<String> words = new ArrayList<>(entryPoint == null ? ENTRY_POINT : entryPoint);
            if (command != null) {
                words.addAll(command);
            }
            List<String> expanded = CommandWords.expanded(words, environment);
            return CommandWords.behindProgram(expanded, environment);
        }

        boolean isDaemon() {
            // Without an entry point of its own it is the image's, which only a name tells.
            String names = (image + " " + name).toLowerCase(Locale.ROOT);
            return entryPoint == null ? names.contains("xray") || names.contains("x-ray") : flags() != null;
        }
    }

    private final Path file;
    private final List<Container> containers = new ArrayList<>();
    private final List<Remark> remarks = new ArrayList<>();

    private ContainerFiles(Path file) {
        this.file = file;
    }

    /** The containers that a YAML or JSON text describes; null when it describes none. */
    static @Nullable ContainerFiles of(Path file, List<Object> documents) throws IOException {
        ContainerFiles all = new ContainerFiles(file);
        Map<String, Map<String, @Nullable Object>> configMaps = new LinkedHashMap<>();
        List<Map<String, @Nullable Object>> objects = new ArrayList<>();
        documents.forEach(document -> collect(YamlText.at(document), objects, 0));
        boolean isKnown = false;
        for (Map<String, @Nullable Object> object : objects) {
            if ("ConfigMap".equals(object.get("kind"))) {
                String name = YamlText.text(YamlText.at(object, "metadata").get("name"));
                configMaps.put(name, YamlText.at(object, "data"));
            }
        }
        for (Map<String, @Nullable Object> object : objects) {
            if (object.get("containerDefinitions") instanceof List<?>) {
                isKnown = true;
                all.ecs(object);
            } else if (object.get("taskDefinition") instanceof Map<?, ?>) {
                isKnown = true;
                all.ecs(YamlText.at(object, "taskDefinition"));
            } else if (object.containsKey("kind") && object.containsKey("apiVersion")) {
                isKnown = true;
                all.kubernetes(YamlText.at(object, "spec"), configMaps, 0);
            } else if (object.get("services") instanceof Map<?, ?>) {
                isKnown = true;
                all.compose(YamlText.at(object, "services"));
            }
        }
        return isKnown ? all : null;
    }

    private static void collect(
            Map<String, @Nullable Object> object, List<Map<String, @Nullable Object>> objects, int depth) {
        objects.add(object);
        // An alias of YAML can make an object part of itself.
        if (depth < DEPTH_MAX && object.get("items") instanceof List<?> items) {
            items.forEach(item -> collect(YamlText.at(item), objects, depth + 1));
        }
    }

    static boolean isDockerfile(String text) {
        for (String line : text.lines().toList()) {
            String stripped = line.strip();
            if (!stripped.isEmpty() && !stripped.startsWith("#")) {
                return stripped.matches("(?i)(FROM|ARG)\\s.*");
            }
        }
        return false;
    }

    /**
     * The daemon's container.
     *
     * @param name which one, or empty when there is only one
     */
    Launch daemon(String name) throws MigrationException {
        List<Container> daemons = containers.stream()
                .filter(each -> name.isEmpty() ? each.isDaemon() : each.name().equals(name))
                .toList();
        List<String> names = (daemons.isEmpty() ? containers : daemons)
                .stream().map(Container::name).distinct().toList();
        if (daemons.isEmpty()) {
            throw new MigrationException(file + " has no container of the X-Ray daemon"
                    + (name.isEmpty() ? "" : " named " + name)
                    + (names.isEmpty() ? "" : "; there are " + String.join(", ", names))
                    + (name.isEmpty() ? ": name it with --container" : ""));
        }
        if (daemons.size() > 1) {
            throw new MigrationException(
                    file + " has several X-Ray daemons: choose one with --container: " + String.join(", ", names));
        }
        Container container = daemons.get(0);
        List<String> flags = container.flags();
        if (flags == null) {
            throw new MigrationException("the container " + name + " of " + file + " starts no program xray");
        }
        return new Launch(
                "container " + container.name() + " in " + file,
                flags,
                container.environment(),
                container.files()::get,
                true,
                container.memoryBytes(),
                remarks);
    }

    private void ecs(Map<String, @Nullable Object> task) {
        for (Object element : YamlText.list(task.get("containerDefinitions"))) {
            Map<String, @Nullable Object> each = YamlText.at(element);
            Map<String, @Nullable Object> limit = each.get("memory") == null ? task : each;
            containers.add(new Container(
                    YamlText.text(each.get("name")),
                    YamlText.text(each.get("image")),
                    words(each.get("entryPoint")),
                    words(each.get("command")),
                    variables(each, "environment", "secrets"),
                    Map.of(),
                    bytes(YamlText.text(limit.get("memory")), 1 << 20)));
        }
    }

    private void kubernetes(
            Map<String, @Nullable Object> spec, Map<String, Map<String, @Nullable Object>> configMaps, int depth) {
        for (String key : WORKLOADS) {
            if (depth < DEPTH_MAX && spec.get(key) instanceof Map<?, ?>) {
                kubernetes(YamlText.at(spec, key, "spec"), configMaps, depth + 1);
            }
        }
        for (String key : List.of("containers", "initContainers")) {
            for (Object element : YamlText.list(spec.get(key))) {
                Map<String, @Nullable Object> each = YamlText.at(element);
                containers.add(new Container(
                        YamlText.text(each.get("name")),
                        YamlText.text(each.get("image")),
                        words(each.get("command")),
                        words(each.get("args")),
                        variables(each, "env", ""),
                        mounted(each, spec, configMaps),
                        bytes(
                                YamlText.text(
                                        YamlText.at(each, "resources", "limits").get("memory")),
                                1)));
            }
        }
    }

    /** The files of config maps that a container has, by their paths in it. */
    private static Map<String, String> mounted(
            Map<String, @Nullable Object> container,
            Map<String, @Nullable Object> spec,
            Map<String, Map<String, @Nullable Object>> configMaps) {
        Map<String, String> files = new LinkedHashMap<>();
        for (Object mount : YamlText.list(container.get("volumeMounts"))) {
            String name = YamlText.text(YamlText.at(mount).get("name"));
            String path = YamlText.text(YamlText.at(mount).get("mountPath")).replaceFirst("/+$", "");
            String subPath = YamlText.text(YamlText.at(mount).get("subPath"));
            for (Object volume : YamlText.list(spec.get("volumes"))) {
                Map<String, @Nullable Object> source = YamlText.at(volume, "configMap");
                if (name.equals(YamlText.text(YamlText.at(volume).get("name")))) {
                    Map<String, String> paths = new LinkedHashMap<>();
                    YamlText.list(source.get("items"))
                            .forEach(item -> paths.put(
                                    YamlText.text(YamlText.at(item).get("key")),
                                    YamlText.text(YamlText.at(item).get("path"))));
                    configMaps
                            .getOrDefault(YamlText.text(source.get("name")), Map.of())
                            .forEach((key, text) -> {
                                String file = paths.getOrDefault(key, key);
                                if (subPath.isEmpty()) {
                                    files.put(path + "/" + file, YamlText.text(text));
                                } else if (subPath.equals(file)) {
                                    files.put(path, YamlText.text(text));
                                }
                            });
                }
            }
        }
        return files;
    }

    private void compose(Map<String, @Nullable Object> services) throws IOException {
        for (Map.Entry<String, @Nullable Object> service : services.entrySet()) {
            Map<String, @Nullable Object> each = YamlText.at(service.getValue());
            Map<String, @Nullable Object> limits = YamlText.at(each, "deploy", "resources", "limits");
            Map<String, @Nullable String> environment = new LinkedHashMap<>();
            List<?> files =
                    each.get("env_file") instanceof List<?> list ? list : List.of(YamlText.text(each.get("env_file")));
            for (Object name : files) {
                String text = sibling(YamlText.text(name));
                if (text != null) {
                    UnitFiles.variables(text, environment);
                }
            }
            environment.putAll(variables(each, "environment", ""));
            containers.add(new Container(
                    service.getKey(),
                    YamlText.text(each.get("image")),
                    words(each.get("entrypoint")),
                    words(each.get("command")),
                    environment,
                    bound(YamlText.list(each.get("volumes"))),
                    bytes(YamlText.text(limits.getOrDefault("memory", each.get("mem_limit"))), 1)));
        }
    }

    /** The files beside this one that a service has, by their paths in it. */
    private Map<String, String> bound(List<?> volumes) throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        for (Object volume : volumes) {
            String[] parts = YamlText.text(volume).split(":", -1);
            Map<String, @Nullable Object> map = YamlText.at(volume);
            String source = parts.length > 1 ? parts[0] : YamlText.text(map.get("source"));
            String target = parts.length > 1 ? parts[1] : YamlText.text(map.get("target"));
            put(source, target, files);
        }
        return files;
    }

    private void put(String source, String target, Map<String, String> files) throws IOException {
        Path local = source.isEmpty() ? null : file.resolveSibling(source);
        if (local != null && Files.isDirectory(local)) {
            for (String name : List.of("cfg.yaml", "config.yaml", "xray.yaml")) {
                String text = sibling(source + "/" + name);
                if (text != null) {
                    files.put(target.replaceFirst("/+$", "") + "/" + name, text);
                }
            }
            return;
        }
        String text = sibling(source);
        if (text != null) {
            boolean isFolder = target.endsWith("/") || target.equals(".");
            files.put(isFolder ? target + Path.of(source).getFileName() : target, text);
        }
    }

    private @Nullable String sibling(String name) throws IOException {
        Path local = name.isEmpty() ? null : file.resolveSibling(name);
        return local != null && Files.isRegularFile(local) && Files.size(local) < 1 << 20
                ? Files.readString(local)
                : null;
    }

    /** The one container that a Dockerfile makes: its last stage. */
    static ContainerFiles dockerfile(Path file, String text) throws IOException {
        ContainerFiles all = new ContainerFiles(file);
        String image = "";
        List<String> entryPoint = null;
        List<String> command = null;
        Map<String, @Nullable String> environment = new LinkedHashMap<>();
        Map<String, String> files = new LinkedHashMap<>();
        for (String line : text.replaceAll("(?m)^\\s*#.*\\R", "")
                .replaceAll("\\\\[ \\t]*\\R", " ")
                .lines()
                .toList()) {
            Matcher instruction = INSTRUCTION.matcher(line);
            if (!instruction.matches()) {
                continue;
            }
            String rest = instruction.group(2).strip();
            switch (instruction.group(1).toUpperCase(Locale.ROOT)) {
                case "FROM" -> {
                    image = rest;
                    entryPoint = null;
                    command = null;
                    environment.clear();
                    files.clear();
                }
                case "ENTRYPOINT" -> {
                    entryPoint = instructionWords(rest);
                    command = null;
                }
                case "CMD" -> command = instructionWords(rest);
                case "ENV" -> {
                    List<String> words = CommandWords.split(rest);
                    if (words.size() == 2 && !words.get(0).contains("=")) {
                        environment.put(words.get(0), words.get(1));
                    } else {
                        words.forEach(word -> CommandWords.assign(word, environment));
                    }
                }
                case "COPY", "ADD" -> {
                    List<String> words = new ArrayList<>(CommandWords.split(rest));
                    if (words.stream().noneMatch(word -> word.startsWith("--from"))) {
                        words.removeIf(word -> word.startsWith("--"));
                        for (int i = 0; i + 1 < words.size(); i++) {
                            all.put(words.get(i), words.get(words.size() - 1), files);
                        }
                    }
                }
                default -> {
                    // Says nothing about the daemon's settings.
                }
            }
        }
        if (entryPoint == null
                && command != null
                && !image.toLowerCase(Locale.ROOT).contains("xray")) {
            entryPoint = command;
            command = null;
        }
        all.containers.add(new Container("xray of the image", image, entryPoint, command, environment, files, 0));
        return all;
    }

    private static List<String> instructionWords(String rest) throws IOException {
        if (rest.startsWith("[")) {
            try {
                List<String> words =
                        words(YamlText.documents(rest, "Dockerfile").get(0));
                return words == null ? List.of() : words;
            } catch (MigrationException e) {
                throw new IOException("an instruction of the Dockerfile is no list of texts", e);
            }
        }
        return CommandWords.split(rest);
    }

    private static @Nullable List<String> words(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list.isEmpty() ? null : list.stream().map(YamlText::text).toList();
        }
        String text = YamlText.text(value);
        return text.isEmpty() ? null : CommandWords.split(text);
    }

    /**
     * A container's variables: a list of names and values, or of texts, or a mapping; those of {@code secretsKey} have
     * no value here.
     */
    private static Map<String, @Nullable String> variables(
            Map<String, @Nullable Object> container, String key, String secretsKey) {
        Map<String, @Nullable String> variables = new LinkedHashMap<>();
        Object given = container.get(key);
        YamlText.at(given).forEach((name, value) -> variables.put(name, value == null ? null : YamlText.text(value)));
        for (Object element : YamlText.list(given)) {
            Map<String, @Nullable Object> pair = YamlText.at(element);
            if (pair.isEmpty()) {
                String text = YamlText.text(element);
                if (!CommandWords.assign(text, variables)) {
                    variables.put(text, null);
                }
            } else {
                Object value = pair.get("value");
                variables.put(YamlText.text(pair.get("name")), value == null ? null : YamlText.text(value));
            }
        }
        for (Object element : YamlText.list(container.get(secretsKey))) {
            variables.put(YamlText.text(YamlText.at(element).get("name")), null);
        }
        return variables;
    }

    /**
     * Bytes of a memory limit as Kubernetes, compose or ECS writes it; 0 when there is none.
     *
     * @param unit bytes of a number without a unit
     */
    static long bytes(String text, long unit) {
        Matcher memory = MEMORY.matcher(text);
        if (!memory.matches()) {
            return 0;
        }
        double number;
        try {
            number = Double.parseDouble(memory.group(1));
        } catch (NumberFormatException e) {
            // Several dots: no number.
            return 0;
        }
        return (long) (number
                * switch (memory.group(2)) {
                    case "" -> unit;
                    case "Ki" -> 1L << 10;
                    case "Mi" -> 1L << 20;
                    case "Gi" -> 1L << 30;
                    case "K" -> 1_000L;
                    case "M" -> 1_000_000L;
                    case "G" -> 1_000_000_000L;
                    case "k", "kb" -> 1L << 10;
                    case "m", "mb", "MB" -> 1L << 20;
                    case "g", "gb", "GB" -> 1L << 30;
                    default -> 0L;
                });
    }

    /** A remark for whoever chooses the image. */
    static Remark image() {
        return new Remark(
                Kind.TO_DO,
                "image",
                "replace it by xrayd's, with the file at /etc/amazon/xray/cfg.yaml; command and args are not needed then"
                        + " (docs/INSTALL.md)");
    }
}
