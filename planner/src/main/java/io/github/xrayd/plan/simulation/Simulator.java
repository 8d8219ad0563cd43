package io.github.xrayd.plan.simulation;

import io.github.xrayd.engine.telemetry.Counters;
import io.github.xrayd.engine.upload.UploadListener;
import io.github.xrayd.engine.upload.Uploader;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.CachedNanoClock;

/**
 * Runs a scenario with one seed: the engine's own uploader on simulated batches, calls and disk.
 *
 * <p>Arrivals are added up per tick, whose length bounds the error of each time; calls start and end one by one, at
 * their own times. Documents have the mean size. What one tick brings is received at its end, as a duty cycle does.
 */
public final class Simulator {
    /** A batch's documents are taken as so many groups of one time each. */
    private static final int GROUPS = 10;

    /** How long the uploader may rest, because it looks at its limits each second. */
    private static final long LOOK_NS = 100_000_000;

    private static final long LATENCY_MICROS_MAX = 7L * 86_400_000_000L;

    private final Scenario scenario;
    private final Arrivals.Stream arrivals;
    private final SimMemory memory;
    private final CachedNanoClock clock = new CachedNanoClock();
    private final SimCalls calls;
    private final Uploader uploader;
    private final SimSpool spool;
    private final SimWork work;
    private final Histogram latencyMicros = new Histogram(LATENCY_MICROS_MAX, 2);
    private final Timeline timeline;
    private long workedNs;
    private long kernelWaiting;
    private long offered;
    private long delivered;
    private long kernelDropped;
    private long memoryDropped;
    private long abandoned;
    private long heldPeak;
    private double usedBytesPeak;
    private double spoolBytesPeak;
    private long recoveredNs = Long.MIN_VALUE;
    private long heldBefore;
    private long events;

    private Simulator(Scenario scenario, long seed) {
        this.scenario = scenario;
        SplittableRandom random = new SplittableRandom(seed);
        arrivals = scenario.arrivals().start(random.split());
        timeline = new Timeline(scenario.spanNs());
        work = new SimWork(scenario.work());
        Queue<SimBatch> sealed = new ArrayDeque<>();
        memory = new SimMemory(scenario.room(), scenario.seal(), sealed, this::onSettled);
        spool = new SimSpool(scenario.spool(), memory);
        calls = new SimCalls(new SimBackend(scenario.backend(), random.split()), work, clock);
        uploader = new Uploader(
                List.of(memory),
                calls,
                scenario.upload(),
                new Counters(),
                UploadListener.NONE,
                clock,
                random.split(),
                scenario.spool().bytesMax() == 0 ? null : spool);
    }

    /**
     * One run.
     *
     * @throws CancellationException when the thread is interrupted
     */
    public static Outcome run(Scenario scenario, long seed) {
        return new Simulator(scenario, seed).run(0);
    }

    /**
     * One run of which only what comes from a time on is counted.
     *
     * @param leadNs what lies before it, in nanoseconds
     */
    public static Outcome run(Scenario scenario, long seed, long leadNs) {
        return new Simulator(scenario, seed).run(leadNs);
    }

    private void forget() {
        offered = 0;
        delivered = 0;
        kernelDropped = 0;
        memoryDropped = 0;
        abandoned = 0;
        heldPeak = 0;
        usedBytesPeak = 0;
        spoolBytesPeak = 0;
        latencyMicros.reset();
        work.forget();
    }

    private Outcome run(long leadNs) {
        long tickNs = scenario.tickNs();
        for (long startNs = 0; startNs < scenario.spanNs(); startNs += tickNs) {
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("the simulation was interrupted");
            }
            if (leadNs > 0 && startNs < leadNs + tickNs && startNs >= leadNs) {
                forget();
            }
            tick(startNs, tickNs);
        }
        boolean isOutage = scenario.backend().outageToNs() > scenario.backend().outageFromNs();
        return new Outcome(
                new Outcome.Segments(
                        offered,
                        delivered,
                        kernelDropped,
                        memoryDropped,
                        abandoned,
                        memory.held() + spool.documents() + kernelWaiting),
                new Outcome.Peaks(heldPeak, usedBytesPeak, spoolBytesPeak, calls.inFlightPeak()),
                new Outcome.CallCounts(calls.started(), calls.throttled()),
                work.usedNs() * 1e-9,
                isOutage && recoveredNs != Long.MIN_VALUE
                        ? (recoveredNs - scenario.backend().outageToNs()) * 1e-9
                        : Double.NaN,
                latencyMicros,
                timeline,
                events);
    }

    private void tick(long startNs, long tickNs) {
        long nowNs = startNs + tickNs;
        boolean isAnswered = answer(nowNs);
        events++;
        long came = arrivals.next(startNs, tickNs);
        offered += came;
        work.onWakeUps(startNs, tickNs, came > 0 || isAnswered);
        receive(came, nowNs, tickNs);
        memory.sealOld(nowNs);
        // A cycle in which nothing waits to be sent or stored finds nothing to do.
        if (memory.sealedBatches() > calls.inFlight() || spool.isUsed() || nowNs - workedNs >= LOOK_NS) {
            work(nowNs);
        }
        long held = memory.held()
                - (long) (calls.arrivingDocuments() * (1 - scenario.backend().arrivalShare()))
                + spool.documents()
                + kernelWaiting;
        heldPeak = Math.max(heldPeak, held);
        usedBytesPeak = Math.max(usedBytesPeak, memory.usedBytes());
        spoolBytesPeak = Math.max(spoolBytesPeak, spool.bytes());
        timeline.add(startNs, held, spool.documents(), came);
        watchRecovery(nowNs, held);
    }

    private void receive(long came, long nowNs, long tickNs) {
        long waiting = kernelWaiting + came;
        long taken = work.onTick(waiting, tickNs);
        long left = waiting - taken;
        long over = Math.max(0, left - scenario.room().kernelSegments());
        kernelWaiting = left - over;
        kernelDropped += over;
        memoryDropped += memory.accept(taken, nowNs);
    }

    private boolean answer(long nowNs) {
        boolean isAnswered = false;
        while (calls.nextEndNs() <= nowNs) {
            isAnswered = true;
            events += 2;
            work(calls.nextEndNs());
        }
        return isAnswered;
    }

    private void work(long nowNs) {
        clock.update(nowNs);
        uploader.doWork();
        workedNs = nowNs;
    }

    /** The backlog is gone when no more is held than the most before the outage. */
    private void watchRecovery(long nowNs, long held) {
        Scenario.BackendModel backend = scenario.backend();
        if (nowNs < backend.outageFromNs()) {
            heldBefore = Math.max(heldBefore, held);
        } else if (nowNs >= backend.outageToNs() && recoveredNs == Long.MIN_VALUE && held <= heldBefore) {
            recoveredNs = nowNs;
        }
    }

    /** Documents of a batch are settled: delivered, stored or given up. */
    private void onSettled(SimBatch batch, int documents) {
        SimCall call = calls.delivered();
        if (call != null) {
            delivered += documents;
            record(batch, documents, call.arrivedNs);
        } else if (!spool.onSettled(documents)) {
            abandoned += documents;
        }
        memory.release(batch, documents);
    }

    /** Documents of a batch came evenly between its first and its last, and half a tick before they were read. */
    private void record(SimBatch batch, int count, long arrivedNs) {
        long spreadNs = batch.newestNs - batch.oldestNs;
        long oldNs = arrivedNs - batch.oldestNs + scenario.tickNs() / 2;
        int groups = spreadNs == 0 ? 1 : GROUPS;
        for (int i = 0; i < groups; i++) {
            int documents = count * (i + 1) / groups - count * i / groups;
            long latencyNs = oldNs - spreadNs * (2L * i + 1) / (2L * groups);
            if (documents > 0) {
                latencyMicros.recordValueWithCount(
                        Math.max(0, Math.min(LATENCY_MICROS_MAX, latencyNs / 1_000)), documents);
            }
        }
    }
}
