package io.github.xrayd.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JudgeTest {
    private static final Scenario OUTAGE =
            Scenario.of("outage", "away", Plan.around(100, Duration.ofSeconds(1)), rig -> {});

    private static Observation seen(String ledger, long sent, long arrived, long duplicated, long struck) {
        try {
            return new Observation(
                    sent,
                    Map.of(),
                    arrived,
                    duplicated,
                    DaemonLedger.parse(ledger),
                    0,
                    Duration.ZERO,
                    Duration.ofSeconds(3),
                    0,
                    struck,
                    List.of());
        } catch (ChaosException e) {
            throw new AssertionError(e);
        }
    }

    private static String ledger(long received, long delivered, String terms) {
        return "Ledger: " + received + " received = " + delivered + " delivered" + terms + " + 0 held; kernel drops 0; "
                + "resent 50";
    }

    @Test
    void shouldFindNothingWhenAllIsAsPromised() {
        assertEquals(List.of(), Judge.broken(OUTAGE, seen(ledger(100, 100, ""), 100, 100, 50, 1)));
        String lossy = ledger(100, 90, " + 10 dropped (memory_full 10)");
        assertEquals(List.of(), Judge.broken(OUTAGE.promising(Promise.COUNTS_LOSSES), seen(lossy, 100, 90, 0, 1)));
        assertEquals(List.of(), Judge.broken(OUTAGE.promising(Promise.MUST_LOSE), seen(lossy, 100, 90, 0, 1)));
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
        String terms = " + " + abandoned + " abandoned" + (abandoned > 0 ? " (shutdown " + abandoned + ")" : "");
        List<String> broken =
                Judge.broken(OUTAGE, seen(ledger(received, delivered, terms), sent, arrived, duplicated, struck));
        assertTrue(broken.stream().anyMatch(text -> text.contains(words)), broken::toString);
    }

    @Test
    void shouldNotTakeAFaultThatLosesNothingForALoss() {
        List<String> broken =
                Judge.broken(OUTAGE.promising(Promise.MUST_LOSE), seen(ledger(100, 100, ""), 100, 100, 0, 1));
        assertTrue(broken.get(0).contains("nothing was lost"), broken::toString);
    }

    @Test
    void shouldWantTheEndInTime() {
        Scenario scenario = OUTAGE.promising(Promise.COUNTS_LOSSES).endedInTrouble(Duration.ofMillis(500));
        assertEquals(List.of(), Judge.broken(OUTAGE, seen(ledger(1, 1, ""), 1, 1, 0, 1)));
        List<String> broken = Judge.broken(scenario, seen(ledger(1, 1, ""), 1, 1, 0, 1));
        assertEquals(List.of("the end took 3000 ms, more than 2500"), broken);
    }

    @Test
    void shouldWantGarbageUnderItsReason() throws ChaosException {
        DaemonLedger ledger = DaemonLedger.parse(ledger(12, 10, " + 2 rejected (empty 1, header 1)"));
        Observation seen = new Observation(
                10, Map.of("rejected.empty", 2L), 10, 0, ledger, 0, Duration.ZERO, Duration.ZERO, 0, 1, List.of());
        assertEquals(List.of("2 must be counted as rejected.empty, but 1 are"), Judge.broken(OUTAGE, seen));
        assertEquals(Map.of("rejected.empty", 1L, "rejected.header", 1L), ledger.lostByReason());
    }
}
