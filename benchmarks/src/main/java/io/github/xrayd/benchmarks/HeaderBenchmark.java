package io.github.xrayd.benchmarks;

import com.dslplatform.json.DslJson;
import io.github.xrayd.engine.ring.SlotReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

/** What the validator costs per datagram when it looks at the header only, its way through the ring included. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HeaderBenchmark {
    /** What one duty cycle of the validator takes, so that one call judges all. */
    private static final int DATAGRAMS = 64;

    private static final int DOCUMENT_LENGTH = 300;

    /** Slots that wait for the validator, all with one header. */
    @State(Scope.Thread)
    public static class Waiting {
        /** The SDKs' two spellings, one that must be parsed once, and one that is rejected each time. */
        @Param({"spaced", "compact", "other", "wrong"})
        public String header = "";

        private ScriptedDatagrams source;
        private Stages stages;

        @Setup
        public void setUp() {
            String text = text();
            source = new ScriptedDatagrams(Documents.ofLength(DOCUMENT_LENGTH).stream()
                    .map(document -> Documents.datagram(text, document))
                    .toList());
            stages = new Stages(source, Stages.BATCH_DOCUMENTS, false);
        }

        private String text() {
            return switch (header) {
                case "spaced" -> Documents.HEADER;
                case "compact" -> "{\"format\":\"json\",\"version\":1}\n";
                case "other" -> "{ \"version\": 1, \"format\": \"json\" }\n";
                case "wrong" -> "{\"format\": \"xml\", \"version\": 1}\n";
                default -> throw new IllegalArgumentException("no header is called " + header);
            };
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

    /** The engine: eight bytes at a time against what is known. */
    @Benchmark
    @OperationsPerInvocation(DATAGRAMS)
    public int validator(Waiting waiting) {
        int count = waiting.stages.validate();
        if (count != DATAGRAMS) {
            throw new IllegalStateException(count + " of " + DATAGRAMS + " datagrams were judged");
        }
        return count;
    }

    /** The beaten alternative: the header line as a String, then a map. */
    @Benchmark
    @OperationsPerInvocation(DATAGRAMS)
    public int asMap(Waiting waiting) throws IOException {
        DslJson<Object> json = Json.INSTANCE;
        SlotReader slots = waiting.stages.validatorReader();
        int count = 0;
        while (slots.hasNext()) {
            byte[] datagram = new byte[slots.length()];
            slots.datagram().getBytes(0, datagram);
            String text = new String(datagram, StandardCharsets.UTF_8);
            int newline = text.indexOf('\n');
            byte[] header = text.substring(0, newline).getBytes(StandardCharsets.UTF_8);
            Map<?, ?> fields = json.deserialize(Map.class, header, header.length);
            boolean isAccepted = fields != null && "json".equals(fields.get("format"));
            slots.verdict(isAccepted ? newline + 1 : ~0);
            slots.advance();
            count++;
        }
        slots.release();
        return count;
    }
}
