package io.github.xrayd.engine;

import io.github.xrayd.engine.run.Duty;
import io.github.xrayd.engine.run.DutyThread;
import io.github.xrayd.engine.run.Role;
import io.github.xrayd.engine.run.Shutdown;
import io.github.xrayd.engine.run.Stalls;
import io.github.xrayd.engine.run.WaitPolicy;
import io.github.xrayd.engine.run.WaitStrategy;
import io.github.xrayd.engine.run.Waiter;
import io.github.xrayd.engine.run.WakeUps;
import io.github.xrayd.engine.source.Source;
import io.github.xrayd.engine.upload.Uploader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.agrona.concurrent.CachedNanoClock;
import org.jspecify.annotations.Nullable;

/**
 * The threads of the data path: which of them runs which stage, by the {@link ThreadPlan}, and where each rests.
 *
 * <p>The clocks and the places to rest are there at once, because the stages are built with them; the threads are made
 * by {@link #start}.
 */
final class DataPathThreads {
    /** How often a thread that has ended by a failure is looked for while the others are waited for. */
    private static final long LOOK_MS = 50;

    private static final long TAKEN_OVER_REST_NS = 1_000_000;

    private final int cores = Runtime.getRuntime().availableProcessors();
    private final WaitStrategy strategy;
    private final List<Source> sources;
    private final WakeUps wakeUps;
    private final Consumer<Throwable> onFailure;
    private final int receivers;
    private final ThreadPlan plan;
    private final List<Station> receiving = new ArrayList<>();
    private final List<Station> batching = new ArrayList<>();
    private final Station uploading;
    private final Stalls stalls = new Stalls();
    private final List<DutyThread> threads = new CopyOnWriteArrayList<>();

    /** What a thread's stages share: its clock, and where it rests. Stages on one thread have the same one. */
    private record Station(CachedNanoClock clock, Waiter waiter) {
        static Station of(Waiter waiter) {
            CachedNanoClock clock = new CachedNanoClock();
            clock.update(System.nanoTime());
            return new Station(clock, waiter);
        }
    }

    /**
     * Plans the threads.
     *
     * @param sources one for each pipeline, those without threads of their own first
     * @param wakeUps receives where each stage rests
     * @param blockMsMax the longest rest of a thread, in milliseconds
     * @param onFailure called when a duty throws; its thread then ends
     */
    DataPathThreads(
            EngineConfig config,
            List<Source> sources,
            WakeUps wakeUps,
            long blockMsMax,
            Consumer<Throwable> onFailure) {
        this.wakeUps = wakeUps;
        this.strategy = config.receive().waitStrategy();
        this.sources = List.copyOf(sources);
        this.onFailure = onFailure;
        receivers = config.receive().receivers();
        plan = ThreadPlan.of(config.receive().threadsMax(), receivers, cores);
        for (Source source : sources) {
            Station receiver = Station.of(new Waiter(source.place(), blockMsMax));
            Station batcher = isAlone(source) ? Station.of(new Waiter(null, blockMsMax)) : receiver;
            receiving.add(receiver);
            batching.add(batcher);
            wakeUps.place(Role.RECEIVER, receiver.waiter());
            wakeUps.place(Role.VALIDATOR, batcher.waiter());
            wakeUps.place(Role.BATCHER, batcher.waiter());
        }
        uploading = plan.isUploaderAlone() ? Station.of(new Waiter(null, blockMsMax)) : batching.get(0);
        wakeUps.place(Role.UPLOADER, uploading.waiter());
    }

    /** Whether a source has a thread apart from the later stages of its pipeline. */
    private boolean isAlone(Source source) {
        return plan.isReceiverAlone() && !source.hasOwnThread();
    }

    /** The clock of the thread that runs a pipeline's source. */
    CachedNanoClock sourceClock(int pipeline) {
        return receiving.get(pipeline).clock();
    }

    /** The clock of the thread that runs a pipeline's validator and batchers; the source's when they share a thread. */
    CachedNanoClock batcherClock(int pipeline) {
        return batching.get(pipeline).clock();
    }

    /** The clock of the thread that runs the uploader. */
    CachedNanoClock uploaderClock() {
        return uploading.clock();
    }

    /**
     * Makes and starts them, once.
     *
     * @param uploaders one for each destination, in the order of the pipelines' lanes
     */
    void start(List<Pipeline> pipelines, List<Uploader> uploaders, Shutdown shutdown) {
        List<Duty> uploading = new ArrayList<>();
        for (int i = 0; i < uploaders.size(); i++) {
            int index = i;
            uploading.add(new UploaderDuty(
                    uploaders.get(i),
                    pipelines.stream()
                            .map(pipeline -> pipeline.lanes().get(index))
                            .toList(),
                    pipelines.get(0).source(),
                    shutdown,
                    this.uploading.clock(),
                    !plan.isReceiverAlone() && !plan.isUploaderAlone()));
        }
        // A thread without a socket that spins would only wait for one that has one.
        WaitStrategy uploaderStrategy = strategy == WaitStrategy.BUSY_SPIN ? WaitStrategy.ADAPTIVE : strategy;
        WaitStrategy batcherStrategy = plan.isSpinEverywhere() ? strategy : uploaderStrategy;
        if (plan.isUploaderAlone()) {
            add("uploader", uploading, this.uploading, new WaitPolicy(uploaderStrategy, 0, cores));
        }
        for (int i = 0; i < pipelines.size(); i++) {
            Pipeline pipeline = pipelines.get(i);
            Source source = sources.get(i);
            Station receiver = receiving.get(i);
            Station batcher = batching.get(i);
            List<Duty> first = new ArrayList<>();
            List<Duty> second = isAlone(source) ? new ArrayList<>() : first;
            first.add(pipeline.sourceDuty());
            second.add(pipeline.validatorDuty());
            pipeline.lanes().forEach(lane -> second.add(lane.duty()));
            if (i == 0 && !plan.isUploaderAlone()) {
                second.addAll(uploading);
            }
            if (source.hasOwnThread()) {
                add(source.name() + "-source", first, receiver, new WaitPolicy(WaitStrategy.BLOCKING, 0, cores));
                continue;
            }
            String suffix = receivers > 1 ? "-" + (i + 1) : "";
            add("receiver" + suffix, first, receiver, new WaitPolicy(strategy, source.bufferBytes(), cores));
            if (isAlone(source)) {
                add("batcher" + suffix, second, batcher, new WaitPolicy(batcherStrategy, 0, cores));
            }
        }
        threads.forEach(DutyThread::start);
    }

    private void add(String name, List<Duty> duties, Station station, WaitPolicy policy) {
        threads.add(new DutyThread(name, duties, station.clock(), policy, station.waiter(), onFailure));
    }

    /**
     * Waits until all have ended, or {@link System#nanoTime} is {@code deadlineNs}. What threads hold that have ended
     * by a failure is settled meanwhile by the thread that calls this.
     */
    void finishUntil(long deadlineNs) throws InterruptedException {
        wakeUps.all(Role.ENDING);
        boolean isAnyLeft = true;
        while (isAnyLeft && deadlineNs - System.nanoTime() > 0) {
            isAnyLeft = false;
            boolean isAnyTakenOver = false;
            for (DutyThread thread : threads) {
                isAnyTakenOver |= thread.takeOver();
            }
            for (DutyThread thread : threads) {
                long leftMs = Math.max(1, (deadlineNs - System.nanoTime()) / 1_000_000);
                thread.join(isAnyTakenOver ? 1 : Math.min(LOOK_MS, leftMs));
                isAnyLeft |= thread.thread().isAlive();
            }
            if (isAnyTakenOver && !isAnyLeft) {
                LockSupport.parkNanos(TAKEN_OVER_REST_NS);
            }
            isAnyLeft |= isAnyTakenOver;
        }
    }

    /** What keeps one of the threads from a new cycle, or null when all make progress. Any thread. */
    @Nullable
    String stalled(long nowNs) {
        for (DutyThread thread : threads) {
            String stalled = thread.stalled(nowNs);
            if (stalled != null) {
                return stalled;
            }
        }
        return null;
    }

    /** Looks for stalls; once a second, on the reporter's thread. */
    void everySecond() {
        stalls.look(threads, System.nanoTime(), System.currentTimeMillis());
    }

    /** What it has found. Any thread. */
    Stalls stalls() {
        return stalls;
    }

    /** Each thread with its duties and how long ago its last cycle began. Any thread. */
    List<Object> progress(long nowNs) {
        List<Object> all = new ArrayList<>();
        for (DutyThread thread : threads) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", thread.thread().getName());
            row.put("duties", thread.roles());
            row.put("sinceCycleMs", thread.sinceCycleNs(nowNs) / 1_000_000);
            row.put("alive", thread.thread().isAlive());
            all.add(row);
        }
        return all;
    }

    /** Whether one has not ended. */
    boolean isAnyAlive() {
        return threads.stream().anyMatch(thread -> thread.thread().isAlive());
    }
}
