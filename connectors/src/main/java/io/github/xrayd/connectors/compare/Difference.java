package io.github.xrayd.connectors.compare;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that one has and the other has not, or has otherwise.
 *
 * @param kind what differs
 * @param traceId in X-Ray's form where it is an id
 * @param id of the segment or subsegment; empty for a whole trace
 * @param name of it; of a trace, the name of its first segment
 * @param isSubsegment whether it is one
 * @param spans how many segments and subsegments are missing by it; 1 for one that differs
 * @param places where it differs, the first {@value Comparison#PLACES_MAX}; empty when it is missing
 */
public record Difference(
        Kind kind, String traceId, String id, String name, boolean isSubsegment, int spans, List<Place> places) {
    /** The kinds of differences. */
    public enum Kind {
        /** B has it not. */
        ONLY_IN_A,
        /** A has it not. */
        ONLY_IN_B,
        /** Both have it, and it is not the same. */
        DIFFERENT
    }

    /**
     * One place where a segment differs.
     *
     * @param path in JSONPath's notation, as {@code $.http.response.status}
     * @param a the value in A as JSON, cut when it is long; null when there is none
     * @param b the value in B
     */
    public record Place(String path, @Nullable String a, @Nullable String b) {}
}
