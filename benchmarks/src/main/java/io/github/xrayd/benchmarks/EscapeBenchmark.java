package io.github.xrayd.benchmarks;

import com.dslplatform.json.JsonWriter;
import io.github.xrayd.engine.encode.JsonEscaper;
import io.github.xrayd.engine.ring.Arena;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import software.amazon.awssdk.thirdparty.jackson.core.io.JsonStringEncoder;

/**
 * Writing a 1 KB document as a JSON string: from a slot to a request body, both outside the heap.
 *
 * <p>The alternatives must first have the bytes as a String, since that is what they take.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EscapeBenchmark {
    private static final int LENGTH = 1_024;
    private static final int TARGET_LENGTH = LENGTH * JsonEscaper.EXPANSION_MAX + Long.BYTES;

    /** A segment, text in which nothing is escaped, and text of three bytes a character. */
    @Param({"segment", "plain", "wide"})
    public String text = "";

    private final Arena arena = new Arena(LENGTH + TARGET_LENGTH);
    private final UnsafeBuffer source = new UnsafeBuffer(arena.address(), LENGTH);
    private final UnsafeBuffer target = new UnsafeBuffer(arena.address() + LENGTH, TARGET_LENGTH);
    private final JsonWriter writer = Json.INSTANCE.newWriter();
    private final JsonStringEncoder jackson = JsonStringEncoder.getInstance();

    @Setup
    public void setUp() {
        source.putBytes(0, bytes());
    }

    private byte[] bytes() {
        return switch (text) {
            case "segment" -> Documents.ofLength(LENGTH).get(0);
            case "plain" -> "a".repeat(LENGTH).getBytes(StandardCharsets.US_ASCII);
            case "wide" -> ("\u8ddf\u8e2a".repeat(LENGTH / 6) + "abcd").getBytes(StandardCharsets.UTF_8);
            default -> throw new IllegalArgumentException("no text is called " + text);
        };
    }

    /** The engine: eight bytes at a time. */
    @Benchmark
    public int engine() {
        return JsonEscaper.escape(source, 0, LENGTH, target, 0, TARGET_LENGTH);
    }

    /** Beaten: one byte at a time, from memory to memory; it does not mend what is not UTF-8. */
    @Benchmark
    public int byteByByte() {
        int to = 0;
        for (int from = 0; from < LENGTH; from++) {
            byte b = source.getByte(from);
            if (b == '"' || b == '\\') {
                target.putByte(to++, (byte) '\\');
                target.putByte(to++, b);
            } else if (b >= 0 && b < ' ') {
                to += target.putStringWithoutLengthUtf8(to, String.format("\\u%04x", b));
            } else {
                target.putByte(to++, b);
            }
        }
        return to;
    }

    /** Beaten: a String, its special characters replaced, and its bytes. */
    @Benchmark
    public int stringReplace() {
        String escaped = string().replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        byte[] bytes = escaped.getBytes(StandardCharsets.UTF_8);
        target.putBytes(0, bytes);
        return bytes.length;
    }

    /** Beaten: dsl-json's writer. */
    @Benchmark
    public int dslJson() {
        writer.reset();
        writer.writeString(string());
        target.putBytes(0, writer.getByteBuffer(), 0, writer.size());
        return writer.size();
    }

    /** Beaten: Jackson's encoder, which the AWS SDK's typed client uses. */
    @Benchmark
    public int jackson() {
        byte[] bytes = jackson.quoteAsUTF8(string());
        target.putBytes(0, bytes);
        return bytes.length;
    }

    private String string() {
        byte[] bytes = new byte[LENGTH];
        source.getBytes(0, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @TearDown
    public void tearDown() {
        arena.close();
    }
}
