package io.github.xrayd.connectors.kafka;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
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
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Utils;

/**
 * Reads a topic from its beginning to the end that it had when it was opened, as often as one likes, without a consumer
 * group and without committing anything. Used by one thread.
 */
public final class TopicReader implements AutoCloseable {
    private static final int ATTEMPTS_MAX = 5;
    private static final Duration ATTEMPT = Duration.ofSeconds(2);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final int SILENT_POLLS_SAID = 6;
    private static final int SILENT_POLLS_MAX = 60;

    private final String brokers;
    private final String topic;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, Long> ends;
    private final Consumer<String> progress;

    /** What went wrong with the brokers; the message is for the user. */
    public static final class TopicException extends IOException {
        private static final long serialVersionUID = 1L;

        TopicException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private TopicReader(
            String brokers,
            String topic,
            KafkaConsumer<byte[], byte[]> consumer,
            Map<TopicPartition, Long> ends,
            Consumer<String> progress) {
        this.brokers = brokers;
        this.topic = topic;
        this.consumer = consumer;
        this.ends = ends;
        this.progress = progress;
    }

    /**
     * Connects, and notes where each partition ends now. Brokers that refuse the connection are given up at once, those
     * that do not answer after 10 s.
     *
     * @param brokers host:port, separated by commas
     * @param properties of Kafka's consumer, over ours
     * @param progress hears a sentence when the brokers let it wait for longer than 2 s
     * @throws IllegalArgumentException when a property is none of a consumer, or ours; the message is for the user
     * @throws TopicException when the brokers cannot be reached, do not allow it, or have no such topic
     */
    public static TopicReader open(
            String brokers, String topic, Map<String, String> properties, Consumer<String> progress)
            throws TopicException, InterruptedException {
        return open(brokers, topic, properties, progress, ATTEMPT);
    }

    /** The same with another time for each of the five attempts. */
    static TopicReader open(
            String brokers, String topic, Map<String, String> properties, Consumer<String> progress, Duration attempt)
            throws TopicException, InterruptedException {
        Map<String, Object> all = ClientProperties.reader(
                brokers, properties, Runtime.getRuntime().maxMemory());
        requireConnection(brokers, attempt);
        KafkaConsumer<byte[], byte[]> consumer = null;
        try {
            consumer = new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            List<PartitionInfo> partitions = partitions(consumer, brokers, topic, progress, attempt);
            if (partitions == null || partitions.isEmpty()) {
                throw new org.apache.kafka.common.errors.UnknownTopicOrPartitionException(topic);
            }
            List<TopicPartition> names = partitions.stream()
                    .map(each -> new TopicPartition(each.topic(), each.partition()))
                    .toList();
            consumer.assign(names);
            return new TopicReader(brokers, topic, consumer, consumer.endOffsets(names, TIMEOUT), progress);
        } catch (KafkaException e) {
            if (consumer != null) {
                consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO));
            }
            throw failure(e, brokers, topic);
        }
    }

    /** Kafka's client tries brokers that refuse connections for as long as it may, and does not say why. */
    private static void requireConnection(String brokers, Duration timeout) throws TopicException {
        IOException last = null;
        for (String broker : brokers.split(",", -1)) {
            String host = Utils.getHost(broker.strip());
            Integer port = Utils.getPort(broker.strip());
            if (host == null || port == null) {
                // Kafka's client says what is wrong with it.
                return;
            }
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
                return;
            } catch (UnknownHostException e) {
                last = new IOException("the host " + host + " is not known", e);
            } catch (IOException e) {
                last = e;
            }
        }
        if (last != null) {
            throw new TopicException("no Kafka broker answers at " + brokers + ": " + last.getMessage(), last);
        }
    }

    private static List<PartitionInfo> partitions(
            KafkaConsumer<byte[], byte[]> consumer,
            String brokers,
            String topic,
            Consumer<String> progress,
            Duration attempt) {
        for (int i = 1; ; i++) {
            try {
                return consumer.partitionsFor(topic, attempt);
            } catch (TimeoutException e) {
                if (i == ATTEMPTS_MAX) {
                    throw e;
                }
                if (i == 1) {
                    progress.accept("no answer of the Kafka brokers at " + brokers + " yet, trying for "
                            + attempt.multipliedBy(ATTEMPTS_MAX).toSeconds() + " s");
                }
            }
        }
    }

    private static TopicException failure(KafkaException e, String brokers, String topic) throws InterruptedException {
        if (e instanceof InterruptException) {
            throw new InterruptedException(e.getMessage());
        }
        Throwable shown = e.getCause() instanceof KafkaException cause ? cause : e;
        return new TopicException(KafkaErrors.text(shown, brokers, topic), e);
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
                if (silent == SILENT_POLLS_SAID) {
                    progress.accept("no record of the topic " + topic + " for " + seconds(silent) + " s, trying for "
                            + seconds(SILENT_POLLS_MAX) + " s");
                }
                if (silent > SILENT_POLLS_MAX) {
                    throw new TimeoutException("no record within " + seconds(SILENT_POLLS_MAX) + " s");
                }
            }
        } catch (KafkaException e) {
            throw failure(e, brokers, topic);
        }
    }

    private static long seconds(int polls) {
        return polls * POLL.toMillis() / 1_000;
    }

    @Override
    public void close() {
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}
