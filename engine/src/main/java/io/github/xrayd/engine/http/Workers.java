package io.github.xrayd.engine.http;

import io.github.xrayd.engine.run.GrowFirstQueue;
import io.github.xrayd.engine.run.SpareThread;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that call the API: an idle one before a new one, then a new one up to the limit, then a queue, then
 * refusal.
 *
 * <p>They never read from clients, so a slow client holds none. One is kept from the first call on, so that there is
 * one when the process may have no more threads; without any the call is refused.
 */
public final class Workers {
    private static final int QUEUE_MAX = HttpLimits.CONNECTIONS_MAX;
    private static final int IDLE_SECONDS = 5;
    private static final int STACK_BYTES = 256 << 10;

    private final AtomicInteger threadNumber = new AtomicInteger();
    private final AtomicInteger busy = new AtomicInteger();
    private final GrowFirstQueue queue = new GrowFirstQueue(QUEUE_MAX, this::isThreadFree);
    private final ThreadPoolExecutor pool;

    /** {@code threadsMax}: the most threads at once. */
    public Workers(int threadsMax) {
        pool = new ThreadPoolExecutor(1, threadsMax, IDLE_SECONDS, TimeUnit.SECONDS, queue, this::thread, (task, p) -> {
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

    /**
     * Runs a task on a worker.
     *
     * @throws RejectedExecutionException when none can take it
     */
    public void execute(Runnable task) {
        busy.incrementAndGet();
        Runnable counted = () -> {
            try {
                task.run();
            } finally {
                busy.decrementAndGet();
            }
        };
        boolean isGrowing = busy.get() > pool.getPoolSize() && pool.getPoolSize() < pool.getMaximumPoolSize();
        SpareThread spare = null;
        try {
            spare = isGrowing ? SpareThread.take() : null;
            pool.execute(counted);
        } catch (OutOfMemoryError e) {
            // No thread now: those that are there take it, one after the other.
            if (pool.getPoolSize() == 0 || !queue.offerWhenFull(counted)) {
                busy.decrementAndGet();
                throw new RejectedExecutionException("there is no thread: " + e.getMessage(), e);
            }
        } catch (RejectedExecutionException e) {
            busy.decrementAndGet();
            throw e;
        } finally {
            if (spare != null) {
                spare.close();
            }
        }
    }

    /** Tasks running or waiting. */
    public int busy() {
        return busy.get();
    }

    public void close() {
        pool.shutdownNow();
    }

    private boolean isThreadFree() {
        return busy.get() <= pool.getPoolSize();
    }
}
