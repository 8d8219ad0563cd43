package io.github.xrayd.cli;

import io.github.xrayd.engine.spool.SpoolInspector;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code xray spool}: shows and handles what a daemon's spool directory holds. */
@CommandLine.Command(
        name = "xray spool",
        mixinStandardHelpOptions = true,
        description = "Shows, delivers or deletes what a spool directory holds.",
        footer = {
            "",
            "The directory is the daemon's: --spool-dir, XRAY_SPOOL_DIR or the configuration file's Xrayd.SpoolDir.",
            "Exit code: 0 done, 1 could not be done, 2 wrong options. xray spool ls --help shows a command's options."
        })
final class SpoolCommand implements Command, Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public int run(Invocation invocation) {
        return Picocli.run(this, invocation, subcommands(invocation).toArray());
    }

    /** Its sub-commands, annotated for picocli. */
    static List<Object> subcommands(Invocation invocation) {
        return List.of(
                new SpoolListCommand(invocation), new SpoolReplayCommand(invocation), new SpoolDropCommand(invocation));
    }

    @Override
    public void run() {
        CommandSpec own = spec;
        if (own != null) {
            throw new ParameterException(own.commandLine(), "give a subcommand: ls, replay or drop");
        }
    }

    /**
     * The settings that the daemon would have: its flags beside a command's own options, environment and configuration
     * file.
     *
     * @throws IllegalArgumentException when a flag is wrong
     * @throws ConfigException when the file or the environment is wrong
     */
    static Settings settings(List<String> daemonOptions, Invocation invocation) throws ConfigException {
        try {
            return Settings.load(Flags.parse(daemonOptions), invocation.environment(), invocation.directory());
        } catch (UsageException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * The spool directory that the daemon would use.
     *
     * @throws IllegalArgumentException when none is said
     * @throws IOException when it is no directory
     */
    static Path directory(Settings settings) throws IOException {
        Path directory = settings.pathOrNull(Setting.SPOOL_DIR);
        if (directory == null) {
            throw new IllegalArgumentException("no spool directory is set: give --spool-dir DIR, or "
                    + Setting.SPOOL_DIR.variable() + " in the environment, or " + Setting.SPOOL_DIR.key()
                    + " in the configuration file that -c names");
        }
        if (!Files.isDirectory(directory)) {
            throw new IOException(directory + " is no directory");
        }
        return directory;
    }

    /**
     * The spools that a directory holds: itself when it has files or nothing else does, and those in directories below
     * it, by their names, as a daemon has them that has several destinations.
     *
     * @throws IOException when it cannot be read
     */
    static List<Path> spools(Path directory) throws IOException {
        List<Path> spools = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, Files::isDirectory)) {
            for (Path entry : entries) {
                if (!new SpoolInspector(entry).files().isEmpty()) {
                    spools.add(entry);
                }
            }
        }
        spools.sort(null);
        if (spools.isEmpty() || !new SpoolInspector(directory).files().isEmpty()) {
            spools.add(0, directory);
        }
        return spools;
    }
}
