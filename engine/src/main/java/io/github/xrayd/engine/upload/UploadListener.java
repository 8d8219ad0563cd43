package io.github.xrayd.engine.upload;

import io.github.xrayd.engine.batch.Parcel;
import io.github.xrayd.engine.export.Answer;

/** Receives what becomes of uploads, on the uploader's thread; must not wait. */
public interface UploadListener {
    /** Ignores everything. */
    UploadListener NONE = new UploadListener() {};

    /**
     * A call succeeded.
     *
     * @param documents documents in the call
     * @param unprocessed how many of them the service left unprocessed
     * @param latencyNs how long the call took
     */
    default void onSent(int documents, int unprocessed, long latencyNs) {}

    /** A call failed; its documents are tried again unless another event says otherwise. */
    default void onFailed(Answer answer, int documents) {}

    /**
     * A document is lost for good: the service did not take it.
     *
     * @param rejected which one, where it is known, and why
     * @param parcel where it is; valid during the call only
     */
    default void onRejected(RejectedDocument rejected, Parcel parcel) {}

    /** Documents were given up. */
    default void onAbandoned(int documents, String reason) {}

    /** Documents were not settled when the process ended; their source gives them again, so they are not lost. */
    default void onLeftToSource(int documents) {}
}
