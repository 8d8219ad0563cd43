package io.github.xrayd.engine.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.client.HttpReply;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are longer than anybody needs, or written as nobody should. */
@Timeout(60)
class AnswerLimitsTest {
    private static final String DONE = "{\"UnprocessedTraceSegments\":[]}";
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final HttpCall CALL = new HttpCall("POST", "/SamplingTargets", "", Map.of(), new byte[0]);

    private interface Endless {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Says {@code start}, then {@code piece} again and again until the other side hangs up. */
    private static ScriptedSocket.Script endless(String start, String piece) {
        return socket -> {
            OutputStream out = socket.getOutputStream();
            out.write(start.getBytes(StandardCharsets.US_ASCII));
            byte[] again = piece.repeat(1 + 8192 / piece.length()).getBytes(StandardCharsets.US_ASCII);
            while (true) {
                out.write(again);
            }
        };
    }

    private static ScriptedSocket.Script raw(byte[] head, byte[] body) {
        return socket -> {
            socket.getOutputStream().write(head);
            socket.getOutputStream().write(body);
        };
    }

    private static ScriptedSocket.Script raw(String answer) {
        return raw(answer.getBytes(StandardCharsets.ISO_8859_1), new byte[0]);
    }

    private static Answer upload(ScriptedSocket.Script script) throws Exception {
        try (ScriptedSocket socket = new ScriptedSocket(script);
                XRayExporter backend =
                        Exporters.create(Exporters.settings(socket.uri(), LONG), new ScriptedEnvironment())) {
            return backend.export(new TestBody());
        }
    }

    private static void assertEndsEarly(String start, String piece, String reason) throws Exception {
        long startNs = System.nanoTime();
        Answer answer = upload(endless(start, piece));
        assertEquals(AnswerKind.TRANSIENT, answer.outcome(), answer.message());
        assertTrue(answer.message().contains(reason), answer.message());
        assertTrue(System.nanoTime() - startNs < LONG.toNanos() / 2, "ended by a limit, not by the clock");
    }

    @Test
    void shouldNotReadALineWithoutEnd() throws Exception {
        assertEndsEarly("HTTP/1.1 200 OK\r\nX-Long: ", "x", "Maximum line length limit exceeded");
        assertEndsEarly("", "HTTP/1.1 200 OK ", "Maximum line length limit exceeded");
    }

    @Test
    void shouldNotReadFieldsWithoutEnd() throws Exception {
        assertEndsEarly("HTTP/1.1 200 OK\r\n", "X: y\r\n", "Maximum header count exceeded");
        assertEndsEarly("HTTP/1.1 200 OK\r\n", "X: " + "y".repeat(1000) + "\r\n", "the answer's head is longer than");
        assertEndsEarly("HTTP/1.1 200 OK\r\nX: y\r\n", " folded\r\n", "Maximum line length limit exceeded");
    }

    @Test
    void shouldNotReadInterimAnswersWithoutEnd() throws Exception {
        assertEndsEarly("", "HTTP/1.1 100 Continue\r\n\r\n", "interim answers");
        assertEndsEarly("", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", "interim answers");
    }

    @Test
    void shouldTakeAFewInterimAnswers() throws Exception {
        Answer answer = upload(raw("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\n"
                + "Content-Length: " + DONE.length() + "\r\n\r\n" + DONE));
        assertEquals(AnswerKind.DELIVERED, answer.outcome(), answer.message());
    }

    @Test
    void shouldNotReadChunkExtensionsOrTrailersWithoutEnd() throws Exception {
        String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        assertEndsEarly(head + "1;", "extension", "Maximum line length limit exceeded");
        assertEndsEarly(head + "0\r\n", "Trailer: x\r\n", "Maximum header count exceeded");
        assertEndsEarly(head + "0\r\nTrailer: ", "x", "Maximum line length limit exceeded");
        assertEndsEarly(head, "1\r\nx\r\n", "longer than");
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Stray: a\rb", "X-Stray: a\u0000b", "X-Stray: a\u007fb", "X Stray: b", "X\rStray: b"})
    void shouldRefuseControlCharactersInAHeader(String field) throws Exception {
        String answer = "HTTP/1.1 200 OK\r\n" + field + "\r\nContent-Length: " + DONE.length() + "\r\n\r\n" + DONE;
        Answer failed = upload(raw(answer));
        assertEquals(AnswerKind.TRANSIENT, failed.outcome(), failed.message());
        assertTrue(failed.message().contains("the answer"), failed.message());
    }

    private static byte[] bytes(Endless writer) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        writer.writeTo(bytes);
        return bytes.toByteArray();
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        return bytes(out -> {
            try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
                gzip.write(plain);
            }
        });
    }

    private static byte[] deflate(byte[] plain, boolean isBare) throws IOException {
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, isBare);
        try {
            return bytes(out -> {
                try (DeflaterOutputStream deflate = new DeflaterOutputStream(out, deflater)) {
                    deflate.write(plain);
                }
            });
        } finally {
            deflater.end();
        }
    }

    private static ScriptedSocket.Script encoded(int status, String coding, byte[] body) {
        return raw(
                ("HTTP/1.1 " + status + " Said\r\nContent-Encoding: " + coding + "\r\nContent-Length: " + body.length
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII),
                body);
    }

    @Test
    void shouldAskForPlainAnswersAndReadCompressedOnesAllTheSame() throws Exception {
        byte[] plain = DONE.getBytes(StandardCharsets.US_ASCII);
        for (ScriptedSocket.Script script : List.of(
                encoded(200, "gzip", gzip(plain)),
                encoded(200, "X-GZIP", gzip(plain)),
                encoded(200, "deflate", deflate(plain, false)),
                encoded(200, "deflate", deflate(plain, true)),
                encoded(200, "gzip, gzip", gzip(gzip(plain))),
                encoded(200, "identity", plain))) {
            Answer answer = upload(script);
            assertEquals(AnswerKind.DELIVERED, answer.outcome(), answer.message());
        }
        Answer refused = upload(encoded(
                400,
                "gzip",
                gzip("{\"__type\":\"InvalidRequestException\",\"message\":\"bad doc\"}"
                        .getBytes(StandardCharsets.US_ASCII))));
        assertTrue(refused.message().contains("bad doc"), refused.message());
        try (ScriptedService service = new ScriptedService();
                XRayExporter backend = Exporters.create(service.uri())) {
            backend.export(new TestBody());
            ScriptedService.Call call = service.awaitCall();
            assertEquals("identity", call.header("Accept-Encoding"));
            assertTrue(Signatures.isValid(call, service.uri(), "us-east-1"), call.toString());
        }
    }

    @Test
    void shouldNotTakeABadEncodingForAnAnswer() throws Exception {
        byte[] whole = gzip(DONE.getBytes(StandardCharsets.US_ASCII));
        for (ScriptedSocket.Script script : List.of(
                encoded(200, "gzip", Arrays.copyOf(whole, whole.length - 9)),
                encoded(200, "gzip", DONE.getBytes(StandardCharsets.US_ASCII)),
                encoded(200, "deflate", "nothing".getBytes(StandardCharsets.US_ASCII)),
                encoded(200, "br", DONE.getBytes(StandardCharsets.US_ASCII)),
                encoded(200, "gzip, gzip, gzip, gzip", whole))) {
            Answer answer = upload(script);
            assertEquals(AnswerKind.TRANSIENT, answer.outcome(), answer.message());
        }
    }

    @Test
    void shouldNotUnpackWithoutBound() throws Exception {
        Answer answer = upload(encoded(200, "gzip", gzip(new byte[64 << 20])));
        assertEquals(AnswerKind.TRANSIENT, answer.outcome());
        assertTrue(answer.message().contains("longer than " + AwsClient.UPLOAD_ANSWER_BYTES_MAX), answer.message());
    }

    @Test
    void shouldPassOnWhatAClientAskedFor() throws Exception {
        byte[] packed = gzip(DONE.getBytes(StandardCharsets.US_ASCII));
        try (ScriptedSocket socket = new ScriptedSocket(encoded(200, "gzip", packed));
                XRayExporter backend = Exporters.create(socket.uri())) {
            HttpCall asking = new HttpCall(
                    "POST", "/SamplingTargets", "", Map.of("Accept-Encoding", List.of("gzip")), new byte[0]);
            try (HttpReply reply = backend.connection().send(asking)) {
                assertEquals(packed.length, reply.body().length);
                assertEquals("gzip", reply.header("Content-Encoding"));
            }
        }
        try (ScriptedSocket socket = new ScriptedSocket(encoded(200, "gzip", packed));
                XRayExporter backend = Exporters.create(socket.uri());
                HttpReply reply = backend.connection().send(CALL)) {
            assertEquals(DONE, new String(reply.body(), StandardCharsets.US_ASCII));
            assertFalse(reply.headers().containsKey("Content-Encoding"));
        }
    }

    @Test
    void shouldHoldAllAnswersWithinOneBudgetAndGiveItBack() throws Exception {
        byte[] large = new byte[(int) AwsClient.PORT_ANSWERS_BYTES_MAX / 2];
        byte[] head = ("HTTP/1.1 200 OK\r\nContent-Length: " + large.length + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        try (ScriptedSocket socket = new ScriptedSocket(raw(head, large));
                XRayExporter backend =
                        Exporters.create(Exporters.settings(socket.uri(), LONG), new ScriptedEnvironment())) {
            AwsConnection port = backend.client().port();
            for (int round = 0; round < 3; round++) {
                HttpReply first = port.send(CALL);
                HttpReply second = port.send(CALL);
                assertEquals(large.length, first.body().length);
                assertTrue(second.retain());
                second.close();
                first.close();
                try (HttpReply third = port.send(CALL)) {
                    assertEquals(large.length, third.body().length);
                    // The second is still held by who retained it.
                    IOException full = assertThrows(IOException.class, () -> port.send(CALL));
                    assertTrue(String.valueOf(full.getMessage()).contains("together"), full.getMessage());
                }
                second.close();
                assertFalse(second.retain());
            }
        }
    }

    @Test
    void shouldLeaveUploadsAloneWhenCallsOfTheTcpPortAreSlow() throws Exception {
        CountDownLatch isEnough = new CountDownLatch(1);
        int calls = 100;
        try (ScriptedService service = new ScriptedService().always(call -> {
                    if (call.target().startsWith("/Sampling")) {
                        isEnough.await(30, TimeUnit.SECONDS);
                    }
                    return ScriptedService.Script.of(200, DONE);
                });
                XRayExporter backend =
                        Exporters.create(Exporters.settings(service.uri(), LONG), new ScriptedEnvironment())) {
            AwsConnection port = backend.client().port();
            ExecutorService clients = Executors.newFixedThreadPool(calls);
            try {
                List<Future<Integer>> statuses = new ArrayList<>();
                for (int i = 0; i < calls; i++) {
                    statuses.add(clients.submit(() -> {
                        try (HttpReply reply = port.send(CALL)) {
                            return reply.status();
                        }
                    }));
                }
                while (service.calls.size() < AwsClient.PORT_CONNECTIONS_MAX) {
                    Thread.onSpinWait();
                }
                Answer answer = backend.export(new TestBody());
                assertEquals(AnswerKind.DELIVERED, answer.outcome(), answer.message());
                assertTrue(service.calls.size() <= AwsClient.PORT_CONNECTIONS_MAX + 1);
                isEnough.countDown();
                for (Future<Integer> status : statuses) {
                    assertEquals(200, status.get(30, TimeUnit.SECONDS));
                }
            } finally {
                isEnough.countDown();
                clients.shutdownNow();
            }
        }
    }
}
