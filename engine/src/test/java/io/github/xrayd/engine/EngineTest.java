package io.github.xrayd.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.receive.AdmissionSettings;
import io.github.xrayd.engine.receive.Networks;
import io.github.xrayd.engine.run.WaitStrategy;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Ledger;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineTest {
    private static final String HEADER = "{\"format\": \"json\", \"version\": 1}\n";

    private static EngineConfig.Builder config() {
        return EngineConfig.builder()
                .udpAddress(new InetSocketAddress("127.0.0.1", 0))
                .memoryLimitBytes(16 << 20);
    }

    private static void send(InetSocketAddress to, Iterable<String> datagrams) throws Exception {
        try (DatagramChannel channel = DatagramChannel.open()) {
            for (String datagram : datagrams) {
                channel.send(ByteBuffer.wrap(datagram.getBytes(StandardCharsets.UTF_8)), to);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ADAPTIVE,1,1",
        "ADAPTIVE,2,1",
        "ADAPTIVE,3,1",
        "ADAPTIVE,1,2",
        "BLOCKING,1,1",
        "BLOCKING,3,1",
        "BUSY_SPIN,1,1"
    })
    void shouldDeliverEveryDocumentAndBalanceTheLedger(WaitStrategy strategy, int threads, int receivers)
            throws Exception {
        CountingBackend backend = new CountingBackend();
        Engine engine = Engine.start(
                config().waitStrategy(strategy)
                        .threadsMax(threads)
                        .receivers(receivers)
                        .build(),
                () -> backend);
        Set<String> sent = new HashSet<>();
        IntStream.range(0, 1000).forEach(i -> sent.add("{\"n\":" + i + "}"));
        send(engine.udpAddress(), sent.stream().map(HEADER::concat).toList());
        send(engine.udpAddress(), Set.of("no header", "", HEADER));

        Ledger ledger = engine.shutdown(Duration.ofSeconds(10));

        assertEquals(sent, new HashSet<>(backend.documents));
        assertEquals(1000, backend.documents.size());
        assertEquals(1003, ledger.received());
        assertEquals(1000, ledger.delivered());
        assertEquals(1, ledger.rejected().get(Counter.REJECTED_EMPTY));
        assertEquals(1, ledger.rejected().get(Counter.REJECTED_NO_HEADER));
        assertEquals(1, ledger.rejected().get(Counter.REJECTED_NO_DOCUMENT));
        assertEquals(0, ledger.held());
    }

    @Test
    void shouldSayWhatWasNotDeliveredWhenTheBackendNeverCame() throws Exception {
        Engine engine = Engine.start(config().build(), () -> {
            throw new IllegalStateException("no region");
        });
        send(engine.udpAddress(), java.util.List.of(HEADER + "{}"));
        assertEquals(
                "no region",
                assertThrows(StartException.class, engine::awaitBackend).getMessage());

        Ledger ledger = engine.shutdown(Duration.ofMillis(100));

        assertEquals(1, ledger.abandonedTotal());
        assertEquals(0, ledger.held());
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0/8,0", "'10.0.0.0/8,127.0.0.0/8',100"})
    void shouldCountAndIgnoreWhatComesFromElsewhere(String networks, int delivered) throws Exception {
        CountingBackend backend = new CountingBackend();
        Engine engine = Engine.start(
                config().admission(new AdmissionSettings(Networks.parse(networks), false, true))
                        .build(),
                () -> backend);
        send(
                engine.udpAddress(),
                IntStream.range(0, 100)
                        .mapToObj(i -> HEADER + "{\"n\":" + i + "}")
                        .toList());

        Ledger ledger = engine.shutdown(Duration.ofSeconds(10));

        assertEquals(100, ledger.received());
        assertEquals(delivered, ledger.delivered());
        assertEquals(100 - delivered, ledger.by(Counter.DROPPED_NOT_ALLOWED));
        assertEquals(0, ledger.held());
    }

    @Test
    void shouldRefuseABusyPortWithTheReason() throws Exception {
        try (DatagramChannel taken = DatagramChannel.open(java.net.StandardProtocolFamily.INET)
                .bind(new InetSocketAddress("127.0.0.1", 0))) {
            InetSocketAddress address = (InetSocketAddress) taken.getLocalAddress();
            StartException e = assertThrows(
                    StartException.class,
                    () -> Engine.start(config().udpAddress(address).build(), () -> {
                        throw new IllegalStateException();
                    }));
            assertEquals(
                    "listen udp 127.0.0.1:" + address.getPort() + ": bind: address already in use", e.getMessage());
        }
    }

    @Test
    void shouldWorkAboveTwoGibibytesWithoutTouchingThem() throws Exception {
        CountingBackend backend = new CountingBackend();
        Engine engine = Engine.start(config().memoryLimitBytes(5L << 30).build(), () -> backend);
        send(engine.udpAddress(), java.util.List.of(HEADER + "{}"));
        Ledger ledger = engine.shutdown(Duration.ofSeconds(10));
        assertEquals(1, ledger.delivered());
        assertTrue(engine.memoryBudget().totalBytes() <= 5L << 30);
    }
}
