package io.github.xrayd.plan.simulation;

import io.github.xrayd.engine.batch.BlockMap;
import io.github.xrayd.engine.batch.SealPolicy;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The arena of slots by its bytes, and the pool of batches by the engine's own map of blocks: documents are appended to the open batch while there is one, wait in the arena
 * else, and are dropped, the newest first, when that is full.
 */
final class SimMemory {
    private final Scenario.Room room;
    private final SealPolicy policy;
    private final Deque<SimBatch> sealed;
    private final Deque<SimBatch> idle = new ArrayDeque<>();
    private final ArrivalRuns arena = new ArrivalRuns();
    private final long arenaSegments;
    private final BlockMap blocks;
    private final int openBlocks;
    private int batchesLeft;
    private long number;
    private @Nullable SimBatch open;
    private long batchedDocuments;

    /**
     * Memory.
     *
     * @param sealed where sealed batches go
     */
    SimMemory(Scenario.Room room, SealPolicy policy, Deque<SimBatch> sealed) {
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
        SimBatch batch = idle.isEmpty() ? new SimBatch() : idle.pop();
        batch.reset(room.batchHeadBytes());
        batch.firstBlock = first;
        batch.blocks = openBlocks;
        batch.number = number++;
        return batch;
    }

    private void seal(SimBatch batch) {
        int block = room.blockBytes();
        int used = (int) Math.min(openBlocks, ((long) batch.bytes + block - 1) / block);
        blocks.giveBack(batch.firstBlock + used, openBlocks - used);
        batch.blocks = used;
        open = null;
        sealed.add(batch);
    }

    /** Seals the open batch when its oldest document has waited long enough. */
    void sealOld(long nowNs) {
        SimBatch batch = open;
        if (batch != null && batch.documents > 0 && policy.isOld(batch.oldestNs, nowNs)) {
            seal(batch);
        }
    }

    /** A batch is settled: its memory is free. */
    void release(SimBatch batch) {
        batchedDocuments -= batch.documents;
        if (!batch.isRestored) {
            giveBack(batch);
        }
        idle.push(batch);
    }

    /** A batch leaves memory for the disk; its documents are held there. */
    void moveOut(SimBatch batch) {
        giveBack(batch);
        batchedDocuments -= batch.documents;
        batch.isRestored = true;
    }

    private void giveBack(SimBatch batch) {
        blocks.giveBack(batch.firstBlock, batch.blocks);
        batchesLeft++;
    }

    /** A batch comes back from the disk, beside the memory limit. */
    void moveIn(SimBatch batch) {
        batchedDocuments += batch.documents;
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

    double arenaUsed() {
        return arenaSegments == 0 ? 1 : (double) arena.count() / arenaSegments;
    }

    /** Whether slots wait because no batch is free. */
    boolean isStarved() {
        return !arena.isEmpty();
    }
}
