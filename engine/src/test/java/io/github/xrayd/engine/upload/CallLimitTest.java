package io.github.xrayd.engine.upload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class CallLimitTest {
    private static final long MS = 1_000_000L;

    /**
     * Batches arrive at a fixed rate, the backend answers after a fixed time: what the limit does, sampled each 100 ms.
     */
    private static List<Integer> run(
            CallLimit limit, double batchesPerSecond, long latencyNs, long forNs, long[] nowNs) {
        Queue<Long> inFlight = new ArrayDeque<>();
        List<Integer> limits = new ArrayList<>();
        double waiting = 0;
        long endNs = nowNs[0] + forNs;
        for (; nowNs[0] < endNs; nowNs[0] += MS) {
            waiting += batchesPerSecond / 1_000;
            while (!inFlight.isEmpty() && inFlight.peek() + latencyNs <= nowNs[0]) {
                inFlight.poll();
                limit.onSuccess(waiting >= 1 && inFlight.size() + 1 >= limit.limit());
            }
            while (waiting >= 1 && inFlight.size() < limit.limit()) {
                inFlight.add(nowNs[0]);
                waiting--;
            }
            limit.onInFlight(inFlight.size(), nowNs[0]);
            if (nowNs[0] % (100 * MS) == 0) {
                limits.add(limit.limit());
            }
        }
        limits.add((int) waiting);
        return limits;
    }

    @Test
    void shouldGrowToWhatTheArrivalRateNeedsAndShrinkAgain() {
        CallLimit limit = new CallLimit(64);
        long[] nowNs = {0};
        List<Integer> grown = run(limit, 200, 100 * MS, 8_000 * MS, nowNs);
        int backlog = grown.get(grown.size() - 1);
        assertTrue(limit.limit() >= 20, "10,000 segments/s at 100 ms need 20 calls: " + grown);
        assertTrue(limit.limit() <= 40, "and not many more: " + grown);
        assertTrue(backlog <= 2, "nothing waits: " + backlog);
        List<Integer> shrunk = run(limit, 10, 10 * MS, 10_000 * MS, nowNs);
        assertEquals(CallLimit.INITIAL, limit.limit(), shrunk::toString);
    }

    @Test
    void shouldNotSwingWhileTheLoadIsSteady() {
        CallLimit limit = new CallLimit(64);
        long[] nowNs = {0};
        run(limit, 200, 100 * MS, 5_000 * MS, nowNs);
        List<Integer> steady = run(limit, 200, 100 * MS, 20_000 * MS, nowNs);
        steady.remove(steady.size() - 1);
        int least = steady.stream().min(Integer::compare).orElseThrow();
        int most = steady.stream().max(Integer::compare).orElseThrow();
        assertTrue(most - least <= most / 2, least + " to " + most);
    }

    @Test
    void shouldCutOncePerRoundTripHoweverManyCallsAreThrottled() {
        CallLimit limit = new CallLimit(64);
        for (int i = 0; i < 56; i++) {
            limit.onSuccess(true);
        }
        assertEquals(64, limit.limit());
        for (int i = 0; i < 64; i++) {
            limit.onThrottled(10, 20 + i);
        }
        assertEquals(32, limit.limit());
        limit.onThrottled(100, 120);
        assertEquals(16, limit.limit());
    }

    @Test
    void shouldStartAgainAtOneAfterAnOutageAndGrowFast() {
        CallLimit limit = new CallLimit(64);
        limit.onFailure(0, 10);
        limit.onFailure(20, 30);
        assertEquals(1, limit.limit());
        int successes = 0;
        while (limit.limit() < 4) {
            limit.onSuccess(true);
            successes++;
        }
        assertTrue(successes < 12, successes + " successes to reach 4 calls");
    }

    @Test
    void shouldKeepAHardMaximum() {
        CallLimit limit = new CallLimit(3);
        for (int i = 0; i < 100; i++) {
            limit.onSuccess(true);
        }
        assertEquals(3, limit.limit());
        assertEquals(1, new CallLimit(1).limit());
    }
}
