package io.github.xrayd.cli;

import io.github.xrayd.cli.log.LogText;
import io.github.xrayd.cli.migrate.Migration;
import io.github.xrayd.cli.migrate.MigrationException;
import io.github.xrayd.cli.migrate.MigrationInput;
import io.github.xrayd.cli.migrate.Remark;
import io.github.xrayd.engine.StartException;
import io.github.xrayd.engine.json.JsonText;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code xray migrate}: reads how an official daemon is started, and writes xrayd's configuration. */
@CommandLine.Command(
        name = "xray migrate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Reads how an official X-Ray daemon is started, and writes xrayd's configuration file on standard output. On standard"
                    + " error it prints a line for each setting that is the same, changed, left out or different by default.",
            "",
            "Without a FILE and an option it reads the daemon that runs on this host, else the one that is installed here. Each FILE"
                    + " is a cfg.yaml, a systemd unit (with the drop-ins beside it), an Upstart job, an ECS task definition,"
                    + " Kubernetes objects, a compose file, a Dockerfile, or lines NAME=VALUE of environment variables: which one is"
                    + " found by its content. Keys and passwords are never printed or written."
        },
        footer = {
            "",
            "Exit code: 0 written, 1 no such daemon, one that would not start with these settings, or a file that cannot be written; 2 wrong options."
        })
final class MigrateCommand extends PicocliCommand {
    @Parameters(arity = "0..*", paramLabel = "FILE", description = "Files that define how the daemon is started.")
    private List<String> files = List.of();

    @Option(names = "--pid", paramLabel = "PID", description = "Read this process, by /proc.")
    private @Nullable Long pid;

    @Option(
            names = "--command-line",
            paramLabel = "TEXT",
            description = "Read this command line, as \"xray -n eu-west-1 -m 100\".")
    private @Nullable String commandLine;

    @Option(
            names = "--container",
            paramLabel = "NAME",
            description = "The daemon's container or service in a manifest (default: the only one).")
    private String container = "";

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "Write the configuration into this file, which must not exist.")
    private @Nullable Path output;

    @Option(names = "--force", description = "Replace the file of --output.")
    private boolean isForced;

    @Option(names = "--json", description = "Print configuration and remarks as one JSON object.")
    private boolean isJson;

    @Override
    int call(Invocation call) throws IOException {
        if (output == null && isForced) {
            throw new IllegalArgumentException("--force is for --output");
        }
        Path target = output == null ? null : call.directory().resolve(output);
        if (target != null && !isForced && Files.exists(target)) {
            throw existing();
        }
        Migration migration;
        try {
            migration = migration(call.directory());
            check(migration, call);
        } catch (MigrationException e) {
            throw new IOException(LogText.escaped(String.valueOf(e.getMessage())), e);
        }
        if (target != null) {
            write(migration.yaml(), target);
        }
        if (isJson) {
            call.out().println(JsonText.of(json(migration)));
            return Invocation.OK;
        }
        if (target == null) {
            call.out().print(migration.yaml());
        }
        call.err().println("read: " + LogText.escaped(migration.origin()));
        for (Remark remark : migration.remarks()) {
            String word = remark.kind().word();
            call.err()
                    .println(word + " ".repeat(9 - word.length()) + " "
                            + LogText.escaped(remark.subject() + ": " + remark.message()));
        }
        if (target != null) {
            call.err().println("written: " + output);
        }
        return Invocation.OK;
    }

    private Migration migration(Path directory) throws IOException, MigrationException {
        MigrationInput input = new MigrationInput(Path.of("/"), container);
        if (pid != null) {
            input.addProcess(pid);
        }
        if (commandLine != null) {
            input.addCommandLine(commandLine);
        }
        for (String file : files) {
            input.addFile(directory.resolve(file), file);
        }
        Set<String> ownVariables = new HashSet<>();
        for (Setting setting : Setting.values()) {
            ownVariables.add(setting.variable());
        }
        return input.migrate(ownVariables);
    }

    private IOException existing() {
        return new IOException(output + " is there already: choose another name, or replace it with --force");
    }

    private void write(String text, Path target) throws IOException {
        try {
            if (isForced) {
                Files.writeString(target, text);
            } else {
                Files.writeString(target, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            }
        } catch (FileAlreadyExistsException e) {
            throw existing();
        } catch (IOException e) {
            throw new IOException(output + " cannot be written: " + e, e);
        }
    }

    /** Checks the result as {@code xray validate} does. */
    private static void check(Migration migration, Invocation call) throws IOException {
        Path file = Files.createTempFile("xray-migrate", ".yaml");
        try {
            Files.writeString(file, migration.yaml());
            Settings settings = Settings.load(Flags.parse(List.of("-c", file.toString())), Map.of(), call.directory());
            EngineSettings.of(settings, EngineSettings.memory(settings).megabytes());
        } catch (ConfigException | StartException | UsageException e) {
            throw new IOException(
                    "xrayd would not start with the result: "
                            + LogText.escaped(String.valueOf(e.getMessage()).replace(file.toString(), "the result")),
                    e);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static Map<String, Object> json(Migration migration) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("origin", migration.origin());
        json.put("configuration", migration.written());
        json.put("file", migration.yaml());
        List<Object> remarks = new ArrayList<>();
        for (Remark remark : migration.remarks()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("kind", remark.kind().word());
            one.put("subject", remark.subject());
            one.put("message", remark.message());
            remarks.add(one);
        }
        json.put("remarks", remarks);
        return json;
    }
}
