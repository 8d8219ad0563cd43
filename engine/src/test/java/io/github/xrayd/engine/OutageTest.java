package io.github.xrayd.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;
import io.github.xrayd.engine.export.Unprocessed;
import io.github.xrayd.engine.run.Duty;
import io.github.xrayd.engine.run.Shutdown;
import io.github.xrayd.engine.telemetry.Counters;
import io.github.xrayd.engine.telemetry.Ledger;
import io.github.xrayd.engine.upload.UploadListener;
import io.github.xrayd.engine.upload.UploadPolicy;
import io.github.xrayd.engine.upload.Uploader;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.agrona.concurrent.CachedNanoClock;
import org.junit.jupiter.api.Test;

/** While the backend is away the whole memory limit holds segments; when it is back they go out, oldest first. */
class OutageTest {
    private static final String HEADER = "{\"format\": \"json\", \"version\": 1}\n";
    private static final int DOCUMENT_LENGTH = 1_024;
    private static final int HELD_MIN = 55_000;
    private static final long MS = 1_000_000L;
    private static final int CALLS_MAX = 64;

    private final CachedNanoClock clock = new CachedNanoClock();
    private final ScriptedSource source = new ScriptedSource();
    private final Counters uploadCounters = new Counters();
    private boolean isAway = true;

    @Test
    void shouldHold55ThousandSegmentsOf1KbIn64MbAndDeliverThemInOrder() throws Exception {
        clock.update(1_000 * MS);
        EngineConfig config = EngineConfig.builder().memoryLimitBytes(64L << 20).build();
        MemoryBudget budget = MemoryBudget.of(
                config.memoryLimitBytes(),
                1,
                config.destinations().get(0).batch().bytesMax());
        assertTrue(budget.totalBytes() <= 64L << 20, budget::toString);
        ScriptedCalls calls = new ScriptedCalls(clock, ids -> new ScriptedCalls.Reply(answer(), 5 * MS));
        Shutdown shutdown = new Shutdown();
        Pipeline pipeline = new Pipeline(source, budget, config, shutdown, clock, clock);
        Uploader uploader = new Uploader(
                pipeline.lanes(),
                calls,
                UploadPolicy.of(
                        CALLS_MAX, config.destinations().get(0).retryAgeMax().toNanos()),
                uploadCounters,
                UploadListener.NONE,
                clock,
                new SplittableRandom(1),
                null);
        List<Duty> duties = List.of(
                pipeline.sourceDuty(),
                pipeline.validatorDuty(),
                pipeline.lanes().get(0).duty(),
                new UploaderDuty(uploader, pipeline.lanes(), pipeline.source(), shutdown, clock, true));

        int sent = 0;
        while (source.discarded == 0) {
            for (int i = 0; i < 100; i++) {
                source.waiting.add(datagram(sent++));
            }
            cycle(duties);
        }
        Ledger full = ledger(pipeline);
        assertTrue(full.held() >= HELD_MIN, () -> full.toString());
        assertEquals(full.received(), full.held() + full.droppedTotal());

        isAway = false;
        calls.answered.clear();
        shutdown.drain();
        for (int i = 0; i < 100_000 && !duties.stream().allMatch(Duty::isDone); i++) {
            cycle(duties);
        }
        Ledger end = ledger(pipeline);
        assertEquals(full.held(), end.delivered(), () -> end.toString());
        assertEquals(0, end.held());
        List<Integer> order = new ArrayList<>();
        calls.answered.stream()
                .filter(call -> call.answer().outcome() == AnswerKind.DELIVERED)
                .forEach(call -> call.ids().forEach(id -> order.add(Integer.parseInt(id, 16))));
        int most = 0;
        for (int i = 0; i < order.size(); i++) {
            most = Math.max(most, Math.abs(order.get(i) - i));
        }
        assertTrue(most <= 50 * CALLS_MAX, "a document went out " + most + " places from its own");
        pipeline.free();
    }

    private void cycle(List<Duty> duties) {
        clock.advance(3 * MS);
        duties.forEach(Duty::doWork);
        source.taken.clear();
    }

    private Answer answer() {
        return isAway
                ? Answer.failed(AnswerKind.TRANSIENT, ConnectionError.CONNECTION_REFUSED, 0, null, "away")
                : Answer.delivered(List.<Unprocessed>of());
    }

    private Ledger ledger(Pipeline pipeline) {
        return Ledger.of(List.of(
                uploadCounters, pipeline.counters(), pipeline.lanes().get(0).counters()));
    }

    private static String datagram(int number) {
        String start = String.format("{\"id\":\"%016x\",\"pad\":\"", number);
        return HEADER + start + "x".repeat(DOCUMENT_LENGTH - start.length() - 2) + "\"}";
    }
}
