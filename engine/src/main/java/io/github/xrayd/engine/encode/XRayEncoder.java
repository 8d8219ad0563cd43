package io.github.xrayd.engine.encode;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The body of PutTraceSegments, {@code {"TraceSegmentDocuments":["…","…"]}}: each document, whatever it is, becomes a JSON string.
 *
 * <p>Stateless, allocates nothing; any thread.
 */
public final class XRayEncoder implements Encoder {
    private static final Framing FRAMING = Framing.of("{\"TraceSegmentDocuments\":[", ",", "]}");

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
        int end = JsonEscaper.escape(source, sourceOffset, length, target, targetOffset + 1, targetLimit - 1);
        if (end == JsonEscaper.NO_ROOM) {
            return NO_ROOM;
        }
        target.putByte(targetOffset, (byte) '"');
        target.putByte(end, (byte) '"');
        return end + 1;
    }

    @Override
    public int lengthMax(int length) {
        return JsonEscaper.EXPANSION_MAX * length + 2 + JsonEscaper.SPARE;
    }
}
