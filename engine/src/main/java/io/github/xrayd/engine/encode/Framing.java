package io.github.xrayd.engine.encode;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The bytes of a body that belong to no document; each part may be empty. Immutable; any thread.
 *
 * @param prefix what a body begins with
 * @param separator what stands between two documents
 * @param suffix what a body ends with
 */
public record Framing(DirectBuffer prefix, DirectBuffer separator, DirectBuffer suffix) {
    /** A framing of ASCII text. */
    public static Framing of(String prefix, String separator, String suffix) {
        return new Framing(ascii(prefix), ascii(separator), ascii(suffix));
    }

    private static DirectBuffer ascii(String text) {
        return new UnsafeBuffer(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Bytes of the body of {@code documentCount} documents beside the documents themselves. */
    public int overhead(int documentCount) {
        return prefix.capacity() + (documentCount - 1) * separator.capacity() + suffix.capacity();
    }

    /** Whether {@code body} begins with the prefix and ends with the suffix, and has room between. */
    public boolean isAround(DirectBuffer body) {
        return body.capacity() > overhead(1)
                && isAt(prefix, body, 0)
                && isAt(suffix, body, body.capacity() - suffix.capacity());
    }

    private static boolean isAt(DirectBuffer part, DirectBuffer body, int offset) {
        for (int i = 0; i < part.capacity(); i++) {
            if (body.getByte(offset + i) != part.getByte(i)) {
                return false;
            }
        }
        return true;
    }
}
