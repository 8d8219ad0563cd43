package io.github.xrayd.engine;

import io.github.xrayd.engine.run.BurstHold;
import io.github.xrayd.engine.run.Duty;
import io.github.xrayd.engine.run.Shutdown;
import io.github.xrayd.engine.source.Source;
import io.github.xrayd.engine.upload.Uploader;
import java.util.List;
import org.agrona.concurrent.CachedNanoClock;
import org.jspecify.annotations.Nullable;

/**
 * The duty of one destination's uploader: done when every pipeline has handed over all it had and every batch is
 * settled.
 */
final class UploaderDuty implements Duty {
    private final Uploader uploader;
    private final List<BatchLane> lanes;
    private final Source source;
    private final Shutdown shutdown;
    private final CachedNanoClock clock;
    /** Null when the uploader has a thread apart from the receivers: then there are cores for both. */
    private final @Nullable BurstHold hold;

    private volatile boolean isDone;

    /**
     * The duty.
     *
     * @param lanes the destination's, one for each pipeline
     * @param source whose bursts it waits for
     * @param isOnSourcesThread whether it shares that source's thread
     */
    UploaderDuty(
            Uploader uploader,
            List<BatchLane> lanes,
            Source source,
            Shutdown shutdown,
            CachedNanoClock clock,
            boolean isOnSourcesThread) {
        this.clock = clock;
        hold = isOnSourcesThread ? new BurstHold() : null;
        this.uploader = uploader;
        this.lanes = List.copyOf(lanes);
        this.source = source;
        this.shutdown = shutdown;
    }

    @Override
    public int doWork() {
        boolean isLast = isInputDone();
        if (!shutdown.isRunning()) {
            uploader.drain();
        }
        if (shutdown.isSpooling()) {
            uploader.spoolAll();
        }
        int work = uploader.doWork(!isHolding());
        if (shutdown.isAbandoning()) {
            uploader.abandonAll();
        }
        for (int i = 0; i < lanes.size(); i++) {
            lanes.get(i).tellFreed();
        }
        if (isLast && uploader.isIdle()) {
            isDone = true;
        }
        return work;
    }

    private boolean isHolding() {
        return hold != null && shutdown.isRunning() && hold.isHolding(source.burstCount(), clock.nanoTime());
    }

    private boolean isInputDone() {
        for (int i = 0; i < lanes.size(); i++) {
            if (!lanes.get(i).isDone()) {
                return false;
            }
        }
        return true;
    }

    @Override
    public long deadlineNs() {
        long deadlineNs = uploader.deadlineNs();
        return isHolding() ? Math.max(deadlineNs, clock.nanoTime() + BurstHold.HOLD_NS) : deadlineNs;
    }

    @Override
    public boolean isDone() {
        return isDone;
    }

    @Override
    public String roleName() {
        return uploader.roleName();
    }
}
