package io.github.xrayd.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.Unprocessed;
import io.github.xrayd.engine.spool.DeadLetterSettings;
import io.github.xrayd.engine.telemetry.Ledger;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadLetterBoxTest {
    private static final String HEADER = "{\"format\": \"json\", \"version\": 1}\n";
    private static final String BAD =
            "{\"id\":\"0000000000000001\",\"trace_id\":\"1-x\",\"text\":\"\u00fc \\\"quoted\\\"\"}";
    private static final String GOOD = "{\"id\":\"0000000000000002\"}";

    @TempDir
    Path directory;

    @Test
    void shouldKeepTheDocumentThatTheServiceDidNotTakeAsItWasReceived() throws Exception {
        Path letters = directory.resolve("dead");
        Answer answer =
                Answer.delivered(List.of(new Unprocessed("0000000000000001", "InvalidTraceId", "Invalid id 1-x")));
        Ledger ledger = run(letters, new CountingExporter(() -> answer));
        assertEquals(1, ledger.unprocessed());
        assertEquals(1, ledger.delivered());
        try (Stream<Path> files = Files.list(letters)) {
            Path file = files.filter(path -> path.toString().endsWith("-InvalidTraceId.dead"))
                    .findFirst()
                    .orElseThrow();
            String text = Files.readString(file);
            assertTrue(text.startsWith("reason: InvalidTraceId\nmessage: Invalid id 1-x\nrejected: "), text);
            assertTrue(text.endsWith("\n\n" + BAD), text);
        }
    }

    @Test
    void shouldGoOnWhenTheDirectoryCannotBeMade() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        Answer answer = Answer.delivered(List.of(new Unprocessed("0000000000000001", "InvalidTraceId", null)));
        Ledger ledger = run(file.resolve("dead"), new CountingExporter(() -> answer));
        assertEquals(1, ledger.unprocessed());
        assertEquals(1, ledger.delivered());
    }

    private static Ledger run(Path letters, CountingExporter backend) throws Exception {
        Engine engine = Engine.start(
                EngineConfig.builder()
                        .udpAddress(new InetSocketAddress("127.0.0.1", 0))
                        .memoryLimitBytes(16 << 20)
                        .deadLetters(new DeadLetterSettings(letters, 1 << 20))
                        .build(),
                () -> backend);
        try (DatagramChannel channel = DatagramChannel.open()) {
            for (String document : List.of(BAD, GOOD)) {
                channel.send(
                        ByteBuffer.wrap((HEADER + document).getBytes(StandardCharsets.UTF_8)), engine.udpAddress());
            }
        }
        return engine.shutdown(Duration.ofSeconds(10));
    }
}
