package io.github.xrayd.plan.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SimWorkTest {
    private static final long MS = 1_000_000;
    private static final long TICK_NS = 2 * MS;
    private static final long GATHER_NS = 6 * MS;

    private static SimWork work(double callColdNs, double wakeUpNs) {
        return new SimWork(new Scenario.Work(2, 1_000, 1, 100_000, callColdNs, 7_000, 0, wakeUpNs, GATHER_NS));
    }

    @Test
    void shouldWakeOnceAGatherWhileWorkComes() {
        SimWork work = work(0, 1);
        for (long ns = 0; ns < 1_200 * MS; ns += TICK_NS) {
            work.onWakeUps(ns, TICK_NS, true);
        }
        assertEquals(200, work.usedNs(), 2);
    }

    @Test
    void shouldWakeThriceForLoneWork() {
        SimWork work = work(0, 1);
        for (int i = 0; i < 100; i++) {
            work.onWakeUps(i * TICK_NS, TICK_NS, i == 10);
        }
        assertEquals(3, work.usedNs(), 1e-9);
    }

    @Test
    void shouldChargeMoreForACallWhenTheOneBeforeIsLongAgo() {
        SimWork work = work(50_000, 0);
        assertEquals(150_000, (double) work.onCall(50, 1_000 * MS), 10);
        assertEquals(100_000, (double) work.onCall(50, 1_000 * MS), 10);
        assertEquals(100_000 + 50_000 * (1 - Math.exp(-1)), (double) work.onCall(50, 1_006 * MS), 10);
    }

    @Test
    void shouldChargeAFailedCallForReadingWhy() {
        SimWork work = work(0, 0);
        work.onCall(50, 0);
        work.onFailure();
        assertEquals(107_000, work.usedNs(), 1e-9);
    }
}
