package io.github.xrayd.engine.export;

import org.jspecify.annotations.Nullable;

/**
 * A document that a successful call did not deliver. The exporter says which one by its number in the call or, where
 * all it has is what the service names, by an id; the service may leave out any part.
 *
 * @param number the document's number in the call, or {@link #UNKNOWN}
 * @param id the segment's id, 16 hex digits
 * @param errorCode the reason's code, not from a closed list
 * @param message the reason as text
 * @param fate what becomes of the document
 * @param waitMs for how long a document is put off, in milliseconds; 0 for any other fate
 */
public record Unprocessed(
        int number, @Nullable String id, @Nullable String errorCode, @Nullable String message, Fate fate, long waitMs) {
    /** No number. */
    public static final int UNKNOWN = -1;

    /** What becomes of a document that was not delivered. */
    public enum Fate {
        /** The service's code tells: sent again when it names a passing reason, rejected otherwise. */
        BY_CODE,
        /** It will never be taken: counted as unprocessed, kept as a dead letter. */
        REJECTED,
        /**
         * Nobody asked for it: the destination does not take documents of this kind. Counted as unprocessed by its
         * code, not kept or logged.
         */
        UNWANTED,
        /** The same call may deliver it another time. */
        AGAIN,
        /** It is to come once more after a while, with {@link DocumentBatch#mayPutOff} false. */
        PUT_OFF
    }

    /** One that is named by its id at most, as services do. */
    public Unprocessed(@Nullable String id, @Nullable String errorCode, @Nullable String message) {
        this(UNKNOWN, id, errorCode, message, Fate.BY_CODE, 0);
    }

    /** One that is known by its number and judged by its code. */
    public static Unprocessed numbered(int number, @Nullable String errorCode, @Nullable String message) {
        return new Unprocessed(number, null, errorCode, message, Fate.BY_CODE, 0);
    }

    /**
     * One that is known by its number.
     *
     * @param number its number, or {@link #UNKNOWN} when it is one of the call's and unknown
     * @param fate any but {@link Fate#PUT_OFF}
     */
    public static Unprocessed numbered(int number, String errorCode, String message, Fate fate) {
        return new Unprocessed(number, null, errorCode, message, fate, 0);
    }

    /** One that is to come once more after {@code waitMs} milliseconds, or earlier when the process ends. */
    public static Unprocessed putOff(int number, long waitMs) {
        return new Unprocessed(number, null, null, null, Fate.PUT_OFF, waitMs);
    }
}
