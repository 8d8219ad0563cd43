package io.github.xrayd.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.EngineConfig.BatchConfig;
import io.github.xrayd.engine.EngineConfig.DestinationConfig;
import io.github.xrayd.engine.aws.AwsSettings;
import io.github.xrayd.engine.client.Transport;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;
import io.github.xrayd.engine.export.Exporter;
import io.github.xrayd.engine.run.Waiter;
import io.github.xrayd.engine.spool.SpoolSettings;
import io.github.xrayd.engine.telemetry.DestinationLedger;
import io.github.xrayd.engine.telemetry.Ledger;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One engine with two destinations, one of which is away: real sockets and threads. */
class DestinationsTest {
    private static final int DOCUMENTS = 20_000;
    private static final int WINDOW = 64;
    private static final int HELD_MAX = 500;
    private static final long DEADLINE_NS = 60_000_000_000L;
    private static final Answer AWAY =
            Answer.failed(AnswerKind.TRANSIENT, ConnectionError.CONNECTION_REFUSED, 0, null, "connection refused");

    private static DestinationConfig destination(String name, @org.jspecify.annotations.Nullable Path spool) {
        AwsSettings unused = new AwsSettings(
                null, null, null, true, "0", new Transport(null, true, null, Duration.ofSeconds(2), 64));
        return new DestinationConfig(
                name,
                new XRayDestination(unused),
                BatchConfig.DEFAULT,
                0,
                Duration.ofMinutes(5),
                null,
                spool == null ? null : new SpoolSettings(spool, 256L << 20));
    }

    private static EngineConfig config(int threads, int receivers, DestinationConfig... destinations) {
        return EngineConfig.builder()
                .udpAddress(new InetSocketAddress("127.0.0.1", 0))
                // So much for each receiver that what is sent at once fits beside what east may hold up.
                .memoryLimitBytes(receivers * (8L << 20))
                .threadsMax(threads)
                .receivers(receivers)
                .destinations(List.of(destinations))
                .build();
    }

    private static Engine start(EngineConfig config, Map<String, ? extends Exporter> backends) throws StartException {
        return Engine.start(
                config,
                destination -> () -> java.util.Objects.requireNonNull(backends.get(destination.name())),
                Waiter.BLOCK_MS_MAX);
    }

    private static void await(BooleanSupplier condition, String what) {
        long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - startNs < DEADLINE_NS, what);
            LockSupport.parkNanos(200_000);
        }
    }

    /**
     * Sends documents of 1 KB, never so many at once that the kernel or west would have to drop some.
     *
     * @param eastMax which part of the arena that east may hold up may be taken while more are sent
     */
    private static Set<String> send(Engine engine, double eastMax) throws Exception {
        Set<String> sent = new HashSet<>();
        String filler = "x".repeat(1_000);
        try (DatagramChannel channel = DatagramChannel.open()) {
            for (int i = 0; i < DOCUMENTS; i++) {
                String document = "{\"n\":" + i + ",\"text\":\"" + filler + "\"}";
                sent.add(document);
                byte[] datagram =
                        ("{\"format\": \"json\", \"version\": 1}\n" + document).getBytes(StandardCharsets.UTF_8);
                channel.send(ByteBuffer.wrap(datagram), engine.udpAddress());
                int least = i - WINDOW;
                if (i % WINDOW == 0) {
                    await(() -> engine.ledger().received() >= least, "received " + least);
                    await(() -> ledgerOf(engine.ledger(), "west").held() < HELD_MAX, "west delivers");
                    await(() -> engine.destinations().get(1).arenaUsed() <= eastMax, "east spools");
                }
            }
        }
        return sent;
    }

    private static DestinationLedger ledgerOf(Ledger ledger, String name) {
        return ledger.destinations().stream()
                .filter(each -> each.destination().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,1", "3,1", "2,2"})
    void shouldDeliverToOneWhileTheOtherIsAway(int threads, int receivers) throws Exception {
        CountingExporter west = new CountingExporter();
        CountingExporter east = new CountingExporter(() -> AWAY);
        Engine engine = start(
                config(threads, receivers, destination("west", null), destination("east", null)),
                Map.of("west", west, "east", east));
        Set<String> sent = send(engine, 1);
        await(() -> ledgerOf(engine.ledger(), "west").delivered() == DOCUMENTS, "west has all");

        Ledger ledger = engine.shutdown(Duration.ofMillis(100));

        assertEquals(sent, new HashSet<>(west.documents));
        assertEquals(DOCUMENTS, ledger.received());
        assertEquals(0, ledger.droppedTotal(), "no datagram is lost for both");
        DestinationLedger away = ledgerOf(ledger, "east");
        assertEquals(0, away.delivered());
        assertTrue(away.dropped() > 0, away.toString());
        assertTrue(away.abandonedTotal() > 0, away.toString());
        assertEquals(0, away.held());
        assertEquals(DOCUMENTS, away.dropped() + away.abandonedTotal());
        assertEquals(0, ledgerOf(ledger, "west").dropped());
    }

    @Test
    void shouldSpoolForTheOneThatIsAwayAndDeliverWhenItIsBack(@TempDir Path folder) throws Exception {
        CountingExporter west = new CountingExporter();
        boolean[] isBack = new boolean[1];
        CountingExporter east = new CountingExporter(() -> isBack[0] ? Answer.delivered() : AWAY);
        DestinationConfig spooling = destination("east", folder.resolve("east"));
        Engine engine = start(config(1, 1, destination("west", null), spooling), Map.of("west", west, "east", east));
        send(engine, 0.75);
        await(() -> ledgerOf(engine.ledger(), "west").delivered() == DOCUMENTS, "west has all");
        assertTrue(ledgerOf(engine.ledger(), "east").spooled() > 0);
        assertEquals(0, ledgerOf(engine.ledger(), "east").dropped(), "the spool comes before any drop");
        isBack[0] = true;
        await(() -> ledgerOf(engine.ledger(), "east").delivered() == DOCUMENTS, "east has all");

        Ledger ledger = engine.shutdown(Duration.ofSeconds(10));

        assertEquals(new HashSet<>(west.documents), new HashSet<>(east.documents));
        assertEquals(0, ledger.held());
        assertEquals(2 * DOCUMENTS, ledger.delivered());
    }

    @Test
    void shouldNameTheDestinationThatCannotBeConnected() throws Exception {
        Engine engine = Engine.start(
                config(1, 1, destination("west", null), destination("east", null)),
                destination -> () -> {
                    if (destination.name().equals("east")) {
                        throw new IllegalStateException("there is no region");
                    }
                    return new CountingExporter();
                },
                Waiter.BLOCK_MS_MAX);
        StartException e = assertThrows(StartException.class, engine::awaitBackend);
        assertEquals("Destination east: there is no region", e.getMessage());
        engine.shutdown(Duration.ZERO);
    }

    @Test
    void shouldRefuseTwoDestinationsOfOneName() {
        assertThrows(
                IllegalArgumentException.class,
                () -> config(1, 1, destination("east", null), destination("east", null)));
    }
}
