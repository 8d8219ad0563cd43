package io.github.xrayd.cli;

import io.github.xrayd.engine.json.JsonText;
import io.github.xrayd.engine.spool.SpoolInspector;
import io.github.xrayd.engine.spool.SpoolInspector.FileInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/** {@code xray spool ls}: the files of a spool and what waits in them; takes no lock. */
@CommandLine.Command(
        name = "ls",
        mixinStandardHelpOptions = true,
        description = "Lists the files of the spool and what waits in them, beside a running daemon too.",
        footer = {
            "",
            "It also takes the daemon's options (--spool-dir DIR, -c FILE); states: good, unfinished (being written, or",
            "truncated), damaged (its good records will be delivered), quarantined, refused, unreadable."
        })
final class SpoolListCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Print JSON.")
    private boolean isJson;

    @Unmatched
    private List<String> daemonOptions = new ArrayList<>();

    private final Invocation invocation;

    SpoolListCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() throws ConfigException, IOException {
        Path directory = SpoolCommand.directory(SpoolCommand.settings(daemonOptions, invocation));
        List<FileInfo> all = new ArrayList<>();
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Path spool : SpoolCommand.spools(directory)) {
            List<FileInfo> files = new SpoolInspector(spool).files();
            if (isJson) {
                all.addAll(files);
                rows.addAll(rows(directory.relativize(spool), files));
            } else {
                invocation.out().println(text(spool, files));
            }
        }
        if (isJson) {
            invocation.out().println(json(directory, all, rows));
        }
        return Invocation.OK;
    }

    private static List<Map<String, Object>> rows(Path below, List<FileInfo> files) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (FileInfo file : files) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", below.resolve(file.name()).toString());
            row.put("state", state(file));
            row.put("bytes", file.bytes());
            row.put("encoding", file.encoding());
            row.put("records", file.waiting().records());
            row.put("documents", file.waiting().documents());
            row.put("acknowledged", file.acknowledged());
            row.put("missing", file.missing());
            row.put("oldestReceived", received(file));
            row.put("note", file.note());
            rows.add(row);
        }
        return rows;
    }

    private static String json(Path directory, List<FileInfo> files, List<Map<String, Object>> rows) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("directory", directory.toString());
        all.put(
                "records",
                files.stream().mapToLong(file -> file.waiting().records()).sum());
        all.put(
                "documents",
                files.stream().mapToLong(file -> file.waiting().documents()).sum());
        all.put("bytes", files.stream().mapToLong(FileInfo::bytes).sum());
        all.put("files", rows);
        return JsonText.of(all);
    }

    private static String text(Path directory, List<FileInfo> files) {
        StringBuilder text = new StringBuilder();
        if (!files.isEmpty()) {
            text.append(String.format(
                    "%-29s %-11s %-13s %12s %8s %10s  %-20s %s%n",
                    "file", "state", "encoding", "bytes", "batches", "documents", "oldest", "note"));
        }
        for (FileInfo file : files) {
            String oldest = received(file);
            text.append(String.format(
                            Locale.ROOT,
                            "%-29s %-11s %-13s %12d %8d %10d  %-20s %s",
                            file.name(),
                            state(file),
                            file.encoding().isEmpty() ? "-" : file.encoding(),
                            file.bytes(),
                            file.waiting().records(),
                            file.waiting().documents(),
                            oldest == null ? "-" : oldest,
                            file.note())
                    .stripTrailing());
            text.append(System.lineSeparator());
        }
        return text.append(files.stream()
                        .mapToLong(file -> file.waiting().documents())
                        .sum())
                .append(" documents in ")
                .append(files.stream()
                        .mapToLong(file -> file.waiting().records())
                        .sum())
                .append(" batches wait in ")
                .append(directory)
                .toString();
    }

    static String state(FileInfo file) {
        return file.state().name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable String received(FileInfo file) {
        return file.waiting().oldestReceivedMs() == 0
                ? null
                : Instant.ofEpochSecond(file.waiting().oldestReceivedMs() / 1000)
                        .toString();
    }
}
