package io.github.xrayd.connectors.otlp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.github.xrayd.engine.aws.AwsSettings;
import io.github.xrayd.engine.aws.ExporterFactory;
import io.github.xrayd.engine.client.HttpEndpoint;
import io.github.xrayd.engine.client.Transport;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.Exporter;
import io.github.xrayd.engine.export.Unprocessed;
import io.github.xrayd.engine.export.Unprocessed.Fate;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The exporter against a scripted endpoint: real sockets, and requests read by OpenTelemetry's own classes. */
class OtlpExporterTest {
    private static final String ONE = TestDocuments.segment("0000000000000001", "shop");
    private static final String TWO = TestDocuments.segment("0000000000000002", "cart");

    private static HttpEndpoint.Settings endpoint(URI url, Map<String, String> headers, @Nullable URI proxy) {
        return new HttpEndpoint.Settings(
                url, headers, null, new Transport(proxy, true, null, Duration.ofSeconds(5), 4));
    }

    private static Exporter exporter(URI url) throws Exception {
        return new OtlpDestination(endpoint(url, Map.of(), Transport.DIRECT), true, null, "1.2.3").connect();
    }

    private static Answer export(OtlpReceiver receiver, String... documents) throws Exception {
        try (Exporter exporter = exporter(receiver.uri("/v1/traces"))) {
            return exporter.export(TestDocuments.of(documents));
        }
    }

    @Test
    void shouldPostTheSpansOfABatchInOneRequest() throws Exception {
        try (OtlpReceiver receiver = new OtlpReceiver();
                Exporter exporter = new OtlpDestination(
                                endpoint(
                                        receiver.uri("/base/v1/traces?tenant=a"),
                                        Map.of("x-api-key", "secret"),
                                        Transport.DIRECT),
                                true,
                                null,
                                "1.2.3")
                        .connect()) {
            exporter.prepare();
            assertEquals(
                    List.of("Sending spans to the OTLP endpoint " + receiver.uri("/base/v1/traces")),
                    exporter.introduction());
            assertEquals(Answer.delivered(), exporter.export(TestDocuments.of(ONE, TWO)));
            assertEquals(1, receiver.calls.size());
            OtlpReceiver.Call call = receiver.calls.get(0);
            assertEquals("/base/v1/traces?tenant=a", call.target());
            assertEquals("application/x-protobuf", call.header("Content-Type"));
            assertEquals("gzip", call.header("Content-Encoding"));
            assertEquals("secret", call.header("X-Api-Key"));
            assertEquals("xrayd/1.2.3", call.header("User-Agent"));
            assertEquals(
                    List.of("shop", "cart"),
                    call.spans().stream().map(Span::getName).toList());
            assertEquals(1478293361_250_000_000L, call.spans().get(0).getStartTimeUnixNano());
        }
    }

    @Test
    void shouldPostWithoutCompression() throws Exception {
        try (OtlpReceiver receiver = new OtlpReceiver();
                Exporter exporter = new OtlpDestination(
                                endpoint(receiver.uri("/v1/traces"), Map.of(), Transport.DIRECT), false, null, "1")
                        .connect()) {
            assertEquals(Answer.delivered(), exporter.export(TestDocuments.of(ONE)));
            assertFalse(receiver.calls.get(0).headers().containsKey("Content-Encoding"));
            assertEquals(1, receiver.spans().size());
        }
    }

    @Test
    void shouldSendWhatIsOtlpAlreadyUnchangedAndNotWhatNobodyWants() throws Exception {
        ExportTraceServiceRequest request = ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .setSchemaUrl("https://opentelemetry.io/schemas/1.30.0")
                        .addScopeSpans(ScopeSpans.newBuilder()
                                .addSpans(Span.newBuilder()
                                        .setName("adot")
                                        .setTraceId(ByteString.copyFromUtf8("0123456789abcdef"))
                                        .setSpanId(ByteString.copyFromUtf8("01234567")))))
                .build();
        String base64 = Base64.getEncoder().encodeToString(request.toByteArray());
        try (OtlpReceiver receiver = new OtlpReceiver()) {
            Answer answer = export(receiver, ONE, "T1S" + base64, "T1U" + base64, "M1" + base64);
            assertEquals(
                    List.of("Unsampled", "Metrics"),
                    answer.unprocessed().stream().map(Unprocessed::errorCode).toList());
            assertTrue(answer.unprocessed().stream().allMatch(each -> each.fate() == Fate.UNWANTED));
            assertTrue(receiver.calls.get(0).request().getResourceSpansList().contains(request.getResourceSpans(0)));

            Answer nothing = export(receiver, "T1U" + base64);
            assertEquals(AnswerKind.DELIVERED, nothing.outcome());
            assertFalse(nothing.isFromService());
            assertEquals(1, receiver.calls.size());
        }
    }

    @Test
    void shouldTurnAwayAloneWhatCannotBeConverted() throws Exception {
        try (OtlpReceiver receiver = new OtlpReceiver()) {
            Answer answer = export(receiver, "{\"id\":", ONE, "{\"id\":\"0000000000000003\"}");
            assertEquals(AnswerKind.DELIVERED, answer.outcome());
            assertEquals(
                    List.of(0, 2),
                    answer.unprocessed().stream().map(Unprocessed::number).toList());
            assertEquals("NotJson", answer.unprocessed().get(0).errorCode());
            assertEquals("NoTraceId", answer.unprocessed().get(1).errorCode());
            assertEquals(Fate.REJECTED, answer.unprocessed().get(1).fate());
            assertEquals(1, receiver.spans().size());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400|application/json|{\"code\":3,\"message\":\"bad span\"}|REFUSED|bad span",
                "413|text/plain|too large|REFUSED|too large",
                "429|text/plain|slow down|THROTTLED|slow down",
                "401|text/plain|who are you|DENIED|who are you",
                "403|application/json|{\"message\":\"no\"}|DENIED|no",
                "404|text/plain|no such page|TRANSIENT|check the endpoint's path",
                "500|text/plain|oops|TRANSIENT|oops",
                "502|text/html|<html>|TRANSIENT|not from an OTLP endpoint",
                "503|text/plain|later|TRANSIENT|status 503, later",
                "400|text/html|<html>|TRANSIENT|not from an OTLP endpoint",
                "200|text/html|<html>|TRANSIENT|not from an OTLP endpoint",
                "302|text/plain|there|TRANSIENT|status 302"
            })
    void shouldTellWhatAnAnswerMeans(int status, String type, String body, AnswerKind outcome, String message)
            throws Exception {
        try (OtlpReceiver receiver = new OtlpReceiver()) {
            receiver.answers = call -> OtlpReceiver.Reply.of(status, type, body);
            Answer answer = export(receiver, ONE, TWO);
            assertEquals(outcome, answer.outcome());
            assertTrue(answer.message().contains(message), answer.message());
            assertTrue(answer.message().startsWith("OTLP request to " + receiver.uri("/v1/traces")), answer.message());
        }
    }

    @Test
    void shouldReadTheStatusOfAnErrorAndHowLongToWait() throws Exception {
        byte[] status = {0x08, 3, 0x12, 3, 'b', 'a', 'd'};
        try (OtlpReceiver receiver = new OtlpReceiver()) {
            receiver.answers =
                    call -> new OtlpReceiver.Reply(503, "application/x-protobuf", status, Map.of("Retry-After", "7"));
            Answer answer = export(receiver, ONE);
            assertTrue(answer.message().endsWith("status 503, bad"), answer.message());
            assertEquals(7_000, answer.retryAfterMs());
        }
    }

    @Test
    void shouldSayThatNobodyListens() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        try (Exporter exporter = exporter(URI.create("http://127.0.0.1:" + port + "/v1/traces"))) {
            Answer answer = exporter.export(TestDocuments.of(ONE));
            assertEquals(AnswerKind.TRANSIENT, answer.outcome());
            assertTrue(answer.message().contains("connection refused"), answer.message());
        }
    }

    private static OtlpReceiver.Reply partial(long rejected) {
        byte[] body = ExportTraceServiceResponse.newBuilder()
                .setPartialSuccess(ExportTracePartialSuccess.newBuilder()
                        .setRejectedSpans(rejected)
                        .setErrorMessage("quota"))
                .build()
                .toByteArray();
        return new OtlpReceiver.Reply(200, "application/x-protobuf", body, Map.of());
    }

    @Test
    void shouldCountSpansThatTheEndpointRejects() throws Exception {
        try (OtlpReceiver receiver = new OtlpReceiver()) {
            receiver.answers = call -> partial(1);
            Unprocessed only = export(receiver, ONE).unprocessed().get(0);
            assertEquals(0, only.number());
            assertEquals("PartialSuccess", only.errorCode());
            assertTrue(String.valueOf(only.message()).endsWith("quota"));

            List<Unprocessed> some = export(receiver, ONE, TWO).unprocessed();
            assertEquals(1, some.size());
            assertEquals(Unprocessed.UNKNOWN, some.get(0).number());
            receiver.answers = call -> partial(0);
            assertEquals(List.of(), export(receiver, ONE, TWO).unprocessed());
            receiver.answers = call -> OtlpReceiver.Reply.of(
                    200, "application/json", "{\"partialSuccess\":{\"rejectedSpans\":\"5\",\"errorMessage\":\"x\"}}");
            assertEquals(2, export(receiver, ONE, TWO).unprocessed().size());
        }
    }

    /** A segment of {@code count} spans beside its own. */
    private static String large(int number, int count) {
        StringBuilder fields = new StringBuilder("\"end_time\":1478293362.5,\"subsegments\":[");
        for (int i = 0; i < count; i++) {
            fields.append(i == 0 ? "" : ",")
                    .append("{\"id\":\"")
                    .append(String.format("%08x%08x", number, i))
                    .append("\",\"name\":\"s\",\"start_time\":1,\"end_time\":2}");
        }
        return TestDocuments.segment(String.format("%016x", number), "n" + number, fields + "]");
    }

    @Test
    void shouldSplitAtTheLimitAndSendAgainOnlyWhatDidNotArrive() throws Exception {
        String[] documents = new String[5];
        for (int i = 0; i < documents.length; i++) {
            documents[i] = large(i + 1, 2_400);
        }
        AtomicInteger calls = new AtomicInteger();
        try (OtlpReceiver receiver = new OtlpReceiver()) {
            receiver.answers = call -> calls.incrementAndGet() == 1
                    ? OtlpReceiver.TAKEN
                    : OtlpReceiver.Reply.of(503, "text/plain", "later");
            Answer answer = export(receiver, documents);
            assertEquals(2, receiver.calls.size());
            assertEquals(10_000, receiver.calls.get(0).spans().size());
            assertEquals(5 * 2_401 - 10_000, receiver.calls.get(1).spans().size());
            assertEquals(AnswerKind.DELIVERED, answer.outcome());
            assertEquals(
                    List.of(4),
                    answer.unprocessed().stream().map(Unprocessed::number).toList());
            assertEquals(Fate.AGAIN, answer.unprocessed().get(0).fate());
            receiver.answers = call -> OtlpReceiver.Reply.of(400, "text/plain", "no");
            assertEquals(AnswerKind.REFUSED, export(receiver, documents).outcome());
        }
    }

    private static TestDocuments again(String... documents) {
        return new TestDocuments(List.of(documents), false);
    }

    @Test
    void shouldPutASegmentInProgressOffUntilItsCompleteDocumentHadTimeToCome() throws Exception {
        String early = TestDocuments.segment("0000000000000001", "shop", "\"in_progress\":true");
        String other = TestDocuments.segment("0000000000000009", "slow", "\"in_progress\":true");
        try (OtlpReceiver receiver = new OtlpReceiver();
                Exporter exporter = exporter(receiver.uri("/v1/traces"))) {
            Answer first = exporter.export(TestDocuments.of(early, other, TWO));
            assertEquals(
                    List.of(Unprocessed.putOff(0, OtlpExporter.HOLD_MS), Unprocessed.putOff(1, OtlpExporter.HOLD_MS)),
                    first.unprocessed());
            assertEquals(Answer.delivered(), exporter.export(TestDocuments.of(ONE)));
            assertEquals(2, receiver.spans().size());
            assertEquals(Answer.delivered(), exporter.export(again(early, other)));
            assertEquals(3, receiver.spans().size(), "the complete one makes it unnecessary");
            Span last = receiver.spans().get(2);
            assertEquals("slow", last.getName());
            assertEquals(last.getStartTimeUnixNano(), last.getEndTimeUnixNano());
            assertTrue(last.getAttributesList().stream()
                    .anyMatch(attribute -> attribute.getKey().equals("aws.xray.in_progress")));
        }
    }

    @Test
    void shouldGoThroughAForwardProxy() throws Exception {
        try (OtlpReceiver proxy = new OtlpReceiver();
                Exporter exporter = new OtlpDestination(
                                endpoint(
                                        URI.create("http://collector.example:4318/v1/traces"),
                                        Map.of(),
                                        URI.create(proxy.uri("").toString().replace("://", "://me:secret@"))),
                                true,
                                null,
                                "1")
                        .connect()) {
            assertEquals(Answer.delivered(), exporter.export(TestDocuments.of(ONE)));
            OtlpReceiver.Call call = proxy.calls.get(0);
            assertEquals("http://collector.example:4318/v1/traces", call.target());
            assertEquals("collector.example:4318", call.header("Host"));
            assertTrue(call.header("Proxy-Authorization").startsWith("Basic "));
        }
    }

    private static AwsSettings account() {
        System.setProperty("aws.accessKeyId", "AKIDEXAMPLE");
        System.setProperty("aws.secretAccessKey", "secret");
        return new AwsSettings(
                "eu-west-1",
                null,
                null,
                true,
                "1",
                new Transport(Transport.DIRECT, true, null, Duration.ofSeconds(5), 4));
    }

    @Test
    void shouldSignForAwsAndKeepItsLimits() throws Exception {
        long now = System.currentTimeMillis() / 1_000;
        String recent = TestDocuments.segment("0000000000000001", "recent", "\"end_time\":1")
                .replace("1478293361.25", now + ".5");
        String tooLong = TestDocuments.segment(
                        "0000000000000002", "long", "\"metadata\":{\"a\":{\"b\":\"" + "x".repeat(210_000) + "\"}}")
                .replace("1478293361.25", now + ".5");
        try (OtlpReceiver receiver = new OtlpReceiver();
                Exporter exporter = new OtlpDestination(
                                endpoint(receiver.uri("/v1/traces"), Map.of(), Transport.DIRECT),
                                true,
                                () -> ExporterFactory.client(account()),
                                "1")
                        .connect()) {
            exporter.prepare();
            assertEquals(null, exporter.problem());
            Answer answer = exporter.export(TestDocuments.of(ONE, recent, tooLong));
            assertEquals(
                    List.of(0, 2),
                    answer.unprocessed().stream().map(Unprocessed::number).toList(),
                    "too old, too long");
            assertEquals("SpanNotAllowed", answer.unprocessed().get(0).errorCode());
            OtlpReceiver.Call call = receiver.calls.get(0);
            assertEquals(
                    List.of("recent"), call.spans().stream().map(Span::getName).toList());
            assertTrue(call.header("Authorization").startsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"));
            assertTrue(call.header("Authorization").contains("/eu-west-1/xray/aws4_request"));
            assertNotNull(call.headers().getFirst("X-Amz-Date"));
        } finally {
            System.clearProperty("aws.accessKeyId");
            System.clearProperty("aws.secretAccessKey");
        }
    }
}
