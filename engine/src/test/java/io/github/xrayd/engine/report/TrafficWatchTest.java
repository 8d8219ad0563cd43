package io.github.xrayd.engine.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TrafficWatchTest {
    private final TrafficWatch watch = new TrafficWatch();

    @Test
    void shouldLookWhileDatagramsCome() {
        for (long received = 0; received < 100; received++) {
            assertTrue(watch.isWorthALook(received));
        }
    }

    @Test
    void shouldLookUntilTheLastDatagramIsSettledAndThenTwiceAMinute() {
        watch.isWorthALook(7);
        int looks = 0;
        for (int second = 1; second <= 120; second++) {
            if (watch.isWorthALook(7)) {
                looks++;
                assertTrue(second <= TrafficWatch.SETTLING_SECONDS || second % TrafficWatch.QUIET_SECONDS_MAX == 0);
            }
        }
        assertEquals(TrafficWatch.SETTLING_SECONDS + 120 / TrafficWatch.QUIET_SECONDS_MAX, looks);
        assertTrue(watch.isWorthALook(8));
    }
}
