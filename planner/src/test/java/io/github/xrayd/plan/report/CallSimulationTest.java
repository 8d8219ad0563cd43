package io.github.xrayd.plan.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.plan.simulation.CallSimulation;
import io.github.xrayd.plan.simulation.CallSimulation.Sample;
import io.github.xrayd.plan.simulation.CallSimulation.Weather;
import java.util.List;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls in flight and their rate follow the service, settle, and stay where they are while nothing changes. */
class CallSimulationTest {
    private static final double UNLIMITED = 100_000;
    private static final int SEEDS = 20;

    private static List<Sample> between(List<Sample> samples, long fromMs, long toMs) {
        return samples.stream()
                .filter(sample -> sample.ms() >= fromMs && sample.ms() < toMs)
                .toList();
    }

    private static int most(List<Sample> samples, ToIntFunction<Sample> value) {
        return samples.stream().mapToInt(value).max().orElseThrow();
    }

    private static int least(List<Sample> samples, ToIntFunction<Sample> value) {
        return samples.stream().mapToInt(value).min().orElseThrow();
    }

    /** 10,000 documents a second need latency × 200 calls in flight. */
    @ParameterizedTest
    @ValueSource(longs = {5, 20, 50, 100, 200, 250})
    void shouldKeepUpWithTenThousandASecondAtAnyLatencyThatFitsTheMaximum(long latencyMs) {
        for (long seed = 0; seed < SEEDS; seed++) {
            List<Sample> samples =
                    new CallSimulation(64, seed, ms -> new Weather(200, latencyMs, UNLIMITED)).run(30_000);
            List<Sample> settled = between(samples, 10_000, 30_000);
            int needed = (int) Math.ceil(latencyMs * 200 / 1e3);
            assertTrue(most(settled, Sample::backlog) <= 2, "seed " + seed + ": nothing waits");
            assertTrue(most(settled, Sample::inFlight) <= Math.max(8, needed * 3 / 2), "seed " + seed);
            int swing = most(settled, Sample::limit) - least(settled, Sample::limit);
            assertTrue(swing <= Math.max(4, most(settled, Sample::limit) / 2), "seed " + seed + ": swings by " + swing);
            // What had to wait until enough calls were in flight fits the smallest memory limit twenty times over.
            assertTrue(most(samples, Sample::backlog) <= 200, "seed " + seed + ": " + most(samples, Sample::backlog));
        }
    }

    /**
     * A service that takes less than what comes: it gets nearly what it takes, few calls are in vain, and the rate
     * stays near.
     */
    @ParameterizedTest
    @ValueSource(doubles = {20, 60, 120, 180})
    void shouldStayNearWhatAThrottlingServiceTakes(double callsPerSecondMax) {
        for (long seed = 0; seed < SEEDS; seed++) {
            List<Sample> samples =
                    new CallSimulation(64, seed, ms -> new Weather(200, 50, callsPerSecondMax)).run(60_000);
            List<Sample> settled = between(samples, 20_000, 60_000);
            double started = settled.stream()
                    .mapToDouble(Sample::startedPerSecond)
                    .average()
                    .orElseThrow();
            long throttled =
                    settled.get(settled.size() - 1).throttled() - settled.get(0).throttled();
            double taken = started - throttled / 40.0;
            assertTrue(taken > 0.7 * callsPerSecondMax, "seed " + seed + ": " + taken + " taken per second");
            assertTrue(throttled / 40.0 < 0.2 * started, "seed " + seed + ": " + throttled + " in vain");
            for (int i = 10; i < settled.size(); i += 10) {
                double second = settled.subList(i - 10, i).stream()
                        .mapToDouble(Sample::startedPerSecond)
                        .average()
                        .orElseThrow();
                assertTrue(
                        second > 0.4 * callsPerSecondMax && second < 1.4 * callsPerSecondMax + 10,
                        "seed " + seed + ", second " + i / 10 + ": " + second + " started");
            }
        }
    }

    @Test
    void shouldWorkOffABacklogWithoutAStampede() {
        List<Sample> samples = CallPlot.samples();
        List<Sample> after = between(samples, CallPlot.FREE_MS, CallPlot.END_MS);
        assertEquals(0, samples.get(samples.size() - 1).backlog(), "all has been delivered");
        // 64 calls of 20 ms could be 3,200 a second at once; the rate rises by half a second at most.
        double before = CallPlot.THROTTLE_PER_SECOND;
        for (int i = 10; i < after.size(); i += 10) {
            double second = after.subList(i - 10, i).stream()
                    .mapToDouble(Sample::startedPerSecond)
                    .average()
                    .orElseThrow();
            assertTrue(second <= 1.7 * before, "second " + i / 10 + ": " + second + " after " + before);
            before = Math.max(CallPlot.THROTTLE_PER_SECOND, second);
        }
    }

    @Test
    void shouldShrinkAgainAndKeepAMaximumThatIsSet() {
        List<Sample> samples = CallPlot.samples();
        assertEquals(
                8,
                between(samples, CallPlot.THROTTLED_MS - 1_000, CallPlot.THROTTLED_MS)
                        .get(0)
                        .limit());
        List<Sample> bounded = new CallSimulation(3, 1, ms -> new Weather(200, 100, UNLIMITED)).run(10_000);
        assertEquals(3, most(bounded, Sample::inFlight));
    }

    @Test
    void shouldDrawThePictureOfTheDocumentation() {
        String svg = CallPlot.svg();
        assertTrue(svg.startsWith("<svg xmlns=") && svg.endsWith("</svg>\n"), svg.substring(0, 100));
        assertTrue(svg.contains("Calls in flight") && svg.contains("throttled above 120 calls/s"));
    }
}
