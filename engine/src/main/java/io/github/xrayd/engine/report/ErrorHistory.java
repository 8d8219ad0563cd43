package io.github.xrayd.engine.report;

import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.report.EventLog.Event;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What destinations answered: the last {@value #ANSWERS_MAX} answers of each, and its distinct errors with their
 * counts, for diagnostics.
 *
 * <p>At most {@value #KINDS_MAX} kinds of error for each destination; what comes beyond is counted together. Errors
 * that the log was too slow for are not in it; the counters are exact. Filled by the reporter's thread, read by any.
 */
public final class ErrorHistory {
    private static final int ANSWERS_MAX = 10;
    private static final int KINDS_MAX = 32;
    private static final int TEXT_MAX = 500;
    private static final String OTHERS = "others";

    private static final class Kind {
        long count;
        long firstMs;
        long lastMs;
        String lastText = "";
    }

    private static final class Destination {
        final Deque<String> answers = new ArrayDeque<>(ANSWERS_MAX);
        final Map<String, Kind> kinds = new LinkedHashMap<>();
    }

    private final Map<String, Destination> destinations = new TreeMap<>();

    synchronized void add(Event event, long nowMs) {
        Destination destination = destinations.computeIfAbsent(event.destination(), name -> new Destination());
        if (event instanceof Event.Sent sent) {
            answer(
                    destination,
                    nowMs,
                    "delivered " + sent.documents() + " documents, " + sent.unprocessed() + " of them not taken, in "
                            + sent.latencyNs() / 1_000_000 + " ms");
        } else if (event instanceof Event.Failed failed) {
            Answer answer = failed.answer();
            String kind = answer.outcome() + " status=" + answer.statusCode() + " code=" + answer.errorCode()
                    + " connection=" + answer.connectionError();
            answer(destination, nowMs, kind + " " + failed.documents() + " documents: " + shortened(answer.message()));
            count(destination, nowMs, kind, 1, answer.message());
        } else if (event instanceof Event.Rejected rejected) {
            count(destination, nowMs, "UNPROCESSED code=" + rejected.code(), 1, String.valueOf(rejected.message()));
        } else if (event instanceof Event.Abandoned abandoned) {
            count(destination, nowMs, "ABANDONED", abandoned.documents(), abandoned.reason());
        }
    }

    private static void answer(Destination destination, long nowMs, String text) {
        if (destination.answers.size() == ANSWERS_MAX) {
            destination.answers.removeFirst();
        }
        destination.answers.addLast(Instant.ofEpochMilli(nowMs) + " " + text);
    }

    private static void count(Destination destination, long nowMs, String name, long count, String text) {
        boolean isFull = destination.kinds.size() >= KINDS_MAX && !destination.kinds.containsKey(name);
        Kind kind = destination.kinds.computeIfAbsent(isFull ? OTHERS : name, key -> new Kind());
        kind.firstMs = kind.count == 0 ? nowMs : kind.firstMs;
        kind.count += count;
        kind.lastMs = nowMs;
        kind.lastText = shortened(text);
    }

    private static String shortened(String text) {
        return text.length() <= TEXT_MAX ? text : text.substring(0, TEXT_MAX) + "…";
    }

    /** The last answers of each destination, the oldest first, one a line. */
    public synchronized String answers() {
        StringBuilder text = new StringBuilder();
        destinations.forEach((name, destination) -> destination.answers.forEach(
                answer -> text.append(name).append(": ").append(answer).append('\n')));
        return text.isEmpty() ? "none yet\n" : text.toString();
    }

    /**
     * The distinct errors of each destination, in the order of their first, with count, first and last time and the
     * last one's words.
     */
    public synchronized String errors() {
        StringBuilder text = new StringBuilder();
        destinations.forEach((name, destination) -> destination.kinds.forEach((kind, seen) -> text.append(name)
                .append(": ")
                .append(seen.count)
                .append(" x ")
                .append(kind)
                .append(", first ")
                .append(Instant.ofEpochMilli(seen.firstMs))
                .append(", last ")
                .append(Instant.ofEpochMilli(seen.lastMs))
                .append(": ")
                .append(seen.lastText)
                .append('\n')));
        return text.isEmpty() ? "none\n" : text.toString();
    }
}
