package io.github.xrayd.plan.model;

import io.github.xrayd.engine.EngineConfig;
import io.github.xrayd.engine.MemoryBudget;
import io.github.xrayd.engine.StartException;
import io.github.xrayd.engine.batch.BatchPool;
import io.github.xrayd.plan.simulation.Scenario;

/** What a memory limit holds, by the engine's own division of it. */
public final class MemoryModel {
    private static final long MEGABYTE = 1 << 20;

    private MemoryModel() {}

    private static MemoryBudget budget(int megabytes, int receivers) {
        try {
            return MemoryBudget.of(megabytes * MEGABYTE, receivers, DaemonLoad.BODY_BYTES_MAX);
        } catch (StartException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** The room of all receivers together. */
    public static Scenario.Room room(DaemonLoad load, Settings settings) {
        MemoryBudget budget = budget(settings.memoryMb(), settings.receivers());
        Footprint footprint = load.footprint();
        int receivers = settings.receivers();
        long kernelBytes = 2 * Math.min(settings.socketBufferBytes(), 1L << 31);
        return new Scenario.Room(
                budget.arenaBytes() * receivers,
                budget.batchBytes() * receivers,
                budget.batchCount() * receivers,
                budget.batchCapacity(),
                BatchPool.BLOCK_LENGTH,
                footprint.slot(load.workload().traffic().sizes(), budget.arenaBytes()),
                footprint.document(),
                Footprint.BATCH_HEAD_BYTES,
                (long) (kernelBytes / footprint.kernel() * receivers));
    }

    /** About how many segments of the mean size a limit holds. */
    static double segments(DaemonLoad load, int megabytes, int receivers) {
        MemoryBudget budget = budget(megabytes, receivers);
        Footprint footprint = load.footprint();
        double slot = footprint.slot(load.workload().traffic().sizes(), budget.arenaBytes());
        double full = load.documentsFull();
        double batchBytes = Math.ceil(load.bodyBytes(full) / BatchPool.BLOCK_LENGTH) * BatchPool.BLOCK_LENGTH;
        double batches = Math.min(
                budget.batchCount() - 1.0, Math.max(0, (budget.batchBytes() - budget.batchCapacity()) / batchBytes));
        return receivers * (budget.arenaBytes() / slot + batches * full);
    }

    /** Bytes that a segment takes of the arena, by its units. */
    static double slot(DaemonLoad load, int megabytes, int receivers) {
        return load.footprint()
                .slot(
                        load.workload().traffic().sizes(),
                        budget(megabytes, receivers).arenaBytes());
    }

    /** Sealed full batches that fit beside an open one, as far as gaps between them allow. */
    static double batches(DaemonLoad load, int megabytes, int receivers) {
        MemoryBudget budget = budget(megabytes, receivers);
        double blocks = Math.ceil(load.bodyBytes(load.documentsFull()) / BatchPool.BLOCK_LENGTH);
        double bytes = Math.max(0, budget.batchBytes() - 1.5 * budget.batchCapacity());
        return receivers * Math.min(budget.batchCount() - 1.0, bytes / (blocks * BatchPool.BLOCK_LENGTH));
    }

    /** The least megabytes that receivers start with. */
    static int leastMegabytes(int receivers) {
        int megabytes = (int) (EngineConfig.MEMORY_LIMIT_MIN / MEGABYTE);
        while (true) {
            try {
                MemoryBudget.of(megabytes * MEGABYTE, receivers, DaemonLoad.BODY_BYTES_MAX);
                return megabytes;
            } catch (StartException e) {
                megabytes++;
            }
        }
    }

    /**
     * The least megabytes that hold so many segments, and so many batches for calls at once.
     *
     * @return at most {@code megabytesMax}, whether that holds them or not
     */
    static int megabytes(DaemonLoad load, double segments, double batches, int receivers, int megabytesMax) {
        int low = leastMegabytes(receivers);
        int high = Math.max(low, megabytesMax);
        while (low < high) {
            int middle = low + (high - low) / 2;
            if (segments(load, middle, receivers) >= segments && batches(load, middle, receivers) >= batches) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
