package io.github.xrayd.engine.encode;

import com.dslplatform.json.DslJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The body of PutTraceSegments, {@code {"TraceSegmentDocuments":["…","…"]}}: each document, whatever it is, becomes a
 * JSON string.
 *
 * <p>Stateless, allocates nothing; any thread.
 */
public final class XRayEncoder implements Encoder {
    private static final Framing FRAMING = Framing.of("{\"TraceSegmentDocuments\":[", ",", "]}");

    @Override
    public BodyEncoding encoding() {
        return BodyEncoding.XRAY_JSON;
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

    @Override
    public byte[] decode(byte[] encoded) {
        try {
            String document = Json.READER.deserialize(String.class, encoded, encoded.length);
            return document == null ? encoded : document.getBytes(StandardCharsets.UTF_8);
        } catch (IOException | RuntimeException e) {
            return encoded;
        }
    }

    /** Made when the first document is decoded; thread-safe. */
    private static final class Json {
        static final DslJson<Object> READER = new DslJson<>(new DslJson.Settings<>());
    }
}
