package io.github.xrayd.cli.migrate;

import io.github.xrayd.cli.migrate.Remark.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads systemd's units, with the drop-ins beside them, and Upstart's jobs. */
final class UnitFiles {
    private static final Pattern UPSTART = Pattern.compile("(?m)^\\s*exec\\s+(.*)$");
    private static final Pattern UPSTART_ENV = Pattern.compile("(?m)^\\s*env\\s+(\\S+=.*)$");

    private final Path root;
    private final List<String> commands = new ArrayList<>();
    private final Map<String, @Nullable String> environment = new LinkedHashMap<>();
    private final List<Remark> remarks = new ArrayList<>();
    private String directory = "/";

    /** @param root below which the files that units name are */
    private UnitFiles(Path root) {
        this.root = root;
    }

    static boolean isUnit(String text) {
        return Pattern.compile("(?m)^\\s*\\[Service]\\s*$").matcher(text).find();
    }

    static boolean isUpstart(String text) {
        return Pattern.compile("(?m)^\\s*(start on|respawn|exec|script)\\b")
                        .matcher(text)
                        .find()
                && UPSTART.matcher(text).find();
    }

    /** The daemon of a unit with the drop-ins of {@code FILE.d}. */
    static Launch unit(Path file, String text, Path root) throws IOException, MigrationException {
        UnitFiles unit = new UnitFiles(root);
        unit.read(text);
        Path dropIns = file.resolveSibling(file.getFileName() + ".d");
        if (Files.isDirectory(dropIns)) {
            try (Stream<Path> all = Files.list(dropIns)) {
                for (Path dropIn : all.filter(each -> each.toString().endsWith(".conf"))
                        .sorted()
                        .toList()) {
                    unit.read(Files.readString(dropIn));
                    unit.remarks.add(
                            new Remark(
                                    Kind.TO_DO,
                                    dropIn.getFileName().toString(),
                                    "this drop-in was read with the unit;"
                                            + " it changes xrayd's unit too as long as that has the same name: remove it, or its ExecStart at least"));
                }
            }
        }
        for (String command : unit.commands) {
            // Behind these characters systemd does something special before it starts the program.
            String line = command.replaceFirst("^[@:+!|-]+", "");
            Launch launch = unit.launch(CommandWords.split(line), "unit " + file);
            if (launch != null) {
                return launch;
            }
        }
        throw new MigrationException(file + " starts no X-Ray daemon: its ExecStart names no program xray");
    }

    /** The daemon of an Upstart job. */
    static Launch upstart(Path file, String text, Path root) throws MigrationException {
        UnitFiles job = new UnitFiles(root);
        Matcher variables = UPSTART_ENV.matcher(text);
        while (variables.find()) {
            CommandWords.assign(String.join("", CommandWords.split(variables.group(1))), job.environment);
        }
        Matcher lines = UPSTART.matcher(text);
        while (lines.find()) {
            Launch launch = job.launch(CommandWords.split(lines.group(1)), "job " + file);
            if (launch != null) {
                job.remarks.add(new Remark(
                        Kind.TO_DO,
                        file.getFileName().toString(),
                        "xrayd has units for systemd, and scripts for OpenRC and runit,"
                                + " but no job for Upstart (docs/INSTALL.md)"));
                return launch;
            }
        }
        throw new MigrationException(file + " starts no X-Ray daemon: no exec line names a program xray");
    }

    private @Nullable Launch launch(List<String> words, String origin) {
        Map<String, @Nullable String> all = new LinkedHashMap<>(environment);
        List<String> behind = CommandWords.behindProgram(words, all);
        return behind == null
                ? null
                : new Launch(origin, CommandWords.expanded(behind, all), all, this::file, false, 0, remarks);
    }

    private @Nullable String file(String path) throws IOException {
        // The unit's paths are those of the root that it was found in.
        Path file = root.resolve(Path.of(directory).resolve(path).toString().replaceFirst("^/+", ""));
        return Files.isRegularFile(file) ? Files.readString(file) : null;
    }

    private void read(String text) throws IOException {
        String section = "";
        for (String line : text.replaceAll("\\\\\\R", " ").lines().toList()) {
            String stripped = line.strip();
            if (stripped.startsWith("[")) {
                section = stripped;
            } else if (section.equals("[Service]") && !stripped.startsWith("#") && !stripped.startsWith(";")) {
                int equals = stripped.indexOf('=');
                if (equals > 0) {
                    set(
                            stripped.substring(0, equals).strip(),
                            stripped.substring(equals + 1).strip());
                }
            }
        }
    }

    private void set(String key, String value) throws IOException {
        switch (key) {
            case "ExecStart" -> {
                if (value.isEmpty()) {
                    commands.clear();
                } else {
                    commands.add(value);
                }
            }
            case "Environment" -> {
                if (value.isEmpty()) {
                    environment.clear();
                }
                CommandWords.split(value).forEach(word -> CommandWords.assign(word, environment));
            }
            case "EnvironmentFile" -> environmentFile(value.startsWith("-") ? value.substring(1) : value);
            case "WorkingDirectory" -> directory = value.isEmpty() ? "/" : value;
            default -> {
                // Says nothing about the daemon's settings.
            }
        }
    }

    private void environmentFile(String path) throws IOException {
        if (path.isEmpty()) {
            return;
        }
        String text = file(path);
        if (text == null) {
            remarks.add(new Remark(
                    Kind.TO_DO,
                    "EnvironmentFile",
                    path + " is not here: give it as another FILE, that its variables are known"));
            return;
        }
        variables(text, environment);
    }

    /** The variables of a file of {@code NAME=VALUE} lines. */
    static void variables(String text, Map<String, @Nullable String> environment) {
        for (String line : text.lines().toList()) {
            String stripped = line.strip().replaceFirst("^export\\s+", "");
            if (!stripped.isEmpty() && !stripped.startsWith("#") && !stripped.startsWith(";")) {
                int equals = stripped.indexOf('=');
                if (equals > 0) {
                    String value = String.join(" ", CommandWords.split(stripped.substring(equals + 1)));
                    environment.put(stripped.substring(0, equals).strip(), value);
                }
            }
        }
    }
}
