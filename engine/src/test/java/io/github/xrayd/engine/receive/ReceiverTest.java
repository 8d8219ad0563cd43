package io.github.xrayd.engine.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.ring.Arena;
import io.github.xrayd.engine.ring.SlotReader;
import io.github.xrayd.engine.ring.SlotRing;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import org.agrona.concurrent.CachedNanoClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReceiverTest {
    private static final int LENGTH = 1_000;

    private final Arena arena = new Arena(4L * SlotRing.CAPACITY_MIN);
    private final SlotRing ring = new SlotRing(arena, 1);
    private final Counters counters = new Counters();
    private final CachedNanoClock clock = new CachedNanoClock();
    private final Source source = new Source();
    private final Receiver receiver = new Receiver(source, ring, counters, clock, clock);

    /** Datagrams that wait, and what a later stage does while the receiver drops. */
    private final class Source implements DatagramSource {
        private int waiting;
        private int releaseAfter = Integer.MAX_VALUE;
        private int stagedFrom = Integer.MAX_VALUE;
        private int taken;

        @Override
        public int receive(SlotRing to, long claimedAddress) {
            taken++;
            return waiting-- > 0 ? LENGTH : NOTHING;
        }

        @Override
        public int discard() {
            if (--releaseAfter == 0) {
                releaseAll(ring.validatorReader());
                releaseAll(ring.batcherReader(0));
            }
            return waiting-- > 0 ? LENGTH : NOTHING;
        }

        /** What waits counts as staged from the given datagram on. */
        @Override
        public int staged() {
            return taken >= stagedFrom ? Math.max(0, waiting) : 0;
        }

        @Override
        public int lastSource() {
            return 0;
        }
    }

    private static void releaseAll(SlotReader reader) {
        while (reader.hasNext()) {
            reader.advance();
        }
        reader.release();
    }

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void shouldTakeDatagramsAgainAsSoonAsThereIsRoom() {
        source.waiting = 1_000;
        receiver.doWork();
        assertTrue(receiver.isFull());
        long taken = counters.get(Counter.RECEIVED);
        assertEquals(clock.nanoTime() + Receiver.FULL_GRACE_NS, receiver.deadlineNs());

        clock.advance(Receiver.FULL_GRACE_NS);
        source.waiting = 50;
        source.releaseAfter = 10;
        receiver.doWork();

        assertEquals(taken + 50, counters.get(Counter.RECEIVED));
        assertEquals(10, counters.get(Counter.DROPPED_MEMORY_FULL));
        assertFalse(receiver.isFull());
        assertTrue(receiver.isSourceEmpty());
        assertEquals(Long.MAX_VALUE, receiver.deadlineNs());
    }

    @Test
    void shouldTakeBeyondItsLimitWhatWasReadFromTheSystemAlready() {
        try (Arena large = new Arena(64L << 20)) {
            Receiver busy = new Receiver(source, new SlotRing(large, 1), counters, clock, clock);
            source.waiting = Receiver.READ_LIMIT + 100;
            busy.doWork();
            assertEquals(Receiver.READ_LIMIT, counters.get(Counter.RECEIVED));
            assertFalse(busy.isSourceEmpty());

            source.waiting = Receiver.READ_LIMIT + 40;
            source.stagedFrom = source.taken + Receiver.READ_LIMIT;
            busy.doWork();
            assertEquals(2 * Receiver.READ_LIMIT + 40, counters.get(Counter.RECEIVED));
        }
    }

    @Test
    void shouldCountWhatIsStagedAndHasNoRoomAtTheEnd() {
        source.waiting = 1_000;
        source.stagedFrom = 0;
        receiver.doWork();
        assertTrue(receiver.isFull());
        long taken = counters.get(Counter.RECEIVED);

        receiver.dropStaged();

        assertEquals(1_000, counters.get(Counter.RECEIVED));
        assertEquals(1_000 - taken, counters.get(Counter.DROPPED_MEMORY_FULL));
        assertEquals(0, source.staged());
    }
}
