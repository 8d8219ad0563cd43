package io.github.xrayd.plan.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.run.WaitPolicy;
import io.github.xrayd.plan.model.CostProfile;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    private static final int BUFFER = 4 << 20;
    private static final CostProfile KNOWN = CostProfile.standard();

    /** What a machine with these costs would show. */
    private static Calibration.LoadSample sample(double rate, double bytes, double seconds) {
        double segments = rate * seconds;
        double wakeUps = WaitPolicy.wakeUps(rate, BUFFER) * seconds;
        double calls = segments / 50;
        double body = 50 * bytes * 1.1;
        double dataPath = segments * (700e-9 + 2e-9 * bytes) + wakeUps * 30e-6;
        return new Calibration.LoadSample(
                segments,
                seconds,
                calls,
                calls * body,
                bytes,
                BUFFER,
                new ProcessStat.Times(
                        dataPath,
                        calls * (200e-6 + 90e-6 * (1 - Math.exp(-50 / rate / 0.006)) + 4e-9 * body),
                        0.01,
                        5));
    }

    @Test
    void shouldFindTheCostsThatWerePutIn() {
        CostProfile found =
                Calibration.solve(KNOWN, sample(8_000, 333, 3), sample(1_500, 8_033, 3), sample(500, 333, 3), 8e7);
        assertEquals(700, found.dataPath().datagramNs(), 1);
        assertEquals(2, found.dataPath().datagramByteNs(), 0.01);
        assertEquals(30_000, found.dataPath().wakeUpNs(), 10);
        assertEquals(200_000, found.call().callNs(), 100);
        assertEquals(90_000, found.call().callColdNs(), 100);
        assertEquals(4, found.call().callByteNs(), 0.01);
        assertEquals(8e7, found.resident().idleBytes());
        assertEquals(KNOWN.resident().busyBytes(), found.resident().busyBytes());
        assertEquals(KNOWN.resident().failureBytes(), found.resident().failureBytes());
        assertTrue(found.overhead() > 0 && found.overhead() < 0.5);
    }

    @Test
    void shouldNotTakeWorkForFreeBecauseOfNoise() {
        Calibration.LoadSample fast = sample(8_000, 333, 3);
        CostProfile found = Calibration.solve(KNOWN, fast, fast, fast, 8e7);
        assertTrue(found.dataPath().wakeUpNs() >= 0.2 * KNOWN.dataPath().wakeUpNs());
        assertTrue(found.dataPath().datagramByteNs() >= 0.2 * KNOWN.dataPath().datagramByteNs());
        assertTrue(Double.isFinite(found.call().callByteNs()));
    }
}
