package io.github.xrayd.engine.upload;

import io.github.xrayd.engine.batch.Parcel;
import java.util.Queue;

/** What one pipeline gives to an uploader: its sealed parcels, and how full the memory is that they come from. */
public interface UploadLane {
    /** The sealed parcels, oldest first. The uploader's thread takes them. */
    Queue<? extends Parcel> sealed();

    /** Which part of the arena of slots is taken, 0 to 1. Any thread; may be a moment old. */
    double arenaUsed();

    /** Whether slots wait because no batch is free. Any thread; may be a moment old. */
    boolean isStarved();
}
