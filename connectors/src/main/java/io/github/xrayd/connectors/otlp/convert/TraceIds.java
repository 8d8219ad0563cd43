package io.github.xrayd.connectors.otlp.convert;

/**
 * Ids as text: X-Ray's trace ids with their version and dashes, and hexadecimal digits. Zero stands for "not an id".
 */
final class TraceIds {
    static final int TRACE_ID_LENGTH = 32;
    static final int SPAN_ID_LENGTH = 16;

    private static final int XRAY_LENGTH = 35;
    private static final int XRAY_DASH = 10;
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private TraceIds() {}

    /** The first 64 bits of a trace id, with X-Ray's dashes or without; 0 when {@link #isTraceId} says no. */
    static long high(String traceId) {
        return traceId.length() == XRAY_LENGTH
                ? parse(traceId, 2, XRAY_DASH) << 32 | parse(traceId, XRAY_DASH + 1, XRAY_DASH + 9)
                : parse(traceId, 0, SPAN_ID_LENGTH);
    }

    /** The last 64 bits of a trace id. */
    static long low(String traceId) {
        return parse(traceId, traceId.length() - SPAN_ID_LENGTH, traceId.length());
    }

    /** Whether the text is a trace id in X-Ray's form or 32 hexadecimal digits, and not all zeros. */
    static boolean isTraceId(String text) {
        boolean isForm = text.length() == XRAY_LENGTH
                ? text.startsWith("1-")
                        && text.charAt(XRAY_DASH) == '-'
                        && isHex(text, 2, XRAY_DASH)
                        && isHex(text, XRAY_DASH + 1, XRAY_LENGTH)
                : text.length() == TRACE_ID_LENGTH && isHex(text, 0, TRACE_ID_LENGTH);
        return isForm && (high(text) | low(text)) != 0;
    }

    /** Whether the text is 16 hexadecimal digits and not all zeros. */
    static boolean isSpanId(String text) {
        return text.length() == SPAN_ID_LENGTH && isHex(text, 0, SPAN_ID_LENGTH) && spanId(text) != 0;
    }

    static long spanId(String text) {
        return parse(text, 0, SPAN_ID_LENGTH);
    }

    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c > 'f' || Character.digit(c, 16) < 0) {
                return false;
            }
        }
        return true;
    }

    private static long parse(String text, int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            value = value << 4 | Character.digit(text.charAt(i), 16);
        }
        return value;
    }

    /** A trace id in X-Ray's form. */
    static String xray(long high, long low) {
        char[] text = new char[XRAY_LENGTH];
        text[0] = '1';
        text[1] = '-';
        text[XRAY_DASH] = '-';
        put(high >>> 32, text, 2, 8);
        put(high, text, XRAY_DASH + 1, 8);
        put(low, text, XRAY_DASH + 9, SPAN_ID_LENGTH);
        return new String(text);
    }

    /** 16 hexadecimal digits. */
    static String hex(long id) {
        char[] text = new char[SPAN_ID_LENGTH];
        put(id, text, 0, SPAN_ID_LENGTH);
        return new String(text);
    }

    private static void put(long bits, char[] target, int offset, int digits) {
        long rest = bits;
        for (int i = offset + digits - 1; i >= offset; i--) {
            target[i] = HEX[(int) rest & 0xf];
            rest >>>= 4;
        }
    }

    /** An id for something that has none, the same each time: neither random nor zero. */
    static long derived(long seed, long ordinal) {
        // The finalizer of SplitMix64.
        long z = seed + (ordinal + 1) * 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        z ^= z >>> 31;
        return z == 0 ? 1 : z;
    }
}
