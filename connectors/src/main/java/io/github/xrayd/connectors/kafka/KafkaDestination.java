package io.github.xrayd.connectors.kafka;

import io.github.xrayd.engine.DestinationKind;
import io.github.xrayd.engine.encode.Encoder;
import io.github.xrayd.engine.encode.RawEncoder;
import io.github.xrayd.engine.export.Exporter;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A Kafka topic: each document is a record, byte for byte as it was received.
 *
 * @param brokers host:port, separated by commas
 * @param topic where records go
 * @param retryAgeMax how long a record is tried; after that its batch is the uploader's again, which spools or gives it
 *     up
 * @param properties of Kafka's producer, over ours
 * @param source what the header {@code xray-source} says: the name of this collector
 */
public record KafkaDestination(
        String brokers, String topic, Duration retryAgeMax, Map<String, String> properties, String source)
        implements DestinationKind {
    private static final Encoder ENCODER = new RawEncoder();

    /**
     * Checks the properties; nothing is connected.
     *
     * @throws IllegalArgumentException when a property is none of a producer, or the daemon's own; the message is for
     *     the user
     */
    public KafkaDestination {
        properties = Map.copyOf(properties);
        ClientProperties.producer(brokers, retryAgeMax.toMillis(), properties, 0);
    }

    @Override
    public String name() {
        return "Kafka";
    }

    @Override
    public Encoder encoder() {
        return ENCODER;
    }

    @Override
    public Exporter connect() throws InterruptedException {
        Map<String, Object> all = ClientProperties.producer(
                brokers,
                retryAgeMax.toMillis(),
                properties,
                Runtime.getRuntime().maxMemory());
        return new KafkaExporter(
                Clients.make(
                        () -> new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer()), brokers),
                brokers,
                topic,
                source,
                ClientProperties.producerMemory(all) / 2);
    }
}
