package io.github.xrayd.plan.simulation;

import io.github.xrayd.engine.upload.SpoolPolicy;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The disk: takes the oldest batches while memory is short, and gives them back, oldest first, when the backend answers. Decides by
 * the engine's policy; the disk itself is taken to be as fast as needed.
 */
final class SimSpool {
    private final Scenario.Spool settings;
    private final SimMemory memory;
    private final SimUploader uploader;
    private final Deque<SimBatch> records = new ArrayDeque<>();
    private final SpoolPolicy policy = new SpoolPolicy();
    private double bytes;
    private long documents;
    private int takenOut;

    SimSpool(Scenario.Spool settings, SimMemory memory, SimUploader uploader) {
        this.settings = settings;
        this.memory = memory;
        this.uploader = uploader;
    }

    void doWork() {
        if (settings.bytesMax() == 0) {
            return;
        }
        if (policy.isShort(memory.arenaUsed(), memory.isStarved(), uploader.isFailing())) {
            store();
        } else if (!records.isEmpty()) {
            takeBack();
        }
    }

    private void store() {
        for (int i = 0; i < SpoolPolicy.STORES_MAX; i++) {
            SimBatch batch = uploader.takeForDisk();
            if (batch == null) {
                return;
            }
            if (!tryStore(batch)) {
                uploader.putBack(batch);
                return;
            }
        }
    }

    /** Takes a batch that is in no call, for want of memory or for its age; returns false when there is no room. */
    boolean tryStore(SimBatch batch) {
        double recordBytes = batch.bytes + settings.recordHeadBytes();
        if (batch.isRestored || bytes + recordBytes > settings.bytesMax()) {
            return false;
        }
        memory.moveOut(batch);
        bytes += recordBytes;
        documents += batch.documents;
        records.add(batch);
        return true;
    }

    private void takeBack() {
        int most = SpoolPolicy.takesMax(uploader.isFailing(), uploader.isAnyLeft(), false);
        while (takenOut < most && !records.isEmpty()) {
            SimBatch batch = records.remove();
            bytes -= batch.bytes + settings.recordHeadBytes();
            documents -= batch.documents;
            takenOut++;
            memory.moveIn(batch);
            uploader.putBack(batch);
        }
    }

    /** A batch that came from the disk is settled. */
    void onSettled() {
        takenOut--;
    }

    double bytes() {
        return bytes;
    }

    long documents() {
        return documents;
    }
}
