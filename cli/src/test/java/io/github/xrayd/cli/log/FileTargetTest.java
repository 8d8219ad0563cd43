package io.github.xrayd.cli.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileTargetTest {
    @TempDir
    private Path directory;

    private final ScriptedClock clock = new ScriptedClock();

    @Test
    void shouldMakeDirectoriesAndAppend() throws IOException {
        Path file = directory.resolve("a/b/xray.log");
        write(file, 0, "one\n");
        write(file, 0, "two\n");
        assertEquals("one\ntwo\n", Files.readString(file));
    }

    @Test
    void shouldKeepWhatItMakesFromOtherUsers() throws IOException {
        Path file = directory.resolve("a/b/xray.log");
        FileTarget target = new FileTarget(file, 10, clock);
        write(target, "12345678\n");
        write(target, "12345678\n");
        target.close();
        assertEquals("rw-r-----", mode(file));
        assertEquals("rw-r-----", mode(directory.resolve("a/b/xray.log.1")));
        assertEquals("rwxr-x---", mode(directory.resolve("a/b")));
        assertEquals("rwxr-x---", mode(directory.resolve("a")));
    }

    @Test
    void shouldLeaveTheModeOfAFileThatIsThere() throws IOException {
        Path file = Files.createFile(directory.resolve("xray.log"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        write(file, 0, "one\n");
        assertEquals("rw-rw-rw-", mode(file));
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void shouldRotateBeforeTheLimitWouldBePassed() throws IOException {
        Path file = directory.resolve("xray.log");
        Path older = directory.resolve("xray.log.1");
        FileTarget target = new FileTarget(file, 10, clock);
        write(target, "12345\n");
        write(target, "789\n");
        assertFalse(Files.exists(older), "exactly the limit fits");
        write(target, "b\n");
        assertEquals("12345\n789\n", Files.readString(older));
        assertEquals("b\n", Files.readString(file));
        write(target, "a line longer than the limit\n");
        assertEquals("b\n", Files.readString(older));
        write(target, "c\n");
        assertEquals("a line longer than the limit\n", Files.readString(older));
        assertEquals("c\n", Files.readString(file));
        target.close();
        assertEquals(2, directory.toFile().list().length);
    }

    @Test
    void shouldCountWhatTheFileHeldAtStart() throws IOException {
        Path file = directory.resolve("xray.log");
        Files.writeString(file, "12345678\n");
        write(file, 10, "new\n");
        assertEquals("12345678\n", Files.readString(directory.resolve("xray.log.1")));
        assertEquals("new\n", Files.readString(file));
    }

    @Test
    void shouldNotRotateWhenToldNotTo() throws IOException {
        Path file = directory.resolve("xray.log");
        FileTarget target = new FileTarget(file, 0, clock);
        for (int i = 0; i < 1000; i++) {
            write(target, "line\n");
        }
        target.close();
        assertEquals(5000, Files.size(file));
    }

    @Test
    void shouldGoOnInTheSameFileWhenItCannotBeRenamed() throws IOException {
        Path file = directory.resolve("xray.log");
        Files.createDirectories(directory.resolve("xray.log.1/occupied"));
        FileTarget target = new FileTarget(file, 10, clock);
        write(target, "1234567\n");
        write(target, "second\n");
        target.close();
        assertEquals("1234567\nsecond\n", Files.readString(file));
    }

    @Test
    void shouldWriteToANewFileAfterTheOldOneWasMovedAndReopened() throws IOException {
        Path file = directory.resolve("xray.log");
        Path moved = directory.resolve("moved.log");
        FileTarget target = new FileTarget(file, 0, clock);
        write(target, "before\n");
        Files.move(file, moved);
        write(target, "between\n");
        target.reopen();
        write(target, "after\n");
        target.close();
        assertEquals("before\nbetween\n", Files.readString(moved));
        assertEquals("after\n", Files.readString(file));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNoticeThatItWasMovedOrRemoved(boolean isMoved) throws IOException {
        Path file = directory.resolve("xray.log");
        Path moved = directory.resolve("moved.log");
        FileTarget target = new FileTarget(file, 0, clock);
        write(target, "before\n");
        Files.move(file, moved);
        write(target, "unnoticed yet\n");
        if (!isMoved) {
            Files.delete(moved);
        }
        clock.advanceMs(200);
        write(target, "after\n");
        assertEquals("after\n", Files.readString(file));
        Files.move(file, moved, StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(file, "of another daemon\n");
        clock.advanceMs(200);
        write(target, "beside\n");
        target.close();
        assertEquals("of another daemon\nbeside\n", Files.readString(file));
        assertEquals("after\n", Files.readString(moved));
    }

    private FileTarget movedAwayWithSomethingInItsPlace() throws IOException {
        FileTarget target = new FileTarget(directory.resolve("logs/xray.log"), 0, clock);
        Files.move(directory.resolve("logs"), directory.resolve("moved"));
        Files.writeString(directory.resolve("logs"), "in the way");
        return target;
    }

    private void assertStillWritesTo(FileTarget target) throws IOException {
        write(target, "still here\n");
        target.close();
        assertEquals("still here\n", Files.readString(directory.resolve("moved/xray.log")));
    }

    @Test
    void shouldGoOnInTheMovedFileWhereNoNewOneCanBeMade() throws IOException {
        FileTarget target = movedAwayWithSomethingInItsPlace();
        clock.advanceMs(200);
        assertStillWritesTo(target);
    }

    @Test
    void shouldKnowItsLengthAfterSomebodyHasCutTheFile() throws IOException {
        Path file = directory.resolve("xray.log");
        FileTarget target = new FileTarget(file, 10, clock);
        write(target, "12345678\n");
        Files.newOutputStream(file).close();
        clock.advanceMs(200);
        write(target, "short\n");
        target.close();
        assertEquals("short\n", Files.readString(file));
        assertFalse(Files.exists(directory.resolve("xray.log.1")));
    }

    @Test
    void shouldRotateTheFileBehindALink() throws IOException {
        Path real = Files.createDirectory(directory.resolve("data")).resolve("real.log");
        Path file = Files.createSymbolicLink(directory.resolve("xray.log"), Path.of("data/real.log"));
        Files.createFile(real);
        FileTarget target = new FileTarget(file, 10, clock);
        write(target, "12345678\n");
        write(target, "next\n");
        target.close();
        assertTrue(Files.isSymbolicLink(file));
        assertEquals("next\n", Files.readString(real));
        assertEquals("12345678\n", Files.readString(real.resolveSibling("real.log.1")));
    }

    /** As {@code /dev/stdout} is one, and a device: their names are not the daemon's. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldRenameNothingThatIsNoFileOfItsOwn() throws IOException {
        Path open = directory.resolve("open.log");
        try (FileOutputStream stream = new FileOutputStream(open.toFile(), true)) {
            stream.write("mine\n".getBytes(StandardCharsets.UTF_8));
            Path descriptor = descriptor(open);
            Path file = Files.createSymbolicLink(directory.resolve("stdout"), descriptor);
            FileTarget target = new FileTarget(file, 10, clock);
            write(target, "12345678\n");
            write(target, "more\n");
            target.close();
        }
        assertEquals("mine\n12345678\nmore\n", Files.readString(open));
        Path device = Files.createSymbolicLink(directory.resolve("null"), Path.of("/dev/null"));
        FileTarget target = new FileTarget(device, 10, clock);
        write(target, "12345678\n");
        write(target, "more\n");
        target.close();
        assertTrue(Files.isSymbolicLink(device));
    }

    private static Path descriptor(Path file) throws IOException {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path each : descriptors) {
                if (Files.exists(each) && Files.isSameFile(each, file)) {
                    return each;
                }
            }
        }
        throw new AssertionError("not open: " + file);
    }

    @Test
    void shouldKeepTheOldFileWhenReopeningFails() throws IOException {
        FileTarget target = movedAwayWithSomethingInItsPlace();
        assertThrows(IOException.class, target::reopen);
        assertStillWritesTo(target);
    }

    @Test
    void shouldSurviveAnInterruptedWriter() throws IOException {
        Path file = directory.resolve("xray.log");
        FileTarget target = new FileTarget(file, 0, clock);
        Thread.currentThread().interrupt();
        write(target, "one\n");
        assertTrue(Thread.interrupted());
        write(target, "two\n");
        target.close();
        assertEquals("one\ntwo\n", Files.readString(file));
    }

    @Test
    void shouldSayWhyAFileCannotBeWritten() throws IOException {
        Files.writeString(directory.resolve("file"), "");
        String parent = refusal(directory.resolve("file/xray.log"));
        assertTrue(parent.startsWith("Cannot write the log file "), parent);
        assertTrue(parent.endsWith("file is not a directory"), parent);
        String itself = refusal(directory);
        assertTrue(itself.contains("Is a directory"), itself);
    }

    private String refusal(Path file) {
        IOException e = assertThrows(IOException.class, () -> new FileTarget(file, 0, clock));
        return String.valueOf(e.getMessage());
    }

    private void write(Path file, long bytesMax, String line) throws IOException {
        FileTarget target = new FileTarget(file, bytesMax, clock);
        write(target, line);
        target.close();
    }

    private static void write(FileTarget target, String line) throws IOException {
        target.write(line.getBytes(StandardCharsets.UTF_8));
    }
}
