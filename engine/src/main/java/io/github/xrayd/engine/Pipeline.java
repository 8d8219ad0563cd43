package io.github.xrayd.engine;

import io.github.xrayd.engine.batch.Batch;
import io.github.xrayd.engine.batch.BatchPool;
import io.github.xrayd.engine.batch.Batcher;
import io.github.xrayd.engine.batch.SealPolicy;
import io.github.xrayd.engine.encode.XRayEncoder;
import io.github.xrayd.engine.receive.Admission;
import io.github.xrayd.engine.receive.AdmissionSettings;
import io.github.xrayd.engine.receive.DatagramSource;
import io.github.xrayd.engine.receive.Receiver;
import io.github.xrayd.engine.ring.Arena;
import io.github.xrayd.engine.ring.SlotRing;
import io.github.xrayd.engine.run.Duty;
import io.github.xrayd.engine.run.Handoff;
import io.github.xrayd.engine.run.Shutdown;
import io.github.xrayd.engine.run.WakeUps;
import io.github.xrayd.engine.telemetry.Counters;
import io.github.xrayd.engine.upload.MemoryGauge;
import io.github.xrayd.engine.validate.RejectionSamples;
import io.github.xrayd.engine.validate.Validator;
import java.lang.invoke.VarHandle;
import org.agrona.concurrent.CachedNanoClock;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * From one socket to sealed batches: the receiver, validator and batcher with their ring, memory and counters.
 *
 * <p>Has no thread of its own: whoever owns it runs its three duties, in order on one thread, or each on its own.
 */
final class Pipeline implements MemoryGauge {
    /** How long at most the kernel's buffer is emptied at the end, however fast datagrams keep coming. */
    private static final long LAST_DATAGRAMS_NS_MAX = 500_000_000L;

    private final SlotRing ring;
    private final BatchPool pool;
    private final Counters counters = new Counters();
    private final OneToOneConcurrentArrayQueue<Batch> sealed;
    private final Receiver receiver;
    private final Validator validator;
    private final Batcher batcher;
    private final CachedNanoClock receiverClock;
    private final Shutdown shutdown;
    private final DatagramSource source;
    private final Runnable onSlots;
    private final Runnable onReleased;
    private final Runnable onSealed;
    private final Runnable onStarved;
    private final Runnable onFreed;
    /** Batches released before the uploader's last cycle; its thread only. */
    private long freedBefore;

    private volatile boolean isReceiverDone;
    private volatile boolean isValidatorDone;
    private volatile boolean isBatcherDone;

    /**
     * A pipeline.
     *
     * @param receiverClock the clock of the thread that runs the receiver, and so on; the same one when the stages share a thread
     * @param wallClock the time itself, for the receiver in a burst
     */
    Pipeline(
            DatagramSource source,
            MemoryBudget budget,
            EngineConfig config,
            Shutdown shutdown,
            CachedNanoClock receiverClock,
            CachedNanoClock batcherClock,
            NanoClock wallClock) {
        this(
                source,
                budget,
                config,
                config.admission(),
                shutdown,
                receiverClock,
                batcherClock,
                wallClock,
                new WakeUps(),
                0);
    }

    /**
     * As above, with another admission than the configuration's, and threads that wake each other.
     *
     * @param wakeUps where the stages rest
     * @param index which pipeline this is
     */
    Pipeline(
            DatagramSource source,
            MemoryBudget budget,
            EngineConfig config,
            @Nullable AdmissionSettings admission,
            Shutdown shutdown,
            CachedNanoClock receiverClock,
            CachedNanoClock batcherClock,
            NanoClock wallClock,
            WakeUps wakeUps,
            int index) {
        this.source = source;
        onSlots = wakeUps.of(Handoff.SLOTS, index);
        onReleased = wakeUps.of(Handoff.RELEASED_SLOTS, index);
        onSealed = wakeUps.of(Handoff.SEALED_BATCHES, index);
        onStarved = wakeUps.of(Handoff.STARVED, index);
        onFreed = wakeUps.of(Handoff.FREED_BATCHES, index);
        this.shutdown = shutdown;
        this.receiverClock = receiverClock;
        ring = new SlotRing(new Arena(budget.arenaBytes()), 1);
        pool = new BatchPool(
                new XRayEncoder(), new Arena(budget.batchBytes()), budget.batchCount(), budget.batchCapacity());
        sealed = new OneToOneConcurrentArrayQueue<>(budget.batchCount());
        receiver = new Receiver(
                source, ring, counters, receiverClock, wallClock, admission == null ? null : new Admission(admission));
        validator = new Validator(ring.validatorReader(), counters, batcherClock, config.isValidateDocuments());
        batcher = new Batcher(
                ring.batcherReader(0),
                false,
                pool,
                new SealPolicy(
                        config.batchDocumentsMax(),
                        Math.min(config.batchBytesMax(), budget.batchCapacity()),
                        config.batchAgeMax().toNanos()),
                sealed,
                counters,
                batcherClock);
    }

    Counters counters() {
        return counters;
    }

    OneToOneConcurrentArrayQueue<Batch> sealed() {
        return sealed;
    }

    RejectionSamples rejectionSamples() {
        return validator.samples();
    }

    Receiver receiver() {
        return receiver;
    }

    SlotRing ring() {
        return ring;
    }

    BatchPool pool() {
        return pool;
    }

    @Override
    public double arenaUsed() {
        return batcher.arenaUsed();
    }

    @Override
    public boolean isStarved() {
        return batcher.isStarved();
    }

    /** Whether everything that was received is in sealed batches or given up. Any thread. */
    boolean isBatcherDone() {
        return isBatcherDone;
    }

    /** Frees the memory; only after every thread that runs a duty or reads a batch has ended. */
    void free() {
        ring.arena().close();
        pool.arena().close();
    }

    /** Wakes the batcher when batches have become free since this was last called. Uploader's thread only, after its cycle. */
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

    /** The receiver's duty. */
    Duty receiverDuty() {
        return new Duty() {
            private long drainStartNs;
            private boolean isDraining;

            @Override
            public int doWork() {
                if (isReceiverDone) {
                    return 0;
                }
                if (shutdown.isRunning()) {
                    return receive();
                }
                if (!isDraining) {
                    isDraining = true;
                    drainStartNs = receiverClock.nanoTime();
                }
                int count = receive();
                if (receiver.isSourceEmpty()
                        || receiverClock.nanoTime() - drainStartNs > LAST_DATAGRAMS_NS_MAX
                        || (shutdown.isAbandoning() && receiver.isArenaFull())) {
                    isReceiverDone = true;
                    onSlots.run();
                }
                return count + 1;
            }

            private int receive() {
                int count = receiver.doWork();
                if (count > 0) {
                    onSlots.run();
                }
                return count;
            }

            @Override
            public boolean isMoreWaiting() {
                return !isReceiverDone && !receiver.isSourceEmpty() && !receiver.isArenaFull();
            }

            @Override
            public long deadlineNs() {
                return isReceiverDone ? Long.MAX_VALUE : receiver.deadlineNs();
            }

            @Override
            public boolean isDone() {
                return isReceiverDone;
            }

            /** Senders get an error from now on, where the system tells them, instead of filling a buffer that nobody reads. */
            @Override
            public void onClose() {
                source.stop();
            }

            @Override
            public String roleName() {
                return receiver.roleName();
            }
        };
    }

    /** The validator's duty. */
    Duty validatorDuty() {
        return new Duty() {
            private boolean isMoreWaiting;

            @Override
            public int doWork() {
                boolean isLast = isReceiverDone;
                int count = validator.doWork();
                isMoreWaiting = validator.isLimitReached();
                if (isLast && count == 0) {
                    isValidatorDone = true;
                }
                return count;
            }

            @Override
            public boolean isMoreWaiting() {
                return isMoreWaiting;
            }

            @Override
            public boolean isDone() {
                return isValidatorDone;
            }

            @Override
            public String roleName() {
                return validator.roleName();
            }
        };
    }

    /** The batcher's duty. */
    Duty batcherDuty() {
        return new Duty() {
            private static final int ARENA_STEPS = 16;
            private int arenaStep;

            @Override
            public int doWork() {
                boolean isLast = isValidatorDone;
                int count = batcher.doWork();
                if (!sealed.isEmpty()) {
                    onSealed.run();
                } else if (batcher.isStarved()) {
                    tellStarved();
                }
                if (count > 0) {
                    VarHandle.fullFence();
                    if (receiver.isFull()) {
                        onReleased.run();
                    }
                }
                if (isLast && !isBatcherDone) {
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
                if (shutdown.isAbandoning()) {
                    batcher.abandonSlots();
                }
                if (!batcher.hasWork()) {
                    batcher.flush();
                    isBatcherDone = true;
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
                return isBatcherDone;
            }

            @Override
            public String roleName() {
                return batcher.roleName();
            }
        };
    }
}
