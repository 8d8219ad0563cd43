package io.github.xrayd.engine.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrafficWatchTest {
    private static final long SECOND_NS = 1_000_000_000L;

    private final TrafficWatch watch = new TrafficWatch();

    @Test
    void shouldLookEachSecondWhileDatagramsCome() {
        for (long received = 0; received < 100; received++) {
            assertTrue(watch.isWorthALook(received, received * SECOND_NS));
            assertEquals(SECOND_NS, watch.restNs());
        }
    }

    @Test
    void shouldLookUntilTheLastDatagramIsSettledAndThenTwiceAMinute() {
        long startNs = -7 * SECOND_NS;
        watch.isWorthALook(7, startNs);
        List<Long> looks = new ArrayList<>();
        for (long second = 1; second <= 120; second++) {
            if (watch.isWorthALook(7, startNs + second * SECOND_NS)) {
                looks.add(second);
            }
        }
        assertEquals(List.of(1L, 2L, 3L, 33L, 63L, 93L), looks);
        assertTrue(watch.isWorthALook(8, startNs + 121 * SECOND_NS));
    }

    @Test
    void shouldRestLongerWhenIdleUntilDatagramsComeAgain() {
        watch.isWorthALook(7, 0);
        watch.isWorthALook(7, 30 * SECOND_NS);
        assertEquals(SECOND_NS, watch.restNs());
        watch.isWorthALook(7, 31 * SECOND_NS);
        assertEquals(5 * SECOND_NS, watch.restNs());
        assertTrue(watch.isWorthALook(8, 36 * SECOND_NS));
        assertEquals(SECOND_NS, watch.restNs());
    }
}
