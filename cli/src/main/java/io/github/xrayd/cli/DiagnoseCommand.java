package io.github.xrayd.cli;

import io.github.xrayd.engine.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/** {@code xray diagnose}: a report of the running daemon, for a bug report. */
final class DiagnoseCommand extends SettingsCommand {
    private static final String OUTPUT = "--output";

    DiagnoseCommand() {
        super(CommandName.DIAGNOSE);
    }

    @Override
    String description() {
        return """
                Asks the daemon that has the same settings for a report: health, what runs with which settings (without secrets),
                memory, sockets, the progress of each duty, the ledger, calls and errors by kind, the last error of each destination,
                metrics, and the stack of each thread. It has no documents in it.

                Exit code: 0, 1 nobody answers or the file cannot be written, 2 wrong usage.
                """;
    }

    @Override
    List<OwnOption> options() {
        return List.of(new OwnOption(
                OUTPUT, "FILE", "Write it to a new file, readable by its owner, instead of printing it."));
    }

    @Override
    int run(Invocation invocation, Settings settings, Map<String, String> given) {
        try {
            AdminClient client = AdminClient.of(settings);
            AdminClient.Page page = client.get("/diagnostics");
            if (page.status() != 200) {
                throw new IOException(client + " has no page /diagnostics (HTTP " + page.status() + ")");
            }
            String file = given.get(OUTPUT);
            if (file == null) {
                invocation.out().print(page.body());
            } else {
                write(invocation.directory().resolve(file), page.body());
                invocation.err().println("written to " + file);
            }
            return Invocation.OK;
        } catch (StartException | IOException e) {
            invocation.err().println(title() + ": " + e.getMessage());
            return Invocation.FAILED;
        }
    }

    private static void write(Path file, String text) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (UnsupportedOperationException e) {
            // Not a POSIX file system: the directory's own rules hold.
            Files.createFile(file);
        }
        Files.writeString(file, text);
    }
}
