package io.github.xrayd.plan.simulation;

import static io.github.xrayd.plan.simulation.TestScenarios.MS;
import static io.github.xrayd.plan.simulation.TestScenarios.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SimulatorTest {
    private static final Scenario.BackendModel BACKEND = TestScenarios.backend(30 * MS, 150 * MS);

    private static void assertBalanced(Outcome run) {
        assertEquals(
                run.segments().offered(),
                run.segments().delivered()
                        + run.segments().kernelDropped()
                        + run.segments().memoryDropped()
                        + run.segments().abandoned()
                        + run.segments().heldEnd());
    }

    private static void assertRate(Arrivals arrivals, double seconds) {
        Arrivals.Stream process = arrivals.start(new SplittableRandom(5));
        long count = 0;
        long tickNs = 10 * MS;
        for (long at = 0; at < seconds * SECOND; at += tickNs) {
            count += process.next(at, tickNs);
        }
        assertEquals(arrivals.rate(), count / seconds, 0.02 * arrivals.rate(), arrivals.toString());
    }

    @Test
    void shouldBringTheMeanRateInEveryManner() {
        assertRate(new Arrivals.Poisson(100), 1_000);
        assertRate(new Arrivals.Poisson(20_000), 100);
        assertRate(new Arrivals.Even(333), 100);
        assertRate(new Arrivals.BurstArrivals(1_000, 5, SECOND, 10 * SECOND), 40_000);
        assertRate(new Arrivals.Diurnal(50, 1.8), 86_400);
        assertRate(new Arrivals.Diurnal(50, 5), 86_400);
        TraceShape shape = new TraceShape(List.of(new double[] {0, 10}, new double[] {1, 500}, new double[] {3, 40}));
        assertRate(new Arrivals.Recorded(700, shape), 2_000);
    }

    @Test
    void shouldFollowARecordedTrace() {
        TraceShape shape = new TraceShape(List.of(new double[] {5, 100}, new double[] {6, 300}, new double[] {7, 200}));
        TraceShape.Cursor cursor = shape.cursor();
        assertEquals(0.5, cursor.levelAt(0));
        assertEquals(1.5, cursor.levelAt(SECOND));
        assertEquals(1, cursor.levelAt(2 * SECOND + 5));
        assertEquals(0.5, cursor.levelAt(3 * SECOND));
    }

    @Test
    void shouldBeTheSameForTheSameSeed() {
        Scenario scenario = TestScenarios.daemon(
                new Arrivals.BurstArrivals(3_000, 4, SECOND, 8 * SECOND),
                16 << 20,
                BACKEND.away(20 * SECOND, 40 * SECOND),
                120 * SECOND);
        Outcome one = Simulator.run(scenario, 7);
        Outcome other = Simulator.run(scenario, 7);
        assertEquals(one.latencyMicros(), other.latencyMicros());
        assertEquals(one.segments().memoryDropped(), other.segments().memoryDropped());
        assertTrue(one.segments().offered()
                != Simulator.run(scenario, 8).segments().offered());
    }

    @Test
    void shouldAccountForEverySegment() {
        for (int seed = 0; seed < 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Scenario scenario = TestScenarios.daemon(
                    new Arrivals.BurstArrivals(100 + random.nextInt(5_000), 3, SECOND, 10 * SECOND),
                    (1 + random.nextInt(16)) << 20,
                    new Scenario.BackendModel(
                            (1 + random.nextInt(300)) * MS,
                            3 * SECOND,
                            0.5,
                            2 * SECOND,
                            random.nextBoolean() ? 0 : 500,
                            0,
                            20 * SECOND,
                            (20 + random.nextInt(60)) * SECOND),
                    200 * SECOND);
            assertBalanced(Simulator.run(scenario, seed));
            Scenario spooled = new Scenario(
                    scenario.arrivals(),
                    scenario.room(),
                    scenario.seal(),
                    scenario.upload(),
                    scenario.backend(),
                    new Scenario.Work(0.5, 40_000, 1, 300_000, 0, 0, 4_000, 0, 1),
                    new Scenario.Spool(random.nextInt(1 << 27), 64),
                    scenario.spanNs(),
                    scenario.tickNs());
            assertBalanced(Simulator.run(spooled, seed));
        }
    }

    @Test
    void shouldRideOutOnDiskWhatMemoryCannotHold() {
        Scenario memoryOnly = TestScenarios.daemon(
                new Arrivals.Even(2_000), 8 << 20, BACKEND.away(10 * SECOND, 130 * SECOND), 300 * SECOND);
        Scenario withDisk = new Scenario(
                memoryOnly.arrivals(),
                memoryOnly.room(),
                memoryOnly.seal(),
                memoryOnly.upload(),
                memoryOnly.backend(),
                memoryOnly.work(),
                new Scenario.Spool(1L << 30, 64),
                memoryOnly.spanNs(),
                memoryOnly.tickNs());
        assertTrue(Simulator.run(memoryOnly, 1).loss() > 0.2);
        Outcome run = Simulator.run(withDisk, 1);
        assertEquals(0, run.loss());
        assertTrue(
                run.peaks().spoolBytes() > 100e6 && run.peaks().spoolBytes() < 300e6,
                "spool " + run.peaks().spoolBytes());
        assertTrue(run.segments().heldEnd() < 5_000, "held " + run.segments().heldEnd());
    }

    @Test
    void shouldAbandonWhatGrowsTooOld() {
        Scenario scenario = TestScenarios.daemon(
                new Arrivals.Even(100), 64 << 20, BACKEND.away(10 * SECOND, 500 * SECOND), 600 * SECOND);
        Outcome run = Simulator.run(scenario, 1);
        assertEquals((490 - 300) * 100.0, (double) run.segments().abandoned(), 800);
        assertBalanced(run);
    }

    @Test
    void shouldDropInTheSocketWhatTheProcessorDoesNotReach() {
        Scenario scenario = TestScenarios.daemon(new Arrivals.Poisson(20_000), 64 << 20, BACKEND, 60 * SECOND);
        Scenario slow = new Scenario(
                scenario.arrivals(),
                scenario.room(),
                scenario.seal(),
                scenario.upload(),
                scenario.backend(),
                new Scenario.Work(1, 100_000, 1, 0, 0, 0, 0, 0, 1),
                scenario.spool(),
                scenario.spanNs(),
                scenario.tickNs());
        Outcome run = Simulator.run(slow, 1);
        assertEquals(0.5, run.loss(), 0.01);
        assertEquals(run.segments().memoryDropped(), 0);
    }

    /** By count, not by time: what a day costs is the number of its events; the time is printed. */
    @Test
    void shouldSimulateADayOf50000PerSecondInFewEvents() {
        long spanNs = 86_400 * SECOND;
        Scenario scenario = TestScenarios.daemon(new Arrivals.Diurnal(50_000, 2), 256L << 20, BACKEND, spanNs);
        Scenario day = new Scenario(
                scenario.arrivals(),
                // What -m 256 has: gaps between batches in flight need room too.
                new Scenario.Room(220L << 20, 32 << 20, 2_048, 589_824, 4_096, 1_088, 1_200, 28, 3_640),
                scenario.seal(),
                io.github.xrayd.engine.upload.UploadPolicy.of(256, 300 * SECOND),
                scenario.backend(),
                scenario.work(),
                scenario.spool(),
                spanNs,
                Scenario.tickNs(spanNs));
        long startNs = System.nanoTime();
        Outcome run = Simulator.run(day, 1);
        System.out.printf("a day at 50,000/s: %d events, %.1f s%n", run.events(), (System.nanoTime() - startNs) * 1e-9);
        assertEquals(50_000.0 * 86_400, (double) run.segments().offered(), 0.001 * 50_000 * 86_400);
        assertTrue(run.events() < 190_000_000, "events " + run.events());
        assertEquals(0, run.loss());
    }

    @Test
    void shouldKeepPoissonMomentsAtEveryMean() {
        for (double mean : new double[] {0.01, 0.7, 5, 29, 31, 400}) {
            PoissonDraw draw = new PoissonDraw(new SplittableRandom(1));
            int count = 200_000;
            double[] values = new double[count];
            Arrays.setAll(values, i -> draw.next(mean));
            double average = Arrays.stream(values).average().orElse(0);
            double variance = Arrays.stream(values)
                            .map(value -> (value - average) * (value - average))
                            .sum()
                    / count;
            assertEquals(mean, average, 0.02 * mean + 0.002);
            assertEquals(mean, variance, 0.03 * mean + 0.002);
        }
    }

    @Test
    void shouldGiveStudentsIntervals() {
        Estimate estimate = Estimate.of(new double[] {1, 2, 3});
        assertEquals(2, estimate.mean());
        assertEquals(2 - 4.30 / Math.sqrt(3), estimate.low(), 1e-9);
        Estimate none = Estimate.share(new double[] {0, 0}, 3_000);
        assertEquals(0.001, none.high(), 1e-12);
    }
}
