package io.github.xrayd.load;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Makes valid segment documents of one exact length, of which about a tenth of the bytes need escaping in a request.
 */
final class SizedDocuments {
    /** The shortest document: name and times, nothing else. */
    static final int LENGTH_MIN = 142;

    /** How many different texts take turns, so that no branch predictor memorizes one. */
    static final int VARIANTS = 16;

    private static final String NAME = "load";
    private static final String HTTP =
            ",\"http\":{\"request\":{\"method\":\"GET\",\"url\":\"https://shop.example.com/api/v1/orders\"},"
                    + "\"response\":{\"status\":200,\"content_length\":713}},"
                    + "\"annotations\":{\"tenant\":\"north\",\"items\":3,\"cached\":false}";
    private static final String TEXT_START = ",\"metadata\":{\"default\":{\"text\":\"";
    private static final String TEXT_END = "\"}}";

    private SizedDocuments() {}

    /**
     * Returns {@link #VARIANTS} documents of {@code length} bytes each for a run that starts at
     * {@code startEpochMillis}.
     */
    static List<byte[]> make(int length, long seed, long startEpochMillis, int runId) {
        Random random = new Random(seed);
        List<byte[]> documents = new ArrayList<>(VARIANTS);
        for (int i = 0; i < VARIANTS; i++) {
            documents.add(document(length, random, startEpochMillis, runId).getBytes(StandardCharsets.UTF_8));
        }
        return documents;
    }

    private static String document(int length, Random random, long startEpochMillis, int runId) {
        String prefix = DocumentLayout.prefix(startEpochMillis / 1_000, runId);
        String times =
                ",\"start_time\":" + seconds(startEpochMillis) + ",\"end_time\":" + seconds(startEpochMillis + 9);
        int bare = prefix.length() + name("").length() + times.length() + 1;
        int withText = bare + TEXT_START.length() + TEXT_END.length();
        if (length < withText) {
            return prefix + name("-".repeat(length - bare)) + times + "}";
        }
        String http = length >= withText + 2 * HTTP.length() ? HTTP : "";
        String text = LifelikeText.ofEscapedLength(length - withText - http.length(), random);
        return prefix + name("") + times + http + TEXT_START + LifelikeText.escape(text) + TEXT_END + "}";
    }

    private static String name(String padding) {
        return ",\"name\":\"" + NAME + padding + "\"";
    }

    private static String seconds(long epochMillis) {
        return String.format(Locale.ROOT, "%d.%03d", epochMillis / 1_000, epochMillis % 1_000);
    }
}
