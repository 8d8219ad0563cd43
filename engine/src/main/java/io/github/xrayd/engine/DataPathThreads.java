package io.github.xrayd.engine;

import io.github.xrayd.engine.EngineConfig.WaitStrategy;
import io.github.xrayd.engine.receive.UdpSocket;
import io.github.xrayd.engine.upload.Uploader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.concurrent.CachedNanoClock;

/**
 * The threads of the data path: which of them runs which stage, by the {@link ThreadPlan}, and who wakes whom.
 *
 * <p>The clocks and the way to wake the uploader are there at once, because the stages are built with them; the threads are made by
 * {@link #start}.
 */
final class DataPathThreads {
    private final int cores = Runtime.getRuntime().availableProcessors();
    private final WaitStrategy strategy;
    private final List<UdpSocket> sockets;
    private final Consumer<Throwable> onFailure;
    private final ThreadPlan plan;
    private final List<Station> receiving = new ArrayList<>();
    private final List<Station> batching = new ArrayList<>();
    private final Station uploading;
    private final List<DutyThread> threads = new ArrayList<>();

    /** What a thread's stages share: its clock, and where it rests. Stages on one thread have the same one. */
    private record Station(CachedNanoClock clock, Waiter waiter) {
        static Station of(Waiter waiter) {
            CachedNanoClock clock = new CachedNanoClock();
            clock.update(System.nanoTime());
            return new Station(clock, waiter);
        }

        Runnable wakes(Station other) {
            return other.waiter == waiter ? () -> {} : other.waiter::wake;
        }
    }

    /**
     * Plans the threads.
     *
     * @param sockets one for each receiver
     * @param onFailure told when an invariant breaks in a thread, which then ends
     */
    DataPathThreads(EngineConfig config, List<UdpSocket> sockets, Consumer<Throwable> onFailure) {
        this.strategy = config.waitStrategy();
        this.sockets = List.copyOf(sockets);
        this.onFailure = onFailure;
        plan = ThreadPlan.of(config.threadsMax(), config.receivers(), cores);
        for (UdpSocket socket : sockets) {
            Station receiver = Station.of(new Waiter(socket));
            receiving.add(receiver);
            batching.add(plan.isReceiverAlone() ? Station.of(new Waiter(null)) : receiver);
        }
        uploading = plan.isUploaderAlone() ? Station.of(new Waiter(null)) : batching.get(0);
    }

    /** The clock of the thread that runs a pipeline's receiver. */
    CachedNanoClock receiverClock(int pipeline) {
        return receiving.get(pipeline).clock();
    }

    /** The clock of the thread that runs a pipeline's validator and batcher; the receiver's when they share a thread. */
    CachedNanoClock batcherClock(int pipeline) {
        return batching.get(pipeline).clock();
    }

    /** The clock of the thread that runs the uploader. */
    CachedNanoClock uploaderClock() {
        return uploading.clock();
    }

    /** Wakes the thread that runs the uploader. Any thread. */
    void wakeUploader() {
        uploading.waiter().wake();
    }

    /** Makes and starts them, once. */
    void start(List<Pipeline> pipelines, Uploader uploader, Shutdown shutdown) {
        Duty uploaderDuty = new UploaderDuty(
                uploader, pipelines, shutdown, uploading.clock(), !plan.isReceiverAlone() && !plan.isUploaderAlone());
        // A thread without a socket that spins would only wait for one that has one.
        WaitStrategy uploaderStrategy = strategy == WaitStrategy.BUSY_SPIN ? WaitStrategy.ADAPTIVE : strategy;
        WaitStrategy batcherStrategy = plan.isSpinEverywhere() ? strategy : uploaderStrategy;
        if (plan.isUploaderAlone()) {
            add("uploader", List.of(uploaderDuty), uploading, new WaitPolicy(uploaderStrategy, 0, cores));
        }
        for (int i = 0; i < pipelines.size(); i++) {
            Pipeline pipeline = pipelines.get(i);
            Station receiver = receiving.get(i);
            Station batcher = batching.get(i);
            List<Duty> first = new ArrayList<>();
            List<Duty> second = plan.isReceiverAlone() ? new ArrayList<>() : first;
            first.add(pipeline.receiverDuty(receiver.wakes(batcher)));
            second.add(pipeline.validatorDuty());
            second.add(pipeline.batcherDuty(batcher.wakes(uploading)));
            if (!plan.isUploaderAlone()) {
                second.add(uploaderDuty);
            }
            String suffix = pipelines.size() > 1 ? "-" + (i + 1) : "";
            int bufferBytes = sockets.get(i).grantedBufferBytes();
            add("receiver" + suffix, first, receiver, new WaitPolicy(strategy, bufferBytes, cores));
            if (plan.isReceiverAlone()) {
                add("batcher" + suffix, second, batcher, new WaitPolicy(batcherStrategy, 0, cores));
            }
        }
        threads.forEach(DutyThread::start);
    }

    private void add(String name, List<Duty> duties, Station station, WaitPolicy policy) {
        threads.add(new DutyThread(name, duties, station.clock(), policy, station.waiter(), onFailure));
    }

    /** Wakes all of them. */
    void wakeAll() {
        threads.forEach(thread -> thread.waiter().wake());
    }

    /** Waits until all have ended, or {@link System#nanoTime} is {@code deadlineNs}. */
    void joinUntil(long deadlineNs) throws InterruptedException {
        for (DutyThread thread : threads) {
            long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
            if (leftMs > 0) {
                thread.join(leftMs);
            }
        }
    }

    /** Whether one has not ended. */
    boolean isAnyAlive() {
        return threads.stream().anyMatch(thread -> thread.thread().isAlive());
    }
}
