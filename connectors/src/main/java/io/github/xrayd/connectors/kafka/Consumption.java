package io.github.xrayd.connectors.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A consumer's part of a group: brings records to the pipeline, as long as that has room for them, and commits what is
 * settled.
 *
 * <p>Driven by one thread, which calls {@link #cycle} again and again and {@link #close} at the end. Offsets are
 * committed once a second, when a partition is given back, and at the end; never one that is not settled.
 */
final class Consumption implements ConsumerRebalanceListener {
    private static final Logger LOG = LoggerFactory.getLogger(Consumption.class);

    /** The most records that wait for the pipeline. */
    static final int WAITING_MAX = 4 * ClientProperties.POLL_RECORDS;

    /** The most bytes of them, one poll aside. */
    static final long WAITING_BYTES_MAX = 4 << 20;

    private static final Duration POLL = Duration.ofMillis(100);
    /** While partitions are paused; room for more is looked for in between. */
    private static final Duration PAUSED_POLL = Duration.ofMillis(10);

    private static final long COMMIT_NS = 1_000_000_000L;
    private static final Duration COMMIT_MAX = Duration.ofSeconds(5);
    private static final long DRAIN_NS_MAX = 10_000_000_000L;
    private static final long DRAIN_LOOK_NS = 2_000_000L;
    private static final byte[] NO_VALUE = {};

    /**
     * What is consumed, for messages.
     *
     * @param brokers host:port, separated by commas
     */
    record TopicGroup(String brokers, String topic, String group) {}

    private final TopicGroup names;
    private final Consumer<byte[], byte[]> consumer;
    private final SettledOffsets settled;
    private final Queue<Arrival> waiting;
    private final AtomicLong waitingBytes;
    private final Runnable onArrival;
    private final Map<TopicPartition, AssignedPartition> assigned = new HashMap<>();
    private boolean isPaused;
    private boolean isStopped;
    private long committedNs;
    private long givenBack;

    /**
     * @param waiting where records go; holds at least {@link #WAITING_MAX}
     * @param waitingBytes the bytes of those; taken off by whoever takes them out
     * @param onArrival called after records were put there
     */
    Consumption(
            TopicGroup names,
            Consumer<byte[], byte[]> consumer,
            SettledOffsets settled,
            Queue<Arrival> waiting,
            AtomicLong waitingBytes,
            Runnable onArrival) {
        this.names = names;
        this.consumer = consumer;
        this.settled = settled;
        this.waiting = waiting;
        this.waitingBytes = waitingBytes;
        this.onArrival = onArrival;
        consumer.subscribe(List.of(names.topic()), this);
        committedNs = System.nanoTime();
    }

    /**
     * Takes what the brokers have, waiting for it for a tenth of a second, and commits when it is time.
     *
     * @param isTaking whether records are still wanted; else membership and commits go on
     * @throws KafkaException when the brokers do not let it
     */
    void cycle(boolean isTaking) {
        isStopped |= !isTaking;
        pauseOrResume();
        take(consumer.poll(isPaused && !isStopped ? PAUSED_POLL : POLL));
        long nowNs = System.nanoTime();
        if (nowNs - committedNs >= COMMIT_NS) {
            committedNs = nowNs;
            commitLater();
        }
    }

    private void pauseOrResume() {
        boolean isFull = isStopped
                || waiting.size() + ClientProperties.POLL_RECORDS > WAITING_MAX
                || waitingBytes.get() > WAITING_BYTES_MAX
                || settled.free() < ClientProperties.POLL_RECORDS;
        if (isFull) {
            // Each time: partitions that were assigned since are not paused.
            consumer.pause(consumer.assignment());
        } else if (isPaused) {
            consumer.resume(consumer.paused());
        }
        isPaused = isFull;
    }

    private void take(ConsumerRecords<byte[], byte[]> records) {
        if (records.isEmpty()) {
            return;
        }
        for (ConsumerRecord<byte[], byte[]> record : records) {
            AssignedPartition partition = assigned.get(new TopicPartition(record.topic(), record.partition()));
            if (partition == null) {
                throw new IllegalStateException(
                        "a record of partition " + record.partition() + ", which is not assigned");
            }
            byte[] value = record.value() == null ? NO_VALUE : record.value();
            int place = settled.add(partition.offsets(), record.offset());
            waitingBytes.addAndGet(value.length);
            if (place == SettledOffsets.FULL || !waiting.offer(new Arrival(place, value, partition))) {
                throw new IllegalStateException("more records than there was room for when they were asked for");
            }
        }
        onArrival.run();
    }

    private void commitLater() {
        Map<TopicPartition, OffsetAndMetadata> offsets = toCommit(assigned.values());
        if (!offsets.isEmpty()) {
            consumer.commitAsync(offsets, (committed, e) -> {
                if (e == null) {
                    onCommitted(committed);
                } else {
                    LOG.debug("Not committed, tried again: {}", e.toString());
                }
            });
        }
    }

    private void commitNow(Collection<AssignedPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> offsets = toCommit(partitions);
        if (offsets.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(offsets, COMMIT_MAX);
            onCommitted(offsets);
        } catch (KafkaException e) {
            LOG.warn(
                    "Offsets of topic {} could not be committed; what lies behind the last ones that were is consumed again: {}",
                    names.topic(),
                    KafkaErrors.text(e, names.brokers(), names.topic()));
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> toCommit(Collection<AssignedPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (AssignedPartition partition : partitions) {
            long offset = partition.toCommit();
            if (offset != SettledOffsets.NOTHING) {
                offsets.put(partition.name(), new OffsetAndMetadata(offset));
            }
        }
        return offsets;
    }

    private void onCommitted(Map<TopicPartition, OffsetAndMetadata> offsets) {
        offsets.forEach((name, offset) -> {
            AssignedPartition partition = assigned.get(name);
            if (partition != null) {
                partition.onCommitted(offset.offset());
            }
        });
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        for (TopicPartition name : partitions) {
            assigned.put(name, new AssignedPartition(name, settled.assign()));
        }
        if (!partitions.isEmpty()) {
            LOG.info("Consuming partitions {} of topic {}", numbers(assigned.keySet()), names.topic());
        }
    }

    /**
     * Gives partitions back: what the pipeline has of them is waited for, so that as little as possible is consumed
     * twice.
     */
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        List<AssignedPartition> revoked = known(partitions);
        if (revoked.isEmpty()) {
            return;
        }
        revoked.forEach(AssignedPartition::takeAway);
        onArrival.run();
        long startNs = System.nanoTime();
        while (!revoked.stream().allMatch(partition -> partition.offsets().isDrained())
                && System.nanoTime() - startNs < DRAIN_NS_MAX) {
            LockSupport.parkNanos(DRAIN_LOOK_NS);
        }
        commitNow(revoked);
        leave(revoked, "given back");
    }

    /** The group has given them to others already: nothing of them may be committed. */
    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        List<AssignedPartition> lost = known(partitions);
        lost.forEach(AssignedPartition::takeAway);
        leave(lost, "lost, because the group did not hear of this consumer in time");
    }

    private List<AssignedPartition> known(Collection<TopicPartition> partitions) {
        List<AssignedPartition> known = new ArrayList<>();
        for (TopicPartition name : partitions) {
            AssignedPartition partition = assigned.get(name);
            if (partition != null) {
                known.add(partition);
            }
        }
        return known;
    }

    private void leave(Collection<AssignedPartition> partitions, String how) {
        long again = 0;
        for (AssignedPartition partition : partitions) {
            again += partition.uncommitted();
            partition.offsets().takeAway();
            assigned.remove(partition.name());
        }
        givenBack += again;
        if (!partitions.isEmpty()) {
            LOG.info(
                    "Partitions {} of topic {} {}; {} documents that were consumed are consumed again",
                    numbers(partitions.stream().map(AssignedPartition::name).toList()),
                    names.topic(),
                    how,
                    again);
        }
    }

    private static List<Integer> numbers(Collection<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::partition).sorted().toList();
    }

    /** Whether no partition is assigned, as while the topic does not exist or others have them all. */
    boolean isWithoutPartition() {
        return assigned.isEmpty();
    }

    /** Whether the topic has partitions, as far as the brokers say within {@code timeout}. */
    boolean isTopicThere(Duration timeout) {
        return !consumer.partitionsFor(names.topic(), timeout).isEmpty();
    }

    /** Documents that were consumed and that this or another consumer consumes again. */
    long givenBack() {
        return givenBack;
    }

    /** Commits what is settled and leaves the group. */
    void close() {
        try {
            commitNow(assigned.values());
            leave(List.copyOf(assigned.values()), "left");
        } finally {
            consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(COMMIT_MAX));
        }
    }
}
