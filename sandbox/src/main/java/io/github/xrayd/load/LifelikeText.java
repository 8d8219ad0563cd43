package io.github.xrayd.load;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * Makes words such as services log, with the quotes and letters beyond ASCII that make escaping cost what it costs in
 * real life.
 */
final class LifelikeText {
    private static final String[] WORDS = {
        "order", "accepted", "by", "warehouse", "eu-west-1", "retry", "after", "timeout", "customer", "42", "items",
                "GET",
        "/api/v1/orders", "status", "cache", "miss", "for", "key", "session", "payment", "authorised", "in", "18.4",
                "ms",
        "Zürich", "queue", "depth", "inventory", "reserved", "naïve", "shipment", "Größe", "日本", "completed", "with",
                "warning"
    };
    private static final int QUOTED_EVERY = 5;

    private LifelikeText() {}

    /** Returns a text whose {@link #escape escaped} UTF-8 form is exactly {@code length} bytes long. */
    static String ofEscapedLength(int length, Random random) {
        StringBuilder text = new StringBuilder(length);
        int left = length;
        while (left > 0) {
            String word = WORDS[random.nextInt(WORDS.length)];
            String piece = random.nextInt(QUOTED_EVERY) == 0 ? "\"" + word + "\" " : word + " ";
            int pieceLength = escape(piece).getBytes(StandardCharsets.UTF_8).length;
            if (pieceLength > left) {
                text.append("x".repeat(left));
                return text.toString();
            }
            text.append(piece);
            left -= pieceLength;
        }
        return text.toString();
    }

    /**
     * Returns {@code text} as it stands between the quotes of a JSON string; the texts made here need no other escapes.
     */
    static String escape(String text) {
        return text.replace("\"", "\\\"");
    }
}
