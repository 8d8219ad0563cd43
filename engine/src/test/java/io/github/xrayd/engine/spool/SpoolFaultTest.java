package io.github.xrayd.engine.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Single faults on a scripted disk, and what the spool says of them. */
final class SpoolFaultTest {
    private final SpoolFixture.ScriptedClock clock = new SpoolFixture.ScriptedClock();
    private final ScriptedDisk disk = new ScriptedDisk(new Random(1));

    private Spool open() throws SpoolLockedException {
        Random ids = new Random(2);
        return Spool.open(SpoolFixture.settings(Path.of("scripted")), disk, clock, ids::nextLong);
    }

    @Test
    void shouldCutOffWhatAFullDiskTookOfARecord() throws Exception {
        try (Spool spool = open()) {
            SpoolFixture.store(spool, 0);
            long bytes = disk.bytes();
            disk.capacity = bytes + 50;
            SpoolResult.Full full = assertInstanceOf(SpoolResult.Full.class, SpoolFixture.append(spool, 1));
            assertTrue(full.reason().contains("No space left"), full.reason());
            assertEquals(bytes, disk.bytes(), "nothing of the record remains");
            assertEquals(SpoolState.Status.FULL, spool.state().status());
            disk.capacity = Long.MAX_VALUE;
            clock.advanceMs(1000);
            SpoolFixture.store(spool, 2);
            assertTrue(spool.state().isOk());
        }
        try (Spool spool = open()) {
            assertEquals(0, spool.counts().corruptRecords());
            assertEquals(List.of(0, 2), SpoolFixture.drain(spool, true));
        }
    }

    @Test
    void shouldFillUpToTheLimitAndNoFurther() throws Exception {
        for (int odd = 0; odd < 200; odd++) {
            long bytesMax = SpoolSettings.BYTES_MIN + odd;
            SpoolSettings settings = new SpoolSettings(Path.of("scripted"), bytesMax, SpoolSync.INTERVAL, 100, 4 << 10);
            ScriptedDisk full = new ScriptedDisk(new Random(odd));
            try (Spool spool = Spool.open(settings, full, clock, () -> 1)) {
                int serial = 0;
                while (SpoolFixture.append(spool, serial).isStored()) {
                    serial++;
                }
                for (SpooledBatch batch = spool.next(); batch != null; batch = spool.next()) {
                    assertTrue(spool.counts().usedBytes() <= bytesMax, () -> spool.counts() + " of " + bytesMax);
                    assertTrue(full.bytes() <= spool.counts().usedBytes());
                }
                assertTrue(spool.counts().usedBytes() > bytesMax - 2048, "the limit is used");
            }
        }
    }

    @Test
    void shouldDeliverFromAReadOnlyDisk() throws Exception {
        try (Spool spool = open()) {
            SpoolFixture.store(spool, 0);
            SpoolFixture.store(spool, 1);
            disk.isReadOnly = true;
            SpoolResult.Failed failed = assertInstanceOf(SpoolResult.Failed.class, SpoolFixture.append(spool, 2));
            assertTrue(failed.reason().contains("Read-only"), failed.reason());
            assertEquals(List.of(0, 1), SpoolFixture.drain(spool, true));
            disk.isReadOnly = false;
            clock.advanceMs(1000);
            spool.doWork();
            assertTrue(spool.state().isOk());
            assertTrue(spool.sync());
        }
        try (Spool spool = open()) {
            assertEquals(0, spool.counts().heldRecords(), "what was acknowledged meanwhile was written afterwards");
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
            assertEquals(1, spool.counts().heldRecords());
        }
        try (Spool spool = open()) {
            assertEquals(List.of(0), SpoolFixture.drain(spool, true));
        }
    }

    @Test
    void shouldNotWriteOnAfterAFailedForce() throws Exception {
        try (Spool spool = open()) {
            long first = SpoolFixture.store(spool, 0);
            disk.errorChance = 1;
            spool.sync();
            disk.errorChance = 0;
            assertEquals(SpoolState.Status.FAILED, spool.state().status());
            clock.advanceMs(1000);
            long second = SpoolFixture.store(spool, 1);
            assertTrue(spool.sync());
            assertTrue(spool.isSynced(second));
            assertTrue(!spool.isSynced(first), "a force that comes after a failed one proves nothing");
            assertNotNull(spool.next());
        }
    }
}
