package io.github.xrayd.connectors.otlp.convert;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * The documents in which ADOT sends OTLP through the X-Ray daemon: {@code T1S} (sampled) or {@code T1U} and Base64 of an
 * {@code ExportTraceServiceRequest}; {@code M1} and metrics. Not thread-safe.
 */
public final class OtlpDocuments {
    /** The longest document that X-Ray takes, in bytes. */
    public static final int LENGTH_MAX = 64_000;

    private static final byte[] SAMPLED = "T1S".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] UNSAMPLED = "T1U".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] METRICS = "M1".getBytes(StandardCharsets.US_ASCII);
    private static final int BASE64_BYTES = 3;
    private static final int BASE64_CHARACTERS = 4;
    /** What a message of this size adds around itself: its tag and its length. */
    private static final int FRAME_LENGTH_MAX = 6;

    private final OtlpEncoder encoder = new OtlpEncoder();
    private int refusedSpans;

    static boolean isOtlp(byte[] document, int length) {
        return startsWith(document, length, SAMPLED)
                || startsWith(document, length, UNSAMPLED)
                || startsWith(document, length, METRICS);
    }

    private static boolean startsWith(byte[] document, int length, byte[] prefix) {
        return length >= prefix.length && Arrays.equals(document, 0, prefix.length, prefix, 0, prefix.length);
    }

    static Conversion convert(byte[] document, int length) {
        if (startsWith(document, length, UNSAMPLED)) {
            return Conversion.refused(Refusal.UNSAMPLED);
        }
        if (startsWith(document, length, METRICS)) {
            return Conversion.refused(Refusal.METRICS);
        }
        try {
            byte[] request = base64(document, length);
            new OtlpDecoder().request(request);
            return Conversion.encoded(request);
        } catch (IllegalArgumentException | OtlpDecoder.UnreadableException e) {
            // Bad input is a verdict.
            return Conversion.refused(Refusal.NOT_OTLP);
        }
    }

    private static byte[] base64(byte[] document, int length) {
        int end = length;
        while (end > SAMPLED.length && document[end - 1] <= ' ' && document[end - 1] >= 0) {
            end--;
        }
        return Base64.getDecoder().decode(Arrays.copyOfRange(document, SAMPLED.length, end));
    }

    /** The request that a sampled document carries. */
    public static byte[] decode(byte[] document, int length) throws OtlpDecoder.UnreadableException {
        if (!startsWith(document, length, SAMPLED)) {
            throw new OtlpDecoder.UnreadableException("the document does not begin with T1S");
        }
        try {
            return base64(document, length);
        } catch (IllegalArgumentException e) {
            throw new OtlpDecoder.UnreadableException("what follows T1S is not Base64: " + e.getMessage());
        }
    }

    /** How many spans the last call of {@link #encode} left out because one alone is too long for a document. */
    public int refusedSpans() {
        return refusedSpans;
    }

    /**
     * Sampled documents of at most {@code lengthMax} bytes that carry these spans, in their order.
     *
     * @param lengthMax bytes of a document, {@link #LENGTH_MAX} for X-Ray
     */
    public List<byte[]> encode(List<ResourceSpans> all, int lengthMax) {
        refusedSpans = 0;
        int requestMax = (lengthMax - SAMPLED.length) / BASE64_CHARACTERS * BASE64_BYTES;
        List<byte[]> documents = new ArrayList<>();
        for (ResourceSpans spans : all) {
            int frame = encoder.request(List.of(spans.empty())).length + 2 * FRAME_LENGTH_MAX;
            ResourceSpans part = spans.empty();
            int length = frame;
            for (Span span : spans.spans) {
                int spanLength = encoder.spanLength(span) + FRAME_LENGTH_MAX;
                if (frame + spanLength > requestMax) {
                    refusedSpans++;
                    continue;
                }
                if (length + spanLength > requestMax) {
                    documents.add(document(part));
                    part = spans.empty();
                    length = frame;
                }
                part.spans.add(span);
                length += spanLength;
            }
            if (part.spanCount() > 0) {
                documents.add(document(part));
            }
        }
        return documents;
    }

    private byte[] document(ResourceSpans spans) {
        byte[] base64 = Base64.getEncoder().encode(encoder.request(List.of(spans)));
        byte[] document = Arrays.copyOf(SAMPLED, SAMPLED.length + base64.length);
        System.arraycopy(base64, 0, document, SAMPLED.length, base64.length);
        return document;
    }
}
