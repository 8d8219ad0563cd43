package io.github.xrayd.plan.simulation;

import static io.github.xrayd.plan.simulation.TestScenarios.MS;
import static io.github.xrayd.plan.simulation.TestScenarios.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.upload.UploadPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is known exactly of queues that the simulation reduces to. */
class ClosedFormTest {
    private static final long SERVICE_NS = 100 * MS;
    private static final long TICK_NS = MS / 2;

    /** Erlang's loss formula: the share lost with {@code servers} places and no queue, whatever the service times. */
    private static double erlangB(int servers, double load) {
        double blocked = 1;
        for (int i = 1; i <= servers; i++) {
            blocked = load * blocked / (i + load * blocked);
        }
        return blocked;
    }

    /** The share lost of M/D/1 with {@code places} places, from the chain of what is left behind at each departure. */
    private static double lossOfMd1(int places, double load) {
        double[] came = new double[places + 1];
        came[0] = Math.exp(-load);
        for (int i = 1; i <= places; i++) {
            came[i] = came[i - 1] * load / i;
        }
        // Left behind 0 to places - 1; solved upwards, each state from the balance of the one before.
        double[] left = new double[places];
        left[0] = 1;
        for (int i = 0; i + 1 < places; i++) {
            double flow = left[i] - left[0] * came[i];
            for (int j = 1; j <= i; j++) {
                flow -= left[j] * came[i - j + 1];
            }
            left[i + 1] = flow / came[0];
        }
        double sum = 0;
        for (double weight : left) {
            sum += weight;
        }
        double empty = left[0] / sum;
        return 1 - 1 / (empty + load);
    }

    @ParameterizedTest
    @CsvSource({"1, 0.5", "4, 4", "8, 5", "8, 16"})
    void shouldLoseWhatErlangSaysWithoutAQueue(int servers, double load) {
        Scenario scenario = TestScenarios.queue(
                new Arrivals.Poisson(load / 0.1), servers, servers, SERVICE_NS, 4_000 * SECOND, TICK_NS);
        Estimate loss = Trial.run(scenario, 1, 4).loss();
        assertEquals(erlangB(servers, load), loss.mean(), 0.03 * erlangB(servers, load), loss.toString());
    }

    @ParameterizedTest
    @CsvSource({"2, 0.8", "5, 0.9", "10, 1.2"})
    void shouldLoseWhatTheQueueOfMd1Does(int places, double load) {
        Scenario scenario =
                TestScenarios.queue(new Arrivals.Poisson(load / 0.1), 1, places, SERVICE_NS, 10_000 * SECOND, TICK_NS);
        Estimate loss = Trial.run(scenario, 1, 4).loss();
        double exact = lossOfMd1(places, load);
        assertEquals(exact, loss.mean(), 0.06 * exact + 1e-4, loss.toString());
    }

    /** Pollaczek and Khinchine: the mean wait of M/D/1 is ρ / 2(1 − ρ) services. */
    @ParameterizedTest
    @CsvSource({"0.3", "0.6", "0.8"})
    void shouldWaitAsLongAsMd1(double load) {
        Scenario scenario = TestScenarios.queue(
                new Arrivals.Poisson(load / 0.1), 1, 1_000_000, SERVICE_NS, 20_000 * SECOND, TICK_NS);
        Estimate sojourn =
                Trial.run(scenario, 1, 3).of(run -> run.latencyMicros().getMean() * 1e-6);
        double exact = 0.1 * (1 + load / (2 * (1 - load)));
        assertEquals(exact, sojourn.mean(), 0.03 * exact, sojourn.toString());
    }

    /** Cosmetatos: the wait of M/D/c from that of M/M/c, within 2 %. */
    @ParameterizedTest
    @CsvSource({"4, 0.7", "8, 0.85"})
    void shouldWaitAsLongAsMdc(int servers, double use) {
        double load = servers * use;
        double erlangC = erlangB(servers, load) / (1 - use * (1 - erlangB(servers, load)));
        double waitMmc = erlangC * 0.1 / (servers * (1 - use));
        double exact = waitMmc / 2 * (1 + (1 - use) * (servers - 1) * (Math.sqrt(4 + 5.0 * servers) - 2) / (16 * load));
        Scenario scenario = TestScenarios.queue(
                new Arrivals.Poisson(load / 0.1), servers, 1_000_000, SERVICE_NS, 8_000 * SECOND, TICK_NS);
        Estimate sojourn =
                Trial.run(scenario, 1, 3).of(run -> run.latencyMicros().getMean() * 1e-6);
        assertEquals(exact, sojourn.mean() - 0.1, 0.08 * exact, sojourn.toString());
    }

    @Test
    void shouldLoseNothingAndWaitForNothingBelowCapacityWhenAllIsEven() {
        Scenario scenario = TestScenarios.queue(new Arrivals.Even(9), 1, 3, SERVICE_NS, 1_000 * SECOND, TICK_NS);
        Outcome run = Simulator.run(scenario, 1);
        assertEquals(0, run.loss());
        assertEquals(0.1, run.latencySeconds(100), 0.002);
    }

    @Test
    void shouldLoseWhatExceedsCapacityWhenAllIsEven() {
        Scenario scenario = TestScenarios.queue(new Arrivals.Even(20), 1, 50, SERVICE_NS, 5_000 * SECOND, TICK_NS);
        assertEquals(0.5, Simulator.run(scenario, 1).loss(), 0.002);
    }

    /** D/D/1 with the server away: the backlog is rate × outage, and goes at what the backend takes beyond the rate. */
    @Test
    void shouldHoldRateTimesOutage() {
        Scenario scenario = TestScenarios.daemon(
                        new Arrivals.Even(2_000), 256L << 20, TestScenarios.backend(50 * MS, 50 * MS), 300 * SECOND)
                .withUpload(UploadPolicy.of(1, 600 * SECOND));
        Scenario away = scenario.withUpload(UploadPolicy.of(4, 600 * SECOND))
                .withBackend(scenario.backend().away(60 * SECOND, 120 * SECOND));
        Outcome run = Simulator.run(away, 1);
        assertEquals(0, run.loss());
        // The backend's return is seen by a probe, at most 2 s late.
        assertTrue(
                run.peaks().held() >= 120_000 && run.peaks().held() <= 124_500,
                "peak " + run.peaks().held());
        double drain = 4 * 50 / 0.05 - 2_000;
        assertEquals(run.peaks().held() / drain, run.recoveredSeconds(), 6);
    }

    @Test
    void shouldLoseWhatMemoryCannotHoldOfAnOutage() {
        long arenaBytes = 50_000L * 1_088;
        Scenario scenario = TestScenarios.daemon(
                new Arrivals.Even(2_000),
                arenaBytes,
                TestScenarios.backend(50 * MS, 50 * MS).away(10 * SECOND, 70 * SECOND),
                200 * SECOND);
        Outcome run = Simulator.run(scenario, 1);
        // 8 MiB of batches of 60 KB beside an open one hold about 6,300 documents.
        double capacity = 50_000 + ((8 << 20) - 589_824) / 61_440.0 * 50;
        assertEquals(120_000 - capacity, (double) run.segments().memoryDropped(), 3_500);
    }

    @Test
    void shouldThrottleToTheQuota() {
        Scenario scenario = TestScenarios.daemon(
                new Arrivals.Even(3_000),
                16 << 20,
                new Scenario.BackendModel(20 * MS, 20 * MS, 1, 2 * SECOND, 1_000, 0, 0, 0),
                600 * SECOND);
        Outcome run = Simulator.run(scenario, 1);
        assertTrue(run.calls().throttled() > 100);
        assertEquals(1_000.0 * 600, (double) run.segments().delivered(), 0.12 * 1_000 * 600);
    }
}
