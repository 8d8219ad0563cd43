package io.github.xrayd.loadtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LosslessSearchTest {
    private static final int STEPS_MAX = 60;

    private static double search(double limit, double first) {
        LosslessSearch search = new LosslessSearch(first, 100, 1_000_000, 0.05, 2);
        int steps = 0;
        while (!search.isDone()) {
            assertTrue(++steps < STEPS_MAX, "the search does not end");
            search.onResult(search.next() <= limit);
        }
        return search.best();
    }

    @Test
    void shouldFindTheLimitFromBelowAndFromAbove() {
        for (double limit : new double[] {150, 999, 20_000, 83_456, 700_000}) {
            for (double first : new double[] {100, 10_000, 1_000_000}) {
                double found = search(limit, first);
                assertTrue(found <= limit && found >= limit / 1.05, found + " instead of " + limit);
            }
        }
    }

    @Test
    void shouldStopAtTheHighestRate() {
        assertEquals(1_000_000, search(Double.MAX_VALUE, 10_000));
    }

    @Test
    void shouldGiveUpBelowTheLowestRate() {
        assertEquals(0, search(50, 10_000));
    }

    @Test
    void shouldTryARateAgainBeforeItCountsAsLossy() {
        LosslessSearch search = new LosslessSearch(1_000, 100, 8_000, 0.05, 2);
        search.onResult(false);
        assertEquals(1_000, search.next());
        search.onResult(true);
        assertEquals(2_000, search.next());
        assertFalse(search.isDone());
        assertEquals(1_000, search.best());
    }

    @Test
    void shouldRefuseASearchOfNothing() {
        assertThrows(IllegalArgumentException.class, () -> new LosslessSearch(10, 100, 1_000, 0.05, 2));
    }
}
