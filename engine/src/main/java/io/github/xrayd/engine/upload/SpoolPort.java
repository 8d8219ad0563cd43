package io.github.xrayd.engine.upload;

import io.github.xrayd.engine.batch.Parcel;
import org.jspecify.annotations.Nullable;

/**
 * The spool as the uploader sees it: what is asked is done elsewhere, and answered later, in order. All methods belong
 * to the uploader's thread; none waits.
 *
 * <p>At most {@link SpoolPolicy#STORES_MAX} stores may be unanswered, and at most {@link SpoolPolicy#TAKES_MAX} takes
 * unanswered or not yet settled or left.
 */
public interface SpoolPort {
    /**
     * Asks to store some documents of a parcel, which must stay as they are until the answer.
     *
     * @param token given back with the answer
     */
    void store(Object token, Parcel parcel, long documents);

    /** Asks for the oldest record that is not out already. */
    void take();

    /** Says that every document of a record that was taken is settled. */
    void settled(long recordId);

    /** Leaves a record that was taken on the disk, with {@code documents} of its documents not settled. */
    void leave(long recordId, int documents);

    /** The next answer, or null. */
    @Nullable
    Reply poll();

    /** An answer. */
    sealed interface Reply {
        /** The documents are on disk. */
        record Stored(Object token) implements Reply {}

        /** The documents are not on disk. */
        record Refused(Object token, String reason) implements Reply {}

        /** A record came back. */
        record Taken(long recordId, Parcel parcel) implements Reply {}

        /** There is no record, or the disk does not give it now. */
        record Nothing() implements Reply {}

        /** The disk holds more documents than was known, or no longer holds some that it did. */
        record Changed(long recovered, long lost) implements Reply {}
    }
}
