package io.github.xrayd.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runs the jcstress tests of the hand-offs between threads, in a process of their own: shortly, or as
 * {@code -Djcstress.args} says.
 *
 * <p>{@code mvn -pl benchmarks test -Dtest=StressTest -Dsurefire.failIfNoSpecifiedTests=false -Djcstress.args="-m
 * default"}
 */
@Timeout(value = 8, unit = TimeUnit.HOURS)
class StressTest {
    private static final String SHORTLY = "-m sanity -f 1 -iters 4 -time 300 -sc false -af NONE";
    private static final int TESTS = 7;
    private static final String ACCESS =
            "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED -XX:+UseSerialGC -Xmx256m";

    @Test
    void shouldSeeNoForbiddenOutcome() throws IOException, InterruptedException {
        Path folder = Path.of("target", "jcstress").toAbsolutePath();
        Files.createDirectories(folder);
        Path output = folder.resolve("output.txt");
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                path,
                "org.openjdk.jcstress.Main",
                "-r",
                folder.toString(),
                "-strideSize",
                "16",
                "-strideCount",
                "8"));
        command.addAll(
                Arrays.asList(System.getProperty("jcstress.args", SHORTLY).split(" ")));
        command.addAll(List.of("-jvmArgs", ACCESS));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int exitCode;
        try {
            exitCode = process.waitFor();
        } finally {
            process.destroy();
        }
        String text = Files.readString(output);
        assertEquals(0, exitCode, text);
        assertTrue(text.contains("Failed tests: No matches") && text.contains("Error tests: No matches"), text);
        if (System.getProperty("jcstress.args") == null) {
            assertTrue(text.contains("All remaining tests: " + TESTS + " matching"), text);
        }
    }
}
