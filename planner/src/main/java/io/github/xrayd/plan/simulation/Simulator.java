package io.github.xrayd.plan.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.HdrHistogram.Histogram;

/**
 * Runs a scenario with one seed.
 *
 * <p>Arrivals are added up per tick, whose length bounds the error of each time; calls start and end one by one, at their own times. Documents
 * have the mean size. What one tick brings is received at its end, as a duty cycle does.
 */
public final class Simulator {
    /** A batch's documents are taken as so many groups of one time each. */
    private static final int GROUPS = 10;

    private static final long LATENCY_MICROS_MAX = 7L * 86_400_000_000L;

    private final Scenario scenario;
    private final Arrivals.Stream arrivals;
    private final SimMemory memory;
    private final SimUploader uploader;
    private final SimSpool spool;
    private final SimWork work;
    private final Histogram latencyMicros = new Histogram(LATENCY_MICROS_MAX, 2);
    private final Timeline timeline;
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
        Deque<SimBatch> sealed = new ArrayDeque<>();
        memory = new SimMemory(scenario.room(), scenario.seal(), sealed);
        uploader = new SimUploader(
                scenario.upload(),
                new SimBackend(scenario.backend(), random.split()),
                work,
                sealed,
                new Settled(),
                random.split());
        spool = new SimSpool(scenario.spool(), memory, uploader);
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
                offered,
                delivered,
                kernelDropped,
                memoryDropped,
                abandoned,
                memory.held() + spool.documents() + kernelWaiting,
                heldPeak,
                usedBytesPeak,
                spoolBytesPeak,
                uploader.inFlightPeak(),
                uploader.calls(),
                uploader.throttledCalls(),
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
        long lost = receive(came, nowNs, tickNs);
        memory.sealOld(nowNs);
        uploader.doWork(nowNs);
        spool.doWork();
        long held = memory.held()
                - (long) (uploader.arrivingDocuments() * (1 - scenario.backend().arrivalShare()))
                + spool.documents()
                + kernelWaiting;
        heldPeak = Math.max(heldPeak, held);
        usedBytesPeak = Math.max(usedBytesPeak, memory.usedBytes());
        spoolBytesPeak = Math.max(spoolBytesPeak, spool.bytes());
        timeline.add(startNs, held, spool.documents(), came, lost);
        watchRecovery(nowNs, held);
    }

    private long receive(long came, long nowNs, long tickNs) {
        long waiting = kernelWaiting + came;
        long taken = work.onTick(waiting, tickNs);
        long left = waiting - taken;
        long over = Math.max(0, left - scenario.room().kernelSegments());
        kernelWaiting = left - over;
        kernelDropped += over;
        long dropped = memory.accept(taken, nowNs);
        memoryDropped += dropped;
        return over + dropped;
    }

    private boolean answer(long nowNs) {
        boolean isAnswered = false;
        while (uploader.nextEndNs() <= nowNs) {
            long endNs = uploader.nextEndNs();
            isAnswered = true;
            while (uploader.nextEndNs() == endNs) {
                uploader.onEnd();
                events += 2;
            }
            memory.refill();
            uploader.onAnswers(endNs);
        }
        return isAnswered;
    }

    /** The backlog is gone when no more is held than the most before the outage. */
    private void watchRecovery(long nowNs, long held) {
        Scenario.Backend backend = scenario.backend();
        if (nowNs < backend.outageFromNs()) {
            heldBefore = Math.max(heldBefore, held);
        } else if (nowNs >= backend.outageToNs() && recoveredNs == Long.MIN_VALUE && held <= heldBefore) {
            recoveredNs = nowNs;
        }
    }

    /** Books of what is settled. */
    private final class Settled implements SimUploader.Books {
        @Override
        public void onDelivered(SimBatch batch) {
            delivered += batch.documents;
            // Documents of a batch came evenly between its first and its last, and half a tick before they were read.
            long spreadNs = batch.newestNs - batch.oldestNs;
            long oldNs = batch.arrivedNs - batch.oldestNs + scenario.tickNs() / 2;
            int groups = spreadNs == 0 ? 1 : GROUPS;
            for (int i = 0; i < groups; i++) {
                int documents = batch.documents * (i + 1) / groups - batch.documents * i / groups;
                record(oldNs - spreadNs * (2L * i + 1) / (2L * groups), documents);
            }
            release(batch);
        }

        @Override
        public void onOld(SimBatch batch) {
            if (spool.tryStore(batch)) {
                return;
            }
            abandoned += batch.documents;
            timeline.add(batch.oldestNs, 0, 0, 0, batch.documents);
            release(batch);
        }

        private void release(SimBatch batch) {
            if (batch.isRestored) {
                spool.onSettled();
            }
            memory.release(batch);
        }

        private void record(long latencyNs, int documents) {
            if (documents > 0) {
                latencyMicros.recordValueWithCount(
                        Math.max(0, Math.min(LATENCY_MICROS_MAX, latencyNs / 1_000)), documents);
            }
        }
    }
}
