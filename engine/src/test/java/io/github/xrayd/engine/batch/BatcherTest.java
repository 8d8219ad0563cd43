package io.github.xrayd.engine.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.encode.Encoder;
import io.github.xrayd.engine.encode.XRayEncoder;
import io.github.xrayd.engine.ring.Arena;
import io.github.xrayd.engine.ring.SlotReader;
import io.github.xrayd.engine.ring.SlotRing;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import java.util.ArrayDeque;
import java.util.Queue;
import org.agrona.concurrent.CachedNanoClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatcherTest {
    private static final Encoder ENCODER = new XRayEncoder();
    private static final int CAPACITY = BatchPool.batchCapacityMin(ENCODER);
    private static final int DOCUMENT_LENGTH = 1_000;
    private static final long AGE_NS = 1_000_000_000L;

    private final Arena arena = new Arena(1 << 20);
    private final Arena batchArena = new Arena(4L * CAPACITY);
    private final CachedNanoClock clock = new CachedNanoClock();

    @AfterEach
    void free() {
        arena.close();
        batchArena.close();
    }

    /** One destination's part of the ring. */
    private final class Lane {
        final Counters counters = new Counters();
        final Queue<Batch> sealed = new ArrayDeque<>();
        final BatchPool pool;
        final Batcher batcher;

        Lane(SlotRing ring, int index, boolean isSharing, int batches) {
            pool = new BatchPool(ENCODER, batchArena, batches, CAPACITY);
            SealPolicy policy = new SealPolicy(50, CAPACITY, AGE_NS);
            batcher = new Batcher("xray", ring.batcherReader(index), isSharing, pool, policy, sealed, counters, clock);
        }

        void deliverAll() {
            for (Batch batch = sealed.poll(); batch != null; batch = sealed.poll()) {
                batch.settle(Batch.allOf(batch.documentCount()));
            }
        }
    }

    private static boolean receive(SlotRing ring, int verdict) {
        long address = ring.claim();
        if (address == 0) {
            return false;
        }
        ring.publish(DOCUMENT_LENGTH, 0, 0);
        SlotReader validator = ring.validatorReader();
        assertTrue(validator.hasNext());
        validator.verdict(verdict);
        validator.advance();
        validator.release();
        return true;
    }

    @Test
    void shouldSealByCountAndByAge() {
        SlotRing ring = new SlotRing(arena, 1);
        Lane lane = new Lane(ring, 0, false, 4);
        for (int i = 0; i < 60; i++) {
            assertTrue(receive(ring, i == 7 ? ~2 : 0));
        }
        assertEquals(60, lane.batcher.doWork());
        assertEquals(1, lane.sealed.size(), "50 documents are a batch, and nine wait for others");
        clock.update(AGE_NS - 1);
        lane.batcher.doWork();
        assertEquals(1, lane.sealed.size());
        assertEquals(AGE_NS, lane.batcher.deadlineNs());
        clock.update(AGE_NS);
        lane.batcher.doWork();
        assertEquals(2, lane.sealed.size());
        assertEquals(59, lane.counters.get(Counter.BATCHED), "the rejected one is in no batch");
        lane.deliverAll();
        assertTrue(lane.pool.isWhole());
    }

    @Test
    void shouldStopWithoutAFreeBatchWhenItIsTheOnlyOne() {
        SlotRing ring = new SlotRing(arena, 1);
        Lane lane = new Lane(ring, 0, false, 1);
        int received = 0;
        while (receive(ring, 0)) {
            received++;
            lane.batcher.doWork();
        }
        assertTrue(lane.batcher.isStarved());
        assertTrue(lane.batcher.arenaUsed() > 0.8, "used " + lane.batcher.arenaUsed());
        assertEquals(0, lane.counters.get(Counter.SKIPPED));
        while (lane.counters.get(Counter.BATCHED) < received) {
            lane.deliverAll();
            lane.batcher.doWork();
        }
        lane.batcher.doWork();
        assertFalse(lane.batcher.isStarved());
    }

    @Test
    void shouldPassNoMoreDocumentsThanItMust() {
        SlotRing ring = new SlotRing(arena, 2);
        Lane away = new Lane(ring, 0, true, 1);
        while (!away.batcher.isStarved()) {
            assertTrue(receive(ring, 0));
            away.batcher.doWork();
        }
        while (away.batcher.arenaUsed() < 1) {
            assertTrue(receive(ring, 0));
        }
        for (int i = 0; i < 10; i++) {
            assertTrue(receive(ring, 0));
        }
        away.batcher.doWork();
        long skipped = away.counters.get(Counter.SKIPPED);
        assertTrue(skipped >= 10 && skipped <= 12, "skipped " + skipped);
        assertTrue(away.batcher.arenaUsed() > 0.95, "used " + away.batcher.arenaUsed());
    }

    /** One destination is away, the other one delivers: it gets every document, and the first one's loss is counted. */
    @Test
    void shouldNotHoldUpTheOthersForMoreThanItsPartOfTheArena() {
        SlotRing ring = new SlotRing(arena, 2);
        Lane away = new Lane(ring, 0, true, 1);
        Lane well = new Lane(ring, 1, true, 4);
        int count = 5_000;
        for (int i = 0; i < count; i++) {
            assertTrue(receive(ring, 0), "the ring is full after " + i);
            away.batcher.doWork();
            well.batcher.doWork();
            well.deliverAll();
        }
        assertEquals(count, well.counters.get(Counter.BATCHED));
        assertEquals(0, well.counters.get(Counter.SKIPPED));
        long skipped = away.counters.get(Counter.SKIPPED);
        assertTrue(skipped > 0);
        assertTrue(ring.usedBytes() < ring.capacity() * 0.55);
        assertTrue(away.batcher.isStarved());
        while (away.batcher.hasWork()) {
            away.deliverAll();
            away.batcher.doWork();
        }
        assertEquals(count, skipped + away.counters.get(Counter.BATCHED), "each is in a batch or counted as dropped");
    }
}
