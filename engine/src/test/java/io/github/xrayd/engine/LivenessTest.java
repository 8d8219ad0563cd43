package io.github.xrayd.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.encode.BodyEncoding;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;
import io.github.xrayd.engine.run.WaitStrategy;
import io.github.xrayd.engine.spool.SpoolSettings;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Ledger;
import io.github.xrayd.engine.upload.CallLimit;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Real threads, with memory full: every hand-off must wake the other side.
 *
 * <p>Threads rest for an hour when nobody wakes them, so a single wake-up that is missed is a deadline that passes.
 */
@Timeout(240)
class LivenessTest {
    private static final String HEADER = "{\"format\": \"json\", \"version\": 1}\n";
    private static final long REST_MS_MAX = 3_600_000;
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String PADDING = "x".repeat(8_000);

    @TempDir
    Path directory;

    private volatile CountDownLatch outage = new CountDownLatch(1);
    private volatile boolean isRefusing;
    /** For each receiver. */
    private long memoryBytes = 8 << 20;

    private long spoolBytes = 256 << 20;

    private Answer answer() {
        if (isRefusing) {
            return Answer.failed(AnswerKind.TRANSIENT, ConnectionError.CONNECTION_REFUSED, 0, null, "away");
        }
        try {
            assertTrue(outage.await(LONG.toSeconds(), TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            return Answer.failed(AnswerKind.TRANSIENT, ConnectionError.OTHER, 0, null, "interrupted");
        }
        return Answer.delivered();
    }

    private Engine start(int threads, int receivers, boolean isSpooling, WaitStrategy strategy) throws Exception {
        SpoolSettings spool = isSpooling
                ? new SpoolSettings(directory, spoolBytes, (int) (spoolBytes / 32), BodyEncoding.XRAY_JSON)
                : null;
        EngineConfig config = EngineConfig.builder()
                .udpAddress(new InetSocketAddress("127.0.0.1", 0))
                .memoryLimitBytes(receivers * memoryBytes)
                .threadsMax(threads)
                .receivers(receivers)
                .waitStrategy(strategy)
                .spool(spool)
                .build();
        return Engine.start(config, destination -> () -> new CountingExporter(this::answer), REST_MS_MAX);
    }

    /** Sends, from several sockets so that each receiver has some, until {@code isEnough}. */
    private static long send(Engine engine, Predicate<Ledger> isEnough) throws Exception {
        DatagramChannel[] senders = new DatagramChannel[16];
        for (int i = 0; i < senders.length; i++) {
            senders[i] = DatagramChannel.open().connect(engine.udpAddress());
        }
        long sent = 0;
        long deadlineNs = System.nanoTime() + LONG.toNanos();
        try {
            while (!isEnough.test(engine.ledger())) {
                assertTrue(System.nanoTime() - deadlineNs < 0, () -> "not enough: " + engine.ledger());
                for (DatagramChannel sender : senders) {
                    String document = HEADER + "{\"id\":\"" + sent++ + "\",\"pad\":\"" + PADDING + "\"}";
                    sender.write(ByteBuffer.wrap(document.getBytes(StandardCharsets.UTF_8)));
                }
                long all = sent;
                await("received", () -> engine.ledger().received() + Math.max(0, engine.kernelDrops()) >= all);
            }
        } finally {
            for (DatagramChannel sender : senders) {
                sender.close();
            }
        }
        return sent;
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadlineNs < 0, what);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static Predicate<Ledger> isFull(int receivers) {
        // Each receiver has its own memory; with this many dropped in turn all of them are full.
        return ledger -> ledger.by(Counter.DROPPED_MEMORY_FULL) >= 200L * receivers;
    }

    @ParameterizedTest
    @CsvSource({
        "1,1,ADAPTIVE",
        "2,1,ADAPTIVE",
        "3,1,ADAPTIVE",
        "1,2,ADAPTIVE",
        "2,2,ADAPTIVE",
        "3,2,ADAPTIVE",
        "1,1,BLOCKING",
        "2,1,BLOCKING",
        "3,1,BLOCKING"
    })
    void shouldDeliverAllOfAFullMemoryWhenTheBackendAnswersAgain(int threads, int receivers, WaitStrategy strategy)
            throws Exception {
        Engine engine = start(threads, receivers, false, strategy);
        try {
            send(engine, isFull(receivers));
            long held = engine.ledger().held();

            outage.countDown();
            await(
                    "drained by wake-ups alone: " + engine.ledger(),
                    () -> engine.ledger().held() == 0);

            Ledger ledger = engine.shutdown(LONG);
            assertTrue(held > 500, () -> "held " + held);
            assertEquals(0, ledger.abandonedTotal(), ledger::toString);
            assertEquals(ledger.received(), ledger.delivered() + ledger.droppedTotal(), ledger::toString);
        } finally {
            engine.shutdown(Duration.ZERO);
        }
    }

    /** Memory and disk are full in an outage, and the backend comes back: both are delivered while the engine runs. */
    @ParameterizedTest
    @CsvSource({"1,1", "2,1", "3,1", "1,2", "2,2", "3,2"})
    void shouldDeliverAllOfAFullMemoryAndAFullSpoolWhenTheBackendAnswersAgain(int threads, int receivers)
            throws Exception {
        spoolBytes = 16 << 20;
        isRefusing = true;
        Engine engine = start(threads, receivers, true, WaitStrategy.ADAPTIVE);
        try {
            send(engine, isFull(receivers).and(ledger -> ledger.spooled() > 1_000));

            isRefusing = false;
            outage.countDown();
            await(
                    "drained: " + engine.ledger(),
                    () -> engine.ledger().held() == 0 && engine.ledger().spooled() == 0);

            Ledger ledger = engine.shutdown(LONG);
            assertEquals(0, ledger.abandonedTotal(), ledger::toString);
            assertEquals(ledger.received(), ledger.delivered() + ledger.droppedTotal(), ledger::toString);
        } finally {
            engine.shutdown(Duration.ZERO);
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1", "2,1", "3,1", "1,2", "2,2", "3,2"})
    void shouldDeliverAllOfAFullMemoryAtTheEnd(int threads, int receivers) throws Exception {
        Engine engine = start(threads, receivers, false, WaitStrategy.ADAPTIVE);
        try {
            send(engine, isFull(receivers));
            long startNs = System.nanoTime();
            outage.countDown();

            Ledger ledger = engine.shutdown(LONG);

            assertEquals(0, ledger.abandonedTotal(), ledger::toString);
            assertTrue(System.nanoTime() - startNs < LONG.toNanos(), "ended by wake-ups, not by the deadline");
        } finally {
            engine.shutdown(Duration.ZERO);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1,1,true",
        "2,1,true",
        "3,1,true",
        "1,2,true",
        "2,2,true",
        "3,2,true",
        "1,1,false",
        "2,1,false",
        "3,1,false",
        "1,2,false",
        "2,2,false",
        "3,2,false"
    })
    void shouldSpoolInsteadOfDroppingAndKeepAllAtTheEnd(int threads, int receivers, boolean isFailing)
            throws Exception {
        isRefusing = isFailing;
        Engine engine = start(threads, receivers, true, WaitStrategy.ADAPTIVE);
        try {
            send(engine, ledger -> ledger.spooled() >= 500L * receivers);
            outage.countDown();

            Ledger ledger = engine.shutdown(isFailing ? Duration.ofMillis(100) : LONG);

            assertEquals(0, ledger.abandonedTotal(), ledger::toString);
            assertEquals(0, ledger.held(), ledger::toString);
        } finally {
            engine.shutdown(Duration.ZERO);
        }
    }

    /** All batches are in calls that hang, and slots wait for them: nobody is woken by work that is done. */
    @ParameterizedTest
    @CsvSource({"1,1", "2,1", "3,1", "1,2", "2,2", "3,2"})
    void shouldEndEachThreadAtTheDeadline(int threads, int receivers) throws Exception {
        memoryBytes = EngineConfig.MEMORY_LIMIT_MIN;
        Engine engine = start(threads, receivers, false, WaitStrategy.ADAPTIVE);
        try {
            send(engine, isFull(receivers));

            Ledger ledger = engine.shutdown(Duration.ofMillis(20));

            assertEquals(0, ledger.held(), ledger::toString);
            assertTrue(ledger.abandonedTotal() > 0, ledger::toString);
            List<String> alive = Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .filter(name -> name.matches("(receiver|batcher|uploader).*"))
                    .toList();
            assertEquals(List.of(), alive, "threads that nobody woke for their end");
        } finally {
            outage.countDown();
            engine.shutdown(Duration.ZERO);
        }
    }

    /** Calls hang, so only the deadline itself can have the uploader store what is in none. */
    @ParameterizedTest
    @CsvSource({"1,1", "2,1", "3,1", "1,2", "2,2", "3,2"})
    void shouldSpoolWhatIsInNoCallAtTheDeadline(int threads, int receivers) throws Exception {
        Engine engine = start(threads, receivers, true, WaitStrategy.ADAPTIVE);
        try {
            send(engine, ledger -> ledger.received() >= 600L * receivers);
            Thread end = new Thread(() -> engine.shutdown(Duration.ofMillis(20)));
            end.start();
            long inCallsMax = (long) CallLimit.INITIAL * EngineConfig.BatchConfig.DEFAULT.documentsMax();
            await(
                    "spooled",
                    () -> engine.ledger().spooled() > 0 && engine.ledger().held() <= inCallsMax);
            outage.countDown();
            end.join();

            Ledger ledger = engine.shutdown(Duration.ZERO);
            assertEquals(0, ledger.abandonedTotal(), ledger::toString);
            assertTrue(ledger.delivered() > 0 && ledger.spooled() > 0, ledger::toString);
        } finally {
            outage.countDown();
            engine.shutdown(Duration.ZERO);
        }
    }
}
