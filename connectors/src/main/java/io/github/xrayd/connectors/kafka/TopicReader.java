package io.github.xrayd.connectors.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads a topic from its beginning to the end that it had when it was opened, as often as one likes, without a consumer
 * group and without committing anything. Used by one thread.
 */
public final class TopicReader implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final int SILENT_POLLS_MAX = 60;

    private final String brokers;
    private final String topic;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, Long> ends;

    /** What went wrong with the brokers; the message is for the user. */
    public static final class TopicException extends java.io.IOException {
        private static final long serialVersionUID = 1L;

        TopicException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private TopicReader(
            String brokers, String topic, KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        this.brokers = brokers;
        this.topic = topic;
        this.consumer = consumer;
        this.ends = ends;
    }

    /**
     * Connects, and notes where each partition ends now.
     *
     * @param brokers host:port, separated by commas
     * @param properties of Kafka's consumer, over ours
     * @throws IllegalArgumentException when a property is none of a consumer, or ours; the message is for the user
     * @throws TopicException when the brokers cannot be reached, do not allow it, or have no such topic
     */
    public static TopicReader open(String brokers, String topic, Map<String, String> properties)
            throws TopicException, InterruptedException {
        Map<String, Object> all = ClientProperties.reader(
                brokers, properties, Runtime.getRuntime().maxMemory());
        KafkaConsumer<byte[], byte[]> consumer = null;
        try {
            consumer = new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            List<PartitionInfo> partitions = consumer.partitionsFor(topic, TIMEOUT);
            if (partitions == null || partitions.isEmpty()) {
                throw new org.apache.kafka.common.errors.UnknownTopicOrPartitionException(topic);
            }
            List<TopicPartition> names = partitions.stream()
                    .map(each -> new TopicPartition(each.topic(), each.partition()))
                    .toList();
            consumer.assign(names);
            return new TopicReader(brokers, topic, consumer, consumer.endOffsets(names, TIMEOUT));
        } catch (KafkaException e) {
            if (consumer != null) {
                consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO));
            }
            throw failure(e, brokers, topic);
        }
    }

    private static TopicException failure(KafkaException e, String brokers, String topic) throws InterruptedException {
        if (e instanceof InterruptException) {
            throw new InterruptedException(e.getMessage());
        }
        Throwable told = e.getCause() instanceof KafkaException cause ? cause : e;
        return new TopicException(KafkaErrors.text(told, brokers, topic), e);
    }

    /**
     * Hands over the values of all records, partition by partition in their order; records without a value are passed
     * over.
     *
     * @throws TopicException when the brokers do not give them
     */
    public void read(Consumer<byte[]> values) throws TopicException, InterruptedException {
        try {
            consumer.seekToBeginning(ends.keySet());
            Map<TopicPartition, Long> open = new HashMap<>(ends);
            open.entrySet().removeIf(end -> consumer.position(end.getKey(), TIMEOUT) >= end.getValue());
            int silent = 0;
            while (!open.isEmpty()) {
                boolean isSilent = true;
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    Long end = ends.get(new TopicPartition(record.topic(), record.partition()));
                    isSilent = false;
                    if (end != null && record.offset() < end && record.value() != null) {
                        values.accept(record.value());
                    }
                }
                // Positions pass what compaction and transactions left without a record.
                open.entrySet().removeIf(end -> consumer.position(end.getKey(), TIMEOUT) >= end.getValue());
                silent = isSilent ? silent + 1 : 0;
                if (silent > SILENT_POLLS_MAX) {
                    throw new org.apache.kafka.common.errors.TimeoutException(
                            "no record within " + SILENT_POLLS_MAX * POLL.toMillis() / 1_000 + " s");
                }
            }
        } catch (KafkaException e) {
            throw failure(e, brokers, topic);
        }
    }

    @Override
    public void close() {
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}
