package io.github.xrayd.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonLedger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InvariantCheckTest {
    private static final Scenario OUTAGE =
            Scenario.of("outage", "away", LoadPlan.around(100, Duration.ofSeconds(1)), bed -> {});

    private static Observation seen(DaemonLedger ledger, long sent, long arrived, long duplicated, long struck) {
        return new Observation(
                sent,
                Map.of(),
                new Observation.Arrived(arrived, duplicated, 0),
                ledger,
                Duration.ZERO,
                new Observation.End(Duration.ofSeconds(3), 0),
                struck,
                List.of());
    }

    private static DaemonLedger ledger(long received, long delivered, Map<String, Long> totals) {
        return new DaemonLedger(received, 0, delivered, totals, Map.of(), 0, 50);
    }

    @Test
    void shouldFindNothingWhenAllIsAsExpected() {
        assertEquals(List.of(), InvariantCheck.violations(OUTAGE, seen(ledger(100, 100, Map.of()), 100, 100, 50, 1)));
        DaemonLedger lossy = ledger(100, 90, Map.of("dropped", 10L));
        assertEquals(
                List.of(),
                InvariantCheck.violations(OUTAGE.expecting(Expectation.COUNTS_LOSSES), seen(lossy, 100, 90, 0, 1)));
        assertEquals(
                List.of(),
                InvariantCheck.violations(OUTAGE.expecting(Expectation.MUST_LOSE), seen(lossy, 100, 90, 0, 1)));
    }

    @ParameterizedTest
    @CsvSource({
        // received, delivered, abandoned, sent, arrived, duplicated, struck, words
        "100, 99, 0, 100, 99, 0, 1, does not balance",
        "100, 100, 0, 101, 100, 0, 1, datagrams were sent",
        "100, 100, 0, 100, 99, 0, 1, arrived",
        "100, 99, 1, 100, 99, 0, 1, were lost",
        "100, 100, 0, 100, 100, 51, 1, sent again",
        "100, 100, 0, 100, 100, 0, 0, never struck",
    })
    void shouldNameWhatIsBroken(
            long received,
            long delivered,
            long abandoned,
            long sent,
            long arrived,
            long duplicated,
            long struck,
            String words) {
        List<String> violations = InvariantCheck.violations(
                OUTAGE,
                seen(ledger(received, delivered, Map.of("abandoned", abandoned)), sent, arrived, duplicated, struck));
        assertTrue(violations.stream().anyMatch(text -> text.contains(words)), violations::toString);
    }

    @Test
    void shouldNotTakeAFaultThatLosesNothingForALoss() {
        List<String> violations = InvariantCheck.violations(
                OUTAGE.expecting(Expectation.MUST_LOSE), seen(ledger(100, 100, Map.of()), 100, 100, 0, 1));
        assertTrue(violations.get(0).contains("nothing was lost"), violations::toString);
    }

    @Test
    void shouldWantTheEndInTime() {
        Scenario scenario = OUTAGE.expecting(Expectation.COUNTS_LOSSES).endedInDisruption(Duration.ofMillis(500));
        assertEquals(List.of(), InvariantCheck.violations(OUTAGE, seen(ledger(1, 1, Map.of()), 1, 1, 0, 1)));
        List<String> violations = InvariantCheck.violations(scenario, seen(ledger(1, 1, Map.of()), 1, 1, 0, 1));
        assertEquals(List.of("the end took 3000 ms, more than 2500"), violations);
    }

    @Test
    void shouldWantAllThatWasReceivedWhenItIsEndedUnderTraffic() {
        Scenario scenario = Scenario.of(
                        "sigterm", "ended", LoadPlan.around(100, Duration.ofSeconds(1)), Disruption.NONE)
                .expecting(Expectation.DELIVERS_RECEIVED)
                .endedUnderTraffic();
        assertEquals(List.of(), InvariantCheck.violations(scenario, seen(ledger(90, 90, Map.of()), 100, 90, 0, 0)));
        assertEquals(
                List.of("90 were received, but 89 delivered and 89 arrived"),
                InvariantCheck.violations(scenario, seen(ledger(90, 89, Map.of("abandoned", 1L)), 100, 89, 0, 0)));
        assertEquals(
                1,
                InvariantCheck.violations(scenario, seen(ledger(101, 101, Map.of()), 100, 101, 0, 0))
                        .size());
    }

    @Test
    void shouldWantGarbageUnderItsReason() {
        DaemonLedger ledger = new DaemonLedger(
                12, 0, 10, Map.of("rejected", 2L), Map.of("rejected.empty", 1L, "rejected.header", 1L), 0, 0);
        Observation seen = new Observation(
                10,
                Map.of("rejected.empty", 2L),
                new Observation.Arrived(10, 0, 0),
                ledger,
                Duration.ZERO,
                new Observation.End(Duration.ZERO, 0),
                1,
                List.of());
        assertEquals(
                List.of("2 must be counted as rejected.empty, but 1 are"), InvariantCheck.violations(OUTAGE, seen));
        assertEquals(Map.of("rejected.empty", 1L, "rejected.header", 1L), ledger.lostByReason());
    }
}
