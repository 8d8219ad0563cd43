package io.github.xrayd.benchmarks;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.github.xrayd.engine.receive.UdpSocket;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * From socket to sealed batch nothing is allocated: below 0.01 bytes per datagram in the best of five times 100,000,
 * which one object for every 3,000 datagrams would exceed.
 *
 * <p>What the measuring itself and the JVM allocate once is lost in that number; a benchmark's short iterations cannot
 * show it.
 */
@Timeout(180)
class AllocationTest {
    private static final double BYTES_PER_DATAGRAM_MAX = 0.01;
    private static final int BATCH = Stages.BATCH_DOCUMENTS;
    private static final int WARM_UP_BATCHES = 1_000;
    private static final int RUNS = 5;
    private static final int BATCHES = 2_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void shouldAllocateNothingFromMemory() throws IOException {
        for (int length : List.of(300, 4_096)) {
            ScriptedDatagrams source = new ScriptedDatagrams(Documents.datagrams(length));
            try (Stages stages = new Stages(source, BATCH, false)) {
                assertNothingAllocated(() -> source.offer(BATCH), stages);
            }
        }
    }

    @Test
    void shouldAllocateNothingFromOneSourceByNio() throws IOException {
        assertNothingAllocated(Loopback.bind(false), 1);
    }

    @Test
    void shouldAllocateNothingFrom64SourcesByRecvmmsg() throws IOException {
        boolean isExpected = Runtime.version().feature() >= 22
                && System.getProperty("os.name").equals("Linux");
        assumeTrue(isExpected, "recvmmsg needs Java 22 and Linux");
        assertNothingAllocated(Loopback.bindNative(), 64);
    }

    private static void assertNothingAllocated(UdpSocket socket, int sources) throws IOException {
        try (Loopback loopback = new Loopback(socket, sources, Documents.datagrams(1_024));
                Stages stages = new Stages(socket, BATCH, false)) {
            assertNothingAllocated(() -> loopback.send(BATCH), stages);
        }
    }

    /** Lets a batch of datagrams wait at the source. */
    private interface Filling {
        void fill() throws IOException;
    }

    /**
     * The least of several runs: one in which the JIT was not done yet has objects that compiled code does not make.
     */
    private static void assertNothingAllocated(Filling filling, Stages stages) throws IOException {
        run(filling, stages, WARM_UP_BATCHES);
        long thread = Thread.currentThread().getId();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < RUNS; i++) {
            long before = THREADS.getThreadAllocatedBytes(thread);
            run(filling, stages, BATCHES);
            least = Math.min(least, THREADS.getThreadAllocatedBytes(thread) - before);
        }
        double perDatagram = (double) least / BATCHES / BATCH;
        String figures = perDatagram + " B per datagram: " + least + " bytes for " + BATCHES * BATCH;
        assertTrue(perDatagram < BYTES_PER_DATAGRAM_MAX, figures);
    }

    private static void run(Filling filling, Stages stages, int batches) throws IOException {
        for (int i = 0; i < batches; i++) {
            filling.fill();
            PipelineBenchmark.run(stages);
        }
    }
}
