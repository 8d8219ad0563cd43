package io.github.xrayd.benchmarks;

import com.dslplatform.json.DslJson;
import io.github.xrayd.engine.ring.SlotReader;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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

/** What the validator costs per datagram when it checks the document too ({@code --validate document}). */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DocumentBenchmark {
    private static final int DATAGRAMS = 16;

    /** Slots that wait for the validator. */
    @State(Scope.Thread)
    public static class Waiting {
        @Param({"300", "1024", "8192"})
        public int documentLength;

        private ScriptedDatagrams source;
        private Stages stages;

        @Setup
        public void setUp() {
            source = new ScriptedDatagrams(Documents.datagrams(documentLength));
            stages = new Stages(source, Stages.BATCH_DOCUMENTS, true);
        }

        @Setup(Level.Invocation)
        public void fill() {
            source.offer(DATAGRAMS);
            stages.receive();
        }

        @TearDown(Level.Invocation)
        public void empty() {
            stages.releaseSlots();
        }

        @TearDown
        public void tearDown() {
            stages.close();
        }
    }

    /** The engine: one walk over the bytes. */
    @Benchmark
    @OperationsPerInvocation(DATAGRAMS)
    public int validator(Waiting waiting) {
        int count = waiting.stages.validate();
        if (count != DATAGRAMS) {
            throw new IllegalStateException(count + " of " + DATAGRAMS + " datagrams were judged");
        }
        return count;
    }

    /** The beaten alternative: the whole document as maps and lists. */
    @Benchmark
    @OperationsPerInvocation(DATAGRAMS)
    public int asMap(Waiting waiting) throws IOException {
        DslJson<Object> json = Json.INSTANCE;
        SlotReader slots = waiting.stages.validatorReader();
        int count = 0;
        while (slots.hasNext()) {
            int offset = Documents.HEADER.length();
            byte[] document = new byte[slots.length() - offset];
            slots.datagram().getBytes(offset, document);
            Map<?, ?> fields = json.deserialize(Map.class, document, document.length);
            slots.verdict(fields != null && fields.get("trace_id") instanceof String ? offset : ~0);
            slots.advance();
            count++;
        }
        slots.release();
        return count;
    }
}
