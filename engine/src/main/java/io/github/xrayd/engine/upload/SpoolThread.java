package io.github.xrayd.engine.upload;

import io.github.xrayd.engine.encode.Encoder;
import io.github.xrayd.engine.run.Handoff;
import io.github.xrayd.engine.run.Role;
import io.github.xrayd.engine.run.Waiter;
import io.github.xrayd.engine.run.WakeUps;
import io.github.xrayd.engine.spool.Spool;
import io.github.xrayd.engine.spool.SpoolSettings;
import java.util.function.Consumer;
import org.agrona.concurrent.SystemEpochClock;
import org.agrona.concurrent.SystemNanoClock;

/**
 * The one thread that waits for the spool's disk. Rests until something is asked, a sync is due, or a second is over.
 */
public final class SpoolThread {
    private static final long STACK_SIZE = 256 * 1024;

    private final SpoolWorker worker;
    private final Thread thread;
    private final Consumer<Throwable> onFailure;
    private volatile boolean isStopped;
    private final Waiter waiter;
    private final Runnable onEnd;
    private final long restNsMin;

    /**
     * A thread, not started yet.
     *
     * @param settings of a spool that holds what {@code encoder} makes
     * @param wakeUps receives where it rests
     * @param onFailure called when the directory is another's, or an invariant breaks; the thread then ends
     */
    public SpoolThread(SpoolSettings settings, Encoder encoder, WakeUps wakeUps, Consumer<Throwable> onFailure) {
        this(settings, encoder, wakeUps, onFailure, 0);
    }

    /** As above; rests at least {@code restNsMin} nanoseconds when nobody wakes it, for tests of the wake-ups. */
    SpoolThread(
            SpoolSettings settings, Encoder encoder, WakeUps wakeUps, Consumer<Throwable> onFailure, long restNsMin) {
        this.restNsMin = restNsMin;
        waiter = new Waiter(null, Math.max(Waiter.BLOCK_MS_MAX, restNsMin / 1_000_000));
        int index = wakeUps.place(Role.SPOOL, waiter);
        onEnd = wakeUps.of(Handoff.END_OF_SPOOL, index);
        this.onFailure = onFailure;
        worker = new SpoolWorker(
                () -> Spool.open(settings.holding(encoder.encoding())),
                encoder,
                SystemEpochClock.INSTANCE,
                SystemNanoClock.INSTANCE,
                wakeUps.of(Handoff.SPOOL_REQUESTS, index),
                wakeUps.of(Handoff.SPOOL_RESULTS, index));
        thread = new Thread(null, this::run, "spool", STACK_SIZE);
        thread.setDaemon(true);
    }

    /** Begins to work. */
    public void start() {
        thread.start();
    }

    /** What the uploader asks; its {@link SpoolWorker#spool} may be read by any thread. */
    public SpoolWorker worker() {
        return worker;
    }

    private void run() {
        waiter.enter();
        try {
            while (!isStopped) {
                if (worker.doWork() > 0) {
                    continue;
                }
                waiter.announce();
                if (worker.isDue() || isStopped) {
                    waiter.cancel();
                } else {
                    waiter.park(Math.max(restNsMin, worker.restNs()));
                }
            }
            worker.close();
        } catch (Throwable e) {
            onFailure.accept(e);
        }
    }

    /**
     * Has everything synced and the directory given up; to be called when nothing more is asked.
     *
     * @param timeoutMs how long to wait for the disk, in milliseconds
     * @return whether the thread has ended, so that it reads no batch any more
     */
    public boolean stop(long timeoutMs) throws InterruptedException {
        isStopped = true;
        onEnd.run();
        thread.join(timeoutMs);
        return !thread.isAlive();
    }
}
