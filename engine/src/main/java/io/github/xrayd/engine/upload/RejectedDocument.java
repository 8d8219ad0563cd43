package io.github.xrayd.engine.upload;

import org.jspecify.annotations.Nullable;

/**
 * A document that an answer names as not taken.
 *
 * @param document its index in the batch, or {@link #UNKNOWN}: one of the call's documents, and it cannot be told which
 * @param traceId its trace id, or an empty string
 * @param code the service's code
 * @param message the service's words
 * @param isTransient whether the service may take it another time
 */
public record RejectedDocument(
        int document, String traceId, @Nullable String code, @Nullable String message, boolean isTransient) {
    /** No index. */
    public static final int UNKNOWN = -1;
}
