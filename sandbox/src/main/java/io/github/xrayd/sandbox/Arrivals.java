package io.github.xrayd.sandbox;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Tells listeners which documents the sandbox accepted, and counts them.
 *
 * <p>Listeners run on the thread that answers the request, before the answer is sent; several requests may be answered
 * at once, so they must be thread-safe and quick. With no listener and no kept traces documents are never decoded.
 */
public final class Arrivals {
    private final List<ArrivalListener> listeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition hasGrown = lock.newCondition();
    private long documents;
    private long batches;

    Arrivals() {}

    public void addListener(ArrivalListener listener) {
        listeners.add(listener);
    }

    /** Documents accepted so far, duplicates included. */
    public long documents() {
        lock.lock();
        try {
            return documents;
        } finally {
            lock.unlock();
        }
    }

    /** Requests with accepted documents so far. */
    public long batches() {
        lock.lock();
        try {
            return batches;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until at least {@code count} documents were accepted since the start.
     *
     * @return whether they were, within the timeout
     */
    public boolean await(long count, Duration timeout) throws InterruptedException {
        long remainingNanos = timeout.toNanos();
        lock.lock();
        try {
            while (documents < count) {
                if (remainingNanos <= 0) {
                    return false;
                }
                remainingNanos = hasGrown.awaitNanos(remainingNanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    boolean hasListeners() {
        return !listeners.isEmpty();
    }

    void count(int accepted) {
        lock.lock();
        try {
            documents += accepted;
            batches++;
            hasGrown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void tellRefused(String document, Map<String, Object> entry, long arrivalMicros) {
        for (ArrivalListener listener : listeners) {
            listener.onRefused(
                    document, Json.string(entry, "ErrorCode", ""), Json.string(entry, "Message", ""), arrivalMicros);
        }
    }

    void tell(List<String> accepted, long arrivalMicros) {
        for (ArrivalListener listener : listeners) {
            listener.onBatch(accepted, arrivalMicros);
            for (String document : accepted) {
                listener.onDocument(document, arrivalMicros);
            }
        }
    }
}
