package io.github.xrayd.engine;

import io.github.xrayd.engine.batch.Batch;
import io.github.xrayd.engine.batch.BatchPool;
import io.github.xrayd.engine.batch.Batcher;
import io.github.xrayd.engine.batch.SealPolicy;
import io.github.xrayd.engine.ring.Arena;
import io.github.xrayd.engine.run.Duty;
import io.github.xrayd.engine.run.Handoff;
import io.github.xrayd.engine.run.WakeUps;
import io.github.xrayd.engine.telemetry.Counters;
import io.github.xrayd.engine.upload.UploadLane;
import java.lang.invoke.VarHandle;
import org.agrona.concurrent.CachedNanoClock;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;

/**
 * One destination's way out of one pipeline: its batcher, with memory, queue and counters of its own.
 *
 * <p>The batcher's duty runs on the pipeline's batching thread; {@link #tellFreed} belongs to the uploader's.
 */
final class BatchLane implements UploadLane {
    private final Pipeline pipeline;
    private final Counters counters = new Counters();
    private final BatchPool pool;
    private final OneToOneConcurrentArrayQueue<Batch> sealed;
    private final Batcher batcher;
    private final Runnable onReleased;
    private final Runnable onSealed;
    private final Runnable onStarved;
    private final Runnable onFreed;
    /** Batches released before the uploader's last cycle; its thread only. */
    private long freedBefore;

    /**
     * Whether the source keeps what has no room here, and nobody else waits for it: no reason to write it to a disk.
     */
    private final boolean isKeptElsewhere;

    private volatile boolean isDone;

    /**
     * A lane.
     *
     * @param config of the destination
     * @param index which destination of the pipeline's ring this is, from 0
     * @param pipelineIndex which pipeline this is, from 0
     */
    BatchLane(
            Pipeline pipeline,
            MemoryBudget budget,
            EngineConfig.DestinationConfig config,
            int index,
            CachedNanoClock clock,
            WakeUps wakeUps,
            int pipelineIndex) {
        this.pipeline = pipeline;
        isKeptElsewhere = pipeline.isReplayable() && budget.destinations() == 1;
        onReleased = wakeUps.of(Handoff.RELEASED_SLOTS, pipelineIndex);
        onSealed = wakeUps.of(Handoff.SEALED_BATCHES, pipelineIndex);
        onStarved = wakeUps.of(Handoff.STARVED, pipelineIndex);
        onFreed = wakeUps.of(Handoff.FREED_BATCHES, pipelineIndex);
        EngineConfig.BatchConfig batch = config.batch();
        pool = new BatchPool(
                config.kind().encoder(),
                new Arena(budget.batchBytes()),
                budget.batchCount(),
                budget.batchCapacity(),
                pipeline.onSettled(index));
        sealed = new OneToOneConcurrentArrayQueue<>(budget.batchCount());
        batcher = new Batcher(
                config.name(),
                pipeline.ring().batcherReader(index),
                budget.destinations() > 1 && !pipeline.isReplayable(),
                pool,
                new SealPolicy(
                        batch.documentsMax(),
                        Math.min(batch.bytesMax(), budget.batchCapacity()),
                        batch.ageMax().toNanos()),
                sealed,
                counters,
                clock);
    }

    Counters counters() {
        return counters;
    }

    @Override
    public OneToOneConcurrentArrayQueue<Batch> sealed() {
        return sealed;
    }

    BatchPool pool() {
        return pool;
    }

    @Override
    public double arenaUsed() {
        return isKeptElsewhere ? 0 : batcher.arenaUsed();
    }

    @Override
    public boolean isStarved() {
        return !isKeptElsewhere && batcher.isStarved();
    }

    /** Whether everything that was received is in sealed batches or given up. Any thread. */
    boolean isDone() {
        return isDone;
    }

    /**
     * Wakes the batcher when batches have become free since this was last called. Uploader's thread only, after its
     * cycle.
     */
    void tellFreed() {
        long freed = pool.releasedCount();
        if (freed != freedBefore) {
            freedBefore = freed;
            VarHandle.fullFence();
            if (batcher.isStarved()) {
                onFreed.run();
            }
        }
    }

    /** The batcher's duty. */
    Duty duty() {
        return new Duty() {
            private static final int ARENA_STEPS = 16;
            private int arenaStep;

            @Override
            public int doWork() {
                boolean isLast = pipeline.isValidatorDone();
                int count = batcher.doWork();
                if (!sealed.isEmpty()) {
                    onSealed.run();
                } else if (batcher.isStarved()) {
                    tellStarved();
                }
                if (count > 0) {
                    VarHandle.fullFence();
                    if (pipeline.source().isFull()) {
                        onReleased.run();
                    }
                }
                if (isLast && !isDone) {
                    finish();
                }
                return count;
            }

            /** Each time so much more of the arena is taken that the uploader may decide otherwise. */
            private void tellStarved() {
                int step = (int) (arenaUsed() * ARENA_STEPS);
                if (step != arenaStep) {
                    arenaStep = step;
                    onStarved.run();
                }
            }

            private void finish() {
                if (pipeline.isAbandoning()) {
                    batcher.abandonSlots();
                }
                if (!batcher.hasWork()) {
                    batcher.flush();
                    isDone = true;
                    onSealed.run();
                }
            }

            @Override
            public boolean isMoreWaiting() {
                return batcher.isLimitReached();
            }

            @Override
            public long deadlineNs() {
                return batcher.deadlineNs();
            }

            @Override
            public boolean isDone() {
                return isDone;
            }

            @Override
            public String roleName() {
                return batcher.roleName();
            }
        };
    }
}
