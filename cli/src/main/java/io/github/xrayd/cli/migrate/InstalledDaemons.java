package io.github.xrayd.cli.migrate;

import io.github.xrayd.cli.migrate.Remark.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds official daemons on this host: processes by {@code /proc}, units and files where the official packages put
 * them.
 */
final class InstalledDaemons {
    private static final List<String> UNITS = List.of(
            "etc/systemd/system/xray.service",
            "lib/systemd/system/xray.service",
            "usr/lib/systemd/system/xray.service");
    private static final String JOB = "etc/init/xray.conf";
    private static final String FILE = "etc/amazon/xray/cfg.yaml";

    private final Path root;

    /** @param root of the file system, with its {@code proc} */
    InstalledDaemons(Path root) {
        this.root = root;
    }

    /**
     * The daemon that runs, else the one that is installed.
     *
     * @throws MigrationException when there is none, or several run
     */
    Launch find() throws IOException, MigrationException {
        Map<Long, Launch> running = running();
        if (running.size() > 1) {
            throw new MigrationException("several official daemons run: choose one with --pid: "
                    + String.join(
                            ", ", running.keySet().stream().map(String::valueOf).toList()));
        }
        if (!running.isEmpty()) {
            return running.values().iterator().next();
        }
        for (String name : UNITS) {
            Path unit = root.resolve(name);
            if (Files.isRegularFile(unit)) {
                return UnitFiles.unit(unit, Files.readString(unit), root);
            }
        }
        Path job = root.resolve(JOB);
        if (Files.isRegularFile(job)) {
            return UnitFiles.upstart(job, Files.readString(job), root);
        }
        if (Files.isRegularFile(root.resolve(FILE))) {
            return new Launch("this host's file", List.of(), new LinkedHashMap<>(), this::file, false, 0, List.of());
        }
        throw new MigrationException("no official daemon runs or is installed here: name its unit, file or container"
                + " manifest, or give --pid or --command-line");
    }

    private @Nullable String file(String path) throws IOException {
        Path file = root.resolve(path.replaceFirst("^/+", ""));
        return path.startsWith("/") && Files.isRegularFile(file) ? Files.readString(file) : null;
    }

    private Map<Long, Launch> running() throws IOException {
        Map<Long, Launch> running = new TreeMap<>();
        Path proc = root.resolve("proc");
        if (!Files.isDirectory(proc)) {
            return running;
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                try {
                    Launch launch = process(pid, false);
                    if (launch != null) {
                        running.put(pid, launch);
                    }
                } catch (IOException e) {
                    // It ended since it was listed.
                }
            }
        }
        return running;
    }

    /**
     * The daemon of a process.
     *
     * @throws MigrationException when it is none
     */
    Launch process(long pid) throws IOException, MigrationException {
        if (!Files.isDirectory(root.resolve("proc/" + pid))) {
            throw new MigrationException("there is no process " + pid);
        }
        Launch launch = process(pid, true);
        if (launch == null) {
            throw new MigrationException("process " + pid + " is no official daemon: its program is not named xray");
        }
        return launch;
    }

    /**
     * @param isNamed whether the process was chosen: its program may then have another name, as in a debugger or a
     *     wrapper
     */
    private @Nullable Launch process(long pid, boolean isNamed) throws IOException {
        Path process = root.resolve("proc/" + pid);
        List<String> words = strings(process.resolve("cmdline"));
        Map<String, @Nullable String> environment = new LinkedHashMap<>();
        List<String> program = isNamed || words.isEmpty() ? words : words.subList(0, 1);
        // A shell or an editor that names the daemon is none: unless the process was chosen, its own name counts.
        if (CommandWords.behindProgram(program, new LinkedHashMap<>()) == null) {
            return null;
        }
        List<String> behind = CommandWords.behindProgram(words, environment);
        List<Remark> remarks = new ArrayList<>();
        try {
            strings(process.resolve("environ")).forEach(each -> CommandWords.assign(each, environment));
        } catch (IOException e) {
            remarks.add(new Remark(
                    Kind.TO_DO,
                    "environment",
                    "that of process " + pid + " cannot be read; run this as root or as its user"));
        }
        return new Launch(
                "process " + pid,
                behind == null ? List.of() : behind,
                environment,
                path -> file(process, path),
                false,
                0,
                remarks);
    }

    /** A file as the process sees it: in its container, from its directory. */
    private static @Nullable String file(Path process, String path) throws IOException {
        for (Path file : path.startsWith("/")
                ? List.of(process.resolve("root" + path), Path.of(path))
                : List.of(process.resolve("cwd").resolve(path))) {
            if (Files.isRegularFile(file) && Files.isReadable(file)) {
                return Files.readString(file);
            }
        }
        return null;
    }

    private static List<String> strings(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        return text.isEmpty()
                ? List.of()
                : List.of(new String(text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
                        .replaceFirst("\0$", "")
                        .split("\0", -1));
    }
}
