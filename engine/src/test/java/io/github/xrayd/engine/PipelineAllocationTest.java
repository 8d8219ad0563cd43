package io.github.xrayd.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.xrayd.engine.batch.Batch;
import io.github.xrayd.engine.receive.AdmissionSettings;
import io.github.xrayd.engine.receive.Networks;
import io.github.xrayd.engine.receive.UdpSocket;
import io.github.xrayd.engine.run.DutyThread;
import io.github.xrayd.engine.run.Shutdown;
import io.github.xrayd.engine.run.WaitPolicy;
import io.github.xrayd.engine.run.WaitStrategy;
import io.github.xrayd.engine.run.Waiter;
import io.github.xrayd.engine.telemetry.Counter;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.CachedNanoClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the thread that runs receiver, validator and batcher allocates, from the socket to the sealed batch. */
@Timeout(120)
class PipelineAllocationTest {
    private static final int WARM_UP = 20_000;
    private static final int DATAGRAMS = 100_000;
    /** Datagrams sent before the pipeline must have taken them: few enough for any socket buffer. */
    private static final int WINDOW = 64;

    /** Timer and selector wake-ups, in all, over the measured run. */
    private static final long SLACK_BYTES = 64 * 1024;

    private static final long END_NS_MAX = 30_000_000_000L;

    /** What {@code DatagramChannel.receive} allocates for a sender that differs from the last, at most. */
    private static final long NIO_BYTES_PER_SENDER = 136;

    /** What a look at NIO's address object allocates when the sender changes. */
    private static final long ADDRESS_BYTES = 32;

    private static final AdmissionSettings ADMISSION =
            new AdmissionSettings(Networks.parse("10.0.0.0/8,::1,127.0.0.0/8"), true, true);

    @Test
    void shouldAllocateNothingForAdmissionByNioFromOneSource() throws Exception {
        long bytes = measure(false, 1, ADMISSION);
        assertTrue(bytes <= SLACK_BYTES, bytes + " bytes for " + DATAGRAMS + " datagrams");
    }

    @Test
    void shouldAllocateOnlyAddressesForAdmissionFrom64Sources() throws Exception {
        boolean isNative = isNativeThere();
        long bytes = measure(isNative, 64, ADMISSION);
        long each = isNative ? 0 : NIO_BYTES_PER_SENDER + ADDRESS_BYTES;
        assertTrue(bytes <= each * DATAGRAMS + SLACK_BYTES, bytes + " bytes for " + DATAGRAMS + " datagrams");
    }

    private static boolean isNativeThere() {
        return Runtime.version().feature() >= 22
                && System.getProperty("os.name").equals("Linux");
    }

    @Test
    void shouldAllocateNothingByNioFromOneSource() throws Exception {
        long bytes = measure(false, 1);
        assertTrue(bytes <= SLACK_BYTES, bytes + " bytes for " + DATAGRAMS + " datagrams");
    }

    @Test
    void shouldAllocateOnlyTheSendersAddressByNioFrom64Sources() throws Exception {
        long bytes = measure(false, 64);
        assertTrue(
                bytes <= NIO_BYTES_PER_SENDER * DATAGRAMS + SLACK_BYTES,
                bytes + " bytes for " + DATAGRAMS + " datagrams");
    }

    @Test
    void shouldAllocateNothingByRecvmmsgFrom64SourcesWhereJavaHasIt() throws Exception {
        try (UdpSocket socket = UdpSocket.bind(new InetSocketAddress("127.0.0.1", 0), 0, false, true)) {
            boolean isExpected = isNativeThere();
            assertEquals(isExpected, socket.isNative(), socket.whyNotNative());
            if (!isExpected) {
                assertFalse(socket.whyNotNative().isEmpty());
                return;
            }
        }
        long bytes = measure(true, 64);
        assertTrue(bytes <= SLACK_BYTES, bytes + " bytes for " + DATAGRAMS + " datagrams");
    }

    private static long measure(boolean isNative, int sources) throws Exception {
        return measure(isNative, sources, null);
    }

    private static long measure(boolean isNative, int sources, @Nullable AdmissionSettings admission) throws Exception {
        EngineConfig config = EngineConfig.builder().admission(admission).build();
        MemoryBudget budget = MemoryBudget.of(
                16 << 20, 1, config.destinations().get(0).batch().bytesMax());
        CachedNanoClock clock = new CachedNanoClock();
        Shutdown shutdown = new Shutdown();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<DatagramChannel> senders = new ArrayList<>();
        try (UdpSocket socket =
                UdpSocket.bind(new InetSocketAddress("127.0.0.1", 0), 4 << 20, false, isNative, admission != null)) {
            Pipeline pipeline = new Pipeline(socket, budget, config, shutdown, clock, clock);
            DutyThread thread = new DutyThread(
                    "measured",
                    List.of(
                            pipeline.sourceDuty(),
                            pipeline.validatorDuty(),
                            pipeline.lanes().get(0).duty()),
                    clock,
                    new WaitPolicy(WaitStrategy.ADAPTIVE, socket.grantedBufferBytes(), 2),
                    new Waiter(pipeline.source().place(), Waiter.BLOCK_MS_MAX),
                    failure::set);
            thread.start();
            for (int i = 0; i < sources; i++) {
                senders.add(DatagramChannel.open().connect(socket.localAddress()));
            }
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long sealedDocuments = send(pipeline, senders, WARM_UP);
            long before = threads.getThreadAllocatedBytes(thread.thread().getId());
            sealedDocuments += send(pipeline, senders, DATAGRAMS);
            long after = threads.getThreadAllocatedBytes(thread.thread().getId());
            shutdown.drain();
            thread.waiter().wake();
            long deadlineNs = System.nanoTime() + END_NS_MAX;
            while (thread.thread().isAlive() && System.nanoTime() < deadlineNs) {
                // It needs free batches for what it has not escaped yet.
                sealedDocuments += settleAll(pipeline);
                thread.join(1);
            }
            sealedDocuments += settleAll(pipeline);
            assertEquals(null, failure.get());
            assertEquals(WARM_UP + DATAGRAMS, sealedDocuments);
            pipeline.free();
            return after - before;
        } finally {
            for (DatagramChannel sender : senders) {
                sender.close();
            }
        }
    }

    /**
     * Sends from all sources in turn, never more ahead than the window; returns the documents of the batches that were
     * sealed.
     */
    private static long send(Pipeline pipeline, List<DatagramChannel> senders, int count) throws Exception {
        byte[] document = ("{\"name\":\"x\",\"text\":\"" + "wide \\\"quoted\\\" text ".repeat(48) + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer datagram = ByteBuffer.allocateDirect(document.length + 64);
        datagram.put("{\"format\": \"json\", \"version\": 1}\n".getBytes(StandardCharsets.UTF_8))
                .put(document)
                .flip();
        long start = pipeline.counters().get(Counter.RECEIVED);
        long sealedDocuments = 0;
        for (int i = 0; i < count; i++) {
            senders.get(i % senders.size()).write(datagram.rewind());
            if (i % WINDOW == 0) {
                // Whether or not the receiver keeps up: memory must not fill, or datagrams are dropped.
                sealedDocuments += settleAll(pipeline);
            }
            while (i - (pipeline.counters().get(Counter.RECEIVED) - start) > WINDOW) {
                sealedDocuments += settleAll(pipeline);
                LockSupport.parkNanos(20_000);
            }
        }
        while (pipeline.counters().get(Counter.RECEIVED) - start < count) {
            sealedDocuments += settleAll(pipeline);
            LockSupport.parkNanos(20_000);
        }
        return sealedDocuments + settleAll(pipeline);
    }

    private static long settleAll(Pipeline pipeline) {
        long documents = 0;
        Batch batch;
        while ((batch = pipeline.lanes().get(0).sealed().poll()) != null) {
            documents += batch.documentCount();
            batch.settle(batch.unsettled());
        }
        return documents;
    }
}
