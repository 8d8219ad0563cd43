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

        @Override
        public int receive(SlotRing to, long claimedAddress) {
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
}
