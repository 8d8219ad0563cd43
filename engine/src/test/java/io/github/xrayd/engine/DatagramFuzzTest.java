package io.github.xrayd.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.telemetry.Ledger;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Spoilt datagrams through a whole engine, good ones in between: nothing escapes, each is counted, the good are
 * delivered.
 *
 * <p>Each run has another seed; {@code -Dxrayd.fuzz.seed=N} replays one, {@code -Dxrayd.fuzz.inputs=N} sends that many.
 */
@Timeout(300)
class DatagramFuzzTest {
    private static final int INPUTS = Integer.getInteger("xrayd.fuzz.inputs", 20_000);
    private static final int DATAGRAM_MAX = 65_507;
    /** So many fit the kernel's default buffer. */
    private static final int UNREAD_MAX = 20;

    private static final long WAIT_NS_MAX = 20_000_000_000L;
    private static final String HEADER = "{\"format\": \"json\", \"version\": 1}\n";
    private static final List<byte[]> SAMPLES = List.of(
            bytes(HEADER + "{}"),
            bytes("{\"format\":\"json\",\"version\":1}\n{\"name\":\"a\"}"),
            bytes("{\"Version\": 1, \"more\": [1, {\"a\": null}], \"FORMAT\": \"Json\"}\r\n{\"name\":\"b\"}"),
            bytes(HEADER
                    + "{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\",\"id\":\"70de5b6f19ff9a0a\",\"name\":\"shop\","
                    + "\"start_time\":1.461096053E9,\"end_time\":1.461096054E9,\"subsegments\":[{\"id\":\"53995c3f42cd8ad8\","
                    + "\"name\":\"db\",\"start_time\":1,\"end_time\":2}],\"annotations\":{\"t\":\"\\u00e9\\n\"}}"),
            bytes(HEADER + "{\"name\":\"" + "x".repeat(3_000) + "\"}"),
            bytes(HEADER));

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCountTheBadAndDeliverTheGood(boolean isValidating) throws Exception {
        long seed = Long.getLong("xrayd.fuzz.seed", System.nanoTime());
        try {
            run(seed, isValidating);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("Replay with -Dxrayd.fuzz.seed=" + seed + ": " + e, e);
        }
    }

    private static void run(long seed, boolean isValidating) throws Exception {
        Mutator mutator = new Mutator(
                seed,
                DATAGRAM_MAX,
                "\n",
                "\r\n",
                "\u0000",
                "\"",
                "\\",
                "\\u",
                "\\ud800",
                "{",
                "}",
                "[",
                "]",
                ":",
                ",",
                "1e999",
                "-",
                "null",
                "true",
                "\"version\":2",
                "\"format\":\"xml\"",
                "\u00ff\u00fe",
                "\u00c3",
                HEADER);
        CountingExporter backend = new CountingExporter();
        EngineConfig config = EngineConfig.builder()
                .udpAddress(new InetSocketAddress("127.0.0.1", 0))
                .memoryLimitBytes(64 << 20)
                .validateDocuments(isValidating)
                .build();
        Engine engine = Engine.start(config, () -> backend);
        Set<String> good = new HashSet<>();
        long sent = 0;
        try (DatagramChannel channel = DatagramChannel.open()) {
            for (int i = 0; i < INPUTS; i++) {
                byte[] datagram;
                if (mutator.random().nextInt(10) == 0) {
                    String document = "{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\",\"id\":\""
                            + String.format("%016x", i) + "\",\"name\":\"good\",\"start_time\":1,\"end_time\":2}";
                    good.add(document);
                    datagram = bytes(HEADER + document);
                } else {
                    datagram = mutator.next(SAMPLES);
                }
                send(channel, datagram, engine.udpAddress());
                sent++;
                if (sent % UNREAD_MAX == 0) {
                    awaitReceived(engine, sent);
                }
            }
            awaitReceived(engine, sent);
        }
        assertFalse(engine.failure().isDone(), "the engine stopped");
        Ledger ledger = engine.shutdown(Duration.ofSeconds(20));
        assertEquals(sent, ledger.received(), ledger::toString);
        assertEquals(sent, ledger.rejectedTotal() + ledger.delivered(), ledger::toString);
        assertEquals(ledger.delivered(), backend.documents.size(), ledger::toString);
        assertTrue(ledger.rejectedTotal() > INPUTS / 20, ledger::toString);
        Set<String> missing = new HashSet<>(good);
        backend.documents.forEach(missing::remove);
        assertEquals(Set.of(), missing);
    }

    private static void send(DatagramChannel channel, byte[] datagram, InetSocketAddress to) throws IOException {
        channel.send(ByteBuffer.wrap(datagram), to);
    }

    private static void awaitReceived(Engine engine, long count) {
        long deadlineNs = System.nanoTime() + WAIT_NS_MAX;
        while (engine.ledger().received() < count && System.nanoTime() < deadlineNs) {
            LockSupport.parkNanos(50_000);
        }
        assertTrue(engine.ledger().received() >= count, () -> count + " sent, but " + engine.ledger());
    }
}
