package io.github.xrayd.plan.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.plan.Plans;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanTest {
    private static double figure(Plan plan, String id) {
        return plan.figures().stream()
                .filter(figure -> figure.id().equals(id))
                .findFirst()
                .orElseThrow()
                .number();
    }

    private static boolean isGiven(Plan plan, String words) {
        return plan.findings().stream()
                .anyMatch(finding ->
                        finding.text().contains(words) && !finding.options().isEmpty());
    }

    @Test
    void shouldChargeTheTrueSizeOfAPacket() {
        CostProfile profile = CostProfile.standard();
        assertEquals(2_304, profile.trueSize(1_024 + 33));
        assertEquals(3_640.0, Math.floor(2.0 * (4 << 20) / profile.trueSize(1_057)));
        assertEquals(1_280, profile.trueSize(300 + 33));
    }

    @Test
    void shouldHoldWhatTheEnginesOwnDivisionHolds() {
        DaemonLoad load = new DaemonLoad(Plans.workload("rate=1000"), CostProfile.standard(), 1);
        assertEquals(58_300, MemoryModel.segments(load, 64, 1), 500);
    }

    @Test
    void shouldNeedMemoryForTheOutageAndSurviveItInTheSimulation() {
        Plan plan = Plans.plan("rate=1000 outage=60s quota=0 memory-max=1G");
        assertTrue(plan.isReached(), plan.findings().toString());
        assertEquals(1_000.0 * 62, figure(plan, "outage-backlog"));
        assertEquals(0, Objects.requireNonNull(plan.outage()).loss().mean());
        // Neither more than the target needs, by far.
        assertTrue(
                plan.settings().memoryMb() > 64 && plan.settings().memoryMb() < 110,
                plan.settings().toString());
        assertTrue(plan.outage().max(run -> run.peaks().usedBytes())
                > 0.6 * plan.settings().memoryMb() * (1 << 20));
    }

    @Test
    void shouldSayFirstThatTheQuotaIsTooLow() {
        Plan plan = Plans.plan("rate=5000 outage=0s");
        assertFalse(plan.isReached());
        assertTrue(plan.findings().get(0).text().startsWith("The quota is too low"));
        assertTrue(plan.findings().get(0).options().size() >= 2);
    }

    @Test
    void shouldSayThatMemoryIsNotEnoughAndWhatElseIs() {
        Plan plan = Plans.plan("rate=2000 outage=10m memory-max=64M quota=0");
        assertFalse(plan.isReached());
        assertTrue(isGiven(plan, "Memory is not enough for the outage"));
        assertEquals(64, plan.settings().memoryMb());
        Plan spooled = Plans.plan("rate=2000 outage=10m memory-max=64M quota=0 spool-max=4G");
        assertTrue(spooled.isReached(), spooled.findings().toString());
        assertTrue(spooled.settings().spoolBytes() > 1_000_000_000L);
    }

    @Test
    void shouldSpreadHostsOverAsManyCollectorsAsItTakes() {
        Plan plan = Plans.plan("host-rate=100 hosts=10000 topology=collector cores=4 quota=0 outage=10s");
        assertTrue(plan.isReached(), plan.findings().toString());
        long collectors = plan.settings().daemons();
        assertTrue(collectors >= 2 && collectors <= 12, "collectors " + collectors);
        assertEquals(Math.ceil(10_000.0 / collectors), figure(plan, "hosts-per-collector"));
        Plan one = Plans.plan("host-rate=100 hosts=10000 topology=collector cores=4 quota=0 outage=10s collectors=1");
        assertFalse(one.isReached());
    }

    @Test
    void shouldKeepRetryingAsLongAsTheBacklogLives() {
        Plan plan = Plans.plan("rate=100 outage=15m quota=150");
        double needed = figure(plan, "recovery") + 900;
        assertTrue(plan.settings().retryMaxAgeSeconds() >= needed);
        assertTrue(plan.settings().retryMaxAgeSeconds() <= 2 * needed);
    }

    @Test
    void shouldSayThatATargetOfLatencyIsOutOfReach() {
        assertTrue(isGiven(Plans.plan("rate=5 latency=500ms outage=0s"), "takes longer than"));
    }

    @ParameterizedTest
    @CsvSource({"rate=0.001", "rate=100000000", "rate=50000 size=60000", "rate=1 size=20", "rate=10 outage=1d"})
    void shouldAnswerWhateverMayBeAsked(String flags) {
        Plan plan = Plan.of(Plans.workload(flags + " runs=1 span=2s"), CostProfile.standard());
        assertFalse(plan.figures().isEmpty());
        for (Figure figure : plan.figures()) {
            assertFalse(Double.isNaN(figure.number()), figure.toString());
        }
    }

    @Test
    void shouldReadBackTheProfileItWrites() {
        CostProfile profile = CostProfile.standard()
                .withCosts(
                        "a \"machine\"\n",
                        new CostProfile.DataPath(1_234.5, 0.25, 3e4),
                        new CostProfile.Call(1e5, 3e4, 1e7, 2),
                        0.5,
                        8e7);
        CostProfile again = CostProfileText.parse(CostProfileText.write(profile), "p.yaml");
        assertEquals(profile.call().callByteNs(), again.call().callByteNs());
        assertEquals(profile.dataPath().datagramByteNs(), again.dataPath().datagramByteNs());
        assertEquals("a _machine__", again.name());
        assertThrows(IllegalArgumentException.class, () -> CostProfileText.parse("name: x", "p.yaml"));
        assertThrows(
                IllegalArgumentException.class,
                () -> CostProfileText.parse(
                        CostProfileText.write(profile).replace("call-ns: 100000", "call-ns: -5"), "p.yaml"));
        assertThrows(
                IllegalArgumentException.class,
                () -> CostProfileText.parse(CostProfileText.write(profile) + "more: 1\n", "p.yaml"));
    }

    /** The figures of one plan, word for word; the simulation stands beside them in other tests. */
    @Test
    void shouldGiveTheGoldenFigures() throws IOException {
        Plan plan = Plans.plan("host-rate=2.5 hosts=2000 topology=collector cores=4 rmem-max=8M quota=10000 outage=2m");
        String figures = plan.figures().stream()
                .map(figure -> figure.title() + ": " + figure.value() + "\n  " + figure.formula() + "\n  = "
                        + figure.numbers() + "\n")
                .collect(Collectors.joining());
        try (InputStream in =
                Objects.requireNonNull(PlanTest.class.getResourceAsStream("/io/github/xrayd/plan/golden.txt"))) {
            assertEquals(new String(in.readAllBytes(), StandardCharsets.UTF_8), figures);
        }
    }
}
