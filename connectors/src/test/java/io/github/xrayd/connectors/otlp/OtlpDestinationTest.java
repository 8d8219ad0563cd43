package io.github.xrayd.connectors.otlp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.Engine;
import io.github.xrayd.engine.EngineConfig;
import io.github.xrayd.engine.EngineConfig.DestinationConfig;
import io.github.xrayd.engine.client.HttpEndpoint;
import io.github.xrayd.engine.client.Transport;
import io.github.xrayd.engine.spool.DeadLetterSettings;
import io.github.xrayd.engine.spool.SpoolSettings;
import io.github.xrayd.engine.telemetry.DestinationLedger;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine whose destinations are OTLP endpoints: datagrams in, requests out. */
class OtlpDestinationTest {
    private static final String HEADER = "{\"format\": \"json\", \"version\": 1}\n";
    private static final Duration END = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private DestinationConfig destination(String name, OtlpReceiver receiver, @Nullable Path spool) {
        HttpEndpoint.Settings endpoint = new HttpEndpoint.Settings(
                receiver.uri("/v1/traces"),
                Map.of(),
                null,
                new Transport(Transport.DIRECT, true, null, Duration.ofSeconds(5), 8));
        return new DestinationConfig(
                name,
                new OtlpDestination(endpoint, true, null, "1"),
                EngineConfig.BatchConfig.DEFAULT,
                8,
                Duration.ofMinutes(5),
                new DeadLetterSettings(folder.resolve("dead-" + name), 1 << 20),
                spool == null ? null : new SpoolSettings(spool, 1 << 20));
    }

    private static Engine start(DestinationConfig... destinations) throws Exception {
        Engine engine = Engine.start(EngineConfig.builder()
                .udpAddress(new InetSocketAddress("127.0.0.1", 0))
                .memoryLimitBytes(16 << 20)
                .destinations(List.of(destinations))
                .build());
        engine.awaitBackend();
        return engine;
    }

    private static void send(Engine engine, List<String> documents) throws IOException {
        try (DatagramChannel channel = DatagramChannel.open()) {
            for (String document : documents) {
                channel.send(
                        ByteBuffer.wrap((HEADER + document).getBytes(StandardCharsets.UTF_8)), engine.udpAddress());
            }
        }
    }

    private static List<String> segments(int count) {
        List<String> documents = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            documents.add(TestDocuments.segment(String.format("%016x", i), i == 17 ? "bad" : "n" + i));
        }
        return documents;
    }

    private static Set<String> names(OtlpReceiver receiver) {
        return receiver.calls.stream()
                .flatMap(call -> call.spans().stream())
                .map(Span::getName)
                .collect(Collectors.toSet());
    }

    @Test
    void shouldHalveWhatAnEndpointRefusesUntilTheCulpritStandsAloneAndHarmNobodyElse() throws Exception {
        try (OtlpReceiver strict = new OtlpReceiver();
                OtlpReceiver other = new OtlpReceiver()) {
            List<Set<String>> taken = new java.util.concurrent.CopyOnWriteArrayList<>();
            strict.answers = call -> {
                Set<String> names = call.spans().stream().map(Span::getName).collect(Collectors.toSet());
                if (names.contains("bad")) {
                    return OtlpReceiver.Reply.of(400, "application/json", "{\"message\":\"no such span\"}");
                }
                taken.add(names);
                return OtlpReceiver.TAKEN;
            };
            Engine engine = start(destination("strict", strict, null), destination("other", other, null));
            send(engine, segments(40));
            List<DestinationLedger> ledgers = engine.shutdown(END).destinations();
            assertEquals(39, ledgers.get(0).delivered());
            assertEquals(1, ledgers.get(0).refused());
            assertEquals(39, taken.stream().mapToInt(Set::size).sum(), "each of them once");
            assertEquals(40, ledgers.get(1).delivered());
            assertEquals(40, names(other).size());
            try (Stream<Path> letters = Files.list(folder.resolve("dead-strict"))) {
                String letter = Files.readString(letters.findFirst().orElseThrow());
                assertTrue(letter.contains("no such span"), letter);
                assertTrue(letter.endsWith(segments(40).get(16)), "as received: " + letter);
            }
        }
    }

    @Test
    void shouldSpoolDocumentsAsReceivedAndDeliverThemAfterARestart() throws Exception {
        Path spool = folder.resolve("spool");
        try (OtlpReceiver receiver = new OtlpReceiver()) {
            receiver.answers = call -> OtlpReceiver.Reply.of(503, "text/plain", "away");
            Engine engine = start(destination("otlp", receiver, spool));
            send(engine, segments(40));
            assertEquals(
                    40,
                    engine.shutdown(Duration.ofMillis(300))
                            .destinations()
                            .get(0)
                            .spooled());
            receiver.calls.clear();
            receiver.answers = call -> OtlpReceiver.TAKEN;

            Engine next = start(destination("otlp", receiver, spool));
            long startNs = System.nanoTime();
            while (next.ledger().destinations().get(0).delivered() < 40
                    && System.nanoTime() - startNs < 20_000_000_000L) {
                java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
            }
            DestinationLedger ledger = next.shutdown(END).destinations().get(0);
            assertEquals(40, ledger.recovered());
            assertEquals(40, ledger.delivered());
            assertEquals(40, names(receiver).size());
        }
    }

    @Test
    void shouldSendASegmentInProgressAtTheEndOfTheProcess() throws Exception {
        try (OtlpReceiver receiver = new OtlpReceiver()) {
            Engine engine = start(destination("otlp", receiver, null));
            send(
                    engine,
                    List.of(
                            TestDocuments.segment("0000000000000001", "done"),
                            TestDocuments.segment("0000000000000002", "open", "\"in_progress\":true")));
            DestinationLedger ledger = engine.shutdown(END).destinations().get(0);
            assertEquals(2, ledger.delivered());
            assertEquals(0, ledger.held());
            assertEquals(Set.of("done", "open"), names(receiver));
        }
    }
}
