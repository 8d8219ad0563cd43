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
 * @param arrivals what the endpoint took
 * @param ledger the daemon's own account
 * @param recovery from the end of the disruption (or of the sending) to the last arrival; zero when nothing was left
 * @param end of the daemon
 * @param struck requests or pieces that something happened to
 * @param findings what else is not as it must be, as text
 */
record Observation(
        long sent,
        Map<String, Long> background,
        Arrived arrivals,
        DaemonLedger ledger,
        Duration recovery,
        End end,
        long struck,
        List<String> findings) {

    /**
     * What the endpoint took.
     *
     * @param distinct different documents of the load
     * @param duplicated arrivals beyond the first of a document
     * @param heldPeak most documents that were sent and had not arrived
     */
    record Arrived(long distinct, long duplicated, long heldPeak) {}

    /**
     * The daemon's end.
     *
     * @param duration from SIGTERM on
     * @param exitCode the daemon's
     */
    record End(Duration duration, int exitCode) {}

    Observation {
        background = Map.copyOf(background);
        findings = List.copyOf(findings);
    }

    /** All datagrams that were sent. */
    long datagrams() {
        return sent + background.values().stream().mapToLong(Long::longValue).sum();
    }
}
