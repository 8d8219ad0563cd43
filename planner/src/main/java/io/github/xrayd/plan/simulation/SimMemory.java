package io.github.xrayd.plan.simulation;

import io.github.xrayd.engine.batch.BlockMap;
import io.github.xrayd.engine.batch.SealPolicy;
import io.github.xrayd.engine.upload.UploadLane;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The arena of slots by its bytes, and the pool of batches by the engine's own map of blocks: documents are appended to
 * the open batch while there is one, wait in the arena else, and are dropped, the newest first, when that is full.
 */
final class SimMemory implements UploadLane {
    private final Scenario.Room room;
    private final SealPolicy policy;
    private final Queue<SimBatch> sealed;
    private final ObjIntConsumer<SimBatch> onSettled;
    private final Deque<SimBatch> idle = new ArrayDeque<>();
    private final ArrivalRuns arena = new ArrivalRuns();
    private final long arenaSegments;
    private final BlockMap blocks;
    private final int openBlocks;
    private int batchesLeft;
    private @Nullable SimBatch open;
    private long batchedDocuments;

    /**
     * Memory.
     *
     * @param sealed where sealed batches go
     * @param onSettled receives how many documents of a batch are settled, which it passes to {@link #release}
     */
    SimMemory(Scenario.Room room, SealPolicy policy, Queue<SimBatch> sealed, ObjIntConsumer<SimBatch> onSettled) {
        this.onSettled = onSettled;
        this.room = room;
        this.policy = policy;
        this.sealed = sealed;
        arenaSegments = (long) (room.arenaBytes() / room.slotBytes());
        blocks = new BlockMap(Math.toIntExact(room.batchBytes() / room.blockBytes()));
        openBlocks = Math.toIntExact((room.batchCapacity() + room.blockBytes() - 1) / room.blockBytes());
        batchesLeft = room.batchCount();
    }

    /**
     * Segments come.
     *
     * @return how many were dropped
     */
    long accept(long count, long receivedNs) {
        refill();
        long left = arena.isEmpty() ? count - append(count, receivedNs) : count;
        if (left == 0) {
            return 0;
        }
        long kept = Math.min(left, Math.max(0, arenaSegments - arena.count()));
        arena.add(kept, receivedNs);
        return left - kept;
    }

    /** Appends what waits in the arena, as far as there are batches. */
    void refill() {
        while (!arena.isEmpty()) {
            long appended = append(arena.firstCount(), arena.firstNs());
            if (appended == 0) {
                return;
            }
            arena.take(appended);
        }
    }

    /** How many of {@code count} documents of one time were appended. */
    private long append(long count, long receivedNs) {
        long left = count;
        while (left > 0) {
            SimBatch batch = open;
            if (batch == null) {
                batch = tryOpen();
                if (batch == null) {
                    break;
                }
                open = batch;
            }
            if (batch.documents == 0) {
                batch.oldestNs = receivedNs;
            }
            double roomBytes = policy.bytesMax() - batch.bytes;
            long byBytes = (long) Math.max(1, Math.ceil(roomBytes / room.documentBytes()));
            int added = (int) Math.min(left, Math.min(byBytes, policy.documentsMax() - batch.documents));
            batch.documents += added;
            batch.bytes += added * room.documentBytes();
            batch.newestNs = receivedNs;
            batchedDocuments += added;
            left -= added;
            if (policy.isFull(batch.documents, (int) batch.bytes)) {
                seal(batch);
            }
        }
        return count - left;
    }

    private @Nullable SimBatch tryOpen() {
        int first = batchesLeft == 0 ? -1 : blocks.take(openBlocks);
        if (first < 0) {
            return null;
        }
        batchesLeft--;
        SimBatch batch = newBatch();
        batch.firstBlock = first;
        batch.blocks = openBlocks;
        return batch;
    }

    /** An empty batch without memory. */
    SimBatch newBatch() {
        SimBatch batch = idle.isEmpty() ? new SimBatch(onSettled) : idle.pop();
        batch.reset(room.batchHeadBytes());
        return batch;
    }

    private void seal(SimBatch batch) {
        int block = room.blockBytes();
        int used = (int) Math.min(openBlocks, ((long) batch.bytes + block - 1) / block);
        blocks.giveBack(batch.firstBlock + used, openBlocks - used);
        batch.blocks = used;
        open = null;
        batch.seal();
        sealed.add(batch);
    }

    /** Seals the open batch when its oldest document has waited long enough. */
    void sealOld(long nowNs) {
        SimBatch batch = open;
        if (batch != null && batch.documents > 0 && policy.isOld(batch.oldestNs, nowNs)) {
            seal(batch);
        }
    }

    /**
     * Documents of a batch are settled: when they were the last, its memory is free, and what waits in the arena may
     * take it.
     */
    void release(SimBatch batch, int settled) {
        batchedDocuments -= settled;
        if (batch.unsettled() != 0) {
            return;
        }
        if (!batch.isRestored) {
            blocks.giveBack(batch.firstBlock, batch.blocks);
            batchesLeft++;
        }
        idle.push(batch);
        refill();
    }

    /** A batch comes back from the disk, beside the memory limit. */
    void moveIn(SimBatch batch) {
        batchedDocuments += batch.documents;
    }

    /** Sealed batches that are not settled. */
    int sealedBatches() {
        return room.batchCount() - batchesLeft - (open == null ? 0 : 1);
    }

    /** Documents received and not settled. */
    long held() {
        return arena.count() + batchedDocuments;
    }

    /** Bytes that hold something. */
    double usedBytes() {
        SimBatch batch = open;
        double unused = batch == null ? 0 : (double) openBlocks * room.blockBytes() - batch.bytes;
        double taken = (double) (blocks.count() - blocks.free()) * room.blockBytes();
        return arena.count() * room.slotBytes() + taken - unused;
    }

    @Override
    public Queue<SimBatch> sealed() {
        return sealed;
    }

    @Override
    public double arenaUsed() {
        return arenaSegments == 0 ? 1 : (double) arena.count() / arenaSegments;
    }

    @Override
    public boolean isStarved() {
        return !arena.isEmpty();
    }
}
