package io.github.xrayd.engine.run;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;

/**
 * The queue of a thread pool that makes threads up to its maximum before tasks wait: while no thread is free it refuses
 * what the pool offers. A task that the pool then refuses too waits by {@link #offerWhenFull}. Thread-safe.
 */
public final class GrowFirstQueue extends LinkedBlockingQueue<Runnable> {
    private static final long serialVersionUID = 1L;

    private final transient BooleanSupplier isThreadFree;

    /**
     * An empty queue.
     *
     * @param capacity the most tasks that wait, at least 1
     * @param isThreadFree whether a thread of the pool can take a task; asked from any thread, once for each task
     */
    public GrowFirstQueue(int capacity, BooleanSupplier isThreadFree) {
        super(capacity);
        this.isThreadFree = isThreadFree;
    }

    @Override
    public boolean offer(Runnable task) {
        return isThreadFree.getAsBoolean() && super.offer(task);
    }

    /** Has the task wait although no thread is free; returns whether there was room. */
    public boolean offerWhenFull(Runnable task) {
        return super.offer(task);
    }
}
