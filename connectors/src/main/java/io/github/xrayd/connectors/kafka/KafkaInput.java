package io.github.xrayd.connectors.kafka;

import io.github.xrayd.engine.source.Source;
import io.github.xrayd.engine.source.SourceConfig;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A Kafka topic to consume: each record's value is a document.
 *
 * @param brokers host:port, separated by commas
 * @param topic what is consumed
 * @param group the consumer group, whose members share the partitions
 * @param properties of Kafka's consumer, over ours
 * @param destinations how many destinations settle each document
 */
public record KafkaInput(String brokers, String topic, String group, Map<String, String> properties, int destinations)
        implements SourceConfig {
    /**
     * Checks the properties; nothing is connected.
     *
     * @throws IllegalArgumentException when a property is none of a consumer, or the daemon's own; the message is for
     *     the user
     */
    public KafkaInput {
        properties = Map.copyOf(properties);
        ClientProperties.consumer(brokers, group, properties, 0);
    }

    @Override
    public Source bind() {
        Map<String, Object> all = ClientProperties.consumer(
                brokers, group, properties, Runtime.getRuntime().maxMemory());
        return new KafkaSource(
                new Consumption.TopicGroup(brokers, topic, group),
                () -> new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
                destinations);
    }
}
