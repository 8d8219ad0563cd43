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
            SlotRing ring = new SlotRing(arena);
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
                    default -> pass(ring.batcherReader(), toBatch, null, random.nextInt(4));
                }
                assertTrue(ring.usedBytes() <= ring.capacity());
            }
            assertTrue(full > 100, "the ring was full at times");
        }
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
            SlotRing ring = new SlotRing(arena);
            assertTrue(write(ring, 100, 1));
            assertFalse(ring.batcherReader().hasNext());
            assertTrue(ring.validatorReader().hasNext());
            ring.validatorReader().verdict(~3);
            ring.validatorReader().advance();
            assertFalse(ring.batcherReader().hasNext(), "not before it is released");
            ring.validatorReader().release();
            assertTrue(ring.batcherReader().hasNext());
            assertEquals(~3, ring.batcherReader().verdict());
        }
    }

    @Test
    void shouldStayInTheSameFewPagesWhenItIsEmptiedInTime() {
        try (Arena arena = new Arena(64 << 20)) {
            SlotRing ring = new SlotRing(arena);
            long highest = 0;
            for (int i = 0; i < 100_000; i++) {
                long address = ring.claim();
                highest = Math.max(highest, address - arena.address());
                ring.publish(1_000, 0, 0);
                ring.validatorReader().hasNext();
                ring.validatorReader().advance();
                ring.validatorReader().release();
                ring.batcherReader().hasNext();
                ring.batcherReader().advance();
                ring.batcherReader().release();
            }
            assertTrue(highest < 512 * 1024, "highest offset " + highest);
        }
    }

    @Test
    void shouldHoldNearlyItsCapacityInSlotsOfTheirOwnLength() {
        try (Arena arena = new Arena(16 << 20)) {
            SlotRing ring = new SlotRing(arena);
            int count = 0;
            while (write(ring, 1_057, count)) {
                count++;
            }
            assertTrue(count >= (16 << 20) * 0.99 / 1_088, count + " slots");
        }
    }
}
