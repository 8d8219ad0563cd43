package io.github.xrayd.engine.spool;

import static io.github.xrayd.engine.spool.SpoolFixture.append;
import static io.github.xrayd.engine.spool.SpoolFixture.body;
import static io.github.xrayd.engine.spool.SpoolFixture.bytes;
import static io.github.xrayd.engine.spool.SpoolFixture.drain;
import static io.github.xrayd.engine.spool.SpoolFixture.settings;
import static io.github.xrayd.engine.spool.SpoolFixture.store;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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
            assertArrayEquals(body(0), bytes(first));
            assertArrayEquals(body(0), first.openStream().readAllBytes());
            assertEquals(2, first.documentCount());
            assertEquals(7, first.documentOffset(1));
            assertEquals(1000, first.oldestReceivedMs());
            assertTrue(spool.acknowledge(first.recordId()));
            assertFalse(spool.acknowledge(first.recordId()), "a record is acknowledged once");
            assertNotNull(spool.next());
        }
        try (Spool spool = open()) {
            SpoolCounts counts = spool.counts();
            assertEquals(29, counts.recoveredRecords());
            assertEquals(58, counts.heldDocuments());
            assertEquals(1001, counts.oldestReceivedMs());
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
            assertEquals(3, spool.counts().heldRecords());
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
        SpoolSettings small = new SpoolSettings(directory(), SpoolSettings.BYTES_MIN, SpoolSync.INTERVAL, 100, 4 << 10);
        try (Spool spool = SpoolFixture.open(small, clock)) {
            int stored = 0;
            while (append(spool, stored) instanceof SpoolResult.Stored) {
                stored++;
            }
            SpoolResult.Full full = assertInstanceOf(SpoolResult.Full.class, append(spool, stored));
            assertTrue(full.reason().contains("--spool-limit"), full.reason());
            assertEquals(SpoolState.Status.FULL, spool.state().status());
            assertEquals(2, spool.counts().refusedRecords());
            assertTrue(spool.counts().usedBytes() <= SpoolSettings.BYTES_MIN);
            assertEquals(range(0, stored), drain(spool, true));
            store(spool, stored);
            assertTrue(spool.state().isOk());
        }
    }

    @Test
    void shouldSyncWithinTheInterval() throws Exception {
        try (Spool spool = open()) {
            long recordId = store(spool, 0);
            assertFalse(spool.isSynced(recordId));
            clock.advanceMs(99);
            spool.doWork();
            assertFalse(spool.isSynced(recordId));
            clock.advanceMs(1);
            assertEquals(1, spool.doWork());
            assertTrue(spool.isSynced(recordId));
        }
    }

    @Test
    void shouldGoOnWhenTheDirectoryIsDeleted() throws Exception {
        try (Spool spool = open()) {
            store(spool, 0);
            spool.sync();
            delete(directory());
            SpoolResult.Failed failed = assertInstanceOf(SpoolResult.Failed.class, append(spool, 1));
            assertTrue(failed.reason().contains("deleted"), failed.reason());
            clock.advanceMs(1000);
            spool.doWork();
            assertTrue(spool.state().isOk(), () -> spool.state().reason());
            assertEquals(1, spool.counts().lostRecords());
            store(spool, 2);
            assertEquals(List.of(2), drain(spool, true));
        }
    }

    @Test
    void shouldFindItsRecordsAgainWhenTheDirectoryComesBack() throws Exception {
        try (Spool spool = open()) {
            store(spool, 0);
            store(spool, 1);
            SpooledBatch inFlight = spool.next();
            assertNotNull(inFlight);
            Files.move(directory(), parent.resolve("away"));
            Files.writeString(directory(), "a file where the directory was");
            clock.advanceMs(1000);
            spool.doWork();
            assertEquals(SpoolState.Status.FAILED, spool.state().status());
            clock.advanceMs(1000);
            assertInstanceOf(SpoolResult.Failed.class, append(spool, 2));
            assertTrue(spool.acknowledge(inFlight.recordId()), "what is in flight can be acknowledged meanwhile");
            Files.delete(directory());
            Files.move(parent.resolve("away"), directory());
            clock.advanceMs(1000);
            store(spool, 3);
            assertEquals(List.of(1, 3), drain(spool, false));
            assertEquals(0, spool.counts().lostRecords());
        }
        try (Spool spool = open()) {
            assertEquals(List.of(1, 3), drain(spool, true));
        }
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
        SegmentLayout.view(bytes).putInt(8, 2);
        SegmentLayout.view(bytes).putInt(28, SegmentLayout.crc(bytes, 0, 28));
        Files.write(file, bytes);
        try (Spool spool = open()) {
            assertEquals(1, spool.counts().refusedFiles());
            assertNull(spool.next());
            store(spool, 1);
            assertEquals(List.of(1), drain(spool, true));
        }
        assertArrayEquals(bytes, Files.readAllBytes(file));
        SpoolInspector.FileInfo info = new SpoolInspector(directory()).files().get(0);
        assertEquals(SpoolInspector.FileState.REFUSED, info.state());
        assertEquals("format version 2, known is 1", info.note());
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
        bytes[SegmentLayout.FILE_HEADER_BYTES + 60] ^= 1;
        Files.write(file, bytes);
        try (Spool spool = open()) {
            assertEquals(29, spool.counts().heldRecords());
            assertEquals(1, spool.counts().corruptRecords());
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
            assertEquals(1, spool.counts().tornTails());
            assertEquals(0, spool.counts().corruptRecords());
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
            assertEquals(30, given + spool.counts().lostRecords());
            assertTrue(spool.counts().lostRecords() > 0);
            assertEquals(0, spool.counts().heldRecords());
        }
    }

    @Test
    void shouldStoreWhenItsThreadIsInterrupted() throws Exception {
        try (Spool spool = open()) {
            Thread.currentThread().interrupt();
            store(spool, 0);
            assertTrue(spool.sync());
            assertEquals(List.of(0), drain(spool, false));
        } finally {
            assertTrue(Thread.interrupted(), "the interrupt is kept for its receiver");
        }
        try (Spool spool = open()) {
            assertEquals(List.of(0), drain(spool, true));
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
            List<Integer> read = new java.util.ArrayList<>();
            assertEquals(30, inspector.read((info, batch) -> read.add(SpoolFixture.serial(bytes(batch)))));
            assertEquals(range(0, 30), read);
            long records = inspector.files().stream()
                    .mapToLong(SpoolInspector.FileInfo::records)
                    .sum();
            assertEquals(30, records);
            assertThrows(SpoolLockedException.class, () -> inspector.drop(file -> true));
        }
        String first = files(".spool").get(0);
        List<SpoolInspector.FileInfo> dropped =
                inspector.drop(file -> file.name().equals(first));
        assertEquals(1, dropped.size());
        try (Spool spool = open()) {
            assertEquals(30 - dropped.get(0).records(), spool.counts().heldRecords());
        }
    }

    @Test
    void shouldRefuseWhatNoBatchIs() throws Exception {
        try (Spool spool = open()) {
            ByteBuffer body = ByteBuffer.wrap(body(0));
            assertThrows(IllegalArgumentException.class, () -> spool.append(body, 0, new int[0], 0));
            assertThrows(IllegalArgumentException.class, () -> spool.append(body, 2, new int[1], 0));
            ByteBuffer empty = ByteBuffer.allocate(0);
            assertThrows(IllegalArgumentException.class, () -> spool.append(empty, 1, new int[1], 0));
        }
        assertThrows(IllegalArgumentException.class, () -> new SpoolSettings(directory(), 1));
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
