package io.github.xrayd.load;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/** Writes numbers as fixed-width lower-case hexadecimal ASCII without allocating. */
final class Hex {
    private static final long LOW_NIBBLES = 0x0f0f0f0f0f0f0f0fL;
    private static final long ONES = 0x0101010101010101L;

    private Hex() {}

    /** Writes {@code value} as 16 digits at {@code offset} of a big-endian buffer. */
    static void putLong(ByteBuffer buffer, int offset, long value) {
        assert buffer.order() == ByteOrder.BIG_ENDIAN;
        buffer.putLong(offset, asciiOf((int) (value >>> 32)));
        buffer.putLong(offset + 8, asciiOf((int) value));
    }

    static String of(int value) {
        return String.format(Locale.ROOT, "%08x", value);
    }

    /** Returns the eight digits of {@code value}, the first in the highest byte; all eight are computed at once. */
    static long asciiOf(int value) {
        long spread = value & 0xffffffffL;
        spread = (spread | spread << 16) & 0x0000ffff0000ffffL;
        spread = (spread | spread << 8) & 0x00ff00ff00ff00ffL;
        spread = (spread | spread << 4) & LOW_NIBBLES;
        long isLetter = ((spread + 6 * ONES) >>> 4) & ONES;
        return spread + '0' * ONES + isLetter * ('a' - '0' - 10);
    }
}
