package io.github.xrayd.engine.upload;

import io.github.xrayd.engine.batch.Parcel;
import io.github.xrayd.engine.export.Answer;
import org.jspecify.annotations.Nullable;

/** Hears what becomes of uploads, on the uploader's thread; must not wait. */
public interface UploadListener {
    /** Hears nothing. */
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
     * @param traceId its trace id, or an empty string when it cannot be told
     * @param code the service's code
     * @param message the service's words
     */
    default void onRejected(String traceId, @Nullable String code, @Nullable String message) {}

    /**
     * A document that the service did not take, where it can be told which one it was; comes before
     * {@link #onRejected}.
     *
     * @param code the service's code
     * @param message the service's words
     * @param parcel where the document is; valid during the call only
     * @param index which of its documents
     */
    default void onRejectedDocument(@Nullable String code, @Nullable String message, Parcel parcel, int index) {}

    /** Documents were given up. */
    default void onAbandoned(int documents, String reason) {}

    /** Documents were not settled when the process ended; their source gives them again, so they are not lost. */
    default void onLeftToSource(int documents) {}
}
