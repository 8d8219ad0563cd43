package io.github.xrayd.engine.aws;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.Mutator;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Spoilt HTTP answers to real calls: each comes out as an {@link Answer}, never as an exception, and only a 200 counts
 * as delivered.
 *
 * <p>Each run has another seed; {@code -Dxrayd.fuzz.seed=N} replays one, {@code -Dxrayd.fuzz.answers=N} takes that
 * many.
 */
@Timeout(300)
class AnswerFuzzTest {
    private static final int ANSWERS = Integer.getInteger("xrayd.fuzz.answers", 2_000);
    private static final List<byte[]> SAMPLES = List.of(
            answer("200 OK", "", "{\"UnprocessedTraceSegments\":[]}"),
            answer(
                    "200 OK",
                    "",
                    "{\"UnprocessedTraceSegments\":[{\"Id\":\"70de5b6f19ff9a0a\",\"ErrorCode\":\"ThrottledException\","
                            + "\"Message\":\"m\"},{\"Id\":null,\"ErrorCode\":null,\"Message\":null}]}"),
            answer("429 Too Many Requests", "x-amzn-ErrorType: ThrottledException\r\nRetry-After: 1\r\n", "{}"),
            answer("400 Bad Request", "x-amzn-ErrorType: InvalidRequestException\r\n", "{\"message\":\"m\"}"),
            answer(
                    "403 Forbidden",
                    "Date: Wed, 01 Jan 2025 00:00:00 GMT\r\n",
                    "{\"__type\":\"ExpiredTokenException\"}"),
            answer("503 Service Unavailable", "", "<html></html>"));

    private static byte[] answer(String status, String headers, String body) {
        return ("HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\n" + headers + "Content-Length: "
                        + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void shouldMakeAnAnswerOfWhateverComes() throws Exception {
        long seed = Long.getLong("xrayd.fuzz.seed", System.nanoTime());
        Mutator mutator = new Mutator(
                seed,
                100_000,
                "\r\n",
                "\r\n\r\n",
                "\u0000",
                "HTTP/1.1 200 OK\r\n",
                "HTTP/9.9 ",
                "Transfer-Encoding: chunked\r\n",
                "Content-Length: 99999999999999999999\r\n",
                "Content-Length: -1\r\n",
                "Content-Encoding: gzip\r\n",
                "Retry-After: 999999999999\r\n",
                "Date: never\r\n",
                "{",
                "]",
                "\"",
                "null",
                "\\ud800",
                "[".repeat(5_000));
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                XRayExporter backend = Exporters.create(
                        Exporters.settings(
                                URI.create("http://127.0.0.1:" + server.getLocalPort()), Duration.ofMillis(500)),
                        new ScriptedEnvironment())) {
            byte[][] next = new byte[1][];
            Thread thread = new Thread(() -> serve(server, next), "fuzz-server");
            thread.setDaemon(true);
            thread.start();
            for (int i = 0; i < ANSWERS; i++) {
                byte[] spoilt = mutator.next(SAMPLES);
                synchronized (next) {
                    next[0] = spoilt;
                }
                check(backend, spoilt, seed, i);
            }
        }
    }

    private static void check(XRayExporter backend, byte[] spoilt, long seed, int index) {
        String text = new String(spoilt, StandardCharsets.ISO_8859_1);
        String replay = "answer " + index + " of -Dxrayd.fuzz.seed=" + seed + ": " + text;
        try {
            Answer answer = backend.export(new TestBody("{}"));
            assertNotNull(answer, replay);
            assertTrue(answer.outcome() != AnswerKind.DELIVERED || text.contains("200"), replay);
            assertTrue(
                    answer.outcome() == AnswerKind.DELIVERED
                            || !answer.message().isEmpty(),
                    replay);
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError(replay, e);
        }
    }

    private static void serve(ServerSocket server, byte[][] next) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                readRequest(socket.getInputStream());
                byte[] answer;
                synchronized (next) {
                    answer = next[0];
                }
                socket.getOutputStream().write(answer);
            } catch (IOException expected) {
                // The client has closed first: what came gave it a reason to.
            }
        }
    }

    /** Reads the head and as many bytes as it announces. */
    private static void readRequest(InputStream stream) throws IOException {
        InputStream in = new BufferedInputStream(stream);
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int read = in.read();
            if (read < 0) {
                return;
            }
            head.append((char) read);
        }
        String lower = head.toString().toLowerCase(java.util.Locale.ROOT);
        int at = lower.indexOf("content-length:");
        if (at >= 0) {
            String value = lower.substring(at + 15, lower.indexOf('\r', at)).trim();
            in.skipNBytes(Long.parseLong(value));
        }
    }
}
