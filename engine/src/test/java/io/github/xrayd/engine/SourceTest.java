package io.github.xrayd.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.EngineConfig.DestinationConfig;
import io.github.xrayd.engine.batch.Batch;
import io.github.xrayd.engine.run.Duty;
import io.github.xrayd.engine.run.Shutdown;
import io.github.xrayd.engine.run.WakeUps;
import io.github.xrayd.engine.source.Settlement;
import io.github.xrayd.engine.source.SlotSink;
import io.github.xrayd.engine.source.Source;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Ledger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.agrona.concurrent.CachedNanoClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A source of documents in a pipeline with two destinations: what it may put, what is counted, and what it is told. */
class SourceTest {
    private final CachedNanoClock clock = new CachedNanoClock();
    private final Shutdown shutdown = new Shutdown();
    private final ScriptedDocuments source = new ScriptedDocuments();
    private final Pipeline pipeline = pipeline();

    /** Puts what a test tells it to. */
    private static final class ScriptedDocuments implements Source, Settlement {
        final List<String> told = new ArrayList<>();
        private @Nullable SlotSink attached;
        boolean isDrained;
        boolean isStopped;

        SlotSink sink() {
            SlotSink sink = attached;
            if (sink == null) {
                throw new IllegalStateException("not attached");
            }
            return sink;
        }

        boolean put(String document, long origin) {
            byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
            return sink().put(bytes, 0, bytes.length, origin);
        }

        @Override
        public String name() {
            return "scripted";
        }

        @Override
        public void attach(SlotSink sink) {
            attached = sink;
        }

        @Override
        public int poll() {
            return 0;
        }

        @Override
        public boolean isMoreWaiting() {
            return false;
        }

        @Override
        public boolean isEmpty() {
            return true;
        }

        @Override
        public boolean isFull() {
            return sink().isFull();
        }

        @Override
        public Settlement settlement() {
            return this;
        }

        @Override
        public void onSettled(int destination, long origin) {
            told.add(destination + ":" + origin);
        }

        @Override
        public void onRejected(long origin) {
            told.add("rejected:" + origin);
        }

        @Override
        public void drain() {
            isDrained = true;
        }

        @Override
        public void stop() {
            isStopped = true;
        }

        @Override
        public void close() {}
    }

    private Pipeline pipeline() {
        try {
            DestinationConfig one =
                    EngineConfig.builder().build().destinations().get(0);
            DestinationConfig other = new DestinationConfig(
                    "other", one.kind(), one.batch(), one.concurrencyMax(), one.retryAgeMax(), null, null);
            EngineConfig config =
                    EngineConfig.builder().destinations(List.of(one, other)).build();
            return new Pipeline(
                    source,
                    MemoryBudget.of(8 << 20, 1, 2, one.batch().bytesMax()),
                    config,
                    shutdown,
                    new Pipeline.Clocks(clock, clock, clock),
                    new WakeUps(),
                    0);
        } catch (StartException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void free() {
        pipeline.free();
    }

    private void passAll() {
        clock.advance(2_000_000_000L);
        List<Duty> duties = new ArrayList<>(List.of(pipeline.sourceDuty(), pipeline.validatorDuty()));
        pipeline.lanes().forEach(lane -> duties.add(lane.duty()));
        for (int i = 0; i < 3; i++) {
            duties.forEach(Duty::doWork);
        }
    }

    private Batch sealed(int destination) {
        Batch batch = pipeline.lanes().get(destination).sealed().poll();
        if (batch == null) {
            throw new IllegalStateException("no batch is sealed");
        }
        return batch;
    }

    private static String text(Batch batch, int index) {
        byte[] bytes = new byte[batch.documentLength(index)];
        batch.buffer().getBytes(batch.documentOffset(index), bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void shouldTellASourceTheOriginOfEachDocumentOnceForEachDestination() {
        assertTrue(source.put("first", 7));
        assertTrue(source.put("second", -8));
        assertTrue(source.put("", 9));
        passAll();
        assertEquals(List.of("rejected:9"), source.told);
        source.told.clear();

        Batch batch = sealed(0);
        assertEquals("\"first\"", text(batch, 0));
        assertEquals("\"second\"", text(batch, 1));
        batch.settle(0b10);
        assertEquals(List.of("0:-8"), source.told);
        batch.settle(0b01);
        assertEquals(List.of("0:-8", "0:7"), source.told);
        sealed(1).settle(0b11);
        assertEquals(List.of("0:-8", "0:7", "1:7", "1:-8"), source.told);

        Ledger ledger = Ledger.of(List.of(pipeline.counters()), Map.of());
        assertEquals(3, ledger.received());
        assertEquals(1, ledger.rejectedTotal());
        assertEquals(2, ledger.admitted());
        assertEquals(11, pipeline.counters().get(Counter.RECEIVED_BYTES));
    }

    @Test
    void shouldNotTellASourceWhatIsAbandoned() {
        source.put("document", 1);
        source.put("other", 2);
        passAll();
        Batch batch = sealed(0);
        batch.abandon(0b1);
        assertEquals(List.of(), source.told);
        batch.settle(0b10);
        assertEquals(List.of("0:2"), source.told);
    }

    @Test
    void shouldSayThatItWaitsForRoomUntilThereIsSome() {
        int[] lengths = new int[1_000];
        Arrays.fill(lengths, 1_000);
        String document = "x".repeat(1_000);
        while (source.sink().hasRoom(lengths, 100)) {
            for (int i = 0; i < 100; i++) {
                assertTrue(source.put(document, i), "what has room must fit");
            }
        }
        assertTrue(source.isFull());
        int[] whole = {(int) Math.min(Integer.MAX_VALUE, pipeline.ring().capacity())};
        assertFalse(source.sink().canFit(whole, 1), "a slot has a header, too");
        assertTrue(source.sink().canFit(lengths, 100));
        long received = pipeline.counters().get(Counter.RECEIVED);
        while (source.put(document, 1)) {
            received++;
        }
        assertEquals(received, pipeline.counters().get(Counter.RECEIVED), "what does not fit is not received");
        while (pipeline.ring().usedBytes() > 0) {
            passAll();
            for (BatchLane lane : pipeline.lanes()) {
                for (Batch batch = lane.sealed().poll();
                        batch != null;
                        batch = lane.sealed().poll()) {
                    batch.settle(batch.unsettled());
                }
                lane.tellFreed();
            }
        }
        assertTrue(source.sink().hasRoom(lengths, 100));
        assertFalse(source.isFull());
    }

    @Test
    void shouldCountWhatASourceTurnsAwayItself() {
        source.sink().refuse(Counter.REJECTED_TOO_LARGE, 1, 70_000);
        Ledger ledger = Ledger.of(List.of(pipeline.counters()), Map.of());
        assertEquals(1, ledger.received());
        assertEquals(0, ledger.admitted());
        assertEquals(1, ledger.by(Counter.REJECTED_TOO_LARGE));
    }

    @Test
    void shouldDrainThenStopASourceAtTheEnd() {
        Duty duty = pipeline.sourceDuty();
        duty.doWork();
        assertFalse(source.isDrained);
        shutdown.drain();
        while (!duty.isDone()) {
            duty.doWork();
        }
        assertTrue(source.isDrained);
        assertTrue(source.isStopped);
    }
}
