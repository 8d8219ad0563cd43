package io.github.xrayd.connectors.kafka;

import io.github.xrayd.engine.source.Settlement;
import io.github.xrayd.engine.source.SlotSink;
import io.github.xrayd.engine.source.Source;
import io.github.xrayd.engine.telemetry.Counter;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Documents of a topic. A thread of its own consumes and commits ({@link Consumption}); the pipeline's thread takes
 * what that brought.
 *
 * <p>When memory is full the topic is not read further. An offset is committed when every document before it is settled
 * at every destination. What is not settled when the daemon ends stays in the topic.
 */
final class KafkaSource implements Source, Settlement {
    private static final int POLL_LIMIT = 256;
    /** More than the largest memory limits hold documents; 20 bytes each. */
    private static final int UNSETTLED_MAX = 1 << 17;

    private static final long RETRY_MS_MIN = 500;
    private static final long RETRY_MS_MAX = 10_000;
    private static final long TOPIC_LOOK_NS = 10_000_000_000L;
    private static final Duration TOPIC_LOOK_MAX = Duration.ofSeconds(5);
    private static final long CLOSE_MS_MAX = 12_000;

    private final Consumption.TopicGroup names;
    private final Supplier<Consumer<byte[], byte[]>> maker;
    private final SettledOffsets settled;
    private final OneToOneConcurrentArrayQueue<Arrival> waiting =
            new OneToOneConcurrentArrayQueue<>(Consumption.WAITING_MAX);
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicLong givenBack = new AtomicLong();
    private final Thread thread = new Thread(this::consume, "kafka-consumer");
    private final int[] length = new int[1];
    private @Nullable SlotSink sink;
    /** Taken from the queue and without room so far. */
    private @Nullable Arrival next;

    private boolean isMoreWaiting;
    /** The consuming thread's. */
    private long givenBackBefore;
    /** The pipeline's thread's. */
    private long givenBackCounted;

    private volatile boolean isTaking = true;
    private volatile boolean isClosing;
    private volatile String failure = "";

    KafkaSource(Consumption.TopicGroup names, Supplier<Consumer<byte[], byte[]>> maker, int destinations) {
        this.names = names;
        this.maker = maker;
        settled = new SettledOffsets(UNSETTLED_MAX, destinations);
        thread.setDaemon(true);
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public void attach(SlotSink sink) {
        this.sink = sink;
        thread.start();
    }

    private SlotSink sink() {
        return Objects.requireNonNull(sink, "not attached");
    }

    // The thread that consumes.

    private void consume() {
        long retryMs = RETRY_MS_MIN;
        while (!isClosing) {
            Consumption consumption = null;
            try {
                consumption = new Consumption(
                        names, Clients.make(maker, names.brokers()), settled, waiting, waitingBytes, sink()::wakeUp);
                retryMs = consume(consumption, retryMs);
            } catch (KafkaException | IllegalArgumentException e) {
                onFailed(e);
                retryMs = rest(retryMs);
            } catch (InterruptedException e) {
                return;
            } finally {
                close(consumption);
            }
        }
    }

    /** Until the end, or until this consumer cannot go on; what can pass is tried again with it. */
    private long consume(Consumption consumption, long retryMsAtFirst) {
        long retryMs = retryMsAtFirst;
        long lookedNs = System.nanoTime();
        while (!isClosing) {
            try {
                consumption.cycle(isTaking);
                givenBack.set(Math.max(givenBack.get(), givenBackBefore + consumption.givenBack()));
                long nowNs = System.nanoTime();
                if (consumption.isWithoutPartition() && nowNs - lookedNs > TOPIC_LOOK_NS) {
                    lookedNs = nowNs;
                    if (!consumption.isTopicThere(TOPIC_LOOK_MAX)) {
                        onFailed(new UnknownTopicOrPartitionException(names.topic()));
                    }
                } else if (!consumption.isWithoutPartition()) {
                    retryMs = RETRY_MS_MIN;
                }
            } catch (InterruptException e) {
                return retryMs;
            } catch (KafkaException e) {
                onFailed(e);
                retryMs = rest(retryMs);
            }
        }
        return retryMs;
    }

    private void onFailed(Exception e) {
        failure = KafkaErrors.text(e, names.brokers(), names.topic());
    }

    private long rest(long retryMs) {
        try {
            Thread.sleep(isClosing ? 0 : retryMs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Math.min(RETRY_MS_MAX, 2 * retryMs);
    }

    private void close(@Nullable Consumption consumption) {
        if (consumption != null) {
            try {
                consumption.close();
            } catch (KafkaException e) {
                onFailed(e);
            }
            givenBackBefore += consumption.givenBack();
            givenBack.set(givenBackBefore);
        }
    }

    /** Counts what was given back since this was last called: the pipeline's thread, and at the end whoever closes. */
    private void countGivenBack() {
        long now = givenBack.get();
        sink().counters().add(Counter.GIVEN_BACK, now - givenBackCounted);
        givenBackCounted = now;
    }

    // The pipeline's thread.

    @Override
    public int poll() {
        int count = 0;
        isMoreWaiting = false;
        countGivenBack();
        while (count < POLL_LIMIT) {
            Arrival arrival = next == null ? waiting.poll() : next;
            if (arrival == null) {
                return count;
            }
            if (!give(arrival)) {
                next = arrival;
                return count;
            }
            next = null;
            waitingBytes.addAndGet(-arrival.value().length);
            count++;
        }
        isMoreWaiting = true;
        return count;
    }

    /** Puts a document into the pipeline, or says what becomes of it instead; false when there is no room. */
    private boolean give(Arrival arrival) {
        SlotSink to = sink();
        byte[] value = arrival.value();
        if (!isTaking || arrival.partition().isTakenAway()) {
            settled.drop(arrival.place());
            to.giveUpWaiting();
            return true;
        }
        if (value.length == 0 || value.length > SlotSink.DOCUMENT_LENGTH_MAX) {
            to.refuse(value.length == 0 ? Counter.REJECTED_NO_DOCUMENT : Counter.REJECTED_TOO_LARGE, value.length);
            settled.settleAll(arrival.place());
            return true;
        }
        length[0] = value.length;
        return to.hasRoom(length, 1) && to.put(value, 0, value.length, arrival.place());
    }

    @Override
    public boolean isMoreWaiting() {
        return isMoreWaiting;
    }

    @Override
    public boolean isEmpty() {
        return next == null && waiting.isEmpty();
    }

    @Override
    public boolean isFull() {
        return sink().isFull();
    }

    @Override
    public void drain() {
        isTaking = false;
    }

    @Override
    public void stop() {
        isTaking = false;
    }

    @Override
    public boolean outlivesProcess() {
        return true;
    }

    @Override
    public Settlement settlement() {
        return this;
    }

    @Override
    public void onSettled(int destination, long origin) {
        settled.settle((int) origin);
    }

    @Override
    public void onRejected(long origin) {
        settled.settleAll((int) origin);
    }

    @Override
    public String takeFailure() {
        String last = failure;
        failure = "";
        return last;
    }

    /** Commits what is settled by now and leaves the group. */
    @Override
    public void close() {
        isTaking = false;
        isClosing = true;
        if (sink == null) {
            return;
        }
        try {
            thread.join(CLOSE_MS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        countGivenBack();
    }
}
