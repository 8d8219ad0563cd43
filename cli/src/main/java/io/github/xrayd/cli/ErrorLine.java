package io.github.xrayd.cli;

import io.github.xrayd.cli.log.LogFiles;
import io.github.xrayd.cli.log.LogText;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** A line in the log's format for what goes wrong before there is a log. */
final class ErrorLine {
    private ErrorLine() {}

    /**
     * Prints it.
     *
     * @param err where it is printed
     * @param logFile where it is also appended when that is possible, or null
     */
    static void print(String message, PrintStream err, @Nullable Path logFile) {
        String line = Instant.now().truncatedTo(ChronoUnit.SECONDS) + " [Error] "
                + LogText.escaped(message.replaceAll("\\s*\\R\\s*", " "));
        err.println(line);
        if (logFile == null) {
            return;
        }
        try {
            LogFiles.create(logFile);
            Files.writeString(
                    logFile, line + "\n", StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            err.println("The log file cannot be written either: " + e);
        }
    }
}
