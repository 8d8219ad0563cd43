package io.github.xrayd.plan.simulation;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The disk: takes the oldest batches while memory is short, and gives them back, oldest first, when the backend answers. Decides as the
 * engine's spool does, from the same bounds; the disk itself is taken to be as fast as needed.
 */
final class SimSpool {
    /** How full the arena is when batches go to disk, while the backend fails and while it is slow, and when they no longer do. */
    private static final double SHORT_DOWN = 0.5;

    private static final double SHORT_SLOW = 0.75;
    private static final double RELIEVED = 0.25;
    private static final int STORES_MAX = 16;
    private static final int TAKES_MAX = 16;

    private final Scenario.Spool settings;
    private final SimMemory memory;
    private final SimUploader uploader;
    private final Deque<SimBatch> records = new ArrayDeque<>();
    private boolean isShort;
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
        isShort = isShort
                ? memory.arenaUsed() > RELIEVED
                : memory.isStarved() && memory.arenaUsed() >= (uploader.isFailing() ? SHORT_DOWN : SHORT_SLOW);
        if (isShort) {
            store();
        } else if (!records.isEmpty()) {
            takeBack();
        }
    }

    private void store() {
        for (int i = 0; i < STORES_MAX; i++) {
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
        int most = uploader.isFailing() ? (uploader.isAnyLeft() ? 0 : 1) : TAKES_MAX;
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
