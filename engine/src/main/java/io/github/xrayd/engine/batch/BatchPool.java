package io.github.xrayd.engine.batch;

import io.github.xrayd.engine.encode.Encoder;
import io.github.xrayd.engine.ring.Arena;
import io.github.xrayd.engine.ring.SlotRing;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * The memory of all batches of one pipeline: blocks of one arena, and a fixed number of {@link Batch} objects.
 *
 * <p>The batcher opens a batch over {@link #batchCapacity()} contiguous bytes and gives the unused rest back when it
 * seals it, so that a sealed batch costs its own length. The uploader releases batches, from its own thread, through a
 * queue that the batcher empties.
 */
public final class BatchPool implements BatchOwner {
    /** Granularity of batch memory, in bytes. */
    public static final int BLOCK_LENGTH = 4096;

    /** What a batch object costs on the heap, in bytes, rounded up; it counts against the memory limit. */
    public static final int BATCH_OVERHEAD = 512;

    private final Arena arena;
    private final int batchCapacity;
    private final BlockMap blocks;
    private final Batch[] idle;
    private final OneToOneConcurrentArrayQueue<Batch> released;
    private final boolean isReplayable;
    private int idleCount;
    /** Uploader's thread only. */
    private long releasedCount;
    /** Blocks of batches opened, less what was given back unused. Written by the batcher's thread. */
    private final AtomicLong takenBlocks = new AtomicLong();
    /** Blocks of batches settled. Written by the uploader's thread. */
    private final AtomicLong settledBlocks = new AtomicLong();

    /**
     * A pool.
     *
     * @param encoder how documents are written into the batches
     * @param arena the memory
     * @param batchCount how many batches may exist at once
     * @param batchCapacity bytes that an open batch can hold, at least {@link #batchCapacityMin}
     */
    public BatchPool(Encoder encoder, Arena arena, int batchCount, int batchCapacity) {
        this(encoder, arena, batchCount, batchCapacity, null);
    }

    /**
     * A pool whose batches know their documents' origins.
     *
     * @param onSettled receives the origin of each document that is settled, on the uploader's thread; null when slots
     *     have none
     */
    public BatchPool(
            Encoder encoder, Arena arena, int batchCount, int batchCapacity, @Nullable LongConsumer onSettled) {
        isReplayable = onSettled != null;
        if (batchCapacity < batchCapacityMin(encoder) || arena.capacity() < batchCapacity) {
            throw new IllegalArgumentException("batch capacity " + batchCapacity + " must be at least "
                    + batchCapacityMin(encoder) + " and at most the arena's " + arena.capacity());
        }
        this.arena = arena;
        this.batchCapacity = roundUp(batchCapacity);
        blocks = new BlockMap(Math.toIntExact(arena.capacity() / BLOCK_LENGTH));
        idle = new Batch[batchCount];
        for (int i = 0; i < batchCount; i++) {
            idle[i] = new Batch(encoder, this, onSettled);
        }
        idleCount = batchCount;
        released = new OneToOneConcurrentArrayQueue<>(batchCount);
    }

    /** The least capacity of an open batch, in bytes: the largest slot, if it grows as much as it can. */
    public static int batchCapacityMin(Encoder encoder) {
        return roundUp(
                encoder.lengthMax(SlotRing.SLOT_LENGTH_MAX) + encoder.framing().overhead(2));
    }

    private static int roundUp(int bytes) {
        return (bytes + BLOCK_LENGTH - 1) & -BLOCK_LENGTH;
    }

    /** An empty batch, or null when there is no room. Batcher only. */
    @Nullable
    Batch open() {
        collectReleased();
        if (idleCount == 0) {
            return null;
        }
        int blockCount = batchCapacity / BLOCK_LENGTH;
        int first = blocks.take(blockCount);
        if (first < 0) {
            return null;
        }
        Batch batch = idle[--idleCount];
        takenBlocks.lazySet(takenBlocks.get() + blockCount);
        batch.open(arena.address() + (long) first * BLOCK_LENGTH, first, blockCount, batchCapacity);
        return batch;
    }

    /** Gives the blocks behind a sealed batch's last byte back. Batcher only. */
    void trim(Batch batch) {
        int used = (batch.length() + BLOCK_LENGTH - 1) / BLOCK_LENGTH;
        blocks.giveBack(batch.firstBlock() + used, batch.blockCount() - used);
        takenBlocks.lazySet(takenBlocks.get() - batch.blockCount() + used);
        batch.shrink(used);
    }

    /** Takes back a batch that was opened and never filled. Batcher only. */
    void discard(Batch batch) {
        takenBlocks.lazySet(takenBlocks.get() - batch.blockCount());
        giveBack(batch);
    }

    /** Takes a settled batch back. Uploader only, through {@link Batch#settle}. */
    @Override
    public void release(Batch batch) {
        settledBlocks.lazySet(settledBlocks.get() + batch.blockCount());
        if (!released.offer(batch)) {
            throw new IllegalStateException("a batch was released twice");
        }
        releasedCount++;
    }

    /** How many batches have been released so far. Uploader only. */
    public long releasedCount() {
        return releasedCount;
    }

    /** Bytes of batches that are open, or sealed and not settled. Any thread; may be a moment old. */
    public long usedBytes() {
        long settled = settledBlocks.get();
        return Math.max(0, takenBlocks.get() - settled) * BLOCK_LENGTH;
    }

    private void collectReleased() {
        Batch batch;
        while ((batch = released.poll()) != null) {
            giveBack(batch);
        }
    }

    private void giveBack(Batch batch) {
        blocks.giveBack(batch.firstBlock(), batch.blockCount());
        idle[idleCount++] = batch;
    }

    /** Whether the source of its documents gives again what is not settled. */
    boolean isReplayable() {
        return isReplayable;
    }

    /** Bytes that an open batch can hold. */
    public int batchCapacity() {
        return batchCapacity;
    }

    /** Whether every batch is back. Batcher only. */
    public boolean isWhole() {
        collectReleased();
        return idleCount == idle.length && blocks.free() == blocks.count();
    }

    /** How many batches may exist at once. */
    public int batchCount() {
        return idle.length;
    }

    /** The memory, to free after the last thread has ended. */
    public Arena arena() {
        return arena;
    }
}
