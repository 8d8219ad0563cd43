package io.github.xrayd.loadtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.results.Spread;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static Map<String, Object> run(String subject, int round, double cpu, long p99) {
        return Map.of(
                "subject",
                subject,
                "case",
                "c",
                "round",
                round,
                "cpuMicrosPerSegment",
                cpu,
                "latencyMicros",
                Map.of("p99", p99));
    }

    private static Map<String, Spread> ratios(List<Map<String, Object>> runs) {
        return Comparison.ratios(runs, "a", "b").getOrDefault("c", Map.of());
    }

    @Test
    void shouldDivideWithinEachRound() {
        List<Map<String, Object>> runs = List.of(
                run("a", 1, 10, 100),
                run("b", 1, 30, 400),
                run("b", 2, 20, 100),
                run("a", 2, 10, 200),
                run("a", 3, 12, 100),
                run("b", 3, 30, 100));
        Map<String, Spread> ratios = ratios(runs);
        assertEquals(new Spread(0.4, 1.0 / 3, 0.5, 3), ratios.get("cpuMicrosPerSegment"));
        assertEquals(new Spread(1, 0.25, 2, 3), ratios.get("latencyMicros.p99"));
    }

    @Test
    void shouldLeaveOutWhatOnlyOneHas() {
        Map<String, Object> zero = Map.of("subject", "b", "case", "c", "round", 1, "cpuMicrosPerSegment", 0);
        assertTrue(Comparison.ratios(List.of(run("a", 1, 10, 1)), "a", "b").isEmpty());
        assertTrue(ratios(List.of(run("a", 1, 10, 1), zero)).isEmpty());
    }

    @Test
    void shouldTakeTheMeanOfTheTwoInTheMiddle() {
        assertEquals(new Spread(2.5, 1, 4, 4), Spread.of(4, 1, 3, 2));
        assertThrows(IllegalArgumentException.class, Spread::of);
    }
}
