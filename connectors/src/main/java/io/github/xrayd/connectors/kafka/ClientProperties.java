package io.github.xrayd.connectors.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * The properties of Kafka's clients: ours, and what the configuration says over them. Some are ours alone, because what
 * the daemon guarantees depends on them.
 */
final class ClientProperties {
    private static final int HEAP_PARTS_OF_PRODUCER = 5;
    private static final long PRODUCER_MEMORY_MAX = 32 << 20;
    private static final int SMALL_HEAP = 48 << 20;
    private static final int FETCH_BYTES = 4 << 20;
    private static final int PARTITION_FETCH_BYTES = 512 << 10;
    private static final int BATCH_BYTES = 32 << 10;
    private static final int REQUEST_MS = 30_000;
    private static final int LINGER_MS = 5;
    /**
     * How long the thread that sends may wait for the brokers' metadata or for room in the producer, in milliseconds.
     */
    private static final int BLOCK_MS = 5_000;

    /** The most records that one poll of the consumer gives. */
    static final int POLL_RECORDS = 500;

    private static final Set<String> OURS_OF_PRODUCER = Set.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            ProducerConfig.ACKS_CONFIG,
            ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
            ProducerConfig.MAX_BLOCK_MS_CONFIG,
            ProducerConfig.TRANSACTIONAL_ID_CONFIG,
            ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
            ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG);

    private static final Set<String> OURS_OF_CONSUMER = Set.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            ConsumerConfig.GROUP_ID_CONFIG,
            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
            ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);

    private ClientProperties() {}

    /**
     * A producer's properties.
     *
     * @param brokers host:port, separated by commas
     * @param deliveryMs how long a record is tried, in milliseconds: the retry age
     * @param own what the configuration says
     * @param heapBytes the most heap of this process
     * @throws IllegalArgumentException when a property is ours or none of a producer; the message is for the user
     */
    static Map<String, Object> producer(String brokers, long deliveryMs, Map<String, String> own, long heapBytes) {
        Map<String, Object> all = common(brokers);
        int deliveryTimeoutMs = (int) Math.min(Integer.MAX_VALUE, Math.max(deliveryMs, 1_000));
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, deliveryTimeoutMs);
        all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.min(REQUEST_MS, deliveryTimeoutMs - 2 * LINGER_MS));
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Math.min(BLOCK_MS, deliveryTimeoutMs));
        all.put(ProducerConfig.LINGER_MS_CONFIG, LINGER_MS);
        all.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        all.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        all.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Math.min(PRODUCER_MEMORY_MAX, heapBytes / HEAP_PARTS_OF_PRODUCER));
        put(all, own, OURS_OF_PRODUCER, ProducerConfig.configNames(), "producer");
        return all;
    }

    /**
     * A consumer's properties; parameters and errors as for {@link #producer}.
     *
     * @param group the consumer group
     */
    static Map<String, Object> consumer(String brokers, String group, Map<String, String> own, long heapBytes) {
        Map<String, Object> all = common(brokers);
        int part = heapBytes < SMALL_HEAP ? 4 : 1;
        all.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        all.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        all.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLL_RECORDS);
        all.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES / part);
        all.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, PARTITION_FETCH_BYTES / part);
        all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        put(all, own, OURS_OF_CONSUMER, ConsumerConfig.configNames(), "consumer");
        return all;
    }

    /**
     * The properties of a consumer without a group, which commits nothing; parameters and errors as for
     * {@link #producer}.
     */
    static Map<String, Object> reader(String brokers, Map<String, String> own, long heapBytes) {
        Map<String, Object> all = consumer(brokers, "", own, heapBytes);
        all.remove(ConsumerConfig.GROUP_ID_CONFIG);
        return all;
    }

    /** The memory of a producer with these properties, in bytes. */
    static long producerMemory(Map<String, Object> properties) {
        return Long.parseLong(String.valueOf(properties.get(ProducerConfig.BUFFER_MEMORY_CONFIG)));
    }

    private static Map<String, Object> common(String brokers) {
        Map<String, Object> all = new HashMap<>();
        all.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, brokers);
        all.put(CommonClientConfigs.CLIENT_ID_CONFIG, "xrayd");
        all.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "");
        all.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        return all;
    }

    private static void put(
            Map<String, Object> all, Map<String, String> own, Set<String> ours, Set<String> known, String client) {
        for (Map.Entry<String, String> property : new TreeMap<>(own).entrySet()) {
            String name = property.getKey();
            if (ours.contains(name)) {
                throw new IllegalArgumentException("the Kafka property " + name
                        + " cannot be set: the daemon sets it itself, because its delivery guarantee depends on it");
            }
            if (!known.contains(name)) {
                throw new IllegalArgumentException("Kafka's " + client + " has no property " + name
                        + "; see the Kafka documentation, \"" + client + " configs\"");
            }
            all.put(name, property.getValue());
        }
    }
}
