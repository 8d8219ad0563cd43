package io.github.xrayd.benchmarks;

import com.dslplatform.json.DslJson;
import io.github.xrayd.engine.ring.SlotReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;

/** What the validator costs per datagram when it looks at the header only, its way through the ring included. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HeaderBenchmark {
    /** What one duty cycle of the validator takes, so that one call validates all. */
    private static final int DATAGRAMS = 64;

    private static final int DOCUMENT_LENGTH = 300;

    /** Slots of one header. */
    public static class Headers extends WaitingSlots {
        /** The SDKs' two spellings, one that must be parsed once, and one that is rejected each time. */
        @Param({"spaced", "compact", "other", "wrong"})
        public String header = "";

        public Headers() {
            super(DATAGRAMS, false);
        }

        @Override
        List<byte[]> datagrams() {
            String text = text();
            return Documents.ofLength(DOCUMENT_LENGTH).stream()
                    .map(document -> Documents.datagram(text, document))
                    .toList();
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
    }

    /** The engine: eight bytes at a time against what is known. */
    @Benchmark
    @OperationsPerInvocation(DATAGRAMS)
    public int validator(Headers waiting) {
        return waiting.validate();
    }

    /** The rejected alternative: the header line as a String, then a map. */
    @Benchmark
    @OperationsPerInvocation(DATAGRAMS)
    public int asMap(Headers waiting) throws IOException {
        DslJson<Object> json = Json.INSTANCE;
        SlotReader slots = waiting.reader();
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
