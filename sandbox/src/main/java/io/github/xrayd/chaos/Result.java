package io.github.xrayd.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row of the fault table.
 *
 * @param scenario what was tried
 * @param command what tries it again
 * @param seen what was seen, or null when it could not be tried
 * @param skipped what this machine lacks for it, or null
 * @param violations what was violated, as text, or why the scenario could not be run
 */
record Result(
        Scenario scenario,
        String command,
        @Nullable Observation seen,
        @Nullable String skipped,
        List<String> violations) {
    Result {
        violations = List.copyOf(violations);
    }

    boolean isAsExpected() {
        return violations.isEmpty();
    }

    /** The verdict in a few words. */
    String verdict() {
        if (skipped != null) {
            return "skipped: " + skipped;
        }
        if (seen == null) {
            return "not tried";
        }
        return isAsExpected() ? "as expected" : "FAILED";
    }

    /** What did not arrive, by reason; {@code 0} when nothing. */
    String lost() {
        if (seen == null) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, Long> lost : seen.ledger().lostByReason().entrySet()) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(number(lost.getValue()))
                    .append(' ')
                    .append(lost.getKey().replace('.', ' ').replace('_', ' '));
        }
        return text.isEmpty() ? "0" : text.toString();
    }

    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    static String seconds(Duration value) {
        return String.format(Locale.ROOT, "%.1f s", value.toMillis() / 1e3);
    }
}
