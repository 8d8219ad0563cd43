package io.github.xrayd.plan.simulation;

import io.github.xrayd.engine.batch.Parcel;
import io.github.xrayd.engine.upload.UploadLane;
import java.util.Queue;

/** Parcels from memory that never runs short. */
record UnmeasuredLane(Queue<? extends Parcel> sealed) implements UploadLane {
    @Override
    public double arenaUsed() {
        return 0;
    }

    @Override
    public boolean isStarved() {
        return false;
    }
}
