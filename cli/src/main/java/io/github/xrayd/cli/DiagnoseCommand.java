package io.github.xrayd.cli;

import io.github.xrayd.cli.log.LogText;
import io.github.xrayd.engine.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code xray diagnose}: a report of the running daemon, for a bug report. */
final class DiagnoseCommand extends SettingsCommand {
    private static final String OUTPUT = "--output";
    private static final Pattern PID = Pattern.compile("\"pid\":(\\d{1,18})");

    DiagnoseCommand() {
        super(CommandName.DIAGNOSE);
    }

    @Override
    String description() {
        return """
                Asks the daemon that has the same settings for a report: health, what runs with which settings (without secrets),
                memory, sockets, the progress of each duty and its stalls, the ledger, the last answers of each destination, distinct
                errors with their counts, the host and its limits, metrics, and the stack of each thread. It has no documents in it.
                With --diagnostics-dir the report is a new file there, whose name is printed; else it is printed.

                Exit code: 0, 1 nobody answers or the file cannot be written, 2 wrong usage.
                """;
    }

    @Override
    List<OwnOption> options() {
        return List.of(new OwnOption(OUTPUT, "FILE", "Write it to a new file, readable by its owner; -: print it."));
    }

    @Override
    int run(Invocation invocation, Settings settings, Map<String, String> given) throws StartException, IOException {
        AdminClient client = AdminClient.of(settings);
        AdminClient.Page page = client.get("/diagnostics");
        if (page.status() != 200) {
            throw new IOException(client + " has no page /diagnostics (HTTP " + page.status() + ")");
        }
        String file = given.get(OUTPUT);
        DiagnosticsDirectory reports = DiagnosticsDirectory.of(settings);
        if (file == null && reports != null) {
            reports.prepare();
            invocation.out().println(reports.write(page.body(), pid(page.body())));
        } else if (file == null || file.equals("-")) {
            invocation.out().print(LogText.redacted(page.body()));
        } else {
            write(invocation.directory().resolve(file), LogText.redacted(page.body()));
            invocation.err().println("written to " + file);
        }
        return Invocation.OK;
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(DiagnosticsDirectory.createNew(file), text);
    }

    /** The daemon's process id, as its report tells it; 0 when it does not. */
    private static long pid(String report) {
        Matcher pid = PID.matcher(report);
        return pid.find() ? Long.parseLong(pid.group(1)) : 0;
    }
}
