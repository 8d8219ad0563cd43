package io.github.xrayd.engine.upload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.backend.Answer;
import io.github.xrayd.engine.backend.Backend;
import io.github.xrayd.engine.backend.EncodedBody;
import io.github.xrayd.engine.backend.Outcome;
import io.github.xrayd.engine.batch.BatchBody;
import io.github.xrayd.engine.batch.TestBatches;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CallThreadsTest {
    private static final Backend AT_ONCE = new Backend() {
        @Override
        public Answer putTraceSegments(EncodedBody body) {
            return Answer.delivered();
        }

        @Override
        public void close() {}
    };

    private static final BatchBody BODY = TestBatches.body();

    /** A thread that has handed in its answer does not wait for the next call yet; a call that comes in that moment must not fail. */
    @Test
    void shouldTakeACallWhileEveryThreadIsStillHandingInAnAnswer() throws Exception {
        CountDownLatch handedIn = new CountDownLatch(1);
        try (CallThreads calls = new CallThreads(1, () -> await(handedIn))) {
            Thread maker = new Thread(() -> calls.ready(AT_ONCE));
            maker.start();
            while (!calls.isReady()) {
                Thread.onSpinWait();
            }
            for (int i = 0; i < 2; i++) {
                call(calls);
            }
            Thread release = new Thread(handedIn::countDown);
            CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS).execute(release::start);
            call(calls);
            maker.join();
        }
    }

    private static void call(CallThreads calls) {
        Object token = new Object();
        calls.start(token, BODY);
        Calls.Completion completion = calls.poll();
        while (completion == null) {
            Thread.onSpinWait();
            completion = calls.poll();
        }
        assertSame(token, completion.token());
        assertNull(calls.poll());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldAnswerACallThatComesAfterTheEnd() {
        AtomicInteger woken = new AtomicInteger();
        CallThreads calls = new CallThreads(1, woken::incrementAndGet);
        calls.ready(AT_ONCE);
        calls.close();
        calls.start("late", BODY);
        Calls.Completion completion = calls.poll();
        assertNotNull(completion);
        assertEquals(Outcome.TRANSIENT, completion.answer().outcome());
        assertTrue(woken.get() > 1, "the uploader was woken");
    }
}
