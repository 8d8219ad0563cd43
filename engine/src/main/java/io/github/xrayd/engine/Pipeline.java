package io.github.xrayd.engine;

import io.github.xrayd.engine.receive.Admission;
import io.github.xrayd.engine.receive.AdmissionSettings;
import io.github.xrayd.engine.receive.DatagramSource;
import io.github.xrayd.engine.receive.Receiver;
import io.github.xrayd.engine.report.PipelineView;
import io.github.xrayd.engine.ring.Arena;
import io.github.xrayd.engine.ring.SlotRing;
import io.github.xrayd.engine.run.Duty;
import io.github.xrayd.engine.run.Handoff;
import io.github.xrayd.engine.run.Shutdown;
import io.github.xrayd.engine.run.WakeUps;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import io.github.xrayd.engine.validate.RejectionSamples;
import io.github.xrayd.engine.validate.Validator;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.CachedNanoClock;
import org.agrona.concurrent.NanoClock;

/**
 * From one socket to sealed batches: receiver and validator with their ring and counters, and a {@link BatchLane} for each destination.
 *
 * <p>Has no thread of its own: whoever owns it runs its duties, in order on one thread, or the receiver's apart from the others.
 */
final class Pipeline implements PipelineView {
    /** How long at most the kernel's buffer is emptied at the end, however fast datagrams keep coming. */
    private static final long LAST_DATAGRAMS_NS_MAX = 500_000_000L;

    private final SlotRing ring;
    private final Counters counters = new Counters();
    private final List<BatchLane> lanes = new ArrayList<>();
    private final Receiver receiver;
    private final Validator validator;
    private final CachedNanoClock receiverClock;
    private final Shutdown shutdown;
    private final DatagramSource source;
    private final Runnable onSlots;

    private volatile boolean isReceiverDone;
    private volatile boolean isValidatorDone;

    /**
     * A pipeline of its own, whose duties run on one thread.
     *
     * @param wallClock the time itself, for the receiver in a burst
     */
    Pipeline(
            DatagramSource source,
            MemoryBudget budget,
            EngineConfig config,
            Shutdown shutdown,
            CachedNanoClock clock,
            NanoClock wallClock) {
        this(source, budget, config, shutdown, new Clocks(clock, clock, wallClock), new WakeUps(), 0);
    }

    /**
     * The time of a pipeline's stages.
     *
     * @param receiver the clock of the thread that runs the receiver
     * @param batcher the clock of the thread that runs the validator and the batchers; the same one when they share a thread
     * @param wall the time itself, for the receiver in a burst
     */
    record Clocks(CachedNanoClock receiver, CachedNanoClock batcher, NanoClock wall) {}

    /**
     * One of an engine's pipelines.
     *
     * @param wakeUps where the stages rest
     * @param index which pipeline this is, from 0
     */
    Pipeline(
            DatagramSource source,
            MemoryBudget budget,
            EngineConfig config,
            Shutdown shutdown,
            Clocks clocks,
            WakeUps wakeUps,
            int index) {
        this.source = source;
        onSlots = wakeUps.of(Handoff.SLOTS, index);
        this.shutdown = shutdown;
        receiverClock = clocks.receiver();
        List<EngineConfig.DestinationConfig> destinations = config.destinations();
        ring = new SlotRing(new Arena(budget.arenaBytes()), destinations.size());
        AdmissionSettings admission = config.receive().admission();
        receiver = new Receiver(
                source,
                ring,
                counters,
                receiverClock,
                clocks.wall(),
                admission == null ? null : new Admission(admission));
        validator = new Validator(
                ring.validatorReader(),
                counters,
                clocks.batcher(),
                config.receive().isValidateDocuments());
        for (int i = 0; i < destinations.size(); i++) {
            lanes.add(new BatchLane(this, budget, destinations.get(i), i, clocks.batcher(), wakeUps, index));
        }
    }

    /** The counters of receiver and validator. */
    Counters counters() {
        return counters;
    }

    /** One for each destination, in the order of the configuration. */
    List<BatchLane> lanes() {
        return lanes;
    }

    @Override
    public RejectionSamples rejectionSamples() {
        return validator.samples();
    }

    @Override
    public String takeFailure() {
        return receiver.takeFailure();
    }

    @Override
    public long kernelDrops() {
        return source.kernelDrops();
    }

    @Override
    public long droppedAtMs() {
        return source.droppedAtMs();
    }

    @Override
    public long count(Counter counter) {
        return counters.get(counter);
    }

    @Override
    public long skipped(int destination) {
        return lanes.get(destination).counters().get(Counter.SKIPPED);
    }

    Receiver receiver() {
        return receiver;
    }

    SlotRing ring() {
        return ring;
    }

    boolean isValidatorDone() {
        return isValidatorDone;
    }

    boolean isAbandoning() {
        return shutdown.isAbandoning();
    }

    /** Frees the memory; only after every thread that runs a duty or reads a batch has ended. */
    void free() {
        ring.arena().close();
        lanes.forEach(lane -> lane.pool().arena().close());
    }

    /** The receiver's duty. */
    Duty receiverDuty() {
        return new Duty() {
            private long drainStartNs;
            private boolean isDraining;
            private boolean isStopPrepared;

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
                        || ((shutdown.isAbandoning() || source.outlivesProcess()) && receiver.isArenaFull())) {
                    if (!isStopPrepared) {
                        isStopPrepared = true;
                        source.prepareStop();
                        return count + 1;
                    }
                    // Nothing stands between the last look at the socket and this: what came meanwhile would be in no
                    // ledger.
                    source.stop();
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
                receiver.dropStaged();
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
}
