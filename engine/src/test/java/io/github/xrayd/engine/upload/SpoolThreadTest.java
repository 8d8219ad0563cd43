package io.github.xrayd.engine.upload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.encode.XRayEncoder;
import io.github.xrayd.engine.run.Role;
import io.github.xrayd.engine.run.Waiter;
import io.github.xrayd.engine.run.WakeUps;
import io.github.xrayd.engine.spool.SpoolSettings;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The spool's thread and an uploader's, which rest for an hour when they do not wake each other. */
@Timeout(60)
class SpoolThreadTest {
    private static final long HOUR_MS = 3_600_000;
    private static final long HOUR_NS = TimeUnit.MILLISECONDS.toNanos(HOUR_MS);
    /** Far less than they rest, far more than a busy machine takes. */
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(30);

    @TempDir
    Path directory;

    /** Rests until there is an answer; only a wake-up ends the rest. */
    private static SpoolPort.@Nullable Reply await(SpoolPort port, Waiter waiter) {
        long startNs = System.nanoTime();
        SpoolPort.Reply reply = port.poll();
        while (reply == null && System.nanoTime() - startNs < PATIENCE_NS) {
            waiter.announce();
            reply = port.poll();
            if (reply == null) {
                waiter.park(PATIENCE_NS);
                reply = System.nanoTime() - startNs < PATIENCE_NS ? port.poll() : null;
            } else {
                waiter.cancel();
            }
        }
        return reply;
    }

    /** Whether each thread of this name rests; those of other tests have ended. */
    private static boolean isResting() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("spool"))
                .allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING);
    }

    @Test
    void shouldAnswerWhateverIsAskedAndEndByWakeUpsAlone() throws Exception {
        WakeUps wakeUps = new WakeUps();
        Waiter uploader = new Waiter(null, HOUR_MS);
        uploader.enter();
        wakeUps.place(Role.UPLOADER, uploader);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        SpoolThread thread = new SpoolThread(
                new SpoolSettings(directory, 1 << 20), new XRayEncoder(), wakeUps, failure::set, HOUR_NS);
        thread.start();
        // One or two may be answered before the thread rests for the first time.
        for (int asked = 0; asked < 5; asked++) {
            thread.worker().take();
            SpoolPort.Reply reply = await(thread.worker(), uploader);
            assertNotNull(reply, "an answer to request " + asked);
            assertInstanceOf(SpoolPort.Reply.Nothing.class, reply);
        }
        while (!isResting()) {
            Thread.onSpinWait();
        }
        assertTrue(thread.stop(TimeUnit.NANOSECONDS.toMillis(PATIENCE_NS)), "the end");
        assertEquals(null, failure.get());
    }
}
