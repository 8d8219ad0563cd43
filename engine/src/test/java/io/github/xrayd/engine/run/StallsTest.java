package io.github.xrayd.engine.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.concurrent.CachedNanoClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StallsTest {
    private final CountDownLatch isHeld = new CountDownLatch(1);
    private final CountDownLatch isFree = new CountDownLatch(1);
    private final AtomicBoolean isDone = new AtomicBoolean();

    @Test
    void shouldKeepWhereAThreadWasHeldUp() throws Exception {
        Stalls stalls = new Stalls();
        assertEquals("none of 6 s or more\n", stalls.text());
        DutyThread thread = new DutyThread(
                "receiver",
                List.of(new HeldDuty()),
                new CachedNanoClock(),
                new WaitPolicy(WaitStrategy.BLOCKING, 0, 2),
                new Waiter(null, 60_000),
                e -> {});
        thread.start();
        isHeld.await();
        long nowNs = System.nanoTime();
        stalls.look(List.of(thread), nowNs + 5_000_000_000L, 5_000);
        assertEquals("none of 6 s or more\n", stalls.text());
        stalls.look(List.of(thread), nowNs + 8_000_000_000L, 8_000);
        stalls.look(List.of(thread), nowNs + 20_000_000_000L, 20_000);
        String text = stalls.text();
        assertTrue(text.startsWith("1 of 6 s or more; the last 1:\n"), text);
        assertTrue(text.contains(" receiver in its duty held for 20 s so far\n    at "), text);
        assertTrue(text.contains("HeldDuty.doWork("), text);
        isFree.countDown();
        thread.join(10_000);
        stalls.look(List.of(thread), System.nanoTime(), 21_000);
        assertTrue(stalls.text().contains(" for at least 20 s\n"), stalls::text);
    }

    private final class HeldDuty implements Duty {
        @Override
        public int doWork() {
            isHeld.countDown();
            try {
                isFree.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            isDone.set(true);
            return 1;
        }

        @Override
        public boolean isDone() {
            return isDone.get();
        }

        @Override
        public String roleName() {
            return "held";
        }
    }
}
