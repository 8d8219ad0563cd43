package io.github.xrayd.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TrendTest {
    private static final int COUNT = 200;

    private static Trend trend(double perSecond, double outliers) {
        Random random = new Random(1);
        double[] seconds = new double[COUNT];
        double[] figures = new double[COUNT];
        for (int i = 0; i < COUNT; i++) {
            seconds[i] = 3 * i;
            boolean isWarmUp = i < COUNT / 5;
            figures[i] = 80 + perSecond * seconds[i] + random.nextDouble() + (isWarmUp ? 200.0 / (1 + i) : 0);
            figures[i] += random.nextInt(10) == 0 ? outliers : 0;
        }
        return Trend.of("resident MB", seconds, figures, 4, 0.05);
    }

    @Test
    void shouldTakeNoiseOutliersAndTheWarmUpForFlat() {
        Trend trend = trend(0, 30);
        assertTrue(trend.isFlat(), trend::text);
        assertEquals(80.5, trend.median(), 1);
    }

    @Test
    void shouldSeeALeakOfOneMegabyteAMinute() {
        Trend trend = trend(1 / 60.0, 30);
        assertFalse(trend.isFlat(), trend::text);
        assertEquals(7.5, trend.growth(), 1);
    }

    @Test
    void shouldNotMindWhatShrinks() {
        assertTrue(trend(-1, 0).isFlat());
    }
}
