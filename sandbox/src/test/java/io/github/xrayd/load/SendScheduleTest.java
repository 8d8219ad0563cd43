package io.github.xrayd.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SendScheduleTest {
    private static final long PACING_NANOS = 500_000;

    @Test
    void shouldNeverDriftFromTheRate() {
        SendSchedule schedule = new SendSchedule(30_000, PACING_NANOS);
        assertEquals(0, schedule.dueNanos(0));
        assertEquals(3_600L * 1_000_000_000, schedule.dueNanos(30_000L * 3_600));
        assertEquals(33_333, schedule.dueNanos(1));
    }

    @Test
    void shouldSendAllThatIsDueWhateverTheDelay() {
        SendSchedule schedule = new SendSchedule(1_000, PACING_NANOS);
        long wokeLate = 50_000_000;
        long sequence = 0;
        while (schedule.dueNanos(sequence) <= wokeLate) {
            sequence++;
        }
        assertEquals(51, sequence);
        assertEquals(wokeLate, schedule.lagNanos(wokeLate, schedule.dueNanos(0)));
        assertEquals(0, schedule.lagNanos(wokeLate, schedule.dueNanos(50)));
    }

    @Test
    void shouldSleepThePacingAtHighRatesAndUntilDueAtLowOnes() {
        SendSchedule fast = new SendSchedule(100_000, PACING_NANOS);
        assertEquals(PACING_NANOS, fast.sleepNanos(0, fast.dueNanos(1)));
        SendSchedule slow = new SendSchedule(10, PACING_NANOS);
        assertEquals(100_000_000, slow.sleepNanos(0, slow.dueNanos(1)));
        assertEquals(0, new SendSchedule(10, 0).sleepNanos(0, 100_000_000));
    }

    /**
     * A sender on this schedule, on a machine that always oversleeps, still sends rate times duration, and never early.
     */
    @Test
    void shouldKeepTheRateThoughEachSleepIsTooLong() {
        SendSchedule schedule = new SendSchedule(20_000, PACING_NANOS);
        long nowNanos = 0;
        long sent = 0;
        long lagNanosMax = 0;
        while (nowNanos < 1_000_000_000L) {
            while (schedule.dueNanos(sent) <= nowNanos) {
                lagNanosMax = Math.max(lagNanosMax, schedule.lagNanos(nowNanos, schedule.dueNanos(sent)));
                sent++;
            }
            nowNanos += schedule.sleepNanos(nowNanos, schedule.dueNanos(sent)) + 70_000;
        }
        assertTrue(sent <= 20_000 && sent >= 20_000 - 20, "sent " + sent);
        assertTrue(lagNanosMax <= PACING_NANOS + 70_000, "lag " + lagNanosMax);
    }

    @Test
    void shouldHaveEverythingDueAtLineRate() {
        SendSchedule schedule = new SendSchedule(0, PACING_NANOS);
        assertEquals(0, schedule.dueNanos(1_000_000));
        assertEquals(0, schedule.lagNanos(5_000_000, 0));
    }
}
