package io.github.xrayd.benchmarks;

import com.dslplatform.json.DslJson;
import io.github.xrayd.engine.ring.SlotReader;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;

/** What the validator costs per datagram when it checks the document too ({@code --validate document}). */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DocumentBenchmark {
    private static final int DATAGRAMS = 16;

    /** Slots of one length. */
    public static class Lengths extends WaitingSlots {
        @Param({"300", "1024", "8192"})
        public int documentLength;

        public Lengths() {
            super(DATAGRAMS, true);
        }

        @Override
        List<byte[]> datagrams() {
            return Documents.datagrams(documentLength);
        }
    }

    /** The engine: one walk over the bytes. */
    @Benchmark
    @OperationsPerInvocation(DATAGRAMS)
    public int validator(Lengths waiting) {
        return waiting.validate();
    }

    /** The rejected alternative: the whole document as maps and lists. */
    @Benchmark
    @OperationsPerInvocation(DATAGRAMS)
    public int asMap(Lengths waiting) throws IOException {
        DslJson<Object> json = Json.INSTANCE;
        SlotReader slots = waiting.reader();
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
