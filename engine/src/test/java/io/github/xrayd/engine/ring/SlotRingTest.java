package io.github.xrayd.engine.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class SlotRingTest {
    private static boolean write(SlotRing ring, int length, int seed) {
        long address = ring.claim();
        if (address == 0) {
            return false;
        }
        UnsafeBuffer buffer = new UnsafeBuffer(address, length);
        for (int i = 0; i < length; i += 97) {
            buffer.putByte(i, (byte) (seed + i));
        }
        ring.publish(length, seed, seed);
        return true;
    }

    private static void verify(SlotReader reader, int length, int seed) {
        assertTrue(reader.hasNext());
        assertEquals(length, reader.length());
        assertEquals(seed, reader.receivedNs());
        assertEquals(seed, reader.source());
        for (int i = 0; i < length; i += 97) {
            assertEquals((byte) (seed + i), reader.datagram().getByte(i));
        }
    }

    /** Random lengths and readers that lag behind: every slot arrives whole and in order, through thousands of laps. */
    @Test
    void shouldHandOnEverySlotInOrder() {
        Random random = new Random(1);
        try (Arena arena = new Arena(SlotRing.CAPACITY_MIN + 4096)) {
            SlotRing ring = new SlotRing(arena, 1);
            ArrayDeque<int[]> toValidate = new ArrayDeque<>();
            ArrayDeque<int[]> toBatch = new ArrayDeque<>();
            int full = 0;
            for (int i = 0; i < 200_000; i++) {
                switch (random.nextInt(3)) {
                    case 0 -> {
                        int length = random.nextInt(10) == 0 ? random.nextInt(65_536) : random.nextInt(2_000);
                        if (write(ring, length, i)) {
                            toValidate.add(new int[] {length, i});
                        } else {
                            full++;
                        }
                    }
                    case 1 -> pass(ring.validatorReader(), toValidate, toBatch, random.nextInt(4));
                    default -> pass(ring.batcherReader(0), toBatch, null, random.nextInt(4));
                }
                assertTrue(ring.usedBytes() <= ring.capacity());
            }
            assertTrue(full > 100, "the ring was full at times");
        }
    }

    /** A burst after light traffic finds the whole arena free, wherever the ring stood, before any reader has moved. */
    @Test
    void shouldGiveAllItsRoomToABurstAfterLightTraffic() {
        try (Arena arena = new Arena(4 << 20)) {
            SlotRing ring = new SlotRing(arena, 2);
            int length = 1_000;
            long atOnce = (ring.capacity() - SlotRing.DATAGRAM_LENGTH_MAX - 64) / ring.slotBytes(length);
            for (int lap = 1; lap < 50; lap++) {
                for (int i = 0; i < 11 * lap; i++) {
                    assertTrue(write(ring, length, i));
                }
                passAll(ring.validatorReader(), length, 11 * lap);
                passAll(ring.batcherReader(0), length, 11 * lap);
                passAll(ring.batcherReader(1), length, 11 * lap);
            }
            int written = 0;
            while (write(ring, length, written)) {
                written++;
            }
            assertTrue(written >= atOnce - 1, written + " of " + atOnce);
            passAll(ring.validatorReader(), length, written);
            passAll(ring.batcherReader(0), length, written);
            passAll(ring.batcherReader(1), length, written);
            assertEquals(0, ring.usedBytes());
        }
    }

    private static void passAll(SlotReader reader, int length, int count) {
        for (int i = 0; i < count; i++) {
            verify(reader, length, i);
            reader.advance();
        }
        assertFalse(reader.hasNext());
        reader.release();
    }

    private static void pass(
            SlotReader reader,
            ArrayDeque<int[]> from,
            @org.jspecify.annotations.Nullable ArrayDeque<int[]> to,
            int most) {
        for (int i = 0; i < most && !from.isEmpty(); i++) {
            int[] slot = from.poll();
            verify(reader, slot[0], slot[1]);
            reader.advance();
            if (to != null) {
                to.add(slot);
            }
        }
        if (from.isEmpty()) {
            assertFalse(reader.hasNext());
        }
        reader.release();
    }

    @Test
    void shouldKeepALaterStageBehindAnEarlierOne() {
        try (Arena arena = new Arena(SlotRing.CAPACITY_MIN)) {
            SlotRing ring = new SlotRing(arena, 1);
            assertTrue(write(ring, 100, 1));
            assertFalse(ring.batcherReader(0).hasNext());
            assertTrue(ring.validatorReader().hasNext());
            ring.validatorReader().verdict(~3);
            ring.validatorReader().advance();
            assertFalse(ring.batcherReader(0).hasNext(), "not before it is released");
            ring.validatorReader().release();
            assertTrue(ring.batcherReader(0).hasNext());
            assertEquals(~3, ring.batcherReader(0).verdict());
        }
    }

    /**
     * Two batchers, one of which stands still: the other sees every slot, and nothing is freed that the first has not
     * passed.
     */
    @Test
    void shouldFreeASlotWhenTheSlowestBatcherHasPassedIt() {
        try (Arena arena = new Arena(1 << 20)) {
            SlotRing ring = new SlotRing(arena, 2);
            SlotReader fast = ring.batcherReader(0);
            SlotReader slow = ring.batcherReader(1);
            int count = 0;
            while (write(ring, 1_000, count)) {
                passOne(ring.validatorReader(), count);
                passOne(fast, count);
                count++;
            }
            assertEquals(0, fast.lag());
            assertTrue(slow.lag() > 0.9, "lag " + slow.lag());
            assertEquals(ring.usedBytes(), (long) count * ring.slotBytes(1_000));
            for (int i = 0; i < count; i++) {
                passOne(slow, i);
            }
            assertEquals(0, slow.lag());
            assertEquals(0, ring.usedBytes());
            assertTrue(write(ring, 1_000, 0));
        }
    }

    private static void passOne(SlotReader reader, int seed) {
        verify(reader, 1_000, seed);
        reader.advance();
        reader.release();
    }

    @Test
    void shouldUseMostOfAnyArena() {
        for (long bytes = SlotRing.CAPACITY_MIN; bytes < 9L << 30; bytes += bytes / 7) {
            long capacity = SlotRing.capacityOf(bytes);
            assertTrue(capacity <= bytes && capacity >= bytes * 0.8, bytes + ": " + capacity);
            assertEquals(capacity, SlotRing.capacityOf(capacity));
        }
    }

    @Test
    void shouldStayInTheSameFewPagesWhenItIsEmptiedInTime() {
        try (Arena arena = new Arena(64 << 20)) {
            SlotRing ring = new SlotRing(arena, 1);
            long highest = 0;
            for (int i = 0; i < 100_000; i++) {
                long address = ring.claim();
                highest = Math.max(highest, address - arena.address());
                assertEquals(0, ring.usedBytes(), "what is passed to start again holds nothing");
                assertEquals(0, ring.batcherReader(0).lag());
                ring.publish(1_000, 0, 0);
                ring.validatorReader().hasNext();
                ring.validatorReader().advance();
                ring.validatorReader().release();
                ring.batcherReader(0).hasNext();
                ring.batcherReader(0).advance();
                ring.batcherReader(0).release();
            }
            assertTrue(highest < 512 * 1024, "highest offset " + highest);
        }
    }

    @Test
    void shouldHoldNearlyItsCapacityInSlotsOfTheirOwnLength() {
        try (Arena arena = new Arena(16 << 20)) {
            SlotRing ring = new SlotRing(arena, 1);
            int count = 0;
            while (write(ring, 1_057, count)) {
                count++;
            }
            assertTrue(count >= (16 << 20) * 0.99 / ring.slotBytes(1_057), count + " slots");
            assertTrue(ring.slotBytes(1_057) < 1_057 + 24 + 64);
        }
    }
}
