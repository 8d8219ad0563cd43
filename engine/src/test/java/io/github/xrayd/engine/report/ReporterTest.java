package io.github.xrayd.engine.report;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.run.WakeUps;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReporterTest {
    @Test
    void shouldGoOnAfterSomethingWasThrown() throws Exception {
        Reporter reporter = new Reporter(new WakeUps(), List.of("xray"));
        CountDownLatch thrice = new CountDownLatch(3);
        reporter.start(List.of(), 0, () -> {
            thrice.countDown();
            if (thrice.getCount() == 2) {
                throw new IllegalStateException("scripted");
            }
            throw new StackOverflowError("scripted");
        });
        assertTrue(thrice.await(60, TimeUnit.SECONDS), "it is asked each second, whatever the last time threw");
        reporter.stop(60_000);
    }

    /** Only wake-ups end its rest; one or two events may be written before it rests for the first time. */
    @Test
    void shouldWriteEventsAndEndByWakeUpsAlone() throws Exception {
        Reporter reporter = new Reporter(new WakeUps(), List.of("xray"), TimeUnit.HOURS.toNanos(1));
        reporter.start(List.of(), 0, () -> {});
        for (int event = 0; event < 5; event++) {
            reporter.events().of("xray").onAbandoned(1, "scripted");
            long startNs = System.nanoTime();
            while (!reporter.events().isEmpty()) {
                assertTrue(System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(30), "event " + event);
                Thread.onSpinWait();
            }
        }
        while (!isResting()) {
            Thread.onSpinWait();
        }
        assertTrue(reporter.stop(30_000), "the end");
    }

    /** Whether each thread of this name rests; those of other tests have ended. */
    private static boolean isResting() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("reporter"))
                .allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING);
    }
}
