package io.github.xrayd.engine.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.agrona.concurrent.CachedNanoClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DutyThreadTest {
    private static final long LONG_MS = 60_000;

    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    private DutyThread thread(Duty... duties) {
        return new DutyThread(
                "tested",
                List.of(duties),
                new CachedNanoClock(),
                new WaitPolicy(WaitStrategy.BLOCKING, 0, 2),
                new Waiter(null, LONG_MS * 60),
                failures::add);
    }

    /** Does what it is told a number of times, and is done. */
    private static final class ScriptedDuty implements Duty {
        private final String name;
        private final Runnable work;
        private int cycles;
        private int closed;

        ScriptedDuty(String name, int cycles, Runnable work) {
            this.name = name;
            this.cycles = cycles;
            this.work = work;
        }

        @Override
        public int doWork() {
            if (cycles > 0) {
                work.run();
                cycles--;
            }
            return 1;
        }

        @Override
        public boolean isDone() {
            return cycles == 0;
        }

        @Override
        public void onClose() {
            closed++;
        }

        @Override
        public String roleName() {
            return name;
        }
    }

    @Test
    void shouldNameTheDutyThatKeepsItFromANewCycle() throws Exception {
        CountDownLatch isIn = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        DutyThread thread = thread(new ScriptedDuty("quick", 1, () -> {}), new ScriptedDuty("slow", 1, () -> {
            isIn.countDown();
            await(release);
        }));
        thread.start();
        isIn.await();
        long nowNs = System.nanoTime();
        assertNull(thread.stalled(nowNs));
        assertEquals("slow", thread.stalled(nowNs + DutyThread.STALLED_NS + 1));
        release.countDown();
        thread.join(LONG_MS);
        assertNull(thread.stalled(nowNs + DutyThread.STALLED_NS + 1), "has ended as it should");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldLetAnotherThreadEndWhatAnErrorHasInterrupted() throws Exception {
        int[] left = {1};
        ScriptedDuty failing = new ScriptedDuty("failing", 3, () -> {
            if (left[0]-- > 0) {
                throw new OutOfMemoryError("unable to create native thread");
            }
        });
        DutyThread thread = thread(failing);
        thread.start();
        thread.join(LONG_MS);
        assertEquals(1, failures.size());
        assertFalse(failing.isDone());
        int cycles = 0;
        while (thread.takeOver()) {
            cycles++;
        }
        assertTrue(failing.isDone());
        assertEquals(2, cycles);
        assertEquals(1, failing.closed);
    }

    @Test
    void shouldLeaveADutyAloneThatAlwaysThrows() throws Exception {
        DutyThread thread = thread(new ScriptedDuty("broken", 1, () -> {
            throw new IllegalStateException("an invariant");
        }));
        thread.start();
        thread.join(LONG_MS);
        int cycles = 0;
        while (thread.takeOver()) {
            cycles++;
        }
        assertTrue(cycles < 10);
        assertFalse(thread.takeOver());
    }

    @Test
    void shouldCloseADutyOnceAndGoOnWithTheOthers() throws Exception {
        ScriptedDuty first = new ScriptedDuty("first", 1, () -> {});
        ScriptedDuty second = new ScriptedDuty("second", 5, () -> assertEquals(1, first.closed));
        DutyThread thread = thread(first, second);
        thread.start();
        thread.join(LONG_MS);
        assertEquals(List.of(), List.copyOf(failures));
        assertEquals(1, first.closed);
        assertEquals(1, second.closed);
        assertFalse(thread.takeOver(), "it has not failed");
    }
}
