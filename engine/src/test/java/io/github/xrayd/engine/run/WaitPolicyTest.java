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

    @Test
    void shouldSleepLongerWhileCyclesFindLittle() {
        WaitPolicy policy = policy(WaitStrategy.ADAPTIVE, 2);
        long maxNs = WaitPolicy.gatherNsMax(LARGE_BUFFER);
        long lastNs = policy.decide(5, false, SECOND_NS);
        assertEquals(maxNs / 2, lastNs);
        for (int i = 0; i < 10; i++) {
            long sleepNs = policy.decide(5, false, SECOND_NS);
            assertTrue(sleepNs >= lastNs, sleepNs + " after " + lastNs);
            lastNs = sleepNs;
        }
        assertEquals(maxNs, lastNs);
    }

    @Test
    void shouldSleepShortAgainAfterMany() {
        WaitPolicy policy = policy(WaitStrategy.ADAPTIVE, 2);
        for (int i = 0; i < 10; i++) {
            policy.decide(5, false, SECOND_NS);
        }
        policy.decide(WaitPolicy.MANY, false, SECOND_NS);
        assertEquals(WaitPolicy.gatherNsMax(LARGE_BUFFER) / 2, policy.decide(5, false, SECOND_NS));
    }

    @Test
    void shouldBlockAfterACycleThatFoundNothingTwiceAndBeginShortAgain() {
        WaitPolicy policy = policy(WaitStrategy.ADAPTIVE, 2);
        for (int i = 0; i < 10; i++) {
            policy.decide(5, false, SECOND_NS);
        }
        assertEquals(WaitPolicy.gatherNsMax(LARGE_BUFFER), policy.decide(0, false, SECOND_NS));
        assertEquals(WaitPolicy.BLOCK, policy.decide(0, false, SECOND_NS));
        assertEquals(WaitPolicy.gatherNsMax(LARGE_BUFFER) / 2, policy.decide(5, false, SECOND_NS));
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
        assertEquals(WaitPolicy.SPIN, policy.decide(1, false, SECOND_NS + WaitPolicy.WAKE_UP_NS / 2));
        assertTrue(policy.decide(1, false, SECOND_NS + 10 * WaitPolicy.WAKE_UP_NS) > WaitPolicy.SPIN);
    }

    @Test
    void shouldBlockAtOnceWhenTold() {
        assertEquals(WaitPolicy.BLOCK, policy(WaitStrategy.BLOCKING, 2).decide(5, false, SECOND_NS));
    }

    @ParameterizedTest(name = "{0} a second, {1} bytes")
    @CsvSource({"10, 4194304, 30", "2000, 4194304, 439.6", "80000, 4194304, 439.6", "2000, 212992, 6000"})
    void shouldWakeOnceAGatherAndThriceForALoneDatagram(double rate, int bufferBytes, double expected) {
        assertEquals(expected, WaitPolicy.wakeUps(rate, bufferBytes), 0.1);
    }
}
