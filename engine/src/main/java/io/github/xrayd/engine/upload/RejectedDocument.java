package io.github.xrayd.engine.upload;

import io.github.xrayd.engine.export.Unprocessed.Fate;
import org.jspecify.annotations.Nullable;

/**
 * A document that an answer names as not delivered.
 *
 * @param document its index in the batch, or {@link #UNKNOWN}: one of the call's documents, unknown which one
 * @param traceId its trace id, or an empty string
 * @param code the reason's code
 * @param message the reason as text
 * @param fate what becomes of it, never {@link Fate#BY_CODE}
 * @param waitMs for how long it is put off, in milliseconds
 */
public record RejectedDocument(
        int document, String traceId, @Nullable String code, @Nullable String message, Fate fate, long waitMs) {
    /** No index. */
    public static final int UNKNOWN = -1;

    /** One that is sent again when its reason is a passing one, and rejected otherwise. */
    public RejectedDocument(
            int document, String traceId, @Nullable String code, @Nullable String message, boolean isTransient) {
        this(document, traceId, code, message, isTransient ? Fate.AGAIN : Fate.REJECTED, 0);
    }

    /** Whether it may be delivered another time. */
    public boolean isTransient() {
        return fate == Fate.AGAIN;
    }

    /** {@code trace ID, code: CODE, message: MESSAGE}, for the log. */
    public String text() {
        return "trace " + (traceId.isEmpty() ? "(unknown)" : traceId) + ", code: " + (code == null ? "none" : code)
                + ", message: " + (message == null ? "none" : message);
    }
}
