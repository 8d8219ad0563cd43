package io.github.xrayd.engine.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rejected documents on the real file system. */
final class DeadLettersTest {
    @TempDir
    Path parent;

    private Path directory() {
        return parent.resolve("dead");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory())) {
            return files.sorted().toList();
        }
    }

    private static byte[] document(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void shouldKeepADocumentWithItsReason() throws Exception {
        DeadLetters letters = new DeadLetters(new DeadLetterSettings(directory(), 1 << 20));
        assertTrue(letters.keep("InvalidTraceId", "bad\nreason: forged", document("{\"id\":1}"), 0));
        Path file = files().get(0);
        assertEquals("0000000001-InvalidTraceId.dead", String.valueOf(file.getFileName()));
        assertEquals(
                "reason: InvalidTraceId\nmessage: bad reason: forged\nrejected: 1970-01-01T00:00:00Z\nlength: 8\n\n{\"id\":1}",
                Files.readString(file));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())));
    }

    @Test
    void shouldKeepInsideItsDirectoryWhateverTheReason() throws Exception {
        DeadLetters letters = new DeadLetters(new DeadLetterSettings(directory(), 1 << 20));
        assertTrue(letters.keep("../../etc/\u0000passwd" + "x".repeat(300), null, document("d"), 0));
        assertTrue(letters.keep("", null, document("d"), 0));
        assertTrue(String.valueOf(files().get(0).getFileName()).matches("0000000001-[A-Za-z0-9-]{40}\\.dead"));
        assertEquals("0000000002-unknown.dead", String.valueOf(files().get(1).getFileName()));
    }

    @Test
    void shouldDropTheOldestAtTheBounds() throws Exception {
        DeadLetters byFiles = new DeadLetters(new DeadLetterSettings(directory(), 1 << 20));
        for (int i = 0; i < 1002; i++) {
            assertTrue(byFiles.keep("r", null, document("d" + i), 0));
        }
        assertEquals(1000, files().size());
        assertTrue(Files.readString(files().get(0)).endsWith("d2"));

        DeadLetters byBytes = new DeadLetters(new DeadLetterSettings(directory(), 128 << 10));
        for (int i = 0; i < 5; i++) {
            assertTrue(byBytes.keep("r", null, document("x".repeat(50_000)), 0));
        }
        assertEquals(2, files().size());
        assertEquals(
                "0000001007-r.dead", String.valueOf(files().get(1).getFileName()), "numbers go on after a restart");
    }

    @Test
    void shouldCountWhatItCannotKeepAndRecover() throws Exception {
        Files.writeString(directory(), "in the way");
        DeadLetters letters = new DeadLetters(new DeadLetterSettings(directory(), 1 << 20));
        assertFalse(letters.keep("r", null, document("d"), 0));
        Files.delete(directory());
        assertTrue(letters.keep("r", null, document("d"), 0));
        Files.delete(files().get(0));
        Files.delete(directory());
        assertFalse(letters.keep("r", null, document("d"), 0));
        assertTrue(letters.keep("r", null, document("d"), 0));
        assertEquals(1, files().size());
    }

    @Test
    @Timeout(20)
    void shouldLeaveAloneWhatIsNoFile() throws Exception {
        Files.createDirectory(directory());
        Path precious = parent.resolve("precious");
        Files.writeString(precious, "x".repeat(200_000));
        Files.createSymbolicLink(directory().resolve("0000000001-r.dead"), precious);
        Files.createDirectory(directory().resolve("0000000002-r.dead"));
        Path fifo = directory().resolve("0000000003-r.dead");
        assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
        DeadLetters letters = new DeadLetters(new DeadLetterSettings(directory(), 128 << 10));
        for (int i = 0; i < 4; i++) {
            assertTrue(letters.keep("r", null, document("x".repeat(50_000)), 0));
        }
        assertEquals(5, files().size(), "the three, and the newest two");
        assertEquals(200_000, Files.size(precious));
    }

    @Test
    void shouldKeepWithinItsBoundsWhateverTheDiskDoes() {
        ScriptedDisk disk = new ScriptedDisk(new Random(1));
        DeadLetters letters = new DeadLetters(new DeadLetterSettings(directory(), 128 << 10), disk);
        byte[] document = document("x".repeat(50_000));
        assertTrue(letters.keep("r", null, document, 0));
        disk.broken.add("0000000001-r.dead");
        for (int i = 1; i < 5; i++) {
            assertTrue(letters.keep("r", null, document, 0), "the next oldest goes");
        }
        assertEquals(
                Set.of("0000000001-r.dead", "0000000005-r.dead"),
                disk.contents().keySet());
        disk.broken.clear();
        disk.capacity = disk.bytes() / 2 + 10;
        assertFalse(letters.keep("r", null, document, 0));
        assertEquals(1, disk.contents().size(), "nothing of it remains");
        disk.capacity = Long.MAX_VALUE;
        disk.isReadOnly = true;
        assertFalse(letters.keep("r", null, document, 0));
        disk.isReadOnly = false;
        assertTrue(letters.keep("r", null, document, 0));
        assertEquals(2, disk.contents().size());
    }
}
