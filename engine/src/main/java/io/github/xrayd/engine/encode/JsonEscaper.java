package io.github.xrayd.engine.encode;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Writes bytes as the inside of a JSON string, so that the string decodes to the bytes' UTF-8 text.
 *
 * <p>Quotes, backslashes and control characters are escaped; each byte that is not part of well-formed UTF-8 becomes
 * U+FFFD, as in the reference daemon; everything else is copied as it is. Looks at eight bytes at a time: a word
 * without a special byte is one copy, and in one with a special byte all before it is; text above 0x7f is checked and
 * copied as a whole. Stateless, allocates nothing.
 */
public final class JsonEscaper {
    /** The most bytes that one byte can become ({@code U+0001} becomes {@code \}{@code u0001}). */
    public static final int EXPANSION_MAX = 6;

    /** What {@link #escape} returns when the target is too small. */
    public static final int NO_ROOM = -1;

    /** Bytes that the target must have beyond what is written: whole words are stored. */
    static final int SPARE = 2 * Long.BYTES;

    /** A sequence that begins before the last word of the target may end in it. */
    private static final int WIDE_SPARE = 4;

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long BLANKS = 0x2020202020202020L;
    private static final long QUOTES = 0x2222222222222222L;
    private static final long BACKSLASHES = 0x5C5C5C5C5C5C5C5CL;
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
    /** The letter of a byte's short escape, 1 for a byte that needs the long one, 0 for one that needs none. */
    private static final byte[] SHORT = new byte[128];

    static {
        for (int i = 0; i < 0x20; i++) {
            SHORT[i] = 1;
        }
        SHORT['"'] = '"';
        SHORT['\\'] = '\\';
        SHORT['\b'] = 'b';
        SHORT['\f'] = 'f';
        SHORT['\n'] = 'n';
        SHORT['\r'] = 'r';
        SHORT['\t'] = 't';
    }

    private JsonEscaper() {}

    /**
     * Escapes {@code length} bytes of {@code source} from {@code sourceOffset} into {@code target} at
     * {@code targetOffset}.
     *
     * @param targetLimit the offset in the target that must not be reached
     * @return the offset behind the last byte written, or {@link #NO_ROOM}; the target's content is then undefined
     */
    public static int escape(
            DirectBuffer source,
            int sourceOffset,
            int length,
            MutableDirectBuffer target,
            int targetOffset,
            int targetLimit) {
        int from = sourceOffset;
        int end = sourceOffset + length;
        int to = targetOffset;
        int wordLimit = targetLimit - Long.BYTES;
        while (end - from >= Long.BYTES) {
            if (to > wordLimit) {
                return NO_ROOM;
            }
            long word = source.getLong(from, ByteOrder.LITTLE_ENDIAN);
            target.putLong(to, word, ByteOrder.LITTLE_ENDIAN);
            long special = special(word);
            if (special == 0) {
                from += Long.BYTES;
                to += Long.BYTES;
                continue;
            }
            int plain = Long.numberOfTrailingZeros(special) >>> 3;
            from += plain;
            to += plain;
            if (to > wordLimit) {
                return NO_ROOM;
            }
            int b = source.getByte(from) & 0xFF;
            if (b < 0x80) {
                to = putEscape(b, target, to);
                from++;
            } else {
                int size = wideEnd(source, from, end) - from;
                to = putWide(source, from, size, target, to, wordLimit);
                if (to == NO_ROOM) {
                    return NO_ROOM;
                }
                from += Math.max(1, size);
            }
        }
        while (from < end) {
            if (to > wordLimit) {
                return NO_ROOM;
            }
            int b = source.getByte(from) & 0xFF;
            if (b < 0x80) {
                if (SHORT[b] == 0) {
                    target.putByte(to++, (byte) b);
                } else {
                    to = putEscape(b, target, to);
                }
                from++;
            } else {
                int size = wideEnd(source, from, end) - from;
                to = putWide(source, from, size, target, to, wordLimit);
                if (to == NO_ROOM) {
                    return NO_ROOM;
                }
                from += Math.max(1, size);
            }
        }
        return to;
    }

    /**
     * The high bit of the first byte that cannot be copied as it is, and perhaps of later ones: a control character, a
     * quote, a backslash, or one above 0x7f.
     */
    private static long special(long word) {
        long quotes = word ^ QUOTES;
        long backslashes = word ^ BACKSLASHES;
        return ((word - BLANKS) | (quotes - ONES) | (backslashes - ONES) | word) & HIGHS;
    }

    private static int putEscape(int b, MutableDirectBuffer target, int to) {
        byte letter = SHORT[b];
        target.putByte(to, (byte) '\\');
        if (letter != 1) {
            target.putByte(to + 1, letter);
            return to + 2;
        }
        target.putByte(to + 1, (byte) 'u');
        target.putByte(to + 2, (byte) '0');
        target.putByte(to + 3, (byte) '0');
        target.putByte(to + 4, HEX[b >>> 4]);
        target.putByte(to + 5, HEX[b & 0xF]);
        return to + 6;
    }

    private static int putReplacement(MutableDirectBuffer target, int to) {
        target.putByte(to, (byte) 0xEF);
        target.putByte(to + 1, (byte) 0xBF);
        target.putByte(to + 2, (byte) 0xBD);
        return to + 3;
    }

    /** The end of the well-formed sequences above 0x7f that begin at {@code from}: there itself when none does. */
    private static int wideEnd(DirectBuffer source, int from, int end) {
        int at = from;
        while (at < end && source.getByte(at) < 0) {
            int size = sequenceLength(source, at, end);
            if (size == 0) {
                break;
            }
            at += size;
        }
        return at;
    }

    /**
     * Copies {@code size} bytes of well-formed sequences; where there is none, puts the replacement for the byte that
     * begins none.
     */
    private static int putWide(
            DirectBuffer source, int from, int size, MutableDirectBuffer target, int to, int wordLimit) {
        if (size == 0) {
            return putReplacement(target, to);
        }
        if (to + size > wordLimit + WIDE_SPARE) {
            return NO_ROOM;
        }
        int i = 0;
        for (; size - i >= Long.BYTES; i += Long.BYTES) {
            target.putLong(to + i, source.getLong(from + i));
        }
        for (; i < size; i++) {
            target.putByte(to + i, source.getByte(from + i));
        }
        return to + size;
    }

    /**
     * The length of the well-formed UTF-8 sequence of 2 to 4 bytes at {@code from}, or 0 (the Unicode Standard, table
     * 3-7).
     */
    private static int sequenceLength(DirectBuffer source, int from, int end) {
        int first = source.getByte(from) & 0xFF;
        if (first < 0xC2 || first > 0xF4) {
            return 0;
        }
        int size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        if (end - from < size) {
            return 0;
        }
        int second = source.getByte(from + 1) & 0xFF;
        int least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        int most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        if (second < least || second > most) {
            return 0;
        }
        for (int i = 2; i < size; i++) {
            if ((source.getByte(from + i) & 0xC0) != 0x80) {
                return 0;
            }
        }
        return size;
    }
}
