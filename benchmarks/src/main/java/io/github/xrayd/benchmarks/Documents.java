package io.github.xrayd.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Segment documents like an SDK's, of one exact length, and the datagrams that carry them; the same in every run. */
final class Documents {
    /** The header that most X-Ray SDKs send. */
    static final String HEADER = "{\"format\": \"json\", \"version\": 1}\n";

    /** How many different documents take turns, so that no branch predictor memorizes one. */
    static final int VARIANTS = 16;

    private static final String TAIL = "\"}}";
    private static final String[] WORDS = {
        "order ",
        "customer ",
        "retry ",
        "cached ",
        "select * from items ",
        "\\\"quoted\\\" ",
        "line\\n",
        "north-1 ",
        "200 OK "
    };

    private Documents() {}

    /**
     * {@value #VARIANTS} documents.
     *
     * @param length bytes of each, at least 300
     */
    static List<byte[]> ofLength(int length) {
        return variants(random -> document(length, random));
    }

    /** {@value #VARIANTS} documents, the same in every run. */
    static List<byte[]> variants(Function<Random, String> maker) {
        return IntStream.range(0, VARIANTS)
                .mapToObj(i -> maker.apply(new Random(i)).getBytes(StandardCharsets.US_ASCII))
                .toList();
    }

    private static String document(int length, Random random) {
        StringBuilder text = new StringBuilder(length)
                .append(String.format(
                        Locale.ROOT,
                        "{\"trace_id\":\"1-%08x-%08x%016x\",\"id\":\"%016x\",\"name\":\"checkout\"",
                        0x6b000000 | random.nextInt(1 << 24),
                        random.nextInt(),
                        random.nextLong(),
                        random.nextLong()))
                .append(",\"start_time\":1795239612.125,\"end_time\":1795239612.134")
                .append(",\"http\":{\"response\":{\"status\":200}},\"metadata\":{\"text\":\"");
        int textLimit = length - TAIL.length();
        if (text.length() > textLimit) {
            throw new IllegalArgumentException("no document is as short as " + length + " bytes");
        }
        while (true) {
            String word = WORDS[random.nextInt(WORDS.length)];
            if (text.length() + word.length() > textLimit) {
                return text.append("x".repeat(textLimit - text.length()))
                        .append(TAIL)
                        .toString();
            }
            text.append(word);
        }
    }

    /** One datagram for each document, behind the usual header. */
    static List<byte[]> datagrams(int documentLength) {
        return ofLength(documentLength).stream()
                .map(document -> datagram(HEADER, document))
                .toList();
    }

    static byte[] datagram(String header, byte[] document) {
        byte[] start = header.getBytes(StandardCharsets.US_ASCII);
        byte[] datagram = new byte[start.length + document.length];
        System.arraycopy(start, 0, datagram, 0, start.length);
        System.arraycopy(document, 0, datagram, start.length, document.length);
        return datagram;
    }
}
