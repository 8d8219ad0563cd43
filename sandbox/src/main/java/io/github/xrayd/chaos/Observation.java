package io.github.xrayd.chaos;

import io.github.xrayd.child.DaemonLedger;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What was seen of one run, from outside and from the daemon's own books.
 *
 * @param sent documents of the load
 * @param background datagrams that a background sent, by the reason that the ledger must have for them
 * @param arrived different documents of the load that the endpoint took
 * @param duplicated arrivals beyond the first of a document
 * @param ledger the daemon's own account
 * @param heldPeak most documents that were sent and had not arrived
 * @param recovery from the end of the disruption (or of the sending) to the last arrival; zero when nothing was left
 * @param shutdown from SIGTERM to the end
 * @param exitCode the daemon's
 * @param struck requests or pieces that something happened to
 * @param findings what else is not as it must be, in words
 */
record Observation(
        long sent,
        Map<String, Long> background,
        long arrived,
        long duplicated,
        DaemonLedger ledger,
        long heldPeak,
        Duration recovery,
        Duration shutdown,
        int exitCode,
        long struck,
        List<String> findings) {
    Observation {
        background = Map.copyOf(background);
        findings = List.copyOf(findings);
    }

    /** All datagrams that were sent. */
    long datagrams() {
        return sent + background.values().stream().mapToLong(Long::longValue).sum();
    }
}
