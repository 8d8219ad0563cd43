package io.github.xrayd.engine;

import io.github.xrayd.engine.batch.BatchPool;
import io.github.xrayd.engine.encode.XRayEncoder;
import io.github.xrayd.engine.ring.SlotRing;

/**
 * How the memory limit is divided: the arena of slots, the blocks of batches and the batch objects, which together are
 * at most the limit, for each of {@code receivers} pipelines and in it for each of {@code destinations} alike.
 *
 * @param receivers pipelines
 * @param destinations destinations, each with batches of its own in every pipeline
 * @param arenaBytes each pipeline's arena for slots, in bytes
 * @param batchBytes memory for one destination's batches in one pipeline, in bytes
 * @param batchCount batches that one destination may have at once in one pipeline
 * @param batchCapacity bytes that an open batch can hold
 */
public record MemoryBudget(
        int receivers, int destinations, long arenaBytes, long batchBytes, int batchCount, int batchCapacity) {
    private static final int BATCH_CAPACITY_MIN = BatchPool.batchCapacityMin(new XRayEncoder());

    private static final int BATCH_BYTES_MIN = 1 << 20;
    private static final long BATCH_BYTES_MAX = 256L << 20;
    private static final int BATCH_COUNT_MIN = 16;
    private static final int BATCH_COUNT_MAX = 16_384;
    /** A sealed batch of 50 small segments takes about this; fewer objects would leave blocks unused. */
    private static final int BATCH_BYTES_TYPICAL = 16 << 10;

    private static final int BATCH_SHARE = 8;

    /**
     * What a small limit gives to batches, up to its half: 60 calls of 50 segments of 1 KB in flight beside an open
     * batch.
     */
    private static final long BATCH_BYTES_WANTED = 4 << 20;

    /**
     * Divides a limit for one destination.
     *
     * @param limitBytes the whole, in bytes
     * @param receivers pipelines that share it
     * @param batchBytesMax the soft bound of a request body, in bytes
     * @throws StartException when the limit is too small for so many receivers
     */
    public static MemoryBudget of(long limitBytes, int receivers, int batchBytesMax) throws StartException {
        return of(limitBytes, receivers, 1, batchBytesMax);
    }

    /**
     * The same for several destinations, each of which has the memory for batches that one alone would have, as far as
     * the limit allows.
     */
    static MemoryBudget of(long limitBytes, int receivers, int destinations, int batchBytesMax) throws StartException {
        if (limitBytes < EngineConfig.MEMORY_LIMIT_MIN) {
            throw new StartException("Not enough Buffers Memory Allocated. Min Buffers Memory required: "
                    + (EngineConfig.MEMORY_LIMIT_MIN >> 20) + " MB.");
        }
        long share = limitBytes / receivers;
        long wanted = Math.min(share / (destinations + 1L), Math.max(share / BATCH_SHARE, BATCH_BYTES_WANTED));
        long batches = Math.max(BATCH_BYTES_MIN, Math.min(BATCH_BYTES_MAX, wanted));
        batches &= -BatchPool.BLOCK_LENGTH;
        long overhead = overhead(batches);
        // One destination may hold up half of it, and the largest datagram must fit into the rest, wherever that
        // begins.
        long arenaMin = destinations == 1 ? SlotRing.CAPACITY_MIN : 2L * SlotRing.CAPACITY_MIN;
        long arena = SlotRing.capacityOf((share - destinations * (batches + overhead)) & -BatchPool.BLOCK_LENGTH);
        if (arena < arenaMin) {
            long neededBytes = receivers * (destinations * (BATCH_BYTES_MIN + overhead) + arenaMin * 5L / 4);
            throw new StartException("Not enough Buffers Memory Allocated. " + receivers + " receivers"
                    + (destinations == 1 ? "" : " and " + destinations + " destinations") + " need at least "
                    + ((neededBytes >> 20) + 1) + " MB: raise -m or lower --receivers.");
        }
        // The ring takes a power of two of units; what that leaves serves batches.
        long rest = (share - arena) / destinations;
        batches = (rest - overhead(rest)) & -BatchPool.BLOCK_LENGTH;
        int count = batchCount(batches);
        int capacity = (int) Math.min(batches / 2, Math.max(BATCH_CAPACITY_MIN, batchBytesMax + 65_536L));
        return new MemoryBudget(receivers, destinations, arena, batches, count, Math.max(BATCH_CAPACITY_MIN, capacity));
    }

    private static int batchCount(long batchBytes) {
        return (int) Math.max(BATCH_COUNT_MIN, Math.min(BATCH_COUNT_MAX, batchBytes / BATCH_BYTES_TYPICAL));
    }

    private static long overhead(long batchBytes) {
        return (long) batchCount(batchBytes) * BatchPool.BATCH_OVERHEAD;
    }

    /** What all pipelines reserve, in bytes: at most the limit. */
    public long totalBytes() {
        return receivers * (arenaBytes + destinations * (batchBytes + (long) batchCount * BatchPool.BATCH_OVERHEAD));
    }

    /** About how many segments of 1 KB fit in all memory at once. */
    public long segmentsOf1Kb() {
        return receivers * (arenaBytes / 1_104 + destinations * (batchBytes / 1_240));
    }

    /** How many of the largest datagrams fit in all arenas at once: what the reference daemon calls segment buffers. */
    public long largestSegments() {
        return receivers * (arenaBytes / (SlotRing.DATAGRAM_LENGTH_MAX + 64));
    }

    @Override
    public String toString() {
        return String.format(
                java.util.Locale.ROOT,
                "%.1f MB for slots, %.1f MB for batches, about %d segments of 1 KB",
                receivers * arenaBytes / 1048576.0,
                receivers * destinations * (batchBytes + (double) batchCount * BatchPool.BATCH_OVERHEAD) / 1048576.0,
                segmentsOf1Kb());
    }
}
