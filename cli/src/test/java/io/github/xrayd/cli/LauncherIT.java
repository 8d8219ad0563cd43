package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the packaged {@code bin/xray}, a POSIX shell script: like all system tests it needs a POSIX system. */
class LauncherIT {
    private static final Path HOME = Path.of("target/xray").toAbsolutePath();
    private static final Path XRAY = HOME.resolve("bin/xray");
    private static final long SECONDS_MAX = 60;
    private static final String VERSION_LINE = "AWS X-Ray daemon version: v";

    @TempDir
    private Path directory;

    private record Result(int exitCode, String out, String err) {}

    @Test
    void shouldFindItselfThroughLinks() throws IOException, InterruptedException {
        Path first = Files.createSymbolicLink(directory.resolve("first"), XRAY);
        Path second = Files.createSymbolicLink(directory.resolve("second"), first.getFileName());
        Result result = run(List.of(second.toString(), "-v"), Map.of());
        assertEquals(0, result.exitCode(), result.err());
        assertTrue(result.out().startsWith(VERSION_LINE), result.out());
    }

    @Test
    void shouldRunByItsNameInItsFolder() throws IOException, InterruptedException {
        Result result = runIn(HOME.resolve("bin"), List.of("sh", "xray", "-v"), Map.of());
        assertEquals(0, result.exitCode(), result.err());
    }

    @Test
    void shouldSayThatJavaHomeHasNoJava() throws IOException, InterruptedException {
        Result result = run(List.of(XRAY.toString(), "-v"), Map.of("JAVA_HOME", directory.toString()));
        assertEquals(1, result.exitCode());
        assertEquals("", result.out());
        assertEquals(
                "xray: JAVA_HOME is " + directory + ", where there is no bin/java; set it to the folder of Java 17 or"
                        + " later, or unset it\n",
                result.err());
    }

    @Test
    void shouldRefuseAnOlderJavaWithoutStartingIt() throws IOException, InterruptedException {
        scriptedJava("echo started >&2; exit 3");
        Files.writeString(directory.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"1.8.0_402\"\n");
        Result result = run(List.of(XRAY.toString(), "-v"), Map.of("JAVA_HOME", directory.toString()));
        assertEquals(1, result.exitCode());
        assertTrue(result.err().contains("which is Java 1.8.0_402"), result.err());
    }

    @Test
    void shouldAskAJavaForItsVersionWhenItsFolderDoesNotSay() throws IOException, InterruptedException {
        scriptedJava("echo 'openjdk version \"11.0.2\" 2019-01-15' >&2");
        Result result = run(List.of(XRAY.toString(), "-v"), Map.of("JAVA_HOME", directory.toString()));
        assertEquals(1, result.exitCode());
        assertTrue(result.err().contains("which is Java 11.0.2"), result.err());
    }

    @Test
    void shouldSayNothingAboutAnArchiveThatIsMissingOrForeign() throws IOException, InterruptedException {
        Path foreign = directory.resolve("foreign");
        Files.writeString(foreign, "not an archive");
        for (String archive : List.of(directory.resolve("missing").toString(), foreign.toString())) {
            String option = "-XX:SharedArchiveFile=" + archive;
            Result result = run(List.of(XRAY.toString(), "-v"), Map.of("XRAY_JAVA_OPTS", option));
            assertEquals(0, result.exitCode(), result.err());
            assertEquals("", result.err());
            assertEquals(1, result.out().lines().count(), result.out());
        }
    }

    @Test
    void shouldLoadItsClassesFromTheArchiveMadeWithIt() throws IOException, InterruptedException {
        assumeTrue(Files.exists(archive()), "this JVM made none");
        Path log = directory.resolve("classes");
        Result result = run(List.of(XRAY.toString(), "-v"), Map.of("XRAY_JAVA_OPTS", "-Xlog:class+load:file=" + log));
        assertEquals(0, result.exitCode(), result.err());
        String line = Files.readAllLines(log).stream()
                .filter(each -> each.contains(" io.github.xrayd.cli.Main "))
                .findFirst()
                .orElse("");
        assertTrue(line.contains("shared objects file"), line);
    }

    @Test
    void shouldLetTheUsersFlagsWin() throws IOException, InterruptedException {
        Result result = run(List.of(XRAY.toString(), "-v"), Map.of("XRAY_JAVA_OPTS", "-Xmx77m -XshowSettings:vm"));
        assertTrue(result.err().contains("Max. Heap Size: 77.00M"), result.err());
    }

    @Test
    void shouldBecomeTheDaemonItself() throws IOException, InterruptedException {
        Process daemon = start(
                directory,
                List.of(XRAY.toString(), "-o", "-n", "us-east-1", "-b", "127.0.0.1:0", "-t", "127.0.0.1:0"),
                Map.of());
        try {
            long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
            while (!Files.readString(directory.resolve("out")).contains("Memory: ")) {
                assertTrue(daemon.isAlive() && System.nanoTime() < deadlineNs, "the daemon never started");
                Thread.onSpinWait();
            }
            String command = daemon.info().command().orElse("");
            assertTrue(command.endsWith("/bin/java"), command);
            daemon.destroy();
            assertTrue(daemon.waitFor(SECONDS_MAX, TimeUnit.SECONDS));
            assertEquals(0, daemon.exitValue());
        } finally {
            daemon.destroyForcibly();
        }
    }

    /** Else the log would be written into the first file or socket that the daemon opens. */
    @ParameterizedTest
    @ValueSource(strings = {"/bin/sh", "/bin/bash"})
    @EnabledOnOs(OS.LINUX)
    void shouldLeaveNoStandardStreamClosed(String shell) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of(shell)), shell);
        Path streams = directory.resolve("streams");
        scriptedJava("links=$(readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2); echo \"$links\" >'" + streams + "'");
        Files.writeString(directory.resolve("release"), "JAVA_VERSION=\"25\"\n");
        String command = shell + " '" + XRAY + "' -v <&- >&- 2>&-";
        Result result = run(List.of("sh", "-c", command), Map.of("JAVA_HOME", directory.toString()));
        assertEquals(0, result.exitCode());
        assertEquals(List.of("/dev/null", "/dev/null", "/dev/null"), Files.readAllLines(streams));
    }

    private static Path archive() {
        return HOME.resolve("lib").resolve("xray-" + System.getProperty("java.version") + ".jsa");
    }

    private void scriptedJava(String script) throws IOException {
        Path java = directory.resolve("bin/java");
        Files.createDirectories(directory.resolve("bin"));
        Files.writeString(java, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Result run(List<String> command, Map<String, String> environment) throws IOException, InterruptedException {
        return runIn(directory, command, environment);
    }

    private Result runIn(Path folder, List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        Process process = start(folder, command, environment);
        assertTrue(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS), "it does not end");
        return new Result(
                process.exitValue(),
                Files.readString(directory.resolve("out"), StandardCharsets.UTF_8),
                Files.readString(directory.resolve("err"), StandardCharsets.UTF_8));
    }

    private Process start(Path folder, List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command));
        builder.directory(folder.toFile());
        builder.redirectOutput(directory.resolve("out").toFile());
        builder.redirectError(directory.resolve("err").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("XRAY_"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        return builder.start();
    }
}
