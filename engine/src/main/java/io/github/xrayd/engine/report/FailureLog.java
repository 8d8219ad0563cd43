package io.github.xrayd.engine.report;

import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;

/**
 * Writes what became of calls that failed: each kind of failure in full when it comes first, then how often it came in
 * one short line every {@link #REPEAT_NS}, and one line when calls succeed again.
 *
 * <p>A kind is what the answer says, without what differs from call to call, as request ids do. Used by the reporter's
 * thread.
 */
public final class FailureLog {
    /** Between two lines on the same kind of failure. */
    public static final long REPEAT_NS = 10_000_000_000L;

    /** How long no call may have failed before calls count as succeeding again. */
    public static final long QUIET_NS = 1_000_000_000L;

    private static final int KINDS_MAX = 32;
    private static final int REPEATED_LENGTH_MAX = 200;

    private static final class Kind {
        long loggedNs;
        int repeats;
        String message = "";
    }

    private final Logger log;
    private final String suffix;
    private final Map<String, Kind> kinds = new LinkedHashMap<>();
    private long failures;
    private long firstNs;
    private long lastNs;
    private boolean hasSucceeded;

    /** A log whose lines go to {@code log} and end with {@code suffix}. */
    public FailureLog(Logger log, String suffix) {
        this.log = log;
        this.suffix = suffix;
    }

    public void onFailed(Answer answer, long nowNs) {
        if (failures == 0) {
            firstNs = nowNs;
        }
        failures++;
        lastNs = nowNs;
        hasSucceeded = false;
        String name = answer.outcome() + "|" + answer.statusCode() + "|" + answer.errorCode() + "|"
                + answer.connectionError();
        Kind known = kinds.get(name);
        if (known != null || kinds.size() >= KINDS_MAX) {
            Kind counted = known != null ? known : kinds.values().iterator().next();
            counted.repeats++;
            counted.message = answer.message();
            return;
        }
        Kind kind = new Kind();
        kind.loggedNs = nowNs;
        kinds.put(name, kind);
        log.error(
                "Sending segment batch failed with: {}{}{}",
                answer.message(),
                answer.outcome() == AnswerKind.REFUSED ? "" : " (will be retried)",
                suffix);
    }

    public void onSucceeded() {
        hasSucceeded = true;
    }

    /** Looks once a second; {@code isLast} has everything said that was counted. */
    public void onSecond(long nowNs, boolean isLast) {
        if (failures == 0) {
            return;
        }
        boolean isOver = hasSucceeded && nowNs - lastNs >= QUIET_NS;
        for (Kind kind : kinds.values()) {
            if (kind.repeats > 0 && (isLast || isOver || nowNs - kind.loggedNs >= REPEAT_NS)) {
                log.error(
                        "Sending segment batch failed {} more {} with: {}{}",
                        kind.repeats,
                        kind.repeats == 1 ? "time" : "times",
                        shortened(kind.message),
                        suffix);
                kind.repeats = 0;
                kind.loggedNs = nowNs;
            }
        }
        if (isOver) {
            log.info(
                    "Uploads succeed again, after {} failed {} in {} seconds{}",
                    failures,
                    failures == 1 ? "call" : "calls",
                    (lastNs - firstNs + 999_999_999L) / 1_000_000_000L,
                    suffix);
            kinds.clear();
            failures = 0;
        }
    }

    private static String shortened(String message) {
        return message.length() <= REPEATED_LENGTH_MAX ? message : message.substring(0, REPEATED_LENGTH_MAX) + "…";
    }
}
