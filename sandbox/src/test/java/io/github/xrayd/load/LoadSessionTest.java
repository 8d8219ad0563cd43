package io.github.xrayd.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LoadSessionTest {
    private static final Duration SHORT = Duration.ofMillis(50);

    @Test
    void shouldWaitUntilEverythingHasArrived() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (CountingReceiver receiver = new CountingReceiver();
                ScriptedEndpoint endpoint =
                        new ScriptedEndpoint(() -> run(Math.min(300, 150 * asked.getAndIncrement())))) {
            LoadConfig config = config(receiver);
            StringBuilder output = new StringBuilder();
            LoadOutcome outcome =
                    new LoadSession(config, endpoint.uri(), Duration.ofSeconds(20)).run(output, new StringBuilder(), 0);
            VerifyReport verification = outcome.verification();
            assertNotNull(verification);
            assertEquals(LoadOutcome.EXIT_OK, outcome.exitCode());
            assertEquals(300, verification.arrived());
            assertEquals(0, verification.lost());
            assertEquals(2, verification.duplicated());
            assertEquals(1_200, verification.latency().p99());
            assertEquals(900, verification.histogram().orElseThrow().getMaxValue());
            String path = "/sandbox/runs/0000beef";
            assertEquals(
                    List.of("PUT " + path + "?capacity=300", "GET " + path, "GET " + path, "DELETE " + path),
                    endpoint.requests());
            assertTrue(output.toString().contains("arrived     300 of 300 (100 %)"), output.toString());
            assertTrue(output.toString().contains("latency     p50 800 us  p90 1.0 ms  p99 1.2 ms"), output.toString());
        }
    }

    @Test
    void shouldCallLostWhatDoesNotComeWithinTheSettleTime() throws Exception {
        try (CountingReceiver receiver = new CountingReceiver();
                ScriptedEndpoint endpoint = new ScriptedEndpoint(() -> run(297))) {
            StringBuilder output = new StringBuilder();
            StringBuilder progress = new StringBuilder();
            LoadOutcome outcome = new LoadSession(config(receiver), endpoint.uri(), SHORT).run(output, progress, 80);
            assertEquals(LoadOutcome.EXIT_LOSS, outcome.exitCode());
            VerifyReport verification = outcome.verification();
            assertNotNull(verification);
            assertEquals(3, verification.lost());
            assertEquals(List.of(7L, 8L, 299L), verification.missing());
            assertTrue(output.toString().contains("\nlost        3 (1.000 %)\n"), output.toString());
            assertTrue(output.toString().startsWith("run  "), output.toString());
            assertTrue(progress.length() > 0 && progress.indexOf("\n") == progress.length() - 1, progress.toString());
            for (String line : progress.toString().split("[\r\n]", -1)) {
                assertTrue(line.length() < 80, line);
            }
        }
    }

    @Test
    void shouldSayThatTheEndpointIsNotThere() throws Exception {
        URI nowhere;
        try (ScriptedEndpoint endpoint = new ScriptedEndpoint(() -> "")) {
            nowhere = endpoint.uri();
        }
        try (CountingReceiver receiver = new CountingReceiver()) {
            LoadSession session = new LoadSession(config(receiver), nowhere, SHORT);
            assertComplains("start the sandbox first", session);
        }
    }

    @Test
    void shouldSayThatTheEndpointIsNotASandbox() throws Exception {
        try (CountingReceiver receiver = new CountingReceiver();
                ScriptedEndpoint endpoint = new ScriptedEndpoint(() -> "{\"hello\":1}")) {
            assertComplains("no number named arrived", new LoadSession(config(receiver), endpoint.uri(), SHORT));
            endpoint.failWith(404);
            assertComplains("answered with 404", new LoadSession(config(receiver), endpoint.uri(), SHORT));
        }
        assertThrows(IllegalArgumentException.class, () -> new LoadVerifier(URI.create("127.0.0.1/x"), "00000001"));
    }

    private static void assertComplains(String part, LoadSession session) {
        String message = assertThrows(
                        LoadException.class, () -> session.run(new StringBuilder(), new StringBuilder(), 0))
                .getMessage();
        assertTrue(String.valueOf(message).contains(part), message);
    }

    private static LoadConfig config(CountingReceiver receiver) throws Exception {
        return LoadConfig.to(receiver.address())
                .ratePerSecond(2_000)
                .count(300)
                .runId(0xbeef)
                .build();
    }

    private static String run(int distinct) {
        Histogram histogram = new Histogram(3);
        histogram.recordValue(900);
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(buffer);
        String encoded = Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
        return "{\"run\":\"0000beef\",\"arrived\":" + (distinct + 2) + ",\"distinct\":" + distinct
                + ",\"duplicated\":2,\"outOfRange\":0,\"latencyMicros\":{\"p50\":800,\"p90\":1000,\"p99\":1200,\"p999\":1300,"
                + "\"max\":1400,\"mean\":812.5,\"count\":300},\"histogram\":\"" + encoded
                + "\",\"missing\":[7,8,299,300]}";
    }
}
