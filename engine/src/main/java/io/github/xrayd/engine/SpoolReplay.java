package io.github.xrayd.engine;

import io.github.xrayd.engine.call.CallThreads;
import io.github.xrayd.engine.encode.Encoder;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.Exporter;
import io.github.xrayd.engine.run.Waiter;
import io.github.xrayd.engine.spool.Spool;
import io.github.xrayd.engine.spool.SpoolLockedException;
import io.github.xrayd.engine.spool.SpoolSettings;
import io.github.xrayd.engine.telemetry.Counters;
import io.github.xrayd.engine.telemetry.Ledger;
import io.github.xrayd.engine.upload.SpoolWorker;
import io.github.xrayd.engine.upload.UploadListener;
import io.github.xrayd.engine.upload.UploadPolicy;
import io.github.xrayd.engine.upload.Uploader;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.agrona.concurrent.CachedNanoClock;
import org.agrona.concurrent.SystemEpochClock;
import org.agrona.concurrent.SystemNanoClock;
import org.jspecify.annotations.Nullable;

/**
 * Delivers what a spool holds, without a daemon: the uploader, the spool and the backend on the caller's thread.
 *
 * <p>{@link #run} is called once; {@link #stop} ends it early, from any thread.
 */
public final class SpoolReplay {
    private static final long REST_NS = 1_000_000L;
    private static final long CALLS_END_NS_MAX = 5_000_000_000L;
    private static final long CALLS_END_MS_MAX = 500;

    private final SpoolSettings spoolSettings;
    private final Encoder encoder;
    private final ExporterConnector connector;
    private final int callsMax;
    private final Duration patience;
    private final UploadListener listener;
    private final CachedNanoClock clock = new CachedNanoClock();
    private final Counters counters = new Counters();
    private final Waiter waiter = new Waiter();
    private volatile boolean isStopped;

    /**
     * What came of it.
     *
     * @param ledger where all documents are; {@code spooled} are left on disk
     * @param failure why the last call failed, or null
     */
    public record Outcome(Ledger ledger, @Nullable Answer failure) {}

    /**
     * A replay.
     *
     * @param kind of the destination whose spool it is
     * @param callsMax most calls in flight
     * @param patience how long nothing may be delivered before it gives up
     * @param listener receives what becomes of calls, on the thread that runs
     */
    public SpoolReplay(
            SpoolSettings spool, DestinationKind kind, int callsMax, Duration patience, UploadListener listener) {
        this(spool, kind.encoder(), kind::connect, callsMax, patience, listener);
    }

    SpoolReplay(
            SpoolSettings spool,
            Encoder encoder,
            ExporterConnector connector,
            int callsMax,
            Duration patience,
            UploadListener listener) {
        spoolSettings = spool.holding(encoder.encoding());
        this.encoder = encoder;
        this.connector = connector;
        this.callsMax = callsMax;
        this.patience = patience;
        this.listener = listener;
    }

    /**
     * Delivers until the spool is empty, {@link #stop} is called, or nothing has been delivered for the patience's
     * time.
     *
     * @throws SpoolLockedException when a daemon has the spool
     * @throws StartException when there is no backend, for example without a region
     */
    public Outcome run() throws SpoolLockedException, StartException {
        waiter.enter();
        Spool.checkFree(spoolSettings);
        try (Exporter backend = connect()) {
            CallThreads calls = new CallThreads("spool replay", callsMax, waiter::wake);
            SpoolWorker worker = new SpoolWorker(
                    () -> Spool.open(spoolSettings),
                    encoder,
                    SystemEpochClock.INSTANCE,
                    SystemNanoClock.INSTANCE,
                    () -> {},
                    () -> {});
            try {
                calls.ready(backend);
                return run(calls, worker);
            } finally {
                worker.close();
                calls.close();
                awaitEnd(calls);
            }
        }
    }

    private Exporter connect() throws StartException {
        try {
            return connector.connect();
        } catch (Exception e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    private Outcome run(CallThreads calls, SpoolWorker worker) throws SpoolLockedException {
        clock.update(System.nanoTime());
        Uploader uploader = new Uploader(
                List.of(),
                calls,
                UploadPolicy.of(callsMax, Long.MAX_VALUE / 2),
                counters,
                listener,
                clock,
                new SplittableRandom(),
                worker);
        long progressNs = System.nanoTime();
        long settled = 0;
        boolean isOpen = false;
        while (!isStopped && System.nanoTime() - progressNs < patience.toNanos()) {
            waiter.announce();
            int work = cycle(uploader, worker);
            Ledger ledger = ledger();
            if (isOpen && ledger.spooled() == 0 && uploader.isIdle()) {
                break;
            }
            isOpen = true;
            long settledNow = ledger.delivered() + ledger.unprocessed() + ledger.refused();
            if (settledNow != settled) {
                settled = settledNow;
                progressNs = System.nanoTime();
            }
            rest(work);
        }
        Answer failure = uploader.lastFailure();
        leave(uploader, worker);
        return new Outcome(ledger(), failure);
    }

    /** Waits for the calls in flight and leaves the rest on disk. */
    private void leave(Uploader uploader, SpoolWorker worker) throws SpoolLockedException {
        long endNs = System.nanoTime() + CALLS_END_NS_MAX;
        uploader.spoolAll();
        while (!uploader.isIdle() && System.nanoTime() - endNs < 0) {
            waiter.announce();
            rest(cycle(uploader, worker));
            uploader.spoolAll();
        }
        uploader.abandonAll();
        cycle(uploader, worker);
    }

    private int cycle(Uploader uploader, SpoolWorker worker) throws SpoolLockedException {
        clock.update(System.nanoTime());
        return worker.doWork() + uploader.doWork();
    }

    private void rest(int work) {
        if (work == 0) {
            waiter.park(REST_NS);
        } else {
            waiter.cancel();
        }
    }

    private static void awaitEnd(CallThreads calls) {
        try {
            calls.awaitEnd(CALLS_END_MS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Where all documents are, at this moment; any thread may ask. */
    public Ledger ledger() {
        return Ledger.of(List.of(counters));
    }

    /** Ends {@link #run} soon; what is not delivered stays on disk. */
    public void stop() {
        isStopped = true;
    }
}
