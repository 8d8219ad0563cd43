package io.github.xrayd.engine.upload;

import io.github.xrayd.engine.batch.Parcel;
import io.github.xrayd.engine.export.Answer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Calls to the backend, made elsewhere: on threads, or by a script in tests. {@link #start} and {@link #poll} belong to
 * the uploader's thread.
 */
public interface Calls {
    /** Whether a call can be started at all: the backend is there. */
    boolean isReady();

    /** Whether another call may start now; false puts it off to a later cycle. */
    default boolean hasRoom() {
        return true;
    }

    /**
     * Starts a call; its completion is polled later, exactly once.
     *
     * @param token given back with the completion
     * @param documents which of the parcel's documents it sends
     */
    void start(Object token, Parcel parcel, long documents);

    /** Calls that may take long are to end soon, because the process ends; may be called in every cycle. */
    default void hurry() {}

    /** The next completed call, or null. */
    @Nullable
    Completion poll();

    /**
     * A completed call.
     *
     * @param token what {@link #start} was given
     * @param answer what came back
     * @param rejected which documents the answer does not take, where it tells; none twice
     * @param latencyNs how long it took, in nanoseconds
     */
    record Completion(Object token, Answer answer, List<RejectedDocument> rejected, long latencyNs) {}
}
