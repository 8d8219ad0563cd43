package io.github.xrayd.cli.migrate;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was given to be migrated: a process, a command line, files of any of the kinds that are read. What a file is,
 * its text says.
 */
public final class MigrationInput {
    private static final int LENGTH_MAX = 4 << 20;

    private final Path root;
    private final String container;
    private @Nullable Launch launch;
    private @Nullable String file;
    private String fileName = "";
    private final Map<String, @Nullable String> environment = new LinkedHashMap<>();

    /**
     * @param root of the file system in which daemons are looked for
     * @param container which container of a manifest; empty when there is only one
     */
    public MigrationInput(Path root, String container) {
        this.root = root;
        this.container = container;
    }

    /** A process. */
    public void addProcess(long pid) throws IOException, MigrationException {
        set(new InstalledDaemons(root).process(pid));
    }

    /** A command line as text. */
    public void addCommandLine(String text) throws MigrationException {
        List<String> words = CommandWords.split(text);
        Map<String, @Nullable String> variables = new LinkedHashMap<>();
        List<String> behind = CommandWords.behindProgram(words, variables);
        // Flags alone are a command line too.
        set(new Launch(
                "command line",
                behind == null ? words : behind,
                variables,
                Launch.NO_FILES,
                false,
                0,
                new ArrayList<>()));
    }

    /** A file: configuration, unit, job, manifest, Dockerfile, or variables. */
    public void addFile(Path path, String name) throws IOException, MigrationException {
        String text = text(path, name);
        if (UnitFiles.isUnit(text)) {
            set(UnitFiles.unit(path, text, root));
        } else if (ContainerFiles.isDockerfile(text)) {
            set(ContainerFiles.dockerfile(path, text).daemon(container));
        } else if (UnitFiles.isUpstart(text)) {
            set(UnitFiles.upstart(path, text, root));
        } else if (isVariables(text)) {
            UnitFiles.variables(text, environment);
        } else {
            List<Object> documents = YamlText.documents(text, name);
            ContainerFiles containers = ContainerFiles.of(path, documents);
            if (containers != null) {
                set(containers.daemon(container));
            } else if (documents.isEmpty()
                    || (documents.size() == 1 && isConfiguration(YamlText.at(documents.get(0))))) {
                if (file != null) {
                    throw new MigrationException("two configuration files are given: " + fileName + " and " + name);
                }
                file = text;
                fileName = name;
            } else {
                throw new MigrationException(
                        name + " is nothing that is known: it may be a cfg.yaml, a systemd unit, an Upstart"
                                + " job, an ECS task definition, Kubernetes objects, a compose file, a Dockerfile, or lines NAME=VALUE");
            }
        }
    }

    private static boolean isConfiguration(Map<String, @Nullable Object> root) {
        return root.containsKey("Version")
                || root.keySet().stream()
                        .anyMatch(key -> OfficialSetting.ofKey(key) != null
                                || Set.of("Socket", "Logging", "Processor", "LogRotation", "MemoryLimit")
                                        .contains(key));
    }

    private static boolean isVariables(String text) {
        List<String> lines = text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
        return !lines.isEmpty()
                && lines.stream().allMatch(line -> line.matches("(export\\s+)?[A-Za-z_][A-Za-z0-9_]*=.*"));
    }

    private static String text(Path path, String name) throws IOException, MigrationException {
        try {
            if (Files.isDirectory(path)) {
                throw new MigrationException(name + " is a directory");
            }
            if (Files.size(path) > LENGTH_MAX) {
                throw new MigrationException(name + " is larger than " + (LENGTH_MAX >> 20) + " MB");
            }
            return Files.readString(path);
        } catch (NoSuchFileException e) {
            throw new MigrationException("there is no file " + name);
        } catch (MalformedInputException e) {
            throw new MigrationException(name + " is not UTF-8 text");
        }
    }

    private void set(Launch found) throws MigrationException {
        if (launch != null) {
            throw new MigrationException(
                    "one daemon at a time: " + launch.origin() + " and " + found.origin() + " are given");
        }
        launch = found;
    }

    /**
     * The migration of what was added; when only variables or nothing were, of the daemon that runs or is installed
     * here.
     *
     * @param ownVariables the environment variables that xrayd reads and the official daemon does not
     */
    public Migration migrate(Set<String> ownVariables) throws IOException, MigrationException {
        Launch daemon = launch;
        if (daemon == null) {
            daemon = file == null
                    ? new InstalledDaemons(root).find()
                    : new Launch(
                            "file " + fileName, List.of(), new LinkedHashMap<>(), Launch.NO_FILES, false, 0, List.of());
        }
        environment.forEach(daemon.environment()::putIfAbsent);
        return Migration.of(daemon, file, fileName, ownVariables);
    }
}
