package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The distribution in other folders, and after an upgrade on top of an older one. */
class InstallationIT {
    private static final Path HOME = Path.of("target/xray").toAbsolutePath();
    private static final long SECONDS_MAX = 240;

    @TempDir
    private Path directory;

    @Test
    void shouldRunAndMakeItsArchiveInAFolderOfAnyName() throws IOException, InterruptedException {
        // Made by a shell, because this JVM's own locale may have no such letter.
        String script = "cd \"$1\" && mkdir 'a b (x86) \303\251 [c]' && cp -a \"$2\"/. 'a b (x86) \303\251 [c]' &&"
                + " LC_ALL=C './a b (x86) \303\251 [c]/bin/xray' -v && LC_ALL=C './a b (x86) \303\251 [c]/bin/xray' archive"
                + " && ls 'a b (x86) \303\251 [c]/lib/' && ls -1";
        Path file = Files.write(directory.resolve("script"), script.getBytes(StandardCharsets.ISO_8859_1));
        String out = run(0, "sh", file.toString(), directory.toString(), HOME.toString());
        assertTrue(out.startsWith("AWS X-Ray daemon version: v"), out);
        assertTrue(out.contains("Class-data archive: "), out);
        assertTrue(out.contains("\nxray-" + System.getProperty("java.version") + ".jsa\n"), out);
        List<String> left;
        try (Stream<Path> files = Files.list(directory)) {
            left = files.map(f -> f.getFileName().toString()).sorted().toList();
        }
        assertEquals(
                List.of("out", "script"),
                left.stream().filter(f -> !f.startsWith("a b (x86)")).toList());
    }

    @Test
    void shouldRunItsOwnVersionBesideAnOlderOne() throws IOException, InterruptedException {
        Path home = installation();
        Files.writeString(home.resolve("lib/xrayd-cli-0.0.1.jar"), "older");
        Files.writeString(home.resolve("lib/xrayd-cli-99.jar"), "newer");
        assertEquals("AWS X-Ray daemon version: v" + Version.text() + "\n", run(0, xray(home), "-v"));
    }

    @Test
    void shouldSayThatItDoesNotKnowWhichJarIsRight() throws IOException, InterruptedException {
        Path home = installation();
        Path jar = home.resolve("lib/xrayd-cli-" + Version.text() + ".jar");
        Files.move(jar, home.resolve("lib/xrayd-cli-1.jar"));
        assertEquals("AWS X-Ray daemon version: v" + Version.text() + "\n", run(0, xray(home), "-v"));
        Files.writeString(home.resolve("lib/xrayd-cli-0.0.1.jar"), "older");
        String out = run(1, xray(home), "-v");
        assertTrue(out.contains("several xrayd-cli jars") && out.contains("remove the older ones"), out);
        Files.delete(home.resolve("lib/xrayd-cli-1.jar"));
        Files.delete(home.resolve("lib/xrayd-cli-0.0.1.jar"));
        assertTrue(run(1, xray(home), "-v").contains("has no xrayd-cli jar"));
    }

    private static String xray(Path home) {
        return home.resolve("bin/xray").toString();
    }

    private Path installation() throws IOException {
        Path home = directory.resolve("home");
        CopyOption[] options = {StandardCopyOption.COPY_ATTRIBUTES};
        for (String folder : List.of("bin", "lib")) {
            Files.createDirectories(home.resolve(folder));
            try (Stream<Path> files = Files.list(HOME.resolve(folder))) {
                for (Path file : files.toList()) {
                    Files.copy(file, home.resolve(folder).resolve(file.getFileName()), options);
                }
            }
        }
        return home;
    }

    private String run(int exitCode, String... command) throws IOException, InterruptedException {
        Path out = directory.resolve("out");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("XRAY_"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        assertTrue(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS), "it does not end");
        String text = Files.readString(out, StandardCharsets.UTF_8);
        assertEquals(exitCode, process.exitValue(), text);
        return text;
    }
}
