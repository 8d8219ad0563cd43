package io.github.xrayd.plan.model;

import io.github.xrayd.engine.ring.SlotRing;
import io.github.xrayd.plan.input.Sizes;

/**
 * What a segment of the mean size takes at each place, in bytes.
 *
 * @param datagram on the wire, its header included
 * @param document in a batch: escaped, quoted, with its comma
 * @param kernel in the socket's buffer
 */
public record Footprint(double datagram, double document, double kernel) {
    /** {@code {"format": "json", "version": 1}} and its newline. */
    static final int HEADER_BYTES = 33;

    /** Lengths at equal distances that stand for those of documents whose lengths differ. */
    private static final int LENGTHS = 64;

    private static final int QUOTES_AND_COMMA = 3;

    /** The members around a batch's documents. */
    static final int BATCH_HEAD_BYTES = 28;

    static Footprint of(Sizes sizes, CostProfile profile) {
        double datagram = sizes.mean() + HEADER_BYTES;
        return new Footprint(
                datagram, sizes.mean() * (1 + sizes.escapes()) + QUOTES_AND_COMMA, profile.trueSize(datagram));
    }

    /**
     * What a segment takes of an arena on average: the engine's slot, which is a number of the arena's units. Where all
     * documents have one length this is exact; else their lengths are taken to end anywhere in a unit alike.
     *
     * @param arenaBytes of the arena of one receiver
     */
    double slot(Sizes sizes, long arenaBytes) {
        int length = (int) Math.min(Math.round(datagram), SlotRing.DATAGRAM_LENGTH_MAX);
        if (sizes.deviation() == 0) {
            return SlotRing.slotBytes(length, arenaBytes);
        }
        double sum = 0;
        for (int i = -LENGTHS / 2; i < LENGTHS / 2; i++) {
            sum += SlotRing.slotBytes(Math.max(0, length + i), arenaBytes);
        }
        return sum / LENGTHS;
    }
}
