package io.github.xrayd.engine.spool;

import static io.github.xrayd.engine.spool.SpoolFixture.acknowledge;
import static io.github.xrayd.engine.spool.SpoolFixture.append;
import static io.github.xrayd.engine.spool.SpoolFixture.body;
import static io.github.xrayd.engine.spool.SpoolFixture.drain;
import static io.github.xrayd.engine.spool.SpoolFixture.records;
import static io.github.xrayd.engine.spool.SpoolFixture.settings;
import static io.github.xrayd.engine.spool.SpoolFixture.store;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.encode.BodyEncoding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The spool on the real file system. */
final class SpoolTest {
    private final SpoolFixture.ScriptedClock clock = new SpoolFixture.ScriptedClock();

    @TempDir
    Path parent;

    private Path directory() {
        return parent.resolve("spool");
    }

    private Spool open() throws SpoolLockedException {
        return SpoolFixture.open(settings(directory()), clock);
    }

    private List<String> files(String suffix) throws IOException {
        try (Stream<Path> files = Files.list(directory())) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    @Test
    void shouldGiveBackOldestFirstAlsoInTheNextProcess() throws Exception {
        try (Spool spool = open()) {
            for (int serial = 0; serial < 30; serial++) {
                store(spool, serial);
            }
            SpooledBatch first = spool.next();
            assertNotNull(first);
            assertArrayEquals(body(0), first.body());
            assertArrayEquals(new int[] {0, 7}, first.starts());
            assertEquals(1000, first.oldestReceivedMs());
            assertTrue(acknowledge(spool, first));
            assertFalse(acknowledge(spool, first), "a record is acknowledged once");
            assertNotNull(spool.next());
        }
        try (Spool spool = open()) {
            assertEquals(58, spool.state().documents());
            assertEquals(range(1, 30), drain(spool, true));
        }
        assertEquals(List.of(), files(".spool"), "what is delivered is deleted");
        assertEquals(List.of(), files(".ack"));
    }

    @Test
    void shouldGiveAReleasedRecordAgainInItsTurn() throws Exception {
        try (Spool spool = open()) {
            for (int serial = 0; serial < 3; serial++) {
                store(spool, serial);
            }
            SpooledBatch first = spool.next();
            assertNotNull(first);
            assertNotNull(spool.next());
            spool.release(first.recordId());
            assertEquals(List.of(0, 2), drain(spool, false));
            assertEquals(3, records(spool));
        }
    }

    @Test
    void shouldRefuseASecondOwnerAndNameTheFirst() throws Exception {
        try (Spool spool = open()) {
            assertTrue(spool.state().isOk());
            SpoolLockedException refused = assertThrows(SpoolLockedException.class, this::open);
            String message = String.valueOf(refused.getMessage());
            assertTrue(message.contains("process " + ProcessHandle.current().pid()), message);
            assertTrue(message.contains(directory().toString()), message);
        }
        open().close();
    }

    @Test
    void shouldKeepWithinTheLimitAndTakeAgainWhenThereIsRoom() throws Exception {
        SpoolSettings small = new SpoolSettings(directory(), SpoolSettings.BYTES_MIN, 4 << 10, BodyEncoding.XRAY_JSON);
        try (Spool spool = SpoolFixture.open(small, clock)) {
            int stored = 0;
            while (append(spool, stored)) {
                stored++;
            }
            assertFalse(append(spool, stored));
            assertTrue(
                    spool.state().reason().contains("--spool-limit"),
                    spool.state().reason());
            assertEquals(SpoolState.Status.FULL, spool.state().status());
            assertTrue(spool.state().usedBytes() <= SpoolSettings.BYTES_MIN);
            assertEquals(range(0, stored), drain(spool, true));
            store(spool, stored);
            assertTrue(spool.state().isOk());
        }
    }

    @Test
    void shouldGiveUpADirectoryThatIsDeleted() throws Exception {
        try (Spool spool = open()) {
            store(spool, 0);
            spool.sync();
            delete(directory());
            assertFalse(append(spool, 1));
            assertGivenUp(spool);
            clock.advanceMs(1000);
            spool.doWork();
            assertFalse(append(spool, 2));
            assertGivenUp(spool);
            assertFalse(Files.exists(directory()), "nothing is made by name");
        }
        try (Spool spool = open()) {
            store(spool, 3);
            assertEquals(List.of(3), drain(spool, true), "the next process works again");
        }
    }

    @Test
    void shouldLeaveAloneWhatComesInTheDirectorysPlace() throws Exception {
        Path away = parent.resolve("away");
        try (Spool spool = open()) {
            for (int serial = 0; serial < 30; serial++) {
                store(spool, serial);
            }
            SpooledBatch delivered = spool.next();
            SpooledBatch inFlight = spool.next();
            assertNotNull(delivered);
            assertNotNull(inFlight);
            Files.move(directory(), away);
            try (Stream<Path> copied = Files.list(away)) {
                Files.createDirectory(directory());
                for (Path file : copied.toList()) {
                    Files.copy(file, directory().resolve(away.relativize(file)));
                }
            }
            List<String> copies = files("");
            assertTrue(acknowledge(spool, delivered));
            assertNull(spool.next(), "nothing is read by name");
            clock.advanceMs(1000);
            spool.doWork();
            assertGivenUp(spool);
            assertFalse(spool.isHeld(inFlight.recordId()));
            assertFalse(acknowledge(spool, inFlight), "what is in flight is lost, too");
            assertEquals(copies, files(""), "nothing is made or deleted by name");
            delete(directory());
            Files.move(away, directory());
            clock.advanceMs(1000);
            spool.doWork();
            assertGivenUp(spool);
        }
        try (Spool spool = open()) {
            assertEquals(range(0, 30), drain(spool, true), "the next process delivers what came back");
        }
    }

    private static void assertGivenUp(Spool spool) {
        assertEquals(SpoolState.Status.FAILED, spool.state().status());
        assertEquals(
                "the directory was deleted or replaced; restart the daemon to spool again",
                spool.state().reason());
        assertEquals(0, spool.state().documents(), "what was in it is lost");
    }

    @Test
    void shouldOpenFailedAndRecoverWhenTheDirectoryCannotBeMade() throws Exception {
        Files.writeString(directory(), "in the way");
        try (Spool spool = open()) {
            assertEquals(SpoolState.Status.FAILED, spool.state().status());
            assertNull(spool.next());
            Files.delete(directory());
            clock.advanceMs(1000);
            store(spool, 0);
            assertTrue(spool.state().isOk());
        }
    }

    @Test
    void shouldLeaveAnotherVersionAlone() throws Exception {
        try (Spool spool = open()) {
            store(spool, 0);
        }
        Path file = directory().resolve(files(".spool").get(0));
        byte[] bytes = Files.readAllBytes(file);
        SpoolFileLayout.view(bytes).putInt(8, 3);
        SpoolFileLayout.view(bytes).putInt(28, SpoolFileLayout.crc(bytes, 0, 28));
        Files.write(file, bytes);
        try (Spool spool = open()) {
            assertEquals(0, records(spool));
            assertNull(spool.next());
            store(spool, 1);
            assertEquals(List.of(1), drain(spool, true));
        }
        assertArrayEquals(bytes, Files.readAllBytes(file));
        SpoolInspector.FileInfo info = new SpoolInspector(directory()).files().get(0);
        assertEquals(SpoolInspector.FileState.REFUSED, info.state());
        assertEquals("it is of format version 3, and this daemon reads up to version 2", info.note());
    }

    @Test
    void shouldPutADamagedFileAsideAndDeliverTheRest() throws Exception {
        try (Spool spool = open()) {
            for (int serial = 0; serial < 30; serial++) {
                store(spool, serial);
            }
        }
        Path file = directory().resolve(files(".spool").get(1));
        byte[] bytes = Files.readAllBytes(file);
        bytes[SpoolFileLayout.FILE_HEADER_BYTES + 60] ^= 1;
        Files.write(file, bytes);
        try (Spool spool = open()) {
            assertEquals(29, records(spool));
            assertEquals(1, new SpoolInspector(directory()).files().get(1).missing());
            assertEquals(29, drain(spool, true).size());
        }
        assertEquals(List.of("0000000002.spool.quarantined"), files(".quarantined"));
        assertEquals(List.of(), files(".spool"));
    }

    @Test
    void shouldCutOffATornTail() throws Exception {
        try (Spool spool = open()) {
            store(spool, 0);
            store(spool, 1);
        }
        Path file = directory().resolve(files(".spool").get(0));
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 5));
        assertEquals(
                SpoolInspector.FileState.UNFINISHED,
                new SpoolInspector(directory()).files().get(0).state());
        try (Spool spool = open()) {
            assertEquals(List.of(0), drain(spool, true));
        }
        assertEquals(List.of(), files(".quarantined"));
    }

    @Test
    void shouldLoseOnlyTheFileThatWasDeleted() throws Exception {
        try (Spool spool = open()) {
            for (int serial = 0; serial < 30; serial++) {
                store(spool, serial);
            }
            Files.delete(directory().resolve(files(".spool").get(0)));
            int given = drain(spool, true).size();
            assertTrue(given > 20 && given < 30, () -> "given " + given);
            assertEquals(0, records(spool));
        }
    }

    @Test
    void shouldBeReadableByItsOwnerOnly() throws Exception {
        try (Spool spool = open()) {
            store(spool, 0);
        }
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())));
        try (Stream<Path> files = Files.list(directory())) {
            for (Path file : files.toList()) {
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            }
        }
    }

    @Test
    void shouldShowAndDropWhatItHolds() throws Exception {
        SpoolInspector inspector = new SpoolInspector(directory());
        try (Spool spool = open()) {
            for (int serial = 0; serial < 30; serial++) {
                store(spool, serial);
            }
            long records = inspector.files().stream()
                    .mapToLong(file -> file.waiting().records())
                    .sum();
            assertEquals(30, records);
            assertThrows(SpoolLockedException.class, () -> inspector.drop(file -> true));
        }
        String first = files(".spool").get(0);
        List<SpoolInspector.FileInfo> dropped =
                inspector.drop(file -> file.name().equals(first));
        assertEquals(1, dropped.size());
        try (Spool spool = open()) {
            assertEquals(30 - dropped.get(0).waiting().records(), records(spool));
        }
    }

    @Test
    void shouldRefuseWhatNoBatchIs() throws Exception {
        try (Spool spool = open()) {
            ByteBuffer body = ByteBuffer.wrap(body(0));
            assertThrows(IllegalArgumentException.class, () -> spool.append(body, new int[0], 0));
            assertThrows(IllegalArgumentException.class, () -> spool.append(body, new int[4097], 0));
            ByteBuffer empty = ByteBuffer.allocate(0);
            assertThrows(IllegalArgumentException.class, () -> spool.append(empty, new int[1], 0));
        }
        assertThrows(IllegalArgumentException.class, () -> new SpoolSettings(directory(), 1));
    }

    @Test
    @Timeout(20)
    void shouldLeaveAloneWhatIsNoFile() throws Exception {
        try (Spool spool = open()) {
            store(spool, 0);
        }
        Path kept = parent.resolve("kept");
        Files.copy(directory().resolve("0000000001.spool"), kept);
        Files.createDirectory(directory().resolve("0000000002.spool"));
        Files.createSymbolicLink(directory().resolve("0000000003.spool"), kept);
        fifo("0000000004.spool");
        fifo("0000000005.ack");
        fifo("0000000006.spool.quarantined");
        Files.createSymbolicLink(directory().resolve("0000000007.ack"), kept);
        byte[] before = Files.readAllBytes(kept);
        try (Spool spool = open()) {
            assertEquals(1, records(spool));
            store(spool, 1);
            assertEquals(List.of(0, 1), drain(spool, true));
            spool.sync();
        }
        assertEquals(6, new SpoolInspector(directory()).files().size());
        assertEquals(
                6,
                new SpoolInspector(directory())
                        .files().stream()
                                .filter(file -> file.state() == SpoolInspector.FileState.REFUSED)
                                .count());
        assertArrayEquals(before, Files.readAllBytes(kept));
    }

    @Test
    @Timeout(20)
    void shouldLeaveAFileAsideWhoseAcknowledgementsAreNoFile() throws Exception {
        try (Spool spool = open()) {
            for (int serial = 0; serial < 30; serial++) {
                store(spool, serial);
            }
        }
        List<String> names = files(".spool");
        Path directoryOfAcks =
                Files.createDirectory(directory().resolve(names.get(1).replace(".spool", ".ack")));
        Path fifoOfAcks = fifo(names.get(2).replace(".spool", ".ack"));
        try (Spool spool = open()) {
            long good = records(spool);
            assertTrue(good > 0 && good < 30, () -> spool.state().toString());
            for (int second = 0; second < 30; second++) {
                clock.advanceMs(1000);
                spool.doWork();
            }
            assertEquals(good, records(spool), "good files are counted once");
            assertTrue(spool.state().isOk());
            assertEquals(good, drain(spool, true).size());
            clock.advanceMs(1000);
            spool.doWork();
            Files.delete(directoryOfAcks);
            Files.delete(fifoOfAcks);
            clock.advanceMs(10_000);
            spool.doWork();
            assertEquals(30 - good, records(spool), "told to who asks no record of an empty spool");
            assertEquals(30 - good, drain(spool, true).size(), "and the others when they can be read");
        }
    }

    private Path fifo(String name) throws Exception {
        Path path = directory().resolve(name);
        assertEquals(0, new ProcessBuilder("mkfifo", path.toString()).start().waitFor());
        return path;
    }

    @Test
    @Timeout(20)
    void shouldNotWriteIntoWhatIsNoLockFile() throws Exception {
        Files.createDirectory(directory());
        Path lock = directory().resolve(SpoolFileLayout.LOCK);
        Path precious = parent.resolve("precious");
        Files.writeString(precious, "not to be truncated");
        Files.createSymbolicLink(lock, precious);
        assertEquals("xrayd.lock is a symbolic link, not a file", failure());
        Files.delete(lock);
        Files.createLink(lock, precious);
        assertTrue(failure().contains("xrayd.lock is not a lock file"), this::failure);
        Files.delete(lock);
        fifo(SpoolFileLayout.LOCK);
        assertTrue(failure().contains("not a file"), this::failure);
        assertEquals("not to be truncated", Files.readString(precious));
        Files.delete(lock);
        Files.write(lock, new byte[5]);
        open().close();
    }

    private String failure() {
        try (Spool spool = open()) {
            assertEquals(SpoolState.Status.FAILED, spool.state().status());
            return spool.state().reason();
        } catch (SpoolLockedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldKeepItsLockWhenAnotherSpoolOfTheProcessIsRefused() throws Exception {
        try (Spool spool = open()) {
            assertTrue(spool.state().isOk());
            assertThrows(SpoolLockedException.class, this::open);
            assertThrows(SpoolLockedException.class, () -> Spool.checkFree(settings(directory())));
            assertThrows(SpoolLockedException.class, () -> new SpoolInspector(directory()).drop(file -> true));
            Process other = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            SpoolingProcess.class.getName(),
                            directory().toString(),
                            "0")
                    .redirectErrorStream(true)
                    .start();
            String output = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(1, other.waitFor(), output);
            assertTrue(
                    output.contains(
                            "in use by process " + ProcessHandle.current().pid()),
                    output);
        }
    }

    @Test
    void shouldLeaveFilesOfAnotherEncodingAlone() throws Exception {
        SpoolSettings raw = new SpoolSettings(directory(), 1 << 20, 4 << 10, BodyEncoding.RAW);
        try (Spool spool = SpoolFixture.open(raw, clock)) {
            store(spool, 0);
        }
        try (Spool spool = open()) {
            assertEquals(0, records(spool));
            assertTrue(spool.state().usedBytes() > 100, "they count against the limit");
            store(spool, 1);
            assertEquals(List.of(1), drain(spool, false));
        }
        assertEquals(
                List.of("raw documents", "X-Ray JSON"),
                new SpoolInspector(directory())
                        .files().stream().map(SpoolInspector.FileInfo::encoding).toList());
        Path file = directory().resolve(files(".spool").get(0));
        byte[] bytes = Files.readAllBytes(file);
        assertEquals(2, SpoolFileLayout.view(bytes).getInt(8), "a daemon that knows no encodings leaves it alone");
        bytes[3] ^= 1;
        Files.write(file, bytes);
        try (Spool spool = open()) {
            assertEquals(List.of(1), drain(spool, true), "also when the header is damaged");
        }
        try (Spool spool = SpoolFixture.open(raw, clock)) {
            assertEquals(List.of(0), drain(spool, true));
        }
        assertEquals(List.of("0000000001.spool.quarantined"), files(".quarantined"));
    }

    @Test
    void shouldReadFilesOfTheVersionBeforeEncodings() throws Exception {
        byte[] header = SpoolFileLayout.fileHeader(0x1122334455667788L, BodyEncoding.XRAY_JSON.code());
        byte[] before = HexFormat.of().parseHex("585253504f4f4c0a01000000000000008877665544332211" + "00000000");
        assertArrayEquals(before, java.util.Arrays.copyOf(header, 28));
        try (Spool spool = open()) {
            store(spool, 0);
        }
        byte[] bytes = Files.readAllBytes(directory().resolve(files(".spool").get(0)));
        assertEquals(1, SpoolFileLayout.view(bytes).getInt(8));
        assertEquals(0xFA_52_58_F5, SpoolFileLayout.view(bytes).getInt(SpoolFileLayout.FILE_HEADER_BYTES));
    }

    @Test
    void shouldSayWhatATruncatedAndAZeroedFileLack() throws Exception {
        try (Spool spool = open()) {
            for (int serial = 0; serial < 30; serial++) {
                store(spool, serial);
            }
        }
        List<String> names = files(".spool");
        Path truncated = directory().resolve(names.get(0));
        Files.write(truncated, java.util.Arrays.copyOf(Files.readAllBytes(truncated), 1000));
        Path zeroed = directory().resolve(names.get(names.size() - 1));
        Files.write(zeroed, new byte[(int) Files.size(zeroed)]);
        List<SpoolInspector.FileInfo> infos = new SpoolInspector(directory()).files();
        assertEquals(
                "an unknown number of records are missing",
                infos.get(names.size() - 1).note());
        int good =
                infos.stream().mapToInt(file -> (int) file.waiting().records()).sum();
        try (Spool spool = open()) {
            assertEquals(good, drain(spool, true).size());
        }
        assertEquals(
                List.of(names.get(0) + ".quarantined", names.get(names.size() - 1) + ".quarantined"),
                files(".quarantined"),
                "neither is deleted");
    }

    @Test
    void shouldMakeEveryMissingDirectoryPrivate() throws Exception {
        Path deep = parent.resolve("a").resolve("b");
        SpoolFixture.open(settings(deep), clock).close();
        for (Path made : List.of(parent.resolve("a"), deep)) {
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(made)));
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
