package io.github.xrayd.engine.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.encode.BodyEncoding;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Single faults on a scripted disk, and what the spool says of them. */
final class SpoolFaultTest {
    private final SpoolFixture.ScriptedClock clock = new SpoolFixture.ScriptedClock();
    private final ScriptedDisk disk = new ScriptedDisk(new Random(1));

    private Spool open() throws SpoolLockedException {
        return Spool.open(SpoolFixture.settings(Path.of("scripted")), disk, clock);
    }

    @Test
    void shouldCutOffWhatAFullDiskTookOfARecord() throws Exception {
        try (Spool spool = open()) {
            SpoolFixture.store(spool, 0);
            long bytes = disk.bytes();
            disk.capacity = bytes + 50;
            assertFalse(SpoolFixture.append(spool, 1));
            assertTrue(
                    spool.state().reason().contains("No space left"),
                    spool.state().reason());
            assertEquals(bytes, disk.bytes(), "nothing of the record remains");
            assertEquals(SpoolState.Status.FULL, spool.state().status());
            disk.capacity = Long.MAX_VALUE;
            clock.advanceMs(1000);
            SpoolFixture.store(spool, 2);
            assertTrue(spool.state().isOk());
        }
        try (Spool spool = open()) {
            assertEquals(List.of(0, 2), SpoolFixture.drain(spool, true));
        }
    }

    @Test
    void shouldForceWhatWasStoredBeforeTheDiskWasFull() throws Exception {
        try (Spool spool = open()) {
            SpoolFixture.store(spool, 0);
            disk.capacity = disk.bytes() + 50;
            assertFalse(SpoolFixture.append(spool, 1));
            clock.advanceMs(100);
            spool.doWork();
            disk.losePower();
        }
        disk.capacity = Long.MAX_VALUE;
        try (Spool spool = open()) {
            assertEquals(List.of(0), SpoolFixture.drain(spool, true));
        }
    }

    @Test
    void shouldFillUpToTheLimitAndNoFurther() throws Exception {
        for (int odd = 0; odd < 200; odd++) {
            long bytesMax = SpoolSettings.BYTES_MIN + odd;
            SpoolSettings settings = new SpoolSettings(Path.of("scripted"), bytesMax, 4 << 10, BodyEncoding.XRAY_JSON);
            ScriptedDisk full = new ScriptedDisk(new Random(odd));
            try (Spool spool = Spool.open(settings, full, clock)) {
                int serial = 0;
                while (SpoolFixture.append(spool, serial)) {
                    serial++;
                }
                for (SpooledBatch batch = spool.next(); batch != null; batch = spool.next()) {
                    assertTrue(spool.state().usedBytes() <= bytesMax, () -> spool.state() + " of " + bytesMax);
                    assertTrue(full.bytes() <= spool.state().usedBytes());
                }
                assertTrue(spool.state().usedBytes() > bytesMax - 2048, "the limit is used");
            }
        }
    }

    @Test
    void shouldDeliverFromAReadOnlyDisk() throws Exception {
        try (Spool spool = open()) {
            SpoolFixture.store(spool, 0);
            SpoolFixture.store(spool, 1);
            disk.isReadOnly = true;
            assertFalse(SpoolFixture.append(spool, 2));
            assertTrue(
                    spool.state().reason().contains("Read-only"), spool.state().reason());
            assertEquals(List.of(0, 1), SpoolFixture.drain(spool, true));
            disk.isReadOnly = false;
            clock.advanceMs(1000);
            spool.doWork();
            assertTrue(spool.state().isOk());
            spool.sync();
        }
        try (Spool spool = open()) {
            assertEquals(0, SpoolFixture.records(spool), "what was acknowledged meanwhile was written afterwards");
        }
    }

    @Test
    void shouldPassOverARecordThatCannotBeRead() throws Exception {
        try (Spool spool = open()) {
            SpoolFixture.store(spool, 0);
            SpoolFixture.store(spool, 1);
            disk.errorChance = 1;
            for (int attempt = 0; attempt < 3; attempt++) {
                assertEquals(List.of(), SpoolFixture.drain(spool, false));
                clock.advanceMs(1000);
            }
            disk.errorChance = 0;
            assertEquals(List.of(1), SpoolFixture.drain(spool, true));
            assertEquals(1, SpoolFixture.records(spool));
        }
        try (Spool spool = open()) {
            assertEquals(List.of(0), SpoolFixture.drain(spool, true));
        }
    }

    @Test
    void shouldSyncWithinTheInterval() throws Exception {
        try (Spool spool = open()) {
            SpoolFixture.store(spool, 0);
            SpoolFixture.store(spool, 1);
            clock.advanceMs(99);
            assertEquals(0, spool.doWork());
            assertTrue(disk.isUnsynced());
            clock.advanceMs(1);
            assertEquals(1, spool.doWork());
            assertFalse(disk.isUnsynced());
            assertTrue(SpoolFixture.acknowledge(spool, spool.next()));
            assertTrue(disk.isUnsynced());
            clock.advanceMs(100);
            spool.doWork();
            assertFalse(disk.isUnsynced(), "acknowledgements too");
        }
    }

    @Test
    void shouldSyncWithinTheIntervalAlsoWhenAnotherSyncHasFailed() throws Exception {
        List<String> names = fill();
        try (Spool spool = open()) {
            SpooledBatch batch = spool.next();
            while (batch != null) {
                assertTrue(SpoolFixture.acknowledge(spool, batch));
                batch = spool.next();
            }
            disk.broken.add(names.get(0));
            spool.sync();
            assertTrue(disk.contents().containsKey(names.get(0)), "the file cannot be deleted");
            SpoolFixture.store(spool, 30);
            clock.advanceMs(100);
            spool.doWork();
            disk.losePower();
        }
        disk.broken.clear();
        try (Spool spool = open()) {
            assertEquals(List.of(30), SpoolFixture.drain(spool, true));
        }
    }

    @Test
    void shouldNotWriteOnAfterAFailedForce() throws Exception {
        try (Spool spool = open()) {
            SpoolFixture.store(spool, 0);
            disk.errorChance = 1;
            spool.sync();
            disk.errorChance = 0;
            assertEquals(SpoolState.Status.FAILED, spool.state().status());
            clock.advanceMs(1000);
            SpoolFixture.store(spool, 1);
            spool.sync();
            List<String> names = disk.contents().keySet().stream()
                    .filter(name -> name.endsWith(".spool"))
                    .toList();
            assertEquals(
                    2, names.size(), "a force that comes after a failed one proves nothing, so another file is begun");
            disk.losePower();
        }
        try (Spool spool = open()) {
            assertTrue(SpoolFixture.drain(spool, true).contains(1), "what was forced afterwards survives a power loss");
        }
    }

    /** Stores until there are some files; returns the names of the spool files. */
    private List<String> fill() throws SpoolLockedException {
        try (Spool spool = open()) {
            for (int serial = 0; serial < 30; serial++) {
                SpoolFixture.store(spool, serial);
            }
            SpooledBatch first = spool.next();
            assertTrue(SpoolFixture.acknowledge(spool, first));
        }
        return disk.contents().keySet().stream()
                .filter(name -> name.endsWith(".spool"))
                .toList();
    }

    @Test
    void shouldCountGoodFilesOnceWhateverOneFileDoes() throws Exception {
        for (String suffix : List.of(".spool", ".ack")) {
            List<String> names = fill();
            String broken = suffix.equals(".ack") ? names.get(0).replace(".spool", ".ack") : names.get(1);
            disk.broken.add(broken);
            try (Spool spool = open()) {
                long good = SpoolFixture.records(spool);
                assertTrue(good > 0 && good < 29, () -> spool.state().toString());
                for (int second = 0; second < 30; second++) {
                    clock.advanceMs(1000);
                    spool.doWork();
                }
                assertTrue(spool.state().isOk(), () -> spool.state().reason());
                assertEquals(good, SpoolFixture.records(spool), "counted once");
                SpoolFixture.store(spool, 30);
                assertEquals(good + 1, SpoolFixture.drain(spool, true).size());
                disk.broken.clear();
                clock.advanceMs(10_000);
                spool.doWork();
                assertEquals(29 - good, SpoolFixture.records(spool));
                assertEquals(29 - good, SpoolFixture.drain(spool, true).size(), "read when it can be");
            }
        }
    }

    @Test
    void shouldReadOtherFilesWhileOneFails() throws Exception {
        List<String> names = fill();
        try (Spool spool = open()) {
            disk.broken.add(names.get(0));
            List<Integer> given = SpoolFixture.drain(spool, true);
            assertTrue(given.size() > 20 && !given.contains(1), given::toString);
            assertTrue(spool.state().isOk());
            for (int second = 0; second < 10; second++) {
                clock.advanceMs(1000);
                assertEquals(List.of(), SpoolFixture.drain(spool, true));
            }
            disk.broken.clear();
            clock.advanceMs(1000);
            assertEquals(29 - given.size(), SpoolFixture.drain(spool, true).size(), "none is passed over");
        }
    }

    @Test
    void shouldWorkOnBesideAFileThatCannotBeDeleted() throws Exception {
        List<String> names = fill();
        try (Spool spool = open()) {
            SpooledBatch batch = spool.next();
            while (batch != null) {
                disk.broken.remove(names.get(0));
                spool.acknowledge(batch.recordId());
                disk.broken.add(names.get(0));
                clock.advanceMs(100);
                spool.doWork();
                disk.broken.remove(names.get(0));
                batch = spool.next();
            }
            disk.broken.add(names.get(0));
            clock.advanceMs(1000);
            spool.doWork();
            assertTrue(spool.state().isOk(), () -> spool.state().reason());
            SpoolFixture.store(spool, 31);
            disk.broken.clear();
            clock.advanceMs(1000);
            spool.doWork();
            assertTrue(!disk.contents().containsKey(names.get(0)));
        }
    }

    @Test
    void shouldWorkWithTheDescriptorsItHolds() throws Exception {
        try (Spool spool = open()) {
            SpoolFixture.store(spool, 0);
            SpoolFixture.store(spool, 1);
            SpooledBatch first = spool.next();
            assertTrue(SpoolFixture.acknowledge(spool, first));
            spool.sync();
            disk.handlesMax = disk.handles;
            for (int serial = 2; serial < 30; serial++) {
                SpoolFixture.store(spool, serial);
                spool.sync();
            }
            assertEquals(29, SpoolFixture.drain(spool, true).size(), "its files are longer meanwhile");
            assertEquals(0, SpoolFixture.records(spool));
            disk.handlesMax = Integer.MAX_VALUE;
            SpoolFixture.store(spool, 30);
            assertEquals(List.of(30), SpoolFixture.drain(spool, true));
        }
    }

    @Test
    void shouldReadWhatItFoundOnceDescriptorsAreThere() throws Exception {
        fill();
        disk.handlesMax = 1;
        try (Spool spool = open()) {
            assertEquals(0, SpoolFixture.records(spool));
            disk.handlesMax = Integer.MAX_VALUE;
            clock.advanceMs(10_000);
            spool.doWork();
            assertEquals(29, SpoolFixture.drain(spool, true).size());
        }
    }
}
