package io.github.xrayd.engine.ring;

/**
 * The layout of a slot in the arena.
 *
 * <pre>
 *   0        4        8                16       20       24                      24 + length
 *   +--------+--------+----------------+--------+--------+------------------------+-------
 *   | length | verdict| receive time   | source | units  | the datagram           | padding to a unit
 *   +--------+--------+----------------+--------+--------+------------------------+-------
 * </pre>
 *
 * <p>A length of {@link #WRAP} means: no datagram, the next slot is at the arena's start. The verdict is written by the
 * validator: the document's offset in the datagram when not negative, else {@code ~rejection}. {@code units} is how
 * many units of the ring the slot takes, so that readers need not divide.
 */
final class Slot {
    static final int LENGTH_OFFSET = 0;
    static final int VERDICT_OFFSET = 4;
    static final int RECEIVED_NS_OFFSET = 8;
    static final int SOURCE_OFFSET = 16;
    static final int UNITS_OFFSET = 20;
    static final int HEADER_LENGTH = 24;
    static final int ALIGNMENT = 8;
    static final int WRAP = -1;

    private Slot() {}
}
