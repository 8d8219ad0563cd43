package io.github.xrayd.chaos;

import io.github.xrayd.child.DaemonLedger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Compares a run with the invariants and with what its scenario expects. Pure. */
final class InvariantCheck {
    private static final Duration SHUTDOWN_SLACK = Duration.ofSeconds(2);

    private InvariantCheck() {}

    /** What was violated, as text; empty when all is as expected. */
    static List<String> violations(Scenario scenario, Observation seen) {
        List<String> violations = new ArrayList<>(seen.findings());
        DaemonLedger ledger = seen.ledger();
        require(
                violations,
                seen.end().exitCode() == 0,
                "the daemon ended with exit code " + seen.end().exitCode());
        require(violations, ledger.isBalanced(), "the ledger does not balance: " + ledger);
        boolean isAllAccounted = scenario.isEndedUnderTraffic()
                ? ledger.received() + ledger.kernelDrops() <= seen.datagrams()
                : ledger.received() + ledger.kernelDrops() == seen.datagrams();
        require(
                violations,
                isAllAccounted,
                seen.datagrams() + " datagrams were sent, but " + ledger.received() + " received and "
                        + ledger.kernelDrops() + " dropped by the kernel");
        long settledOtherwise = ledger.total("abandoned")
                + ledger.total("refused")
                + ledger.total("unprocessed")
                + ledger.total("spooled");
        require(
                violations,
                ledger.delivered() <= seen.arrivals().distinct()
                        && seen.arrivals().distinct() <= ledger.delivered() + settledOtherwise,
                ledger.delivered() + " count as delivered, but "
                        + seen.arrivals().distinct() + " arrived");
        require(
                violations,
                seen.arrivals().duplicated() <= ledger.resent(),
                seen.arrivals().duplicated() + " arrived twice, but " + ledger.resent() + " count as sent again");
        require(
                violations,
                seen.arrivals().duplicated() <= scenario.duplicatesMax(),
                seen.arrivals().duplicated() + " arrived twice, more than the " + scenario.duplicatesMax()
                        + " in flight");
        require(violations, !scenario.isDisrupted() || seen.struck() > 0, "the fault never struck");
        requireBackground(violations, seen);
        requireExpectation(violations, scenario, seen);
        return violations;
    }

    /** What a background sent is counted under its reasons and nowhere else. */
    private static void requireBackground(List<String> violations, Observation seen) {
        Map<String, Long> lost = seen.ledger().lostByReason();
        if (lost.containsKey("kernel")) {
            return;
        }
        seen.background()
                .forEach((reason, count) -> require(
                        violations,
                        count.equals(lost.getOrDefault(reason, 0L)),
                        count + " must be counted as " + reason + ", but " + lost.getOrDefault(reason, 0L) + " are"));
    }

    private static void requireExpectation(List<String> violations, Scenario scenario, Observation seen) {
        long lost = seen.sent() - seen.arrivals().distinct();
        switch (scenario.expectation()) {
            case LOSES_NOTHING -> {
                require(violations, lost == 0, lost + " of " + seen.sent() + " were lost");
                require(
                        violations,
                        seen.ledger().delivered() == seen.sent(),
                        seen.ledger().delivered() + " of " + seen.sent() + " count as delivered");
            }
            case DELIVERS_RECEIVED -> {
                long received = seen.ledger().received();
                require(
                        violations,
                        seen.ledger().delivered() == received && seen.arrivals().distinct() == received,
                        received + " were received, but " + seen.ledger().delivered() + " delivered and "
                                + seen.arrivals().distinct() + " arrived");
            }
            case COUNTS_LOSSES -> {}
            case MUST_LOSE ->
                require(
                        violations,
                        seen.ledger().delivered() < seen.sent(),
                        "nothing was lost, so the fault was not there: take a higher rate or a longer disruption");
        }
        Duration timeout = scenario.shutdownTimeout();
        if (timeout != null) {
            Duration limit = timeout.plus(SHUTDOWN_SLACK);
            require(
                    violations,
                    seen.end().duration().compareTo(limit) <= 0,
                    "the end took " + seen.end().duration().toMillis() + " ms, more than " + limit.toMillis());
        }
    }

    private static void require(List<String> violations, boolean isTrue, String otherwise) {
        if (!isTrue) {
            violations.add(otherwise);
        }
    }
}
