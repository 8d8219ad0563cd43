package io.github.xrayd.engine.report;

import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.report.EventLog.Event;
import io.github.xrayd.engine.upload.RejectedDocument;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
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

    private static final class Destination {
        final Deque<String> answers = new ArrayDeque<>(ANSWERS_MAX);
        final DistinctErrors errors = new DistinctErrors(KINDS_MAX);
        String failure = "";
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
            answer(
                    destination,
                    nowMs,
                    kind + " " + failed.documents() + " documents: " + DistinctErrors.shortened(answer.message()));
            destination.errors.add(kind, 1, answer.message(), nowMs);
            destination.failure = Instant.ofEpochMilli(nowMs) + " " + DistinctErrors.shortened(answer.message());
        } else if (event instanceof Event.Rejected rejected) {
            RejectedDocument document = rejected.document();
            destination.errors.add("UNPROCESSED code=" + document.code(), 1, String.valueOf(document.message()), nowMs);
        } else if (event instanceof Event.Abandoned abandoned) {
            destination.errors.add("ABANDONED", abandoned.documents(), abandoned.reason(), nowMs);
        }
    }

    private static void answer(Destination destination, long nowMs, String text) {
        if (destination.answers.size() == ANSWERS_MAX) {
            destination.answers.removeFirst();
        }
        destination.answers.addLast(Instant.ofEpochMilli(nowMs) + " " + text);
    }

    /** The last answers of each destination, the oldest first, one a line. */
    public synchronized String answers() {
        StringBuilder text = new StringBuilder();
        destinations.forEach((name, destination) -> destination.answers.forEach(
                answer -> text.append(name).append(": ").append(answer).append('\n')));
        return text.isEmpty() ? "none yet\n" : text.toString();
    }

    /** Time and text of the last failed call of each destination that had one, also when calls succeed again. */
    public synchronized Map<String, String> failures() {
        Map<String, String> failures = new TreeMap<>();
        destinations.forEach((name, destination) -> {
            if (!destination.failure.isEmpty()) {
                failures.put(name, destination.failure);
            }
        });
        return failures;
    }

    /**
     * The distinct errors of each destination, in the order of their first, with count, first and last time and the
     * last one's text.
     */
    public synchronized String errors() {
        StringBuilder text = new StringBuilder();
        destinations.forEach((name, destination) -> destination.errors.appendTo(text, name + ": ", true));
        return text.isEmpty() ? "none\n" : text.toString();
    }
}
