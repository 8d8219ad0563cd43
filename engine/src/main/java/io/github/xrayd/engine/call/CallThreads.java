package io.github.xrayd.engine.call;

import io.github.xrayd.engine.batch.BatchBody;
import io.github.xrayd.engine.batch.Parcel;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;
import io.github.xrayd.engine.export.Exporter;
import io.github.xrayd.engine.flight.FlightEvents;
import io.github.xrayd.engine.flight.FlightRecording;
import io.github.xrayd.engine.run.GrowFirstQueue;
import io.github.xrayd.engine.run.SpareThread;
import io.github.xrayd.engine.upload.Calls;
import io.github.xrayd.engine.upload.RejectedDocument;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls on threads, one for each call in flight: {@value #RESERVED} of them are there from the start, so that
 * nobody else takes the last ones that the system gives; more are made when needed, and end when {@value #IDLE_SECONDS}
 * seconds did not need half of them, because calls that go around many threads find none of their memory in the
 * processor's cache. When the system gives no thread, a call waits for one of those there are.
 *
 * <p>Whatever a call throws ends it as failed. {@link #ready} is called once, when the backend is there; {@link #close}
 * ends calls in flight.
 */
public final class CallThreads implements Calls, AutoCloseable {
    private static final int IDLE_SECONDS = 10;
    private static final int RESERVED = 2;
    private static final long SHRUNK_NS = 30_000_000_000L;
    private static final long STACK_SIZE = 256 * 1024;
    /** Made at the start, because there may be no memory for it when it is needed. */
    private static final Answer FAILED = failed("the call failed, and there was no memory to say why");

    private final String destination;
    private final ThreadPoolExecutor threads;
    private final GrowFirstQueue waiting = new GrowFirstQueue(Integer.MAX_VALUE, this::isThreadFree);
    /** Calls that wait, run, or hand in their answer. */
    private final AtomicInteger busy = new AtomicInteger();

    private final int callsMax;
    /** No more threads are asked for until some time after the system gave none. Uploader's thread only. */
    private boolean isShrunk;

    private long shrunkNs;
    /** The most calls at once since {@link #peakSinceNs}. Uploader's thread only. */
    private int peak;

    private long peakSinceNs;
    private final NanoClock clock;
    private final AtomicLong withoutThread = new AtomicLong();
    private final Queue<Call> ended;
    private final Runnable wakeUp;
    private volatile @Nullable Exporter backend;
    /** The one thread that begins calls which must arrive in their order, or null. */
    private volatile @Nullable ThreadPoolExecutor inOrder;

    private volatile @Nullable LinkageError brokenBy;

    /**
     * Call threads.
     *
     * @param destination its name, for flight recordings
     * @param callsMax most calls in flight
     * @param wakeUp wakes the uploader's thread; called by call threads
     * @throws OutOfMemoryError when the system gives no thread at all
     */
    public CallThreads(String destination, int callsMax, Runnable wakeUp) {
        this(destination, callsMax, wakeUp, threadFactory(), SystemNanoClock.INSTANCE);
    }

    CallThreads(String destination, int callsMax, Runnable wakeUp, ThreadFactory factory, NanoClock clock) {
        this.destination = destination;
        this.clock = clock;
        peakSinceNs = clock.nanoTime();
        this.callsMax = callsMax;
        this.wakeUp = wakeUp;
        ended = new ManyToOneConcurrentArrayQueue<>(Math.max(2, callsMax));
        // Twice as many, because a thread that has handed in its answer takes a moment until it can take the next call.
        threads = new ThreadPoolExecutor(
                Math.min(RESERVED, callsMax), 2 * callsMax, IDLE_SECONDS, TimeUnit.SECONDS, waiting, factory);
        threads.setRejectedExecutionHandler((task, executor) -> {
            if (executor.isShutdown() || !waiting.offerWhenFull(task)) {
                throw new RejectedExecutionException("the daemon is ending");
            }
        });
        try {
            threads.prestartAllCoreThreads();
        } catch (OutOfMemoryError e) {
            threads.shutdownNow();
            throw e;
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // not for correctness: a call may wait for a core, the receiver may not
    private static ThreadFactory threadFactory() {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(null, task, "upload-" + number.incrementAndGet(), STACK_SIZE);
            thread.setDaemon(true);
            thread.setPriority(Thread.MIN_PRIORITY);
            return thread;
        };
    }

    private boolean isThreadFree() {
        return busy.get() <= threads.getPoolSize();
    }

    /** The backend is there: calls may start. */
    public void ready(Exporter backend) {
        if (backend.isInOrder()) {
            inOrder = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threadFactory());
        }
        this.backend = backend;
        wakeUp.run();
    }

    @Override
    public boolean isReady() {
        return backend != null;
    }

    @Override
    public void start(Object token, Parcel parcel, long documents) {
        Call call = new Call(token, BatchBody.of(parcel, documents));
        int calls = busy.incrementAndGet();
        ThreadPoolExecutor one = inOrder;
        if (one != null) {
            begin(one, call);
            return;
        }
        fit(calls, clock.nanoTime());
        boolean isGrowing = calls > threads.getPoolSize() && threads.getPoolSize() < threads.getMaximumPoolSize();
        SpareThread spare = null;
        try {
            spare = isGrowing ? SpareThread.take() : null;
            threads.execute(call);
        } catch (RejectedExecutionException e) {
            call.end(failed("the daemon is ending"));
        } catch (OutOfMemoryError e) {
            // No thread now. The reserved ones are there, and take it when they have ended what they do.
            withoutThread.incrementAndGet();
            shrink();
            if (!waiting.offerWhenFull(call)) {
                call.end(FAILED);
            }
        } finally {
            if (spare != null) {
                spare.close();
            }
        }
    }

    private static void begin(ThreadPoolExecutor one, Call call) {
        try {
            one.execute(call);
        } catch (RejectedExecutionException e) {
            call.end(failed("the daemon is ending"));
        } catch (OutOfMemoryError e) {
            call.end(FAILED);
        }
    }

    @Override
    public void hurry() {
        Exporter exporter = backend;
        if (exporter != null) {
            exporter.hurry();
        }
    }

    /** Gives one thread back, because the JVM needs one to handle a signal. */
    private void shrink() {
        int size = Math.max(1, threads.getPoolSize() - 1);
        threads.setCorePoolSize(Math.min(threads.getCorePoolSize(), size));
        threads.setMaximumPoolSize(size);
        shrunkNs = clock.nanoTime();
        isShrunk = true;
    }

    /** Has idle threads end that the last seconds did not need, and lets there be more when calls need them. */
    private void fit(int calls, long nowNs) {
        if (isShrunk) {
            if (nowNs - shrunkNs <= SHRUNK_NS) {
                return;
            }
            isShrunk = false;
            threads.setMaximumPoolSize(2 * callsMax);
            threads.setCorePoolSize(Math.min(RESERVED, callsMax));
        }
        peak = Math.max(peak, calls);
        if (nowNs - peakSinceNs > IDLE_SECONDS * 1_000_000_000L) {
            threads.setMaximumPoolSize(Math.min(2 * callsMax, Math.max(RESERVED, 2 * peak)));
            peak = calls;
            peakSinceNs = nowNs;
        } else if (calls > threads.getMaximumPoolSize()) {
            threads.setMaximumPoolSize(2 * callsMax);
        }
    }

    private static Answer failed(String message) {
        return Answer.failed(AnswerKind.TRANSIENT, ConnectionError.OTHER, 0, null, message);
    }

    @Override
    public @Nullable Completion poll() {
        Call call = ended.poll();
        return call == null ? null : new Completion(call.token, call.answer, call.rejected, call.latencyNs);
    }

    /** How many calls had to wait for a thread since this was last asked, because the system gave none. Any thread. */
    public long takeWithoutThread() {
        return withoutThread.getAndSet(0);
    }

    /**
     * What the last call ended by when it was a class that cannot be loaded, which does not get better while this
     * process lives; else null. Any thread.
     */
    public @Nullable LinkageError brokenBy() {
        return brokenBy;
    }

    /** Interrupts calls in flight and refuses new ones. */
    @Override
    public void close() {
        threads.shutdownNow();
        ThreadPoolExecutor one = inOrder;
        if (one != null) {
            one.shutdownNow();
        }
    }

    /** Waits for the threads to end after {@link #close}; false when some still run, and so may still read batches. */
    public boolean awaitEnd(long timeoutMs) throws InterruptedException {
        ThreadPoolExecutor one = inOrder;
        return (one == null || one.awaitTermination(timeoutMs, TimeUnit.MILLISECONDS))
                && threads.awaitTermination(timeoutMs, TimeUnit.MILLISECONDS);
    }

    /** One call, which is its own completion, so that handing it in needs no memory. */
    private final class Call implements Runnable {
        final Object token;
        private final BatchBody body;
        private final AtomicBoolean isAnswered = new AtomicBoolean();
        private long startedNs;
        private FlightEvents.@Nullable CallEvent recorded;
        Answer answer = FAILED;
        List<RejectedDocument> rejected = List.of();
        long latencyNs;

        Call(Object token, BatchBody body) {
            this.token = token;
            this.body = body;
        }

        @Override
        public void run() {
            startedNs = System.nanoTime();
            FlightEvents events = FlightRecording.events();
            if (events != null) {
                recorded = events.onCall(destination, body.documentCount(), body.length());
            }
            Exporter exporter = backend;
            if (exporter != null && exporter.isInOrder()) {
                begin(exporter);
                return;
            }
            Answer result = FAILED;
            try {
                result = make();
            } catch (Throwable e) {
                result = failed(e);
            } finally {
                latencyNs = System.nanoTime() - startedNs;
                end(result);
            }
        }

        private void begin(Exporter exporter) {
            try {
                exporter.start(body, this::onAnswer);
            } catch (Throwable e) {
                onAnswer(failed(e));
            }
        }

        private void onAnswer(Answer result) {
            if (isAnswered.compareAndSet(false, true)) {
                latencyNs = System.nanoTime() - startedNs;
                rejected = RejectionReader.read(body, result);
                end(result);
            }
        }

        private Answer make() {
            Exporter exporter = backend;
            Answer result =
                    exporter == null ? CallThreads.failed("the backend is not there yet") : exporter.export(body);
            rejected = RejectionReader.read(body, result);
            if (brokenBy != null) {
                brokenBy = null;
            }
            return result;
        }

        private Answer failed(Throwable e) {
            try {
                if (e instanceof LinkageError broken) {
                    brokenBy = broken;
                }
                Throwable cause = e.getCause();
                return CallThreads.failed(cause == null ? e.toString() : e + ", caused by " + cause);
            } catch (Throwable again) {
                return FAILED;
            }
        }

        private void record(FlightEvents.CallEvent call, Answer result) {
            ConnectionError failure = result.connectionError();
            String code = result.errorCode();
            if (code == null && failure != null) {
                code = failure.name().toLowerCase(Locale.ROOT);
            }
            call.onEnd(result.outcome().name().toLowerCase(Locale.ROOT), result.statusCode(), code, rejected.size());
        }

        void end(Answer result) {
            answer = result;
            if (recorded != null) {
                record(recorded, result);
            }
            while (!ended.offer(this)) {
                Thread.onSpinWait();
            }
            wakeUp.run();
            busy.decrementAndGet();
        }
    }
}
