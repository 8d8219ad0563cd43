package io.github.xrayd.engine.report;

import io.github.xrayd.engine.batch.Parcel;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.upload.RejectedDocument;
import io.github.xrayd.engine.upload.UploadListener;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;

/**
 * Carries the uploaders' events to the thread that writes the log, so that a slow log never holds the data path.
 *
 * <p>Bounded: while the log is slower than the events, they are counted and not kept.
 */
public final class EventLog {
    private static final int CAPACITY = 1024;

    /** What happened, at which destination. */
    public sealed interface Event {
        String destination();

        record Sent(String destination, int documents, int unprocessed, long latencyNs) implements Event {}

        record Failed(String destination, Answer answer, int documents) implements Event {}

        record Rejected(String destination, RejectedDocument document) implements Event {}

        record Abandoned(String destination, int documents, String reason) implements Event {}

        record LeftToSource(String destination, int documents) implements Event {}
    }

    private final ManyToOneConcurrentArrayQueue<Event> events = new ManyToOneConcurrentArrayQueue<>(CAPACITY);
    private final AtomicLong lost = new AtomicLong();
    private final Runnable wakeUp;

    /** A log of events; {@code wakeUp} wakes the thread that polls. */
    public EventLog(Runnable wakeUp) {
        this.wakeUp = wakeUp;
    }

    /** Receives the events of the uploader of the destination with that name. */
    public UploadListener of(String destination) {
        return new UploadListener() {
            @Override
            public void onSent(int documents, int unprocessed, long latencyNs) {
                offer(new Event.Sent(destination, documents, unprocessed, latencyNs));
            }

            @Override
            public void onFailed(Answer answer, int documents) {
                offer(new Event.Failed(destination, answer, documents));
            }

            @Override
            public void onRejected(RejectedDocument rejected, Parcel parcel) {
                offer(new Event.Rejected(destination, rejected));
            }

            @Override
            public void onAbandoned(int documents, String reason) {
                offer(new Event.Abandoned(destination, documents, reason));
            }

            @Override
            public void onLeftToSource(int documents) {
                offer(new Event.LeftToSource(destination, documents));
            }
        };
    }

    private void offer(Event event) {
        if (!events.offer(event)) {
            lost.incrementAndGet();
        }
        wakeUp.run();
    }

    /** Hands every waiting event to {@code consumer}. One thread. */
    public void poll(Consumer<Event> consumer) {
        events.drain(consumer);
    }

    /** Whether nothing waits. Any thread. */
    boolean isEmpty() {
        return events.isEmpty();
    }

    /** Whether it must be polled soon. Any thread. */
    public boolean isHalfFull() {
        return events.size() > CAPACITY / 2;
    }

    /** How many events were not kept since this was last asked. */
    public long takeLost() {
        return lost.getAndSet(0);
    }
}
