package io.github.xrayd.engine.upload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PacingTest {
    private static final long MS = 1_000_000L;
    private static final long SECOND = 1_000 * MS;

    @Test
    void shouldWaitWithFullJitterUpToAGrowingBound() {
        RetryPolicy policy = new RetryPolicy(100 * MS, 10_000 * MS);
        SplittableRandom random = new SplittableRandom(1);
        for (int failures = 1; failures < 100; failures++) {
            long bound = Math.min(10_000 * MS, (long) (100 * MS * Math.pow(2, failures - 1)));
            long most = 0;
            long least = Long.MAX_VALUE;
            for (int i = 0; i < 1_000; i++) {
                long delay = policy.delayNs(failures, random);
                most = Math.max(most, delay);
                least = Math.min(least, delay);
            }
            assertTrue(most <= bound && most > bound * 0.9, failures + ": " + most + " of " + bound);
            assertTrue(least >= 1 && least < bound * 0.1, failures + ": " + least + " of " + bound);
        }
    }

    /** A service that takes 20 calls per second and throttles the rest: most calls that are started are taken. */
    @Test
    void shouldFindTheRateTheServiceTakes() {
        CallRate rate = new CallRate();
        assertFalse(rate.isBounded());
        long started = 0;
        long taken = 0;
        double tokens = 0;
        for (long nowNs = 0; nowNs < 60 * SECOND; nowNs += MS) {
            tokens = Math.min(20, tokens + 0.02);
            rate.roll(nowNs);
            while (rate.nextStartNs(nowNs) <= nowNs && (rate.isBounded() || started % 2 == nowNs / MS % 2)) {
                rate.onStart(nowNs);
                started++;
                if (tokens >= 1) {
                    tokens--;
                    taken++;
                    rate.onSuccess(nowNs);
                } else {
                    rate.onThrottled(nowNs);
                }
            }
        }
        assertTrue(taken > 60 * 20 * 0.75, taken + " taken of " + 60 * 20);
        assertTrue(taken > started * 0.85, taken + " taken of " + started + " started");
    }

    /** Throttling by chance drives the rate to its least; when it ends, the rate must not creep up from there. */
    @Test
    void shouldRiseWithinSecondsWhenThrottlingByChanceEnds() {
        CallRate rate = new CallRate();
        SplittableRandom random = new SplittableRandom(1);
        long nowNs = 0;
        for (; nowNs < 10 * SECOND; nowNs += MS) {
            rate.roll(nowNs);
            if (rate.nextStartNs(nowNs) <= nowNs) {
                rate.onStart(nowNs);
                if (random.nextInt(10) < 3) {
                    rate.onSuccess(nowNs);
                } else {
                    rate.onThrottled(nowNs);
                }
            }
        }
        assertTrue(rate.ratePerSecond() < 5, "cut to " + rate.ratePerSecond());
        for (; nowNs < 27 * SECOND; nowNs += MS) {
            rate.roll(nowNs);
            if (rate.nextStartNs(nowNs) <= nowNs) {
                rate.onStart(nowNs);
                rate.onSuccess(nowNs);
            }
        }
        assertTrue(rate.ratePerSecond() > 40, "back at " + rate.ratePerSecond() + " calls per second");
    }

    @Test
    void shouldForgetTheBoundWhenTheServiceHasBeenQuiet() {
        CallRate rate = new CallRate();
        rate.roll(0);
        rate.onThrottled(10);
        assertTrue(rate.isBounded());
        rate.roll((CallRate.FORGET_SECONDS + 10) * SECOND);
        assertFalse(rate.isBounded());
        assertEquals(5, rate.nextStartNs(5));
    }
}
