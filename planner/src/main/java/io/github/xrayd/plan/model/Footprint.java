package io.github.xrayd.plan.model;

import io.github.xrayd.plan.question.Sizes;

/**
 * What a segment of the mean size takes at each place, in bytes.
 *
 * @param datagram on the wire, its header included
 * @param slot in the arena
 * @param document in a batch: escaped, quoted, with its comma
 * @param kernel in the socket's buffer
 */
public record Footprint(double datagram, double slot, double document, double kernel) {
    /** {@code {"format": "json", "version": 1}} and its newline. */
    static final int HEADER_BYTES = 33;

    private static final int SLOT_HEADER_BYTES = 24;
    /** Slots begin at multiples of 8. */
    private static final double SLOT_PADDING_BYTES = 4;

    private static final int QUOTES_AND_COMMA = 3;

    /** The members around a batch's documents. */
    static final int BATCH_HEAD_BYTES = 28;

    static Footprint of(Sizes sizes, CostProfile profile) {
        double datagram = sizes.mean() + HEADER_BYTES;
        return new Footprint(
                datagram,
                datagram + SLOT_HEADER_BYTES + SLOT_PADDING_BYTES,
                sizes.mean() * (1 + sizes.escapes()) + QUOTES_AND_COMMA,
                profile.trueSize(datagram));
    }
}
