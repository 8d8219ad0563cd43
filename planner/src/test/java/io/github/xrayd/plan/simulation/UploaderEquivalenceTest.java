package io.github.xrayd.plan.simulation;

import static io.github.xrayd.plan.simulation.TestScenarios.MS;
import static io.github.xrayd.plan.simulation.TestScenarios.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.batch.Batch;
import io.github.xrayd.engine.batch.BatchPool;
import io.github.xrayd.engine.batch.Batcher;
import io.github.xrayd.engine.batch.Parcel;
import io.github.xrayd.engine.batch.SealPolicy;
import io.github.xrayd.engine.encode.Encoder;
import io.github.xrayd.engine.encode.XRayEncoder;
import io.github.xrayd.engine.ring.Arena;
import io.github.xrayd.engine.ring.SlotRing;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import io.github.xrayd.engine.upload.Calls;
import io.github.xrayd.engine.upload.UploadListener;
import io.github.xrayd.engine.upload.UploadPolicy;
import io.github.xrayd.engine.upload.Uploader;
import io.github.xrayd.engine.validate.Validator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import org.agrona.concurrent.CachedNanoClock;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The engine's own batcher and uploader beside the simulated ones, with the same arrivals, the same backend and the
 * same chances: they must start the same calls at the same times.
 */
class UploaderEquivalenceTest {
    private static final Encoder ENCODER = new XRayEncoder();

    private static final long SPAN_NS = 60 * SECOND;
    private static final long TICK_NS = 2 * MS;
    private static final byte[] DATAGRAM = ("{\"format\": \"json\", \"version\": 1}\n{\"id\":\"" + "a".repeat(200)
                    + "\"}")
            .getBytes(StandardCharsets.US_ASCII);

    /** A call: when it started, with how many documents. */
    private record Started(long timeNs, int documents) {}

    private static Scenario scenario(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long fromNs = (5 + random.nextInt(10)) * SECOND;
        return new Scenario(
                new Arrivals.BurstArrivals(200 + random.nextInt(2_000), 3, SECOND, 8 * SECOND),
                new Scenario.Room(
                        8 << 20,
                        4 << 20,
                        256,
                        BatchPool.batchCapacityMin(ENCODER),
                        BatchPool.BLOCK_LENGTH,
                        272,
                        216,
                        28,
                        10_000),
                new SealPolicy(50, 512 << 10, SECOND),
                UploadPolicy.of(1 + random.nextInt(40), 20 * SECOND),
                new Scenario.BackendModel(
                        (5 + random.nextInt(200)) * MS,
                        3 * SECOND,
                        1,
                        2 * SECOND,
                        random.nextBoolean() ? 0 : 500,
                        0,
                        fromNs,
                        fromNs + random.nextInt(20) * SECOND),
                Scenario.Work.NONE,
                Scenario.Spool.NONE,
                SPAN_NS,
                TICK_NS);
    }

    /** Calls that end as the simulated backend says. */
    private static final class SimulatedCalls implements Calls {
        final List<Started> started = new ArrayList<>();
        private final List<SimCall> pending = new ArrayList<>();
        private final SimBackend backend;
        private final CachedNanoClock clock;

        SimulatedCalls(SimBackend backend, CachedNanoClock clock) {
            this.backend = backend;
            this.clock = clock;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void start(Object token, Parcel parcel, long documents) {
            SimCall call = new SimCall(token, Long.bitCount(documents));
            backend.start(call, clock.nanoTime(), 0);
            pending.add(call);
            started.add(new Started(clock.nanoTime(), call.documents));
        }

        long nextEndNs() {
            return pending.stream().mapToLong(call -> call.endNs).min().orElse(Long.MAX_VALUE);
        }

        @Override
        public @Nullable Completion poll() {
            for (SimCall call : pending) {
                if (call.endNs <= clock.nanoTime()) {
                    pending.remove(call);
                    return new Completion(call.token, call.answer, List.of(), 1);
                }
            }
            return null;
        }
    }

    private static List<Started> engine(Scenario scenario, long seed) {
        List<Started> started;
        try (Arena arena = new Arena(scenario.room().arenaBytes());
                Arena batches = new Arena(scenario.room().batchBytes())) {
            CachedNanoClock clock = new CachedNanoClock();
            Counters counters = new Counters();
            SlotRing ring = new SlotRing(arena, 1);
            BatchPool pool = new BatchPool(ENCODER, batches, scenario.room().batchCount(), (int)
                    scenario.room().batchCapacity());
            Queue<Batch> sealed = new OneToOneConcurrentArrayQueue<>(pool.batchCount());
            Validator validator = new Validator(ring.validatorReader(), counters, clock, false);
            Batcher batcher =
                    new Batcher("xray", ring.batcherReader(0), false, pool, scenario.seal(), sealed, counters, clock);
            SimulatedCalls calls =
                    new SimulatedCalls(new SimBackend(scenario.backend(), new SplittableRandom(seed)), clock);
            Uploader uploader = new Uploader(
                    List.of(new UnmeasuredLane(sealed)),
                    calls,
                    scenario.upload(),
                    counters,
                    UploadListener.NONE,
                    clock,
                    new SplittableRandom(seed + 1),
                    null);
            Arrivals.Stream arrivals = scenario.arrivals().start(new SplittableRandom(seed + 2));
            for (long at = 0; at < SPAN_NS; at += TICK_NS) {
                long tickNs = at + TICK_NS;
                for (long endNs = calls.nextEndNs(); endNs <= tickNs; endNs = calls.nextEndNs()) {
                    clock.update(endNs);
                    // Answers free batches first, for slots that wait; then calls start.
                    uploader.doWork(false);
                    work(validator, batcher, false);
                    uploader.doWork();
                }
                clock.update(tickNs);
                for (long i = arrivals.next(at, TICK_NS); i > 0; i--) {
                    publish(ring, tickNs);
                }
                work(validator, batcher, true);
                uploader.doWork();
            }
            started = calls.started;
            assertTrue(counters.get(Counter.BATCHED) > 0);
        }
        return started;
    }

    private static void work(Validator validator, Batcher batcher, boolean isTick) {
        do {
            validator.doWork();
            batcher.doWork();
        } while (!batcher.isBlocked() && (batcher.hasWork() || batcher.isLimitReached()));
        assertTrue(isTick || !batcher.isLimitReached());
    }

    private static void publish(SlotRing ring, long nowNs) {
        long address = ring.claim();
        if (address != 0) {
            ByteBuffer room = ring.claimedBuffer(address);
            room.clear();
            room.put(DATAGRAM);
            ring.publish(DATAGRAM.length, nowNs, 0);
        }
    }

    private static List<Started> simulated(Scenario scenario, long seed) {
        List<Started> started = new ArrayList<>();
        CachedNanoClock clock = new CachedNanoClock();
        Queue<SimBatch> sealed = new ArrayDeque<>();
        List<SimMemory> memories = new ArrayList<>();
        SimMemory memory = new SimMemory(scenario.room(), scenario.seal(), sealed, (batch, documents) -> memories.get(0)
                .release(batch, documents));
        memories.add(memory);
        SimBackend backend = new SimBackend(scenario.backend(), new SplittableRandom(seed)) {
            @Override
            void start(SimCall call, long nowNs, long workNs) {
                super.start(call, nowNs, workNs);
                started.add(new Started(nowNs, call.documents));
            }
        };
        SimCalls calls = new SimCalls(backend, new SimWork(scenario.work()), clock);
        Uploader uploader = new Uploader(
                List.of(new UnmeasuredLane(sealed)),
                calls,
                scenario.upload(),
                new Counters(),
                UploadListener.NONE,
                clock,
                new SplittableRandom(seed + 1),
                null);
        Arrivals.Stream arrivals = scenario.arrivals().start(new SplittableRandom(seed + 2));
        for (long at = 0; at < SPAN_NS; at += TICK_NS) {
            long tickNs = at + TICK_NS;
            for (long endNs = calls.nextEndNs(); endNs <= tickNs; endNs = calls.nextEndNs()) {
                clock.update(endNs);
                uploader.doWork(false);
                memory.sealOld(endNs);
                uploader.doWork();
            }
            memory.accept(arrivals.next(at, TICK_NS), tickNs);
            memory.sealOld(tickNs);
            clock.update(tickNs);
            uploader.doWork();
        }
        return started;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void shouldStartTheSameCallsAtTheSameTimes(long seed) {
        Scenario scenario = scenario(seed);
        List<Started> engine = engine(scenario, seed);
        List<Started> simulated = simulated(scenario, seed);
        for (int i = 0; i < Math.min(engine.size(), simulated.size()); i++) {
            assertEquals(engine.get(i), simulated.get(i), "call " + i + " of seed " + seed);
        }
        assertEquals(engine.size(), simulated.size());
        assertTrue(engine.size() > 50);
    }
}
