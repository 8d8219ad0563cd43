package io.github.xrayd.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dslplatform.json.DslJson;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;
import io.github.xrayd.engine.intake.HttpSourceConfig;
import io.github.xrayd.engine.intake.TraceSegments;
import io.github.xrayd.engine.receive.Networks;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Ledger;
import io.github.xrayd.engine.telemetry.SourceLedger;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code POST /TraceSegments} at an engine's own port: real sockets and threads. */
@Timeout(120)
class HttpSourceTest {
    private static final Answer AWAY =
            Answer.failed(AnswerKind.TRANSIENT, ConnectionError.CONNECTION_REFUSED, 0, null, "connection refused");

    /** Threads rest for an hour when nobody wakes them, so a wake-up that is missed is a deadline that passes. */
    private static final long REST_MS_MAX = 3_600_000;

    private static final long DRAINED_NS_MAX = 30_000_000_000L;

    private final DslJson<Object> json = new DslJson<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private final AtomicBoolean isAway = new AtomicBoolean();
    private final CountingExporter backend = new CountingExporter(() -> isAway.get() ? AWAY : Answer.delivered());
    private @Nullable Engine engine;

    private static HttpSourceConfig source(int port, @Nullable String networks, boolean isStrict) {
        return new HttpSourceConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                List.of(),
                networks == null ? null : Networks.parse(networks),
                List.of(new TraceSegments(isStrict)));
    }

    private Engine start(long megabytes, HttpSourceConfig source) throws StartException {
        Engine started = Engine.start(
                EngineConfig.builder()
                        .udpAddress(new InetSocketAddress("127.0.0.1", 0))
                        .memoryLimitBytes(megabytes << 20)
                        .telemetry(new EngineConfig.TelemetryConfig(false, null))
                        .sources(List.of(source))
                        .build(),
                destination -> () -> backend,
                REST_MS_MAX);
        engine = started;
        return started;
    }

    private Engine start() throws StartException {
        return start(16, source(0, null, false));
    }

    @AfterEach
    void stop() {
        if (engine != null) {
            engine.shutdown(Duration.ZERO);
        }
    }

    private static URI uri(Engine engine, String path) {
        return URI.create("http://127.0.0.1:" + engine.sourceAddresses().get(0).getPort() + path);
    }

    private static HttpRequest.Builder request(Engine engine) {
        return HttpRequest.newBuilder(uri(engine, "/TraceSegments")).header("Content-Type", "application/json");
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(Engine engine, String body) throws IOException, InterruptedException {
        return send(request(engine).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private String body(List<String> documents) {
        var writer = json.newWriter();
        json.serialize(writer, Map.class, Map.of("TraceSegmentDocuments", documents));
        return writer.toString();
    }

    private static String document(int number, int length) {
        String start = "{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\",\"id\":\"%016x\",\"name\":\"http\","
                        .formatted(number)
                + "\"start_time\":1.5,\"end_time\":2,\"metadata\":{\"a\":{\"b\":\"\u00e9\\n\ud83d\ude80";
        int bytes = start.getBytes(StandardCharsets.UTF_8).length + 4;
        return start + "x".repeat(Math.max(0, length - bytes)) + "\"}}}";
    }

    private static SourceLedger http(Ledger ledger) {
        return ledger.sources().stream()
                .filter(each -> each.source().equals("http"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldDeliverDocumentsAsTheyWereSentAndCountThemByThemselves() throws Exception {
        Engine started = start();
        List<String> documents = List.of(document(1, 300), document(2, 65_536), "T1SAAAA");
        HttpResponse<String> answer = post(started, body(documents));
        assertEquals(200, answer.statusCode());
        assertEquals("{\"UnprocessedTraceSegments\":[]}", answer.body());
        assertEquals(
                "application/json", answer.headers().firstValue("Content-Type").orElse(""));
        assertTrue(answer.headers().firstValue("x-amzn-RequestId").isPresent());
        try (DatagramChannel udp = DatagramChannel.open()) {
            udp.send(
                    ByteBuffer.wrap("{\"format\":\"json\",\"version\":1}\n{}".getBytes(StandardCharsets.UTF_8)),
                    started.udpAddress());
            udp.send(ByteBuffer.wrap(new byte[] {'x'}), started.udpAddress());
        }
        Ledger ledger = started.shutdown(Duration.ofSeconds(10));
        Set<String> expected = new HashSet<>(documents);
        expected.add("{}");
        assertEquals(expected, new HashSet<>(backend.documents));
        assertEquals(5, ledger.received());
        assertEquals(4, ledger.delivered());
        assertEquals(3, http(ledger).received());
        assertEquals(3, http(ledger).admitted());
        SourceLedger udp = ledger.sources().get(0);
        assertEquals("udp", udp.source());
        assertEquals(2, udp.received());
        assertEquals(1, udp.rejectedTotal());
    }

    @Test
    void shouldSayWhatIsNotTakenAndTakeTheRest() throws Exception {
        Engine started = start();
        HttpResponse<String> answer = post(
                started,
                body(List.of(
                        document(1, 300),
                        "None",
                        "",
                        "{\"id\":\"00000000000000aa\",\"trace_id\":\"1-2-3\"}",
                        document(2, 65_537),
                        document(3, 300) + "x")));
        assertEquals(200, answer.statusCode());
        assertEquals(
                "{\"UnprocessedTraceSegments\":["
                        + "{\"Id\":null,\"ErrorCode\":\"ParseError\",\"Message\":\"Segment is not well-formed JSON\"},"
                        + "{\"Id\":null,\"ErrorCode\":\"ParseError\",\"Message\":\"Missing header or segment\"},"
                        + "{\"Id\":\"00000000000000aa\",\"ErrorCode\":\"InvalidTraceId\","
                        + "\"Message\":\"Segment without a valid trace_id (1-<8 hex>-<24 hex>)\"},"
                        + "{\"Id\":null,\"ErrorCode\":\"InvalidSegment\",\"Message\":\"Segment larger than 64 kB\"},"
                        + "{\"Id\":\"0000000000000003\",\"ErrorCode\":\"ParseError\","
                        + "\"Message\":\"Segment is not well-formed JSON\"}]}",
                answer.body());
        Ledger ledger = started.shutdown(Duration.ofSeconds(10));
        assertEquals(List.of(document(1, 300)), List.copyOf(backend.documents));
        assertEquals(6, ledger.received());
        assertEquals(5, ledger.rejectedTotal());
        assertEquals(2, ledger.by(Counter.REJECTED_NOT_JSON));
        assertEquals(1, ledger.by(Counter.REJECTED_TOO_LARGE));
        assertEquals(1, ledger.delivered());
    }

    @Test
    void shouldCheckDocumentsAsStrictlyAsDatagramsWhenAsked() throws Exception {
        Engine started = start(16, source(0, null, true));
        String answer = post(
                        started,
                        body(List.of(
                                document(1, 300),
                                document(2, 64_001),
                                "{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\"}")))
                .body();
        assertEquals(2, answer.split("InvalidSegment", -1).length - 1, answer);
        assertEquals(1, started.shutdown(Duration.ofSeconds(10)).delivered());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|The body has no TraceSegmentDocuments",
                "{\"TraceSegmentDocuments\":null}|The body has no TraceSegmentDocuments",
                "{\"TraceSegmentDocuments\":\"a\"}|not a list of strings",
                "{\"TraceSegmentDocuments\":[1]}|each document is a string",
                "{\"TraceSegmentDocuments\":[\"a\"|not well-formed",
                "{\"TraceSegmentDocuments\":[]} x|Something follows",
                "[]|not a JSON object",
                "x|not a JSON object",
            })
    void shouldSayWhatIsWrongWithABody(String body, String reason) throws Exception {
        Engine started = start();
        HttpResponse<String> answer = post(started, body);
        assertEquals(400, answer.statusCode());
        assertTrue(answer.body().contains(reason), answer.body());
        assertEquals(
                "InvalidRequestException",
                answer.headers().firstValue("x-amzn-ErrorType").orElse(""));
        assertEquals(0, started.shutdown(Duration.ZERO).received());
    }

    @Test
    void shouldTakeAsManyDocumentsAsTheServiceAndPassOverWhatItDoesNotKnow() throws Exception {
        Engine started = start();
        List<String> fifty = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            fifty.add(document(i, 200));
        }
        assertEquals(
                200,
                post(started, "{\"Other\":[{\"a\":1}]," + body(fifty).substring(1))
                        .statusCode());
        fifty.add(document(50, 200));
        HttpResponse<String> answer = post(started, body(fifty));
        assertEquals(400, answer.statusCode());
        assertTrue(answer.body().contains("Exceeding maximum segment count: 50"), answer.body());
        HttpResponse<String> deep = post(started, "{\"a\":" + "[".repeat(100_000));
        assertEquals(400, deep.statusCode());
        assertEquals(50, started.shutdown(Duration.ofSeconds(10)).delivered());
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    private int status(Engine started, byte[] body, String encoding) throws Exception {
        return send(request(started)
                        .header("Content-Encoding", encoding)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body)))
                .statusCode();
    }

    @Test
    void shouldDecompressAndStopAtItsLimit() throws Exception {
        Engine started = start();
        byte[] body = body(List.of(document(1, 300))).getBytes(StandardCharsets.UTF_8);
        assertEquals(200, status(started, gzip(body), "gzip"));
        assertEquals(200, status(started, body, "identity"));
        assertEquals(413, status(started, gzip(new byte[64 << 20]), "gzip"), "a bomb");
        assertEquals(400, status(started, body, "gzip"));
        byte[] cut = gzip(body);
        assertEquals(400, status(started, java.util.Arrays.copyOf(cut, cut.length - 9), "gzip"));
        assertEquals(415, status(started, body, "br"));
        assertEquals(413, status(started, new byte[5 << 20], "identity"));
        assertEquals(2, started.shutdown(Duration.ofSeconds(10)).delivered());
    }

    @Test
    void shouldServeNobodyWhomTheTcpPortWouldNotServe() throws Exception {
        Engine started = start();
        String body = body(List.of(document(1, 300)));
        HttpRequest.BodyPublisher publisher = HttpRequest.BodyPublishers.ofString(body);
        assertEquals(
                403,
                send(request(started).header("Origin", "http://evil.example").POST(publisher))
                        .statusCode());
        assertEquals(
                403,
                send(request(started).header("Sec-Fetch-Site", "cross-site").POST(publisher))
                        .statusCode());
        assertEquals(
                404,
                send(HttpRequest.newBuilder(uri(started, "/other")).POST(publisher))
                        .statusCode());
        HttpResponse<String> get = send(HttpRequest.newBuilder(uri(started, "/TraceSegments")));
        assertEquals(405, get.statusCode());
        assertEquals("POST", get.headers().firstValue("Allow").orElse(""));
        assertEquals(
                403,
                raw(started, "POST /TraceSegments HTTP/1.1\r\nHost: rebound.example.com\r\nContent-Length: 0\r\n\r\n"));
        assertEquals(400, raw(started, "POST /TraceSegments HTTP/1.1\r\nContent-Length: 0\r\n\r\n"));
        assertEquals(400, raw(started, "\u0000\u0001\r\n\r\n"));
        assertEquals(0, started.shutdown(Duration.ZERO).received());
    }

    private static int raw(Engine started, String request) throws IOException {
        InetSocketAddress address = started.sourceAddresses().get(0);
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            return Integer.parseInt(new String(in.readNBytes(12), StandardCharsets.US_ASCII).substring(9));
        }
    }

    @Test
    void shouldTakeNothingFromOtherNetworks() throws Exception {
        Engine started = start(16, source(0, "10.0.0.0/8,2001:db8::/32", false));
        HttpResponse<String> answer = post(started, body(List.of(document(1, 300))));
        assertEquals(403, answer.statusCode());
        assertTrue(answer.body().contains("--allow-from"), answer.body());
        stop();
        assertEquals(
                200,
                post(start(16, source(0, "127.0.0.0/8", false)), body(List.of(document(1, 300))))
                        .statusCode());
    }

    @Test
    void shouldAskToSendAgainWhileMemoryIsFullAndLoseNothingThatItTook() throws Exception {
        isAway.set(true);
        Engine started = start(4, source(0, null, false));
        Set<String> acknowledged = new HashSet<>();
        HttpResponse<String> answer;
        int number = 0;
        do {
            List<String> documents = List.of(document(number++, 30_000), document(number++, 30_000));
            answer = post(started, body(documents));
            if (answer.statusCode() == 200) {
                acknowledged.addAll(documents);
            }
        } while (answer.statusCode() == 200);
        assertEquals(429, answer.statusCode());
        assertEquals("1", answer.headers().firstValue("Retry-After").orElse(""));
        assertEquals(
                "ThrottledException",
                answer.headers().firstValue("x-amzn-ErrorType").orElse(""));
        assertTrue(acknowledged.size() > 10, "room for " + acknowledged.size());
        isAway.set(false);
        List<String> again = List.of(document(number, 30_000));
        for (int i = 0; i < 300 && answer.statusCode() == 429; i++) {
            answer = post(started, body(again));
        }
        assertEquals(200, answer.statusCode());
        acknowledged.addAll(again);
        long deadlineNs = System.nanoTime() + DRAINED_NS_MAX;
        while (started.ledger().held() > 0) {
            assertTrue(System.nanoTime() - deadlineNs < 0, () -> "not drained: " + started.ledger());
            LockSupport.parkNanos(1_000_000);
        }
        Ledger ledger = started.shutdown(Duration.ofSeconds(20));
        assertEquals(acknowledged, new HashSet<>(backend.documents));
        assertEquals(acknowledged.size(), ledger.received(), "what was not taken is not received");
        assertEquals(0, ledger.droppedTotal());
    }

    @Test
    void shouldTakeWhatIsLargerThanMemoryByAndBy() throws Exception {
        Engine started = start(3, source(0, null, false));
        List<String> documents = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            documents.add(document(i, 60_000));
        }
        assertEquals(200, post(started, body(documents)).statusCode());
        assertEquals(200, post(started, body(documents.subList(0, 1))).statusCode());
        assertEquals(21, started.shutdown(Duration.ofSeconds(10)).delivered());
        assertEquals(new HashSet<>(documents), new HashSet<>(backend.documents));
    }

    @Test
    void shouldSayHowMuchItTookOfWhatIsLargerThanMemory() throws Exception {
        isAway.set(true);
        Engine started = start(3, source(0, null, false));
        List<String> documents = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            documents.add(document(i, 60_000));
        }
        HttpResponse<String> answer = post(started, body(documents));
        assertEquals(429, answer.statusCode());
        assertTrue(answer.body().contains(" of 50 documents were taken, and come twice"), answer.body());
        long taken = started.ledger().received();
        assertTrue(answer.body().contains(", " + taken + " of 50"), answer.body());
    }

    @Test
    void shouldDeliverWhatItTookBeforeTheEndAndRefuseTheRest() throws Exception {
        Engine started = start();
        List<String> taken = new ArrayList<>();
        Thread end = new Thread(() -> started.shutdown(Duration.ofSeconds(20)));
        boolean isEnding = false;
        int number = 0;
        while (true) {
            String document = document(number++, 300);
            try {
                HttpResponse<String> answer = post(started, body(List.of(document)));
                if (answer.statusCode() != 200) {
                    assertEquals(503, answer.statusCode());
                    break;
                }
                taken.add(document);
            } catch (IOException e) {
                break;
            }
            if (number > 200 && !isEnding) {
                isEnding = true;
                end.start();
            }
        }
        end.join();
        assertTrue(backend.documents.containsAll(taken), "what was acknowledged");
        assertEquals(taken.size(), started.ledger().delivered());
    }

    @Test
    void shouldSayWhichPortIsTaken() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            StartException e =
                    assertThrows(StartException.class, () -> start(16, source(other.getLocalPort(), null, false)));
            assertTrue(
                    String.valueOf(e.getMessage())
                            .startsWith(
                                    "listen tcp localhost:" + other.getLocalPort() + ": bind: address already in use"),
                    e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
