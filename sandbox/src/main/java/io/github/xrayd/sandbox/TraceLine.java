package io.github.xrayd.sandbox;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Describes a document in one line that is safe to print on a terminal. Pure. */
public final class TraceLine {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);
    private static final int TRACE_ID_SHOWN = 15;
    private static final int NAME_WIDTH = 16;
    private static final int NAME_LENGTH_MAX = 40;
    private static final int PATH_LENGTH_MAX = 60;
    private static final int REASON_LENGTH_MAX = 120;
    private static final double SECONDS_MAX = 253_402_300_799.0;

    private TraceLine() {}

    /**
     * The line, without a line end; for example
     * {@code 12:00:01.123  1-5759e988-bd86…  shop-frontend     GET /checkout 200  107 ms  7 subsegments  [fault]}.
     *
     * @param document what arrived; anything that is not a segment is named with its size
     * @param arrivalMicros when, in microseconds since the epoch; shown when the document has no time of its own
     * @param zone for the time of day
     */
    public static String of(String document, long arrivalMicros, ZoneId zone) {
        List<Segment> segments = Segment.parse(document);
        if (segments.isEmpty()) {
            return time(arrivalMicros / 1e6, zone) + "  " + opaque(document);
        }
        Segment segment = segments.get(0);
        StringBuilder line = new StringBuilder(128);
        double start = segment.startSeconds() > 0 ? segment.startSeconds() : arrivalMicros / 1e6;
        line.append(time(start, zone)).append("  ");
        line.append(TerminalText.harmless(segment.traceId(), TRACE_ID_SHOWN)).append("  ");
        line.append(padded(TerminalText.harmless(segment.name(), NAME_LENGTH_MAX)))
                .append("  ");
        appendCall(line, segment);
        line.append(segment.isInProgress() ? "in progress" : duration(segment.durationSeconds()));
        if (segments.size() > 1) {
            line.append("  ").append(segments.size()).append(" streamed subsegments");
        } else if (segment.isSubsegment()) {
            line.append("  streamed subsegment");
        }
        int below = segment.subsegmentCount();
        if (below > 0) {
            line.append("  ").append(below).append(below == 1 ? " subsegment" : " subsegments");
        }
        appendFlag(line, segment.isFault(), "fault");
        appendFlag(line, segment.isError(), "error");
        appendFlag(line, segment.isThrottle(), "throttle");
        return line.toString();
    }

    /**
     * The line for a document that came back as an unprocessed segment.
     *
     * @param errorCode the answer's, such as {@code MissingEndTime}
     */
    public static String ofRefused(String document, String errorCode, String message, long arrivalMicros, ZoneId zone) {
        return time(arrivalMicros / 1e6, zone) + "  unprocessed: " + TerminalText.harmless(errorCode, NAME_LENGTH_MAX)
                + " (" + TerminalText.harmless(message, REASON_LENGTH_MAX) + ")  "
                + TerminalText.harmless(document, PATH_LENGTH_MAX);
    }

    private static String opaque(String document) {
        String kind = document.startsWith("T1") ? " (OpenTelemetry)" : document.startsWith("M1") ? " (metrics)" : "";
        return TerminalText.harmless(document, TRACE_ID_SHOWN) + "  " + document.length() + " characters" + kind;
    }

    private static String time(double epochSeconds, ZoneId zone) {
        long millis = Math.round(Math.max(0, Math.min(epochSeconds, SECONDS_MAX)) * 1e3);
        return TIME.format(Instant.ofEpochMilli(millis).atZone(zone));
    }

    private static String padded(String name) {
        return name + " ".repeat(Math.max(0, NAME_WIDTH - name.length()));
    }

    private static void appendCall(StringBuilder line, Segment segment) {
        String method = Json.string(segment.httpRequest(), "method");
        String url = Json.string(segment.httpRequest(), "url");
        if (method != null) {
            line.append(TerminalText.harmless(method, 10)).append(' ');
        }
        if (url != null) {
            line.append(TerminalText.harmless(pathOf(url), PATH_LENGTH_MAX)).append(' ');
        }
        if (segment.httpStatus() != 0) {
            line.append(segment.httpStatus()).append(' ');
        }
        if (method != null || url != null || segment.httpStatus() != 0) {
            line.append(' ');
        }
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

    private static void appendFlag(StringBuilder line, boolean isSet, @Nullable String word) {
        if (isSet) {
            line.append("  [").append(word).append(']');
        }
    }
}
