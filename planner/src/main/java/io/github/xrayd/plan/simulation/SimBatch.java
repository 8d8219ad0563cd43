package io.github.xrayd.plan.simulation;

import io.github.xrayd.engine.batch.Parcel;
import java.util.function.ObjIntConsumer;

/** A batch without bytes, for the engine's uploader: how many documents, how large, when they came. Reused. */
final class SimBatch implements Parcel {
    private final ObjIntConsumer<SimBatch> onSettled;
    int documents;
    double bytes;
    int firstBlock;
    int blocks;
    /** When its documents were received, the first and the last. */
    long oldestNs;

    long newestNs;
    /** Whether it came from the disk, and so is in memory of its own. */
    boolean isRestored;

    private long unsettled;

    /** A batch that tells how many of its documents were settled, each time. */
    SimBatch(ObjIntConsumer<SimBatch> onSettled) {
        this.onSettled = onSettled;
    }

    void reset(int headBytes) {
        documents = 0;
        bytes = headBytes;
        firstBlock = 0;
        blocks = 0;
        oldestNs = 0;
        newestNs = 0;
        isRestored = false;
    }

    /** It is complete. */
    void seal() {
        unsettled = (1L << documents) - 1;
    }

    @Override
    public long unsettled() {
        return unsettled;
    }

    @Override
    public long oldestReceivedNs() {
        return oldestNs;
    }

    @Override
    public int length(long some) {
        return (int) (bytes * Long.bitCount(some) / documents);
    }

    @Override
    public void settle(long some) {
        if ((some & ~unsettled) != 0) {
            throw new IllegalStateException("settled twice");
        }
        unsettled &= ~some;
        onSettled.accept(this, Long.bitCount(some));
    }
}
