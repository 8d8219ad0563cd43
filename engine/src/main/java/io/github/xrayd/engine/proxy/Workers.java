package io.github.xrayd.engine.proxy;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that serve requests: none when idle, an idle one before a new one, then a new one up to {@link #THREADS_MAX}, then a
 * bounded queue, then refusal (the connection is closed).
 *
 * <p>A plain pool would either queue before it grows or grow while others idle. Many threads, because one that reads from a slow
 * client is held until {@link HttpLimits#REQUEST_SECONDS_MAX}.
 */
final class Workers {
    static final int THREADS_MAX = 512;

    private static final int QUEUE_MAX = 4096;
    private static final int IDLE_SECONDS = 5;
    private static final int STACK_BYTES = 256 << 10;

    private final AtomicInteger threadNumber = new AtomicInteger();
    private final AtomicInteger busy = new AtomicInteger();
    private final ThreadPoolExecutor pool;

    Workers() {
        GrowFirst queue = new GrowFirst();
        pool = new ThreadPoolExecutor(
                0, THREADS_MAX, IDLE_SECONDS, TimeUnit.SECONDS, queue, this::thread, (task, p) -> {
                    if (p.isShutdown() || !queue.offerWhenFull(task)) {
                        throw new RejectedExecutionException("all workers are busy");
                    }
                });
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(null, work, "proxy-" + threadNumber.incrementAndGet(), STACK_BYTES);
        thread.setDaemon(true);
        return thread;
    }

    /** Runs a task on a worker. */
    void execute(Runnable task) {
        busy.incrementAndGet();
        try {
            pool.execute(() -> {
                try {
                    task.run();
                } finally {
                    busy.decrementAndGet();
                }
            });
        } catch (RejectedExecutionException e) {
            busy.decrementAndGet();
            throw e;
        }
    }

    /** Tasks running or waiting. */
    int busy() {
        return busy.get();
    }

    void close() {
        pool.shutdownNow();
    }

    private final class GrowFirst extends LinkedBlockingQueue<Runnable> {
        private static final long serialVersionUID = 1L;

        GrowFirst() {
            super(QUEUE_MAX);
        }

        /** Refuses while all threads are busy, which makes the pool grow; once it cannot, {@link #offerWhenFull} is asked. */
        @Override
        public boolean offer(Runnable task) {
            return busy.get() <= pool.getPoolSize() && super.offer(task);
        }

        boolean offerWhenFull(Runnable task) {
            return super.offer(task);
        }
    }
}
