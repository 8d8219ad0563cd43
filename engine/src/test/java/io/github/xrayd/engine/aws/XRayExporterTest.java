package io.github.xrayd.engine.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.client.SetupException;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;
import io.github.xrayd.engine.export.Unprocessed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class XRayExporterTest {
    private static final String DONE = "{\"UnprocessedTraceSegments\":[]}";

    private static Answer askOnce(ScriptedService service) throws SetupException {
        try (XRayExporter backend = Exporters.create(service.uri())) {
            return backend.export(new TestBody());
        }
    }

    private static Answer askOnce(ScriptedSocket.Script script, Duration timeout) throws IOException, SetupException {
        try (ScriptedSocket socket = new ScriptedSocket(script);
                XRayExporter backend =
                        Exporters.create(Exporters.settings(socket.uri(), timeout), new ScriptedEnvironment())) {
            return backend.export(new TestBody());
        }
    }

    @Test
    void shouldSendTheEncodedBodyAsItIsSignedWithTheReferencesHeaders() throws Exception {
        try (ScriptedService service = new ScriptedService()) {
            Instant before = Instant.now();
            Answer answer = askOnce(service);

            assertEquals(Answer.delivered(), answer);
            ScriptedService.Call call = service.awaitCall();
            assertEquals("POST", call.method());
            assertEquals("/TraceSegments", call.target());
            assertEquals(TestBody.TEXT, call.body());
            assertEquals("application/json", call.header("Content-Type"));
            assertEquals(Integer.toString(new TestBody().length()), call.header("Content-Length"));
            assertTrue(Signatures.isValid(call, service.uri(), "us-east-1"), call.toString());
            assertTrue(Signatures.signedHeaders(call).contains("x-amzn-xray-timestamp"), call.toString());
            String stamp = call.header("X-Amzn-Xray-Timestamp");
            assertTrue(stamp.matches("\\d{10}\\.\\d{9}"), stamp);
            assertTrue(Long.parseLong(stamp.substring(0, 10)) >= before.getEpochSecond(), stamp);
            String agent = call.header("User-Agent");
            assertTrue(agent.startsWith("aws-sdk-java/2"), agent);
            assertTrue(
                    agent.endsWith("xrayd/9.8.7 xray-agent/xray-daemon/v9.8.7 exec-env/UNKNOWN OS/linux-amd64"), agent);
        }
    }

    @Test
    void shouldKeepTheEndpointsPathPrefix() throws Exception {
        try (ScriptedService service = new ScriptedService();
                XRayExporter backend = Exporters.create(URI.create(service.uri() + "/pre/fix/"))) {
            assertEquals(AnswerKind.DELIVERED, backend.export(new TestBody()).outcome());
            ScriptedService.Call call = service.awaitCall();
            assertEquals("/pre/fix/TraceSegments", call.target());
            assertTrue(Signatures.isValid(call, service.uri(), "us-east-1"));
        }
    }

    @Test
    void shouldSendASessionTokenSigned() throws Exception {
        try (ScriptedService service = new ScriptedService();
                XRayExporter backend = Exporters.create(
                        Exporters.settings(service.uri()),
                        new ScriptedEnvironment().variable("AWS_SESSION_TOKEN", "token-1"))) {
            backend.export(new TestBody());
            ScriptedService.Call call = service.awaitCall();
            assertEquals("token-1", call.header("X-Amz-Security-Token"));
            assertTrue(Signatures.signedHeaders(call).contains("x-amz-security-token"));
        }
    }

    @Test
    void shouldMakeOneAttemptOnly() throws Exception {
        try (ScriptedService service = new ScriptedService().then(500, "{}").then(200, DONE)) {
            assertEquals(AnswerKind.TRANSIENT, askOnce(service).outcome());
            assertEquals(1, service.calls.size());
        }
    }

    @Test
    void shouldReportUnprocessedSegmentsWithWhateverIsMissing() throws Exception {
        String body =
                "{\"UnprocessedTraceSegments\":[{\"Id\":\"0000000000000001\",\"ErrorCode\":\"InvalidTraceId\",\"Message\":\"m\"},"
                        + "{\"Id\":null,\"ErrorCode\":\"ThrottledException\"},{}]}";
        try (ScriptedService service = new ScriptedService().then(200, body)) {
            Answer answer = askOnce(service);
            assertEquals(AnswerKind.DELIVERED, answer.outcome());
            assertEquals(
                    List.of(
                            new Unprocessed("0000000000000001", "InvalidTraceId", "m"),
                            new Unprocessed(null, "ThrottledException", null),
                            new Unprocessed(null, null, null)),
                    answer.unprocessed());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            400 | InvalidRequestException | REFUSED     | HTTP_CODE_4XX
            413 | RequestEntityTooLargeException | REFUSED | HTTP_CODE_4XX
            422 | UnprocessableEntityException | REFUSED | HTTP_CODE_4XX
            404 | UnknownOperationException | TRANSIENT | HTTP_CODE_4XX
            405 | MethodNotAllowedException | TRANSIENT | HTTP_CODE_4XX
            400 | ExpiredTokenException   | DENIED      | HTTP_CODE_4XX
            400 | ExpiredToken            | DENIED      | HTTP_CODE_4XX
            401 |                         | DENIED      | HTTP_CODE_4XX
            403 |                         | DENIED      | HTTP_CODE_4XX
            403 | UnrecognizedClientException | DENIED  | HTTP_CODE_4XX
            408 |                         | TRANSIENT   | HTTP_CODE_4XX
            400 | RequestTimeout          | TRANSIENT   | HTTP_CODE_4XX
            429 |                         | THROTTLED   | HTTP_CODE_4XX
            429 | ThrottledException      | THROTTLED   | HTTP_CODE_4XX
            400 | ThrottlingException     | THROTTLED   | HTTP_CODE_4XX
            503 | SlowDown                | THROTTLED   | HTTP_CODE_5XX
            500 |                         | TRANSIENT   | HTTP_CODE_5XX
            502 |                         | TRANSIENT   | HTTP_CODE_5XX
            503 |                         | TRANSIENT   | HTTP_CODE_5XX
            301 |                         | TRANSIENT   | OTHER
            """)
    void shouldClassifyEachStatusAndCode(int status, String code, AnswerKind outcome, ConnectionError error)
            throws Exception {
        try (ScriptedService service = new ScriptedService()
                .then(
                        status,
                        "{\"message\":\"said\"}",
                        code == null ? "X-A" : "x-amzn-errortype",
                        code == null ? "" : code)) {
            Answer answer = askOnce(service);
            assertEquals(outcome, answer.outcome(), answer.message());
            assertEquals(error, answer.connectionError(), answer.message());
            assertEquals(status, answer.statusCode());
            assertEquals(code, answer.errorCode());
        }
    }

    @Test
    void shouldWordFailuresAsTheReferenceDoes() throws Exception {
        try (ScriptedService service = new ScriptedService()
                .then(500, "{\"message\":\"stub says 500\"}", "x-amzn-RequestId", "stub-req-1")
                .then(
                        429,
                        "{\"message\":\"Rate exceeded\"}",
                        "x-amzn-RequestId",
                        "stub-req-2",
                        "x-amzn-ErrorType",
                        "ThrottledException")) {
            assertEquals(
                    "operation error XRay: PutTraceSegments, https response error StatusCode: 500, RequestID: stub-req-1,"
                            + " api error UnknownError: stub says 500",
                    askOnce(service).message());
            assertEquals(
                    "operation error XRay: PutTraceSegments, https response error StatusCode: 429, RequestID: stub-req-2,"
                            + " ThrottledException: Rate exceeded",
                    askOnce(service).message());
        }
    }

    @Test
    void shouldHonourRetryAfterInBothFormsForAMinuteAtMost() throws Exception {
        try (ScriptedService service = new ScriptedService()
                .then(429, "{}", "Retry-After", "7")
                .then(503, "{}", "Retry-After", in(40))
                .then(503, "{}", "Retry-After", "600")
                .then(403, "{}", "Retry-After", in(600))
                .then(500, "<html>", "Retry-After", "99999999999999999999999")
                .then(503, "{}", "Retry-After", in(-600))
                .then(503, "{}", "Retry-After", "-5")
                .then(503, "{}", "Retry-After", "soon")) {
            assertEquals(7_000, askOnce(service).retryAfterMs());
            long ms = askOnce(service).retryAfterMs();
            assertTrue(ms > 30_000 && ms <= 40_000, Long.toString(ms));
            assertEquals(60_000, askOnce(service).retryAfterMs());
            assertEquals(60_000, askOnce(service).retryAfterMs());
            assertEquals(60_000, askOnce(service).retryAfterMs());
            assertEquals(0, askOnce(service).retryAfterMs());
            assertEquals(0, askOnce(service).retryAfterMs());
            assertEquals(0, askOnce(service).retryAfterMs());
        }
    }

    @Test
    void shouldReadRetryAfterByTheClockOfTheOneWhoWroteIt() throws Exception {
        Answer answer = askOnce(
                raw("HTTP/1.1 503 Busy\r\nDate: " + in(-7_200) + "\r\nRetry-After: " + in(-7_190)
                        + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
                Duration.ofSeconds(2));
        assertTrue(answer.retryAfterMs() >= 9_000 && answer.retryAfterMs() <= 11_000, answer.toString());
    }

    private static String in(int seconds) {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(
                Instant.now().plusSeconds(seconds).atZone(ZoneOffset.UTC));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html><body>sign in</body></html>",
                "[]",
                "\"ok\"",
                "not json",
                "{\"UnprocessedTraceSegments\":[{\"Id\":\"1\"",
                "{\"UnprocessedTraceSegments\":5}",
                "{\"UnprocessedTraceSegments\":[5]}",
                "{]}",
                "   "
            })
    void shouldNeverTakeAWrongBodyForDelivered(String body) throws Exception {
        try (ScriptedService service = new ScriptedService().then(200, body)) {
            Answer answer = askOnce(service);
            assertEquals(AnswerKind.TRANSIENT, answer.outcome(), body);
            assertEquals(ConnectionError.OTHER, answer.connectionError());
            assertTrue(
                    answer.message().contains("deserialization failed, failed to decode response body"),
                    answer.message());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            {"__type":"InvalidRequestException","message":"m"}                     | InvalidRequestException
            {"__type":"com.amazonaws.xray#InvalidRequestException","Message":"m"}  | InvalidRequestException
            {"code":"InvalidRequestException:http://internal/","message":"m"}      | InvalidRequestException
            """)
    void shouldKnowTheServicesErrorByTheCodeInItsBody(String body, String code) throws Exception {
        try (ScriptedService service = new ScriptedService().then(400, body)) {
            Answer answer = askOnce(service);
            assertEquals(AnswerKind.REFUSED, answer.outcome(), answer.message());
            assertEquals(code, answer.errorCode());
            assertTrue(answer.message().endsWith("InvalidRequestException: m"), answer.message());
        }
    }

    /** What proxies, load balancers and captive portals answer in the service's place is no verdict on any document. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "301 Moved Permanently",
                "302 Found",
                "307 Temporary Redirect",
                "308 Permanent Redirect",
                "400 Bad Request",
                "402 Payment Required",
                "404 Not Found",
                "405 Method Not Allowed",
                "406 Not Acceptable",
                "409 Conflict",
                "410 Gone",
                "411 Length Required",
                "413 Request Entity Too Large",
                "414 Request-URI Too Large",
                "415 Unsupported Media Type",
                "418 Teapot",
                "421 Misdirected Request",
                "422 Unprocessable Entity",
                "426 Upgrade Required",
                "431 Request Header Fields Too Large",
                "444 No Response",
                "451 Unavailable For Legal Reasons",
                "494 Request header too large",
                "499 Client Closed Request",
                "500 Internal Server Error",
                "501 Not Implemented",
                "502 Bad Gateway",
                "504 Gateway Timeout",
                "505 HTTP Version Not Supported",
                "511 Network Authentication Required",
                "520 Unknown",
                "599 X",
                "200 OK",
                "201 Created",
                "202 Accepted",
                "206 Partial Content",
                "299 X"
            })
    void shouldNeverTakeAnAnswerOfAGatewayForAVerdict(String status) throws Exception {
        for (String body : List.of(
                "<html><h1>" + status + "</h1></html>",
                "",
                "{\"message\":\"no Route matched with those values\"}",
                "{\"code\":400,\"error\":\"bad\"}",
                "{\"status\":\"ok\"}",
                "[]")) {
            Answer answer = askOnce(
                    raw("HTTP/1.1 " + status + "\r\nServer: nginx\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: "
                            + body.length() + "\r\nConnection: close\r\n\r\n" + body),
                    Duration.ofSeconds(5));
            assertEquals(AnswerKind.TRANSIENT, answer.outcome(), status + " " + body + ": " + answer.message());
            assertFalse(answer.message().isEmpty());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
                "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\n",
                "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            })
    void shouldNeverTakeAnAnswerWithoutABodyForAVerdict(String answer) throws Exception {
        assertEquals(
                AnswerKind.TRANSIENT,
                askOnce(raw(answer), Duration.ofSeconds(2)).outcome());
    }

    @Test
    void shouldSayThatAnAnswerIsNotFromXRay() throws Exception {
        try (ScriptedService service = new ScriptedService().then(404, "<html></html>", "Content-Type", "text/html")) {
            assertTrue(askOnce(service)
                    .message()
                    .endsWith("the answer is not from X-Ray: check the endpoint and the proxies on the way"));
        }
    }

    /** The stack of a thread that makes calls is small; this one is smaller still. */
    @ParameterizedTest
    @ValueSource(ints = {200, 400})
    void shouldReadDeepJsonOnASmallStack(int status) throws Exception {
        String deep = "[".repeat(100_000);
        for (String body : List.of(
                "{\"message\":" + deep,
                "{\"message\":" + deep + "]".repeat(100_000) + "}",
                "{\"UnprocessedTraceSegments\":" + deep + "]".repeat(100_000) + "}",
                "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000))) {
            try (ScriptedService service =
                            new ScriptedService().always(call -> ScriptedService.Script.of(status, body));
                    XRayExporter backend = Exporters.create(service.uri())) {
                CompletableFuture<Answer> answer = new CompletableFuture<>();
                Thread thread = new Thread(
                        null,
                        () -> {
                            try {
                                answer.complete(backend.export(new TestBody()));
                            } catch (Throwable e) {
                                answer.completeExceptionally(e);
                            }
                        },
                        "small",
                        192 * 1024);
                thread.start();
                assertEquals(
                        AnswerKind.TRANSIENT, answer.get(20, TimeUnit.SECONDS).outcome());
            }
        }
    }

    /** A megabyte of these would take twenty times as much of the heap, in each of many calls. */
    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "0", "{\"Id\":null}"})
    void shouldNotReadAnswersOfManyValues(String value) throws Exception {
        String list = "[" + (value + ",").repeat(900_000 / value.length() / 2) + value + "]";
        try (ScriptedService service = new ScriptedService()
                        .then(200, "{\"UnprocessedTraceSegments\":" + list + "}", "x-amzn-RequestId", "1")
                        .then(400, "{\"message\":" + list + ",\"__type\":\"InvalidRequestException\"}");
                XRayExporter backend = Exporters.create(service.uri())) {
            Answer answer = backend.export(new TestBody());
            assertEquals(AnswerKind.TRANSIENT, answer.outcome());
            assertTrue(answer.message().contains("more than 8192 values"), answer.message());
            assertEquals(AnswerKind.TRANSIENT, backend.export(new TestBody()).outcome());
        }
    }

    @Test
    void shouldTakeAnEmptyBodyForDeliveredOnlyWhenTheServiceSaysSo() throws Exception {
        Answer declared = askOnce(
                raw("HTTP/1.1 200 OK\r\nx-amzn-RequestId: 1\r\nContent-Length: 0\r\n\r\n"), Duration.ofSeconds(2));
        assertEquals(AnswerKind.DELIVERED, declared.outcome());
        Answer cut = askOnce(raw("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"), Duration.ofSeconds(2));
        assertEquals(AnswerKind.TRANSIENT, cut.outcome());
    }

    private static ScriptedSocket.Script raw(String answer) {
        return socket -> socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void shouldNotTakeACutAnswerForDelivered() throws Exception {
        Answer answer = askOnce(
                raw("HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n{\"UnprocessedTraceSegments\":[]}"),
                Duration.ofSeconds(2));
        assertEquals(AnswerKind.TRANSIENT, answer.outcome(), answer.message());
    }

    @Test
    void shouldReportARefusedConnection() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        try (XRayExporter backend = Exporters.create(URI.create("http://127.0.0.1:" + port))) {
            Answer answer = backend.export(new TestBody());
            assertEquals(AnswerKind.TRANSIENT, answer.outcome());
            assertEquals(ConnectionError.CONNECTION_REFUSED, answer.connectionError());
            assertEquals(
                    "operation error XRay: PutTraceSegments, https response error StatusCode: 0, RequestID: , request send"
                            + " failed, Post \"http://127.0.0.1:" + port
                            + "/TraceSegments\": dial tcp 127.0.0.1:" + port
                            + ": connect: connection refused",
                    answer.message());
        }
    }

    @Test
    void shouldReportAReset() throws Exception {
        Answer answer = askOnce(
                socket -> {
                    socket.setSoLinger(true, 0);
                    socket.close();
                },
                Duration.ofSeconds(2));
        assertEquals(AnswerKind.TRANSIENT, answer.outcome());
        assertEquals(ConnectionError.OTHER, answer.connectionError());
        assertTrue(answer.message().contains("request send failed"), answer.message());
    }

    @Test
    void shouldReportAnUnknownHost() throws Exception {
        try (XRayExporter backend = Exporters.create(URI.create("http://no-such-host.invalid:1"))) {
            Answer answer = backend.export(new TestBody());
            assertEquals(AnswerKind.TRANSIENT, answer.outcome());
            assertEquals(ConnectionError.UNKNOWN_HOST, answer.connectionError(), answer.message());
            assertTrue(answer.message().contains("no such host"), answer.message());
        }
    }

    @Test
    void shouldEndAnAttemptThatGetsNoAnswer() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        long startNs = System.nanoTime();
        Answer answer = askOnce(socket -> never.await(), Duration.ofMillis(300));
        assertEquals(AnswerKind.TRANSIENT, answer.outcome());
        assertEquals(ConnectionError.TIMEOUT, answer.connectionError(), answer.message());
        assertTrue(answer.message().contains("context deadline exceeded"), answer.message());
        assertTrue(System.nanoTime() - startNs < 5_000_000_000L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"})
    void shouldEndAnAttemptWhoseAnswerDrips(String head) throws Exception {
        Answer answer = askOnce(
                socket -> {
                    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                    drip(socket);
                },
                Duration.ofMillis(400));
        assertEquals(AnswerKind.TRANSIENT, answer.outcome());
        assertEquals(ConnectionError.TIMEOUT, answer.connectionError(), answer.message());
    }

    private static void drip(Socket socket) throws IOException, InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        byte[] head = "HTTP/1.1 200 OK\r\nX: ".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 10_000; i++) {
            socket.getOutputStream().write(i < head.length ? head[i] : 'x');
            if (never.await(50, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    @Test
    void shouldNotReadAnEndlessAnswer() throws Exception {
        Answer answer = askOnce(
                socket -> {
                    socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    byte[] much = new byte[1 << 16];
                    while (true) {
                        socket.getOutputStream().write(much);
                    }
                },
                Duration.ofSeconds(10));
        assertEquals(AnswerKind.TRANSIENT, answer.outcome());
        assertTrue(answer.message().contains("longer than 1048576 bytes"), answer.message());
    }

    @Test
    void shouldBeDeniedWithTheReasonWithoutCredentialsAndSendNothing() throws Exception {
        try (ScriptedService service = new ScriptedService();
                XRayExporter backend = Exporters.create(
                        Exporters.settings(service.uri()),
                        new ScriptedEnvironment().withoutCredentials().withoutInstance())) {
            Answer answer = backend.export(new TestBody());
            assertEquals(AnswerKind.DENIED, answer.outcome());
            assertEquals(0, answer.statusCode());
            assertTrue(
                    answer.message()
                            .startsWith("operation error XRay: PutTraceSegments, get identity: get credentials: "),
                    answer.message());
            assertTrue(answer.message().contains("EnvironmentVariableCredentialsProvider"), answer.message());
            assertTrue(answer.message().contains("ContainerCredentialsProvider"), answer.message());
            assertFalse(answer.message().contains("\n"));
            assertEquals(0, service.calls.size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"400 Bad Request", "401 Unauthorized", "403 Forbidden"})
    void shouldCorrectAWrongClockFromTheAnswersDate(String status) throws Exception {
        Instant theirs = Instant.now().plus(Duration.ofHours(3));
        ScriptedSocket.Script skewed = raw(
                "HTTP/1.1 " + status + "\r\nDate: "
                        + DateTimeFormatter.RFC_1123_DATE_TIME.format(theirs.atZone(ZoneOffset.UTC))
                        + "\r\nx-amzn-ErrorType: InvalidSignatureException\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
        try (ScriptedService service = new ScriptedService();
                SwitchingSocket socket = new SwitchingSocket(skewed, service.uri());
                XRayExporter backend = Exporters.create(socket.uri())) {
            assertEquals(AnswerKind.DENIED, backend.export(new TestBody()).outcome());
            assertEquals(AnswerKind.DELIVERED, backend.export(new TestBody()).outcome());
            Instant signedAt = Signatures.signedAt(service.awaitCall());
            assertTrue(
                    Duration.between(theirs, signedAt).abs().compareTo(Duration.ofMinutes(1)) < 0,
                    theirs + " against " + signedAt);
        }
    }

    @Test
    void shouldEndOpenCallsWhenClosed() throws Exception {
        CountDownLatch isOpen = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        try (ScriptedSocket socket = new ScriptedSocket(s -> {
            isOpen.countDown();
            never.await();
        })) {
            XRayExporter backend = Exporters.create(
                    Exporters.settings(socket.uri(), Duration.ofMinutes(5)), new ScriptedEnvironment());
            CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> backend.export(new TestBody()));
            isOpen.await();
            backend.close();
            assertEquals(AnswerKind.TRANSIENT, answer.get(10, TimeUnit.SECONDS).outcome());
        }
    }
}
