package io.github.xrayd.cli;

import io.github.xrayd.engine.spool.SpoolInspector;
import io.github.xrayd.engine.spool.SpoolInspector.FileInfo;
import io.github.xrayd.engine.spool.SpoolInspector.FileState;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/** {@code xray spool drop}: deletes files of a spool that no daemon has. */
@CommandLine.Command(
        name = "drop",
        mixinStandardHelpOptions = true,
        description = "Deletes files of the spool, documents and all. The daemon must be stopped.",
        footer = {"", "It also takes the daemon's options (--spool-dir DIR, -c FILE)."})
final class SpoolDropCommand implements Callable<Integer> {
    @Option(names = "--all", description = "Delete every file.")
    private boolean isAll;

    @Option(
            names = "--quarantined",
            description = "Delete damaged files that were put aside; nothing in them waits for delivery.")
    private boolean isQuarantined;

    @Option(
            names = "--file",
            paramLabel = "NAME",
            description = "Delete the file of that name, as ls prints it; may be repeated.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--dry-run", description = "Print what would be deleted, and delete nothing.")
    private boolean isDryRun;

    @Option(names = "--yes", description = "Do not ask. Needed where no terminal can be asked.")
    private boolean isSure;

    @Unmatched
    private List<String> daemonOptions = new ArrayList<>();

    private final Invocation invocation;

    SpoolDropCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws ConfigException, IOException {
        if (!isAll && !isQuarantined && names.isEmpty()) {
            throw new IllegalArgumentException("name what to delete: --all, --quarantined or --file NAME");
        }
        Path directory = SpoolCommand.directory(SpoolCommand.settings(daemonOptions, invocation));
        List<Path> spools = SpoolCommand.spools(directory);
        if (!spools.contains(directory)) {
            throw new IOException(
                    directory + " has no files itself: name one of these spools by --spool-dir: " + spools);
        }
        SpoolInspector spool = new SpoolInspector(directory);
        List<FileInfo> meant = spool.files().stream().filter(this::isDropped).toList();
        if (!isDryRun && !isSure && !meant.isEmpty() && !isAgreed(meant)) {
            invocation.err().println("nothing was deleted");
            return Invocation.FAILED;
        }
        List<FileInfo> dropped = isDryRun ? meant : spool.drop(this::isDropped);
        for (FileInfo file : dropped) {
            invocation
                    .out()
                    .println((isDryRun ? "would delete " : "deleted ") + file.name() + " ("
                            + SpoolListCommand.state(file) + ", "
                            + file.waiting().documents() + " documents)");
        }
        for (String name : names) {
            if (dropped.stream().noneMatch(file -> file.name().equals(name))) {
                throw new IOException("there is no file " + name + " in " + directory + "; see xray spool ls");
            }
        }
        invocation.out().println(dropped.size() + (isDryRun ? " files would be deleted" : " files deleted"));
        return Invocation.OK;
    }

    /** Asks at the terminal. */
    @SuppressWarnings("SystemConsoleNull") // Both ways to have no terminal are asked for: Java 17's and Java 22's.
    private boolean isAgreed(List<FileInfo> files) {
        Console console = System.console();
        if (console == null || !Terminal.isInteractive()) {
            throw new IllegalArgumentException(
                    "there is no terminal to ask at: give --yes to delete, or --dry-run to see what would be deleted");
        }
        long documents =
                files.stream().mapToLong(file -> file.waiting().documents()).sum();
        String answer = console.readLine(
                "Delete %d files with %d documents that were not delivered? [y/N] ", files.size(), documents);
        return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
    }

    private boolean isDropped(FileInfo file) {
        return isAll || (isQuarantined && file.state() == FileState.QUARANTINED) || names.contains(file.name());
    }
}
