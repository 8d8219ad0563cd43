package io.github.xrayd.engine.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WaitPolicyTest {
    private static final int LARGE_BUFFER = 4 << 20;
    private static final long SECOND_NS = 1_000_000_000L;

    private static WaitPolicy policy(WaitStrategy strategy, int cores) {
        return new WaitPolicy(strategy, LARGE_BUFFER, cores);
    }

    /** A policy of a thread that has just slept and found something, a second after it began. */
    private static WaitPolicy gathering() {
        WaitPolicy policy = policy(WaitStrategy.ADAPTIVE, 2);
        policy.decide(WaitPolicy.MANY, false, SECOND_NS - 1);
        policy.decide(WaitPolicy.MANY, false, SECOND_NS);
        return policy;
    }

    @Test
    void shouldSleepLongerWhileCyclesFindLittle() {
        WaitPolicy policy = gathering();
        long maxNs = WaitPolicy.gatherNsMax(LARGE_BUFFER);
        long lastNs = policy.decide(5, false, SECOND_NS + 1);
        assertEquals(maxNs / 2, lastNs);
        for (int i = 0; i < 10; i++) {
            long sleepNs = policy.decide(5, false, SECOND_NS + 2 + i);
            assertTrue(sleepNs >= lastNs, sleepNs + " after " + lastNs);
            lastNs = sleepNs;
        }
        assertEquals(maxNs, lastNs);
    }

    @Test
    void shouldSleepShortAgainAfterMany() {
        WaitPolicy policy = gathering();
        for (int i = 0; i < 10; i++) {
            policy.decide(5, false, SECOND_NS);
        }
        policy.decide(WaitPolicy.MANY, false, SECOND_NS);
        assertEquals(WaitPolicy.gatherNsMax(LARGE_BUFFER) / 2, policy.decide(5, false, SECOND_NS));
    }

    @Test
    void shouldBlockWhenASleepFoundNothing() {
        assertEquals(WaitPolicy.BLOCK, gathering().decide(0, false, SECOND_NS + 1));
    }

    @Test
    void shouldBlockAtOnceWhileASleepWouldFindNothing() {
        WaitPolicy policy = gathering();
        long gapNs = WaitPolicy.gatherNsMax(LARGE_BUFFER) + 1;
        assertEquals(WaitPolicy.BLOCK, policy.decide(0, false, SECOND_NS));
        for (int i = 1; i <= 10; i++) {
            assertEquals(WaitPolicy.BLOCK, policy.decide(16, false, SECOND_NS + i * gapNs));
            assertEquals(WaitPolicy.BLOCK, policy.decide(0, false, SECOND_NS + i * gapNs + 1));
        }
    }

    @Test
    void shouldSleepAgainWhenSomethingCameSoonerThanALongSleepTakes() {
        WaitPolicy policy = gathering();
        long maxNs = WaitPolicy.gatherNsMax(LARGE_BUFFER);
        policy.decide(0, false, SECOND_NS);
        long atNs = 2 * SECOND_NS;
        int blocked = 0;
        while (policy.decide(16, false, atNs) == WaitPolicy.BLOCK) {
            blocked++;
            atNs += maxNs * 3 / 4;
        }
        assertEquals(2, blocked);
        assertTrue(policy.decide(16, false, atNs + 2 * maxNs) > maxNs * 3 / 4);
    }

    @ParameterizedTest(name = "{0} bytes")
    @CsvSource({"0, 8000000", "212992, 115000", "4194304, 2275000", "67108864, 8000000", "2304, 50000"})
    void shouldLeaveTheBufferAloneForHalfOfWhatItHoldsAt800000ASecond(int bufferBytes, long expectedNs) {
        assertEquals(expectedNs, WaitPolicy.gatherNsMax(bufferBytes));
    }

    @Test
    void shouldSpinWhenWorkIsLeftOrTold() {
        assertEquals(WaitPolicy.SPIN, policy(WaitStrategy.ADAPTIVE, 2).decide(5, true, SECOND_NS));
        assertEquals(WaitPolicy.SPIN, policy(WaitStrategy.BUSY_SPIN, 2).decide(0, false, SECOND_NS));
    }

    @Test
    void shouldSpinOnManyCoresWhileDatagramsComeFasterThanAWakeUp() {
        WaitPolicy policy = policy(WaitStrategy.ADAPTIVE, 8);
        policy.decide(1, false, SECOND_NS);
        long arrivedNs = SECOND_NS + WaitPolicy.WAKE_UP_NS / 2;
        assertEquals(WaitPolicy.SPIN, policy.decide(1, false, arrivedNs));
        assertEquals(WaitPolicy.SPIN, policy.decide(0, false, arrivedNs + WaitPolicy.WAKE_UP_NS - 1));
        long restNs = policy.decide(0, false, arrivedNs + WaitPolicy.WAKE_UP_NS);
        assertTrue(restNs > WaitPolicy.WAKE_UP_NS && restNs <= WaitPolicy.gatherNsMax(LARGE_BUFFER), restNs + " ns");
        assertTrue(policy.decide(1, false, SECOND_NS + 10 * WaitPolicy.WAKE_UP_NS) > WaitPolicy.SPIN);
    }

    @Test
    void shouldBlockAtOnceWhenTold() {
        assertEquals(WaitPolicy.BLOCK, policy(WaitStrategy.BLOCKING, 2).decide(5, false, SECOND_NS));
    }

    @ParameterizedTest(name = "{0} a second, {1} bytes")
    @CsvSource({"10, 4194304, 10", "2000, 4194304, 439.6", "80000, 4194304, 439.6", "2000, 212992, 2000"})
    void shouldWakeOnceASleepOrOnceALoneDatagram(double rate, int bufferBytes, double expected) {
        assertEquals(expected, WaitPolicy.wakeUps(rate, bufferBytes), 0.1);
    }
}
