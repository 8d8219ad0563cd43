package io.github.xrayd.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.receive.AdmissionSettings;
import io.github.xrayd.engine.receive.Networks;
import io.github.xrayd.engine.run.WaitStrategy;
import io.github.xrayd.engine.spool.SpoolSettings;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Ledger;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        CountingExporter backend = new CountingExporter();
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
        CountingExporter backend = new CountingExporter();
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
        CountingExporter backend = new CountingExporter();
        Engine engine = Engine.start(config().memoryLimitBytes(5L << 30).build(), () -> backend);
        send(engine.udpAddress(), java.util.List.of(HEADER + "{}"));
        Ledger ledger = engine.shutdown(Duration.ofSeconds(10));
        assertEquals(1, ledger.delivered());
        assertTrue(engine.memoryBudget().totalBytes() <= 5L << 30);
    }

    @Test
    void shouldRetryACallThatEndsByAnErrorAndCountIt() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        CountingExporter backend = new CountingExporter(() -> {
            if (calls.getAndIncrement() < 3) {
                throw new StackOverflowError();
            }
            return Answer.delivered();
        });
        Engine engine = Engine.start(config().build(), () -> backend);
        send(engine.udpAddress(), documents(100));

        Ledger ledger = engine.shutdown(Duration.ofSeconds(30));

        assertEquals(100, ledger.delivered());
        assertEquals(100, new HashSet<>(backend.documents).size());
    }

    @ParameterizedTest
    @CsvSource({"1,true", "3,true", "1,false", "3,false"})
    @Timeout(60)
    void shouldSpoolOrCountWhatAThreadHeldThatAFailureEnded(int threads, boolean isSpooling, @TempDir Path directory)
            throws Exception {
        CountDownLatch isAllHeld = new CountDownLatch(1);
        CountingExporter backend = new CountingExporter(() -> {
            try {
                isAllHeld.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            // Not what the contract says: the uploader's invariant breaks.
            return new Answer(nothing(), null, 200, null, "", 0, List.of());
        });
        Engine engine = Engine.start(
                config().threadsMax(threads)
                        .concurrencyMax(1)
                        .spool(isSpooling ? new SpoolSettings(directory, 64 << 20) : null)
                        .build(),
                () -> backend);
        send(engine.udpAddress(), documents(500));
        while (engine.ledger().received() < 500) {
            Thread.onSpinWait();
        }
        isAllHeld.countDown();
        assertEquals(NullPointerException.class, engine.failure().get().getClass());
        assertTrue(engine.livenessProblem() != null);

        Ledger ledger = engine.shutdown(Duration.ZERO);

        assertEquals(0, ledger.held(), ledger::toString);
        assertEquals(500, ledger.abandonedTotal() + ledger.spooled(), ledger::toString);
        assertEquals(isSpooling ? 450 : 0, ledger.spooled(), ledger::toString);
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T nothing() {
        return null;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    @Timeout(60)
    void shouldCloseTheSocketAtTheEndBeforeItWaitsForUploads(int threads) throws Exception {
        CountDownLatch answering = new CountDownLatch(1);
        CountingExporter backend = new CountingExporter(() -> {
            try {
                answering.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Answer.delivered();
        });
        Engine engine = Engine.start(config().threadsMax(threads).build(), () -> backend);
        send(engine.udpAddress(), documents(100));
        CompletableFuture<Ledger> end = CompletableFuture.supplyAsync(() -> engine.shutdown(Duration.ofSeconds(50)));
        long sent = 100;
        try (DatagramChannel sender = DatagramChannel.open().connect(engine.udpAddress())) {
            while (isTaken(sender)) {
                sent++;
            }
        }
        answering.countDown();

        Ledger ledger = end.get();

        assertTrue(ledger.received() <= sent, ledger::toString);
        assertTrue(ledger.received() >= 100, ledger::toString);
        assertEquals(ledger.received(), ledger.delivered());
    }

    /** Whether the kernel took the datagram; not when it says that nobody listens. */
    private static boolean isTaken(DatagramChannel sender) throws Exception {
        try {
            sender.write(ByteBuffer.wrap((HEADER + "{\"late\":1}").getBytes(StandardCharsets.UTF_8)));
            return true;
        } catch (PortUnreachableException e) {
            return false;
        }
    }

    @Test
    @Timeout(60)
    void shouldGoOnReceivingWhileItLingersAndEndThatWhenHurried() throws Exception {
        CountingExporter backend = new CountingExporter();
        Engine engine = Engine.start(config().build(), () -> backend);
        CompletableFuture<Ledger> end =
                CompletableFuture.supplyAsync(() -> engine.shutdown(Duration.ofSeconds(30), Duration.ofHours(1)));
        while (!engine.isStopping()) {
            Thread.onSpinWait();
        }
        send(engine.udpAddress(), documents(100));
        while (engine.ledger().delivered() < 100) {
            Thread.onSpinWait();
        }
        engine.hurry();

        assertEquals(100, end.get().delivered());
    }

    @Test
    void shouldSayWhyItDoesNotStartAndLeaveNothingOpen() throws Exception {
        InetSocketAddress address;
        try (DatagramChannel free = DatagramChannel.open(java.net.StandardProtocolFamily.INET)
                .bind(new InetSocketAddress("127.0.0.1", 0))) {
            address = (InetSocketAddress) free.getLocalAddress();
        }
        // Fails when the socket and the memory are there already.
        EngineConfig config = config().udpAddress(address)
                .retryAgeMax(Duration.ofSeconds(Long.MAX_VALUE))
                .build();
        StartException e = assertThrows(StartException.class, () -> Engine.start(config, CountingExporter::new));
        assertTrue(String.valueOf(e.getMessage()).startsWith("The engine cannot start: "), e.getMessage());
        try (DatagramChannel again = DatagramChannel.open(java.net.StandardProtocolFamily.INET)) {
            again.bind(address);
        }
    }

    private static List<String> documents(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> HEADER + "{\"n\":" + i + "}")
                .toList();
    }
}
