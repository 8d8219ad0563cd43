package io.github.xrayd.engine.aws;

import org.jspecify.annotations.Nullable;

/**
 * One entry of {@code UnprocessedTraceSegments}; the service may leave out any of the three.
 *
 * @param id the segment's id, 16 hex digits
 * @param errorCode the service's code, not from a closed list
 * @param message the service's words
 */
public record Unprocessed(@Nullable String id, @Nullable String errorCode, @Nullable String message) {}
