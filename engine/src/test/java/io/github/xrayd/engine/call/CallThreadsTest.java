package io.github.xrayd.engine.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.batch.Batch;
import io.github.xrayd.engine.batch.TestBatches;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.DocumentBatch;
import io.github.xrayd.engine.export.Exporter;
import io.github.xrayd.engine.upload.Calls;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class CallThreadsTest {
    private static final Exporter AT_ONCE = new Exporter() {
        @Override
        public Answer export(DocumentBatch body) {
            return Answer.delivered();
        }

        @Override
        public void close() {}
    };

    private static final Batch BATCH = TestBatches.sealed(1, "{\"name\":\"n\"}");

    /**
     * A thread that has handed in its answer does not wait for the next call yet; a call that comes in that moment must
     * not fail.
     */
    @Test
    void shouldTakeACallWhileEveryThreadIsStillHandingInAnAnswer() throws Exception {
        CountDownLatch handedIn = new CountDownLatch(1);
        try (CallThreads calls = new CallThreads("xray", 1, () -> await(handedIn))) {
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
        calls.start(token, BATCH, 1);
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
        CallThreads calls = new CallThreads("xray", 1, woken::incrementAndGet);
        calls.ready(AT_ONCE);
        calls.close();
        calls.start("late", BATCH, 1);
        Calls.Completion completion = calls.poll();
        assertNotNull(completion);
        assertEquals(AnswerKind.TRANSIENT, completion.answer().outcome());
        assertTrue(woken.get() > 1, "the uploader was woken");
    }

    private static Exporter backend(Supplier<Answer> answers) {
        return new Exporter() {
            @Override
            public Answer export(DocumentBatch body) {
                return answers.get();
            }

            @Override
            public void close() {}
        };
    }

    private static Calls.Completion completion(CallThreads calls) {
        Calls.Completion completion = calls.poll();
        while (completion == null) {
            Thread.onSpinWait();
            completion = calls.poll();
        }
        return completion;
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                OutOfMemoryError.class,
                NoClassDefFoundError.class,
                ExceptionInInitializerError.class,
                AssertionError.class,
                IllegalStateException.class
            })
    void shouldEndACallAsFailedWhateverItThrows(Class<? extends Throwable> thrown) throws Exception {
        Throwable e = thrown.getConstructor().newInstance();
        try (CallThreads calls = new CallThreads("xray", 1, () -> {})) {
            calls.ready(backend(() -> thrown(e)));
            for (int i = 0; i < 5; i++) {
                calls.start("token", BATCH, 1);
                Calls.Completion completion = completion(calls);
                assertEquals(AnswerKind.TRANSIENT, completion.answer().outcome());
                assertTrue(completion.answer().message().contains(thrown.getSimpleName()));
            }
            assertEquals(e instanceof LinkageError, calls.brokenBy() != null);
        }
    }

    @SuppressWarnings("TypeParameterUnusedInFormals")
    private static <T extends Throwable> Answer thrown(Throwable e) throws T {
        @SuppressWarnings("unchecked")
        T unchecked = (T) e;
        throw unchecked;
    }

    @Test
    void shouldEndACallAsFailedThatOverflowsItsStackAndRecoverWithTheNext() {
        AtomicInteger number = new AtomicInteger();
        try (CallThreads calls = new CallThreads("xray", 2, () -> {})) {
            calls.ready(backend(
                    () -> number.getAndIncrement() == 0 ? thrown(new StackOverflowError()) : Answer.delivered()));
            calls.start("token", BATCH, 1);
            assertEquals(AnswerKind.TRANSIENT, completion(calls).answer().outcome());
            calls.start("token", BATCH, 1);
            assertEquals(AnswerKind.DELIVERED, completion(calls).answer().outcome());
        }
    }

    @Test
    void shouldWaitForAThreadOfItsOwnWhenTheSystemGivesNoMore() {
        AtomicInteger made = new AtomicInteger();
        CountDownLatch answering = new CountDownLatch(1);
        ThreadFactory two = task -> {
            if (made.getAndIncrement() >= 2) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return daemon(task);
        };
        try (CallThreads calls = new CallThreads("xray", 8, () -> {}, two, () -> 0)) {
            calls.ready(backend(() -> {
                await(answering);
                return Answer.delivered();
            }));
            for (int i = 0; i < 8; i++) {
                calls.start(i, BATCH, 1);
            }
            assertTrue(calls.takeWithoutThread() > 0);
            answering.countDown();
            Set<Object> tokens = new HashSet<>();
            for (int i = 0; i < 8; i++) {
                tokens.add(completion(calls).token());
            }
            assertEquals(8, tokens.size());
            assertNull(calls.poll());
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    }

    @Test
    void shouldEndThreadsThatTheLastSecondsDidNotNeedAndMakeThemAgain() throws Exception {
        List<Thread> made = new CopyOnWriteArrayList<>();
        AtomicLong nowNs = new AtomicLong();
        Semaphore answers = new Semaphore(0);
        ThreadFactory factory = task -> {
            Thread thread = daemon(task);
            made.add(thread);
            return thread;
        };
        try (CallThreads calls = new CallThreads("xray", 16, () -> {}, factory, nowNs::get)) {
            calls.ready(backend(() -> {
                answers.acquireUninterruptibly();
                return Answer.delivered();
            }));
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 16; i++) {
                    calls.start(i, BATCH, 1);
                }
                assertEquals(16, made.stream().filter(Thread::isAlive).count());
                answers.release(16);
                for (int i = 0; i < 16; i++) {
                    completion(calls);
                }
                // The first window still saw all sixteen.
                for (int i = 0; i < 2; i++) {
                    nowNs.addAndGet(TimeUnit.SECONDS.toNanos(11));
                    answers.release();
                    calls.start("alone", BATCH, 1);
                    completion(calls);
                }
                while (made.stream().filter(Thread::isAlive).count() > 2) {
                    Thread.onSpinWait();
                }
            }
        }
    }
}
