package io.github.xrayd.engine.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BurstHoldTest {
    private static final long MS = 1_000_000;

    private final BurstHold hold = new BurstHold();
    private int bursts;

    @Test
    void shouldNotHoldBeforeTheFirstBurst() {
        assertFalse(hold.isHolding(0, 0));
        assertFalse(hold.isHolding(0, -5 * MS));
    }

    @Test
    void shouldHoldUntilABurstHasBeenOverForAWhile() {
        assertTrue(burst(0));
        assertTrue(hold.isHolding(bursts, 20 * MS));
        assertFalse(hold.isHolding(bursts, 21 * MS));
    }

    @Test
    void shouldHoldAllOfALongerBurst() {
        for (long ms = 0; ms <= 240; ms += 10) {
            assertTrue(burst(ms * MS), ms + " ms");
        }
    }

    /** At 150,000 a second a read is a burst now and then: uploads must not wait for most of the time. */
    @Test
    void shouldLetUploadsGoOnUnderALoadWhoseBurstsLieApart() {
        int held = 0;
        for (long ms = 0; ms < 10_000; ms += 5) {
            held += (ms % 25 == 0 ? burst(ms * MS) : hold.isHolding(bursts, ms * MS)) ? 5 : 0;
        }
        assertEquals(255, held, 15, "milliseconds of 10 s held");
    }

    @Test
    void shouldHoldAgainAfterAPause() {
        for (long ms = 0; ms <= 1_000; ms += 10) {
            burst(ms * MS);
        }
        assertFalse(burst(1_250 * MS));
        assertFalse(hold.isHolding(bursts, 1_400 * MS));
        assertTrue(burst(1_501 * MS));
    }

    private boolean burst(long nowNs) {
        return hold.isHolding(++bursts, nowNs);
    }
}
