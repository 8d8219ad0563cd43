package io.github.xrayd.engine.upload;

import io.github.xrayd.engine.batch.Parcel;

/**
 * A parcel that came back from the spool.
 *
 * @param recordId the record it is, which the spool keeps until it is settled
 * @param parcel its documents, in memory of its own
 * @param documentCount how many they were
 * @param length bytes of the request body of all
 */
record Restored(long recordId, Parcel parcel, int documentCount, int length) {
    Restored(long recordId, Parcel parcel) {
        this(recordId, parcel, Long.bitCount(parcel.unsettled()), parcel.length(parcel.unsettled()));
    }
}
