package io.github.xrayd.engine;

import io.github.xrayd.engine.receive.DatagramSource;
import io.github.xrayd.engine.receive.UdpSource;
import io.github.xrayd.engine.report.PipelineView;
import io.github.xrayd.engine.ring.Arena;
import io.github.xrayd.engine.ring.SlotRing;
import io.github.xrayd.engine.run.Duty;
import io.github.xrayd.engine.run.Handoff;
import io.github.xrayd.engine.run.Shutdown;
import io.github.xrayd.engine.run.WakeUps;
import io.github.xrayd.engine.source.Settlement;
import io.github.xrayd.engine.source.SlotSink;
import io.github.xrayd.engine.source.Source;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import io.github.xrayd.engine.validate.RejectionSamples;
import io.github.xrayd.engine.validate.Validator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.agrona.concurrent.CachedNanoClock;
import org.agrona.concurrent.NanoClock;
import org.jspecify.annotations.Nullable;

/**
 * From one source to sealed batches: the source and the validator with their ring and counters, and a {@link BatchLane}
 * for each destination.
 *
 * <p>Has no thread of its own: whoever owns it runs its duties, in order on one thread, or the source's apart from the
 * others.
 */
final class Pipeline implements PipelineView {
    /** How long at most the source is emptied at the end, however fast more keeps coming. */
    private static final long LAST_ARRIVALS_NS_MAX = 500_000_000L;

    private final SlotRing ring;
    private final Counters counters = new Counters();
    private final List<BatchLane> lanes = new ArrayList<>();
    private final Source source;
    private final Validator validator;
    private final CachedNanoClock sourceClock;
    private final Shutdown shutdown;
    private final Runnable onSlots;

    private volatile boolean isSourceDone;
    private volatile boolean isValidatorDone;

    /**
     * A pipeline of its own for datagrams, whose duties run on one thread.
     *
     * @param wallClock the time itself, for the receiver in a burst
     */
    Pipeline(
            DatagramSource datagrams,
            MemoryBudget budget,
            EngineConfig config,
            Shutdown shutdown,
            CachedNanoClock clock,
            NanoClock wallClock) {
        this(
                new UdpSource(datagrams, config.receive().admission()),
                budget,
                config,
                shutdown,
                new Clocks(clock, clock, wallClock),
                new WakeUps(),
                0);
    }

    /**
     * The time of a pipeline's stages.
     *
     * @param source the clock of the thread that runs the source
     * @param batcher the clock of the thread that runs the validator and the batchers; the same one when they share a
     *     thread
     * @param wall the time itself, for a receiver in a burst
     */
    record Clocks(CachedNanoClock source, CachedNanoClock batcher, NanoClock wall) {}

    /**
     * One of an engine's pipelines.
     *
     * @param source not attached yet
     * @param wakeUps where the stages rest
     * @param index which pipeline this is, from 0
     */
    Pipeline(
            Source source,
            MemoryBudget budget,
            EngineConfig config,
            Shutdown shutdown,
            Clocks clocks,
            WakeUps wakeUps,
            int index) {
        this.source = source;
        onSlots = wakeUps.of(Handoff.SLOTS, index);
        this.shutdown = shutdown;
        sourceClock = clocks.source();
        List<EngineConfig.DestinationConfig> destinations = config.destinations();
        ring = new SlotRing(new Arena(budget.arenaBytes()), destinations.size());
        Settlement settlement = source.settlement();
        source.attach(new SlotSink(
                ring, counters, sourceClock, clocks.wall(), wakeUps.of(Handoff.ARRIVALS, index), settlement != null));
        validator = new Validator(
                ring.validatorReader(),
                counters,
                clocks.batcher(),
                config.receive().isValidateDocuments(),
                documentOffset(source),
                settlement == null ? origin -> {} : settlement::onRejected);
        for (int i = 0; i < destinations.size(); i++) {
            lanes.add(new BatchLane(this, budget, destinations.get(i), i, clocks.batcher(), wakeUps, index));
        }
    }

    private static int documentOffset(Source source) {
        if (source.hasHeaders()) {
            return Validator.BEHIND_HEADER;
        }
        return source.settlement() == null ? 0 : SlotSink.ORIGIN_LENGTH;
    }

    /** Whether its source gives again what is not settled. */
    boolean isReplayable() {
        return source.settlement() != null;
    }

    /** What receives a destination's settled documents, or null when the source does not ask for them. */
    @Nullable
    LongConsumer onSettled(int destination) {
        Settlement settlement = source.settlement();
        return settlement == null ? null : origin -> settlement.onSettled(destination, origin);
    }

    /** The counters of source and validator. */
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
        return source.takeFailure();
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

    Source source() {
        return source;
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

    /** The source's duty. */
    Duty sourceDuty() {
        return new Duty() {
            private long drainStartNs;
            private boolean isDraining;
            private boolean isStopPrepared;

            @Override
            public int doWork() {
                if (isSourceDone) {
                    return 0;
                }
                if (shutdown.isRunning()) {
                    return poll();
                }
                if (!isDraining) {
                    isDraining = true;
                    drainStartNs = sourceClock.nanoTime();
                    source.drain();
                }
                int count = poll();
                if (source.isEmpty()
                        || sourceClock.nanoTime() - drainStartNs > LAST_ARRIVALS_NS_MAX
                        || ((shutdown.isAbandoning() || source.outlivesProcess()) && source.isFull())) {
                    if (!isStopPrepared) {
                        isStopPrepared = true;
                        source.prepareStop();
                        return count + 1;
                    }
                    // Nothing stands between the last look at the source and this: what came meanwhile would be in no
                    // ledger.
                    source.stop();
                    isSourceDone = true;
                    onSlots.run();
                }
                return count + 1;
            }

            private int poll() {
                int count = source.poll();
                if (count > 0) {
                    onSlots.run();
                }
                return count;
            }

            @Override
            public boolean isMoreWaiting() {
                return !isSourceDone && source.isMoreWaiting();
            }

            @Override
            public long deadlineNs() {
                return isSourceDone ? Long.MAX_VALUE : source.deadlineNs();
            }

            @Override
            public boolean isDone() {
                return isSourceDone;
            }

            @Override
            public void onClose() {
                source.stop();
            }

            @Override
            public String roleName() {
                return source.hasOwnThread() ? source.name() + " source" : "receiver";
            }
        };
    }

    /** The validator's duty. */
    Duty validatorDuty() {
        return new Duty() {
            private boolean isMoreWaiting;

            @Override
            public int doWork() {
                boolean isLast = isSourceDone;
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
