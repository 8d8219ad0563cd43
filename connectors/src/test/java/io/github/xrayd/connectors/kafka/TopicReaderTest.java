package io.github.xrayd.connectors.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Brokers that are none; KafkaIT and CompareIT read from real ones. */
class TopicReaderTest {
    private static final Duration ATTEMPT = Duration.ofMillis(200);

    private final List<String> progress = new ArrayList<>();

    private String refusal(String brokers) {
        return String.valueOf(assertThrows(
                        TopicReader.TopicException.class,
                        () -> TopicReader.open(brokers, "xray_segments", Map.of(), progress::add, ATTEMPT))
                .getMessage());
    }

    @Test
    void shouldSayAtOnceThatNobodyListens() {
        String refusal = refusal("127.0.0.1:1,[::1]:1");
        assertTrue(refusal.startsWith("no Kafka broker answers at 127.0.0.1:1,[::1]:1: "), refusal);
        assertEquals(
                "no Kafka broker answers at nowhere.invalid:9092: the host nowhere.invalid is not known",
                refusal("nowhere.invalid:9092"));
        assertEquals(List.of(), progress);
    }

    @Test
    void shouldSayThatItWaitsForBrokersWithoutAnAnswer() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String broker = "127.0.0.1:" + silent.getLocalPort();
            String refusal = refusal("127.0.0.1:1," + broker);
            assertTrue(refusal.startsWith("no answer of the Kafka brokers at 127.0.0.1:1," + broker), refusal);
            assertEquals(
                    List.of("no answer of the Kafka brokers at 127.0.0.1:1," + broker + " yet, trying for 1 s"),
                    progress);
        }
    }
}
