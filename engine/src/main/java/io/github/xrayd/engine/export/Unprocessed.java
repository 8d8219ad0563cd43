package io.github.xrayd.engine.export;

import org.jspecify.annotations.Nullable;

/**
 * A document that a success did not take. The exporter says which one by its number in the call or, where all it has is what the service
 * names, by an id; the service may leave out any part.
 *
 * @param number the document's number in the call, or {@link #UNKNOWN}
 * @param id the segment's id, 16 hex digits
 * @param errorCode the service's code, not from a closed list
 * @param message the service's words
 */
public record Unprocessed(int number, @Nullable String id, @Nullable String errorCode, @Nullable String message) {
    /** No number. */
    public static final int UNKNOWN = -1;

    /** One that is named by its id at most. */
    public Unprocessed(@Nullable String id, @Nullable String errorCode, @Nullable String message) {
        this(UNKNOWN, id, errorCode, message);
    }

    /** One that is known by its number. */
    public static Unprocessed numbered(int number, @Nullable String errorCode, @Nullable String message) {
        return new Unprocessed(number, null, errorCode, message);
    }
}
