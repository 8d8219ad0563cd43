package io.github.xrayd.engine.encode;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Keeps documents as they were received, one behind the other with nothing between: for destinations that take
 * documents one by one, or convert them on the thread that makes the call. A batch knows where each begins.
 *
 * <p>Stateless, allocates nothing; any thread.
 */
public final class RawEncoder implements Encoder {
    private static final Framing FRAMING = Framing.of("", "", "");

    @Override
    public BodyEncoding encoding() {
        return BodyEncoding.RAW;
    }

    @Override
    public Framing framing() {
        return FRAMING;
    }

    @Override
    public int encode(
            DirectBuffer source,
            int sourceOffset,
            int length,
            MutableDirectBuffer target,
            int targetOffset,
            int targetLimit) {
        if (length > targetLimit - targetOffset) {
            return NO_ROOM;
        }
        target.putBytes(targetOffset, source, sourceOffset, length);
        return targetOffset + length;
    }

    @Override
    public int lengthMax(int length) {
        return length;
    }

    @Override
    public byte[] decode(byte[] encoded) {
        return encoded;
    }
}
