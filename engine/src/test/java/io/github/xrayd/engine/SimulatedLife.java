package io.github.xrayd.engine;

import io.github.xrayd.engine.EngineConfig.DestinationConfig;
import io.github.xrayd.engine.report.LedgerText;
import io.github.xrayd.engine.run.Duty;
import io.github.xrayd.engine.run.Shutdown;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import io.github.xrayd.engine.telemetry.FinalReport;
import io.github.xrayd.engine.telemetry.Ledger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.agrona.concurrent.CachedNanoClock;

/**
 * One process of the simulated daemon, from its start to its end or crash: a pipeline for each source, and what is done
 * for each destination. Has books of its own of what went in at the sockets, and compares them with the ledger after
 * every step.
 */
final class SimulatedLife implements AutoCloseable {
    static final int DONE_STEPS_MAX = 1_000;
    private static final long MS = 1_000_000L;
    private static final long MEMORY_STEP = 64 << 10;
    private static final long MEMORY_MAX = 64 << 20;
    private static final int FEW_BYTES = 32 << 10;

    private final CachedNanoClock clock;
    private final List<ScriptedSource> sources;
    private final Shutdown shutdown = new Shutdown();
    private final List<Pipeline> pipelines = new ArrayList<>();
    private final List<SimulatedDelivery> deliveries = new ArrayList<>();
    private final List<Duty> duties = new ArrayList<>();
    private final List<Runnable> turns = new ArrayList<>();
    private final long discardedBefore;
    /** Whether the stages behind a receiver have passed all they can before it has its turn. */
    private final boolean isKeepingUp;

    private long rejected;

    /** Documents that this process received. */
    final Set<String> taken = new HashSet<>();

    /** A process that has just started. */
    SimulatedLife(
            Random random, CachedNanoClock clock, List<ScriptedSource> sources, List<SimulatedDestination> destinations)
            throws StartException {
        this.clock = clock;
        this.sources = sources;
        discardedBefore = discarded();
        isKeepingUp = random.nextBoolean();
        EngineConfig config = config(destinations.size());
        MemoryBudget budget = leastBudget(sources.size(), destinations.size());
        for (ScriptedSource source : sources) {
            pipelines.add(new Pipeline(source, budget, config, shutdown, clock, clock));
        }
        for (int i = 0; i < destinations.size(); i++) {
            int index = i;
            deliveries.add(new SimulatedDelivery(
                    destinations.get(i),
                    pipelines.stream()
                            .map(pipeline -> pipeline.lanes().get(index))
                            .toList(),
                    pipelines.get(0).source(),
                    shutdown,
                    clock,
                    random,
                    taken));
        }
        for (int i = 0; i < pipelines.size(); i++) {
            Pipeline pipeline = pipelines.get(i);
            ScriptedSource source = sources.get(i);
            Duty receiver = pipeline.sourceDuty();
            duties.add(receiver);
            turns.add(() -> receive(receiver, source, pipeline));
            duties.add(pipeline.validatorDuty());
            turns.add(duties.get(duties.size() - 1)::doWork);
            for (BatchLane lane : pipeline.lanes()) {
                Duty batcher = lane.duty();
                duties.add(batcher);
                turns.add(() -> batch(batcher, lane, pipeline));
            }
        }
        for (SimulatedDelivery delivery : deliveries) {
            duties.add(delivery.duty());
            turns.add(delivery.duty()::doWork);
        }
    }

    private static EngineConfig config(int destinations) {
        DestinationConfig one = EngineConfig.builder().build().destinations().get(0);
        List<DestinationConfig> all = new ArrayList<>();
        for (int i = 0; i < destinations; i++) {
            all.add(new DestinationConfig(
                    "d" + i, one.kind(), one.batch(), one.concurrencyMax(), one.retryAgeMax(), null, null));
        }
        return EngineConfig.builder().destinations(all).build();
    }

    /** The least memory, so that it is often full. */
    private static MemoryBudget leastBudget(int receivers, int destinations) throws StartException {
        long bytes = EngineConfig.MEMORY_LIMIT_MIN;
        while (true) {
            try {
                return MemoryBudget.of(bytes, receivers, destinations, EngineConfig.BatchConfig.DEFAULT.bytesMax());
            } catch (StartException e) {
                bytes += MEMORY_STEP;
                if (bytes > MEMORY_MAX) {
                    throw e;
                }
            }
        }
    }

    private boolean isShared() {
        return deliveries.size() > 1;
    }

    /**
     * The receiver has its turn: it must lose nothing of a few datagrams where the later stages keep up, whoever is
     * away.
     */
    private void receive(Duty receiver, ScriptedSource source, Pipeline pipeline) {
        boolean isLossless = isShared() && isKeepingUp && source.waitingBytes() <= FEW_BYTES;
        if (isLossless) {
            catchUp(pipeline);
        }
        long before = source.discarded;
        receiver.doWork();
        if (isLossless && source.discarded > before) {
            throw new AssertionError("a datagram was dropped, and no destination holds up half of the arena: "
                    + pipeline.ring().usedBytes() + " of "
                    + pipeline.ring().capacity() + " bytes are used");
        }
    }

    /**
     * A batcher has its turn: where there are others it holds up half of the arena at most, and drops nothing before
     * that.
     */
    private void batch(Duty batcher, BatchLane lane, Pipeline pipeline) {
        double usedBefore = lane.arenaUsed();
        long skippedBefore = lane.counters().get(Counter.SKIPPED);
        batcher.doWork();
        boolean isSkipping = lane.counters().get(Counter.SKIPPED) > skippedBefore;
        if (isSkipping && !(isShared() && usedBefore >= 1)) {
            throw new AssertionError("a document was dropped for one destination alone, with " + usedBefore + " used");
        }
        boolean isAllValidated = pipeline.ring().validatorReader().lag() == 0;
        if (isShared() && isAllValidated && !batcher.isMoreWaiting() && lane.arenaUsed() >= 1) {
            throw new AssertionError("one destination holds up more than half of the arena");
        }
    }

    private static void catchUp(Pipeline pipeline) {
        while (pipeline.ring().validatorReader().lag() > 0) {
            pipeline.validatorDuty().doWork();
        }
        for (BatchLane lane : pipeline.lanes()) {
            Duty batcher = lane.duty();
            do {
                batcher.doWork();
            } while (batcher.isMoreWaiting());
        }
    }

    List<SimulatedDelivery> deliveries() {
        return deliveries;
    }

    /** How many stages there are, disks included. */
    int stages() {
        return turns.size() + deliveries.size();
    }

    /** One stage, or a disk's thread, has its turn; {@code number} is below {@link #stages}. */
    void turn(int number) {
        if (number < turns.size()) {
            turns.get(number).run();
        } else {
            deliveries.get(number - turns.size()).workOnDisk();
        }
    }

    private long discarded() {
        return sources.stream().mapToLong(source -> source.discarded).sum();
    }

    void check() {
        for (ScriptedSource source : sources) {
            for (String datagram = source.taken.poll(); datagram != null; datagram = source.taken.poll()) {
                int id = datagram.indexOf("\"id\":\"");
                if (id < 0) {
                    rejected++;
                } else {
                    taken.add(datagram.substring(id + 6, id + 22));
                }
            }
        }
        Ledger ledger = ledger();
        long discarded = discarded() - discardedBefore;
        require(ledger.received() == taken.size() + rejected + discarded, "received", ledger);
        require(ledger.droppedTotal() == discarded, "dropped", ledger);
        require(ledger.rejectedTotal() <= rejected, "rejected", ledger);
        require(
                ledger.received() == ledger.rejectedTotal() + ledger.droppedTotal() + ledger.admitted(),
                "the sources' half",
                ledger);
        for (int i = 0; i < deliveries.size(); i++) {
            deliveries.get(i).check(ledger, ledger.destinations().get(i));
        }
        for (Pipeline pipeline : pipelines) {
            require(pipeline.ring().usedBytes() <= pipeline.ring().capacity(), "within the arena", ledger);
        }
    }

    static void require(boolean condition, String what, Ledger ledger) {
        if (!condition) {
            List<Long> resent = Collections.nCopies(ledger.destinations().size(), 0L);
            throw new AssertionError(what + ": " + LedgerText.of(new FinalReport(ledger, -1, resent)));
        }
    }

    Ledger ledger() {
        List<Counters> receiving = new ArrayList<>();
        pipelines.forEach(pipeline -> receiving.add(pipeline.counters()));
        Map<String, List<Counters>> byDestination = new LinkedHashMap<>();
        for (int i = 0; i < deliveries.size(); i++) {
            byDestination.put("d" + i, deliveries.get(i).counters());
        }
        return Ledger.of(receiving, byDestination);
    }

    /** Tells the destinations what this process knew. */
    void account() {
        Ledger ledger = ledger();
        for (int i = 0; i < deliveries.size(); i++) {
            deliveries.get(i).account(ledger.destinations().get(i));
        }
    }

    /**
     * Ends as the daemon does: drains, uploads until done or patience is at its end, sends the rest to disk, gives up.
     */
    void finish(int patience) {
        deliveries.forEach(delivery -> delivery.calls.isReady = true);
        shutdown.drain();
        boolean isDone = false;
        for (int i = 0; i < 3 * patience + DONE_STEPS_MAX && !isDone; i++) {
            if (i == patience) {
                for (SimulatedDelivery delivery : deliveries) {
                    require(
                            !delivery.destination().isFair || delivery.duty().isDone(),
                            "a destination waits for another one, or for nothing",
                            ledger());
                }
                shutdown.spool();
            } else if (i == 2 * patience) {
                shutdown.abandon();
            }
            clock.advance(10 * MS);
            deliveries.forEach(SimulatedDelivery::workOnDisk);
            turns.forEach(Runnable::run);
            check();
            isDone = duties.stream().allMatch(Duty::isDone);
        }
        Ledger ledger = ledger();
        require(isDone, "done", ledger);
        require(ledger.rejectedTotal() == rejected, "every rejection is counted", ledger);
        for (int i = 0; i < deliveries.size(); i++) {
            deliveries.get(i).finish(ledger, ledger.destinations().get(i));
        }
        for (Pipeline pipeline : pipelines) {
            require(pipeline.ring().usedBytes() == 0, "every slot is free", ledger);
        }
    }

    /** Lets time pass in fair weather until the disks hold nothing that could be delivered. */
    void empty(int patience) {
        for (int i = 0; i < patience && (ledger().spooled() > 0 || i < 10 || ledger().held() > 0); i++) {
            clock.advance(10 * MS);
            turns.forEach(Runnable::run);
            deliveries.forEach(SimulatedDelivery::workOnDisk);
            check();
        }
    }

    @Override
    public void close() {
        pipelines.forEach(Pipeline::free);
    }
}
