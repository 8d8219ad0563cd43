package io.github.xrayd.connectors.otlp.convert;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * The documents in which ADOT sends OTLP through the X-Ray daemon: {@code T1S} (sampled) or {@code T1U} and Base64 of
 * an {@code ExportTraceServiceRequest}; {@code M1} and metrics.
 */
public final class OtlpDocuments {
    /** The longest document that X-Ray takes, in bytes. */
    public static final int LENGTH_MAX = 64_000;

    private static final byte[] SAMPLED = "T1S".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] UNSAMPLED = "T1U".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] METRICS = "M1".getBytes(StandardCharsets.US_ASCII);
    private static final int BASE64_BYTES = 3;
    private static final int BASE64_CHARACTERS = 4;

    private OtlpDocuments() {}

    /** Whether a document is one of these, by its first characters. */
    public static boolean isOtlp(byte[] document, int length) {
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

    /** Whether a document is one of sampled spans. */
    public static boolean isSampled(byte[] document, int length) {
        return startsWith(document, length, SAMPLED);
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

    /** Bytes of the longest request that a document carries. */
    static int requestMax(int lengthMax) {
        return (lengthMax - SAMPLED.length) / BASE64_CHARACTERS * BASE64_BYTES;
    }

    /** The sampled document that carries a request. */
    static byte[] sampled(byte[] request) {
        byte[] base64 = Base64.getEncoder().encode(request);
        byte[] document = Arrays.copyOf(SAMPLED, SAMPLED.length + base64.length);
        System.arraycopy(base64, 0, document, SAMPLED.length, base64.length);
        return document;
    }
}
