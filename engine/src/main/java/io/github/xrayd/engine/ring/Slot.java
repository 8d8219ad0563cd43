package io.github.xrayd.engine.ring;

/**
 * The layout of a slot in the arena.
 *
 * <pre>
 *   0        4        8                16       20       24                      24 + length
 *   +--------+--------+----------------+--------+--------+------------------------+-------
 *   | length | verdict| receive time   | source | unused | the datagram           | padding to 8
 *   +--------+--------+----------------+--------+--------+------------------------+-------
 * </pre>
 *
 * <p>A length of {@link #WRAP} means: no datagram, the next slot is at the arena's start. The verdict is written by the
 * validator: the document's offset in the datagram when not negative, else {@code ~rejection}.
 */
final class Slot {
    static final int LENGTH_OFFSET = 0;
    static final int VERDICT_OFFSET = 4;
    static final int RECEIVED_NS_OFFSET = 8;
    static final int SOURCE_OFFSET = 16;
    static final int HEADER_LENGTH = 24;
    static final int ALIGNMENT = 8;
    static final int WRAP = -1;

    private Slot() {}

    /** Arena bytes that a datagram of {@code length} bytes takes. */
    static int size(int length) {
        return (HEADER_LENGTH + length + ALIGNMENT - 1) & -ALIGNMENT;
    }
}
