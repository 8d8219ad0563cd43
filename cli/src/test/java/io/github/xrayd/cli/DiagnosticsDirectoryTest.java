package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiagnosticsDirectoryTest {
    @TempDir
    Path folder;

    @Test
    void shouldKeepTheLastReportsAndWhatIsNotItsOwn() throws Exception {
        DiagnosticsDirectory reports = directory("reports");
        reports.prepare();
        Path own = folder.resolve("reports");
        Files.writeString(own.resolve("notes.txt"), "mine");
        Path victim = Files.writeString(folder.resolve("victim"), "mine");
        Files.createSymbolicLink(own.resolve("xrayd-20000101T000000Z-1.txt"), victim);
        for (int i = 0; i < 13; i++) {
            reports.write("report " + i, 7);
        }
        List<Path> kept = files(own).stream()
                .filter(file -> Files.isRegularFile(file)
                        && file.getFileName().toString().startsWith("xrayd-2"))
                .filter(file -> !Files.isSymbolicLink(file))
                .toList();
        assertEquals(DiagnosticsDirectory.REPORTS_MAX, kept.size());
        assertEquals("mine", Files.readString(own.resolve("notes.txt")));
        assertEquals("mine", Files.readString(victim));
        assertTrue(kept.stream().anyMatch(file -> text(file).equals("report 12")), "the newest is kept");
        for (Path file : kept) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        }
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(own)));
    }

    @Test
    void shouldCutWhatIsTooLong() throws Exception {
        DiagnosticsDirectory reports = directory("reports");
        reports.prepare();
        Path file = reports.write("x".repeat(DiagnosticsDirectory.BYTES_MAX + 1), 7);
        assertEquals(DiagnosticsDirectory.BYTES_MAX, Files.size(file));
        assertTrue(Files.readString(file).endsWith("cut here, at its limit)\n"), "it says so");
    }

    @Test
    void shouldRefuseWhatIsNoDirectory() throws Exception {
        Files.writeString(folder.resolve("file"), "");
        for (String path : List.of("file", "file/below")) {
            StartException refused =
                    assertThrows(StartException.class, () -> directory(path).prepare());
            String message = String.valueOf(refused.getMessage());
            assertTrue(message.contains("file is not a directory. Give the daemon's user"), message);
        }
    }

    private DiagnosticsDirectory directory(String path) throws Exception {
        Settings settings = Settings.load(Flags.parse(List.of("--diagnostics-dir", path)), Map.of(), folder);
        DiagnosticsDirectory directory = DiagnosticsDirectory.of(settings);
        if (directory == null) {
            throw new AssertionError("none");
        }
        return directory;
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
