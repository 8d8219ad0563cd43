package io.github.xrayd.sandbox;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Describes in one line, safe to print on a terminal, what stands in no trace, and the parts that traces are described
 * by. Pure.
 */
public final class TraceLine {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);
    private static final int OPAQUE_LENGTH_MAX = 40;
    private static final int CODE_LENGTH_MAX = 40;
    private static final int PATH_LENGTH_MAX = 60;
    private static final int REASON_LENGTH_MAX = 120;
    private static final double SECONDS_MAX = 253_402_300_799.0;

    private TraceLine() {}

    /** The line, without a line end, for a document that stands in no trace; null for one that does. */
    public static @Nullable String ofOpaque(String document, long arrivalMicros, ZoneId zone) {
        if (!Segment.parse(document).isEmpty()) {
            return null;
        }
        String kind = document.startsWith("T1") ? " (OpenTelemetry)" : document.startsWith("M1") ? " (metrics)" : "";
        return time(arrivalMicros / 1e6, zone) + "  " + TerminalText.harmless(document, OPAQUE_LENGTH_MAX) + "  "
                + document.length() + " characters" + kind;
    }

    /**
     * The line for a document that came back as an unprocessed segment.
     *
     * @param errorCode the answer's, such as {@code MissingEndTime}
     */
    public static String ofRefused(String document, String errorCode, String message, long arrivalMicros, ZoneId zone) {
        return time(arrivalMicros / 1e6, zone) + "  unprocessed: " + TerminalText.harmless(errorCode, CODE_LENGTH_MAX)
                + " (" + TerminalText.harmless(message, REASON_LENGTH_MAX) + ")  "
                + TerminalText.harmless(document, PATH_LENGTH_MAX);
    }

    static String time(double epochSeconds, ZoneId zone) {
        long millis = Math.round(Math.max(0, Math.min(epochSeconds, SECONDS_MAX)) * 1e3);
        return TIME.format(Instant.ofEpochMilli(millis).atZone(zone));
    }

    /** Method, path and status of a request, as far as they are known, separated by blanks; empty when nothing is. */
    static String call(@Nullable String method, @Nullable String url, int status) {
        StringBuilder text = new StringBuilder();
        if (method != null) {
            text.append(TerminalText.harmless(method, 10)).append(' ');
        }
        if (url != null) {
            text.append(TerminalText.harmless(pathOf(url), PATH_LENGTH_MAX)).append(' ');
        }
        if (status != 0) {
            text.append(status);
        }
        return text.toString().strip();
    }

    /** What follows the host, without the query: that may hold secrets. */
    private static String pathOf(String url) {
        int scheme = url.indexOf("://");
        int path = scheme < 0 ? 0 : url.indexOf('/', scheme + 3);
        String rest = path < 0 ? "/" : url.substring(path);
        int query = rest.indexOf('?');
        return query < 0 ? rest : rest.substring(0, query);
    }

    static String duration(double seconds) {
        if (seconds < 0.01) {
            return String.format(Locale.ROOT, "%.1f ms", seconds * 1e3);
        }
        return seconds < 10 ? Math.round(seconds * 1e3) + " ms" : String.format(Locale.ROOT, "%.1f s", seconds);
    }
}
