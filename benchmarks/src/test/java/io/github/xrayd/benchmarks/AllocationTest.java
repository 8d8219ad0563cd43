package io.github.xrayd.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.github.xrayd.engine.receive.UdpSocket;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * From socket to sealed batch nothing is allocated: not one byte in {@value #RUNS} runs in a row, 500,000 datagrams.
 *
 * <p>While the JIT works, code that runs for a moment may make objects that its next version does not make. How long
 * that takes is the machine's matter, so runs are made until as many in a row were without any; what has to hold in
 * them is not: an object for every 10,000 datagrams, or one in each fifth run, never lets it come to that.
 */
@Timeout(300)
class AllocationTest {
    private static final int BATCH = Stages.BATCH_DOCUMENTS;
    private static final int WARM_UP_BATCHES = 1_000;
    private static final int BATCHES = 1_000;
    private static final int RUNS = 10;
    private static final int RUNS_MAX = 60;
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

    private static void assertNothingAllocated(Filling filling, Stages stages) throws IOException {
        run(filling, stages, WARM_UP_BATCHES);
        long thread = Thread.currentThread().getId();
        long[] allocated = new long[RUNS_MAX];
        int inARow = 0;
        int made = 0;
        while (inARow < RUNS && made < RUNS_MAX) {
            long before = THREADS.getThreadAllocatedBytes(thread);
            run(filling, stages, BATCHES);
            allocated[made] = THREADS.getThreadAllocatedBytes(thread) - before;
            inARow = allocated[made] == 0 ? inARow + 1 : 0;
            made++;
        }
        String figures =
                "bytes for each " + BATCHES * BATCH + " datagrams: " + Arrays.toString(Arrays.copyOf(allocated, made));
        assertEquals(RUNS, inARow, figures);
        System.out.println("AllocationTest: " + figures);
    }

    private static void run(Filling filling, Stages stages, int batches) throws IOException {
        for (int i = 0; i < batches; i++) {
            filling.fill();
            PipelineBenchmark.run(stages);
        }
    }
}
