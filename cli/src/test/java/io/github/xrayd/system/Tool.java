package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Programs of the host that a test uses where they are installed. */
final class Tool {
    private static final int SECONDS_MAX = 60;

    private Tool() {}

    /** Whether a program is in the path. */
    static boolean isThere(String name) {
        for (String folder : System.getenv("PATH").split(File.pathSeparator, -1)) {
            if (Files.isExecutable(Path.of(folder).resolve(name))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Runs one to its end.
     *
     * @return what it printed
     * @throws AssertionError with what it printed, when it does not exit with 0
     */
    static String run(Path directory, String... words) throws IOException, InterruptedException {
        return run(directory, null, words);
    }

    /** The same with a file as standard input. */
    static String run(Path directory, @Nullable File input, String... words) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(words).directory(directory.toFile()).redirectErrorStream(true);
        if (input != null) {
            builder.redirectInput(input);
        }
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS), () -> List.of(words) + " does not end");
        assertEquals(0, process.exitValue(), () -> List.of(words) + ": " + said);
        return said;
    }
}
