package io.github.xrayd.connectors.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientPropertiesTest {
    private static final long HEAP = 64 << 20;

    private static Map<String, Object> producer(long retryAgeMs, Map<String, String> own) {
        return ClientProperties.producer("127.0.0.1:1", retryAgeMs, own, HEAP);
    }

    /** Kafka's own check of all of them together, such as of the delivery timeout against the request's. */
    private static void check(Map<String, Object> producer) {
        new KafkaProducer<>(producer, new ByteArraySerializer(), new ByteArraySerializer()).close(Duration.ZERO);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1_000, 5_000, 300_000, 86_400_000})
    void shouldDeliverForAsLongAsTheRetryAge(long retryAgeMs) {
        Map<String, Object> all = producer(retryAgeMs, Map.of());
        check(all);
        assertEquals((int) Math.max(1_000, retryAgeMs), all.get(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG));
        assertEquals("all", all.get(ProducerConfig.ACKS_CONFIG));
        assertEquals(true, all.get(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG));
    }

    @Test
    void shouldTakeWhatTheConfigurationSays() {
        Map<String, String> own = Map.of(
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                "OAUTHBEARER",
                "sasl.login.callback.handler.class",
                "a.b.C",
                "compression.type",
                "zstd",
                "client.id",
                "mine");
        Map<String, Object> all = producer(300_000, own);
        own.forEach((name, value) -> assertEquals(value, all.get(name)));
        Map<String, Object> consumer =
                ClientProperties.consumer("127.0.0.1:1", "g", Map.of("group.protocol", "consumer"), HEAP);
        assertEquals("consumer", consumer.get("group.protocol"));
    }

    @Test
    void shouldNotLetTheConfigurationBreakWhatIsPromised() {
        for (String name : new String[] {"acks", "enable.idempotence", "delivery.timeout.ms", "transactional.id"}) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> producer(1_000, Map.of(name, "1")));
            assertTrue(String.valueOf(e.getMessage()).contains(name), e.getMessage());
        }
        for (String name : new String[] {"enable.auto.commit", "group.id", "bootstrap.servers"}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new KafkaInput("127.0.0.1:1", "t", "g", Map.of(name, "1"), 1),
                    name);
        }
    }

    @Test
    void shouldNameAPropertyThatIsNone() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> new KafkaDestination(
                        "127.0.0.1:1", "t", Duration.ofMinutes(5), Map.of("sasl.mecanism", "PLAIN"), "s"));
        assertTrue(String.valueOf(e.getMessage()).contains("no property sasl.mecanism"), e.getMessage());
    }

    @Test
    void shouldConsumeFromTheStartAndCommitNothingByItself() {
        Map<String, Object> all = ClientProperties.consumer("127.0.0.1:1", "g", Map.of(), 16 << 20);
        new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer()).close();
        assertEquals("earliest", all.get(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG));
        assertEquals(false, all.get(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG));
        assertEquals(1 << 20, all.get(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), "a small heap");
    }
}
