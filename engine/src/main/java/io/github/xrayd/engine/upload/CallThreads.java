package io.github.xrayd.engine.upload;

import io.github.xrayd.engine.backend.Answer;
import io.github.xrayd.engine.backend.Backend;
import io.github.xrayd.engine.backend.ConnectionError;
import io.github.xrayd.engine.backend.EncodedBody;
import io.github.xrayd.engine.backend.Outcome;
import io.github.xrayd.engine.batch.BatchBody;
import java.io.InputStream;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls on threads, one for each call in flight, made when needed and ended after {@value #IDLE_SECONDS} idle seconds.
 *
 * <p>{@link #ready} is called once, when the backend is there; {@link #close} ends calls in flight.
 */
public final class CallThreads implements Calls, AutoCloseable {
    private static final int IDLE_SECONDS = 10;
    private static final long STACK_SIZE = 256 * 1024;
    private static final long RETRY_NS = 20_000;

    private final ThreadPoolExecutor threads;
    private final Queue<Completion> completions;
    private final Runnable wakeUp;
    private volatile @Nullable Backend backend;

    /**
     * Call threads.
     *
     * @param callsMax most calls in flight
     * @param wakeUp wakes the uploader's thread; called by call threads
     */
    @SuppressWarnings("ThreadPriorityCheck") // not for correctness: a call may wait for a core, the receiver may not
    public CallThreads(int callsMax, Runnable wakeUp) {
        this.wakeUp = wakeUp;
        completions = new ManyToOneConcurrentArrayQueue<>(Math.max(2, callsMax));
        AtomicInteger number = new AtomicInteger();
        // Twice as many, because a thread that has handed in its answer takes a moment until it can take the next call.
        threads = new ThreadPoolExecutor(
                0, 2 * callsMax, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(null, task, "upload-" + number.incrementAndGet(), STACK_SIZE);
                    thread.setDaemon(true);
                    thread.setPriority(Thread.MIN_PRIORITY);
                    return thread;
                });
    }

    /** The backend is there: calls may start. */
    public void ready(Backend backend) {
        this.backend = backend;
        wakeUp.run();
    }

    @Override
    public boolean isReady() {
        return backend != null;
    }

    @Override
    public void start(Object token, BatchBody body) {
        Runnable call = () -> call(token, body);
        while (!tryExecute(call, token)) {
            LockSupport.parkNanos(RETRY_NS);
        }
    }

    /** Whether the call is on its way; not when every thread has just handed in an answer and none waits for a call yet. */
    private boolean tryExecute(Runnable call, Object token) {
        try {
            threads.execute(call);
            return true;
        } catch (RejectedExecutionException e) {
            if (threads.isShutdown()) {
                complete(new Completion(token, failed("the daemon is ending"), List.of(), 0));
                return true;
            }
            return false;
        }
    }

    private void call(Object token, BatchBody body) {
        long startedNs = System.nanoTime();
        Completion completion;
        try {
            Backend there = backend;
            Answer answer =
                    there == null ? failed("the backend is not there yet") : there.putTraceSegments(new Body(body));
            completion = Completion.of(token, body, answer, System.nanoTime() - startedNs);
        } catch (RuntimeException e) {
            completion = new Completion(token, failed(e.toString()), List.of(), System.nanoTime() - startedNs);
        }
        complete(completion);
    }

    private void complete(Completion completion) {
        while (!completions.offer(completion)) {
            Thread.onSpinWait();
        }
        wakeUp.run();
    }

    private static Answer failed(String message) {
        return Answer.failed(Outcome.TRANSIENT, ConnectionError.OTHER, 0, null, message);
    }

    @Override
    public @Nullable Completion poll() {
        return completions.poll();
    }

    /** Interrupts calls in flight and refuses new ones. */
    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** Waits for the threads to end after {@link #close}; false when some still run, and so may still read batches. */
    public boolean awaitEnd(long timeoutMs) throws InterruptedException {
        return threads.awaitTermination(timeoutMs, TimeUnit.MILLISECONDS);
    }

    private record Body(BatchBody body) implements EncodedBody {
        @Override
        public int length() {
            return body.length();
        }

        @Override
        public InputStream openStream() {
            return body.openStream();
        }
    }
}
