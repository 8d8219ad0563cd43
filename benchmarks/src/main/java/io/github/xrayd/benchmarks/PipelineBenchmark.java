package io.github.xrayd.benchmarks;

import com.dslplatform.json.DslJson;
import com.dslplatform.json.JsonWriter;
import io.github.xrayd.engine.telemetry.Ledger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * From a datagram's bytes to its place in a sealed batch: receiver, validator and batcher on one thread, per datagram.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PipelineBenchmark {
    private static final int DATAGRAMS = Stages.BATCH_DOCUMENTS;
    private static final long PATIENCE_NS = 5_000_000_000L;

    /** The stages behind a source in memory. */
    @State(Scope.Thread)
    public static class Memory {
        @Param({"300", "1024", "8192"})
        public int documentLength;

        private ScriptedDatagrams source;
        private Stages stages;
        private List<byte[]> datagrams;
        private int next;

        @Setup
        public void setUp() {
            datagrams = Documents.datagrams(documentLength);
            source = new ScriptedDatagrams(datagrams);
            stages = new Stages(source, DATAGRAMS, false);
        }

        byte[] nextDatagram() {
            next = (next + 1) % datagrams.size();
            return datagrams.get(next).clone();
        }

        @TearDown
        public void tearDown() {
            stages.close();
        }
    }

    /** The same while another thread reads every counter a thousand times a second: so often as no scraper would. */
    @State(Scope.Thread)
    public static class ScrapedMemory extends Memory {
        private static final long PAUSE_NS = 1_000_000L;

        private volatile boolean isEnding;
        private Thread scraper;
        private long received;

        @Setup
        public void startScraper() {
            scraper = new Thread(this::scrape, "scraper");
            scraper.setDaemon(true);
            scraper.start();
        }

        private void scrape() {
            while (!isEnding) {
                received +=
                        Ledger.of(List.of(((Memory) this).stages.counters())).received();
                LockSupport.parkNanos(PAUSE_NS);
            }
        }

        @TearDown
        public void stopScraper() throws InterruptedException {
            isEnding = true;
            scraper.join();
            if (received < 0) {
                throw new IllegalStateException("a count is negative");
            }
        }
    }

    /** The stages behind a loopback socket whose buffer is filled outside the measured time. */
    @State(Scope.Thread)
    public static class Socket {
        private Loopback loopback;
        private Stages stages;

        @Setup
        public void setUp() throws IOException {
            loopback = connect();
            stages = new Stages(loopback.socket(), DATAGRAMS, false);
        }

        Loopback connect() throws IOException {
            return new Loopback(Loopback.bind(false), 1, Documents.datagrams(1_024));
        }

        @Setup(Level.Invocation)
        public void send() throws IOException {
            loopback.send(DATAGRAMS);
        }

        @TearDown
        public void tearDown() throws IOException {
            loopback.close();
            stages.close();
        }
    }

    /** The same by recvmmsg with 64 sources, on Java 22 and later on Linux. */
    @State(Scope.Thread)
    public static class NativeSocket extends Socket {
        @Override
        Loopback connect() throws IOException {
            return new Loopback(Loopback.bindNative(), 64, Documents.datagrams(1_024));
        }
    }

    /** The engine, without the system call. */
    @Benchmark
    @OperationsPerInvocation(DATAGRAMS)
    public int fromMemory(Memory memory) {
        memory.source.offer(DATAGRAMS);
        return run(memory.stages);
    }

    /**
     * The same while its counters are read: what a scrape costs the data path is the difference to {@link #fromMemory}.
     */
    @Benchmark
    @OperationsPerInvocation(DATAGRAMS)
    public int fromMemoryWhileScraped(ScrapedMemory memory) {
        ((Memory) memory).source.offer(DATAGRAMS);
        return run(((Memory) memory).stages);
    }

    /** The engine with one system call for each datagram, 1 KB documents, NIO. */
    @Benchmark
    @OperationsPerInvocation(DATAGRAMS)
    public int fromSocket(Socket socket) {
        return run(socket.stages);
    }

    /** The engine by the C library's recvmmsg and 64 sources that take turns. */
    @Benchmark
    @OperationsPerInvocation(DATAGRAMS)
    public int fromSocketByRecvmmsg(NativeSocket socket) {
        return run(((Socket) socket).stages);
    }

    static int run(Stages stages) {
        int documents = cycle(stages);
        return documents == DATAGRAMS ? documents : runOn(stages, documents);
    }

    /** More cycles: the receiver leaves datagrams for the next one when its arena is full or the kernel is late. */
    private static int runOn(Stages stages, int documentsBefore) {
        int documents = documentsBefore;
        long startNs = System.nanoTime();
        while (documents < DATAGRAMS) {
            documents += cycle(stages);
            if (System.nanoTime() - startNs > PATIENCE_NS) {
                throw new IllegalStateException(documents + " of " + DATAGRAMS + " documents were sealed");
            }
        }
        return documents;
    }

    private static int cycle(Stages stages) {
        stages.receive();
        stages.validate();
        stages.batch();
        return stages.settle();
    }

    /**
     * The rejected alternative: an array for each datagram, its header parsed, its document a String, the batch a JSON
     * writer's.
     */
    @Benchmark
    @OperationsPerInvocation(DATAGRAMS)
    public byte[] asStrings(Memory memory) throws IOException {
        DslJson<Object> json = Json.INSTANCE;
        List<String> documents = new ArrayList<>();
        for (int i = 0; i < DATAGRAMS; i++) {
            String text = new String(memory.nextDatagram(), StandardCharsets.UTF_8);
            int newline = text.indexOf('\n');
            byte[] header = text.substring(0, newline).getBytes(StandardCharsets.UTF_8);
            Map<?, ?> fields = json.deserialize(Map.class, header, header.length);
            if (fields != null && "json".equals(fields.get("format"))) {
                documents.add(text.substring(newline + 1));
            }
        }
        JsonWriter writer = json.newWriter();
        json.serialize(writer, Map.of("TraceSegmentDocuments", documents));
        return writer.toByteArray();
    }
}
