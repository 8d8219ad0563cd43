package io.github.xrayd.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.connectors.otlp.convert.OtlpDocuments;
import io.github.xrayd.connectors.otlp.convert.OtlpEncoder;
import io.github.xrayd.connectors.otlp.convert.OtlpJson;
import io.github.xrayd.connectors.otlp.convert.RequestSplitter;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.xray.XRayClient;
import software.amazon.awssdk.services.xray.model.Service;
import software.amazon.awssdk.services.xray.model.TraceSummary;

/**
 * OpenTelemetry's spans in the sandbox: by OTLP/HTTP from the SDK, and as the documents of its exporters through the
 * daemon.
 */
class OpenTelemetryTest {
    private static final double NOW = 1_795_239_612.0;
    private static final String TRACE_HEX = Long.toHexString((long) NOW) + "0123456789abcdef01234567";
    private static final String TRACE_ID = "1-" + TRACE_HEX.substring(0, 8) + "-" + TRACE_HEX.substring(8);
    private static final String PATH = "/v1/traces";

    private Sandbox sandbox;
    private XRayClient client;

    @BeforeEach
    void start() throws IOException {
        sandbox = Sandbox.start(SandboxConfig.builder()
                .documents(DocumentMode.STRICT)
                .threads(4)
                .build());
        client = TestClients.sdk(sandbox);
    }

    @AfterEach
    void stop() {
        client.close();
        sandbox.close();
    }

    private String url() {
        return sandbox.endpoint() + PATH;
    }

    /** A request whose span is called by a subsegment of an X-Ray SDK, and calls a database. */
    static String request() {
        return """
                {"resourceSpans":[{"resource":{"attributes":[
                  {"key":"service.name","value":{"stringValue":"stock"}}]},
                 "scopeSpans":[{"scope":{"name":"t"},"spans":[
                  {"traceId":"%s","spanId":"1111111111111111","parentSpanId":"bbbbbbbbbbbbbbbb","name":"GET /stock","kind":2,
                   "startTimeUnixNano":"%s","endTimeUnixNano":"%s","attributes":[
                    {"key":"http.request.method","value":{"stringValue":"GET"}},
                    {"key":"url.full","value":{"stringValue":"http://stock.test/stock"}},
                    {"key":"http.response.status_code","value":{"intValue":"503"}}]},
                  {"traceId":"%s","spanId":"2222222222222222","parentSpanId":"1111111111111111","name":"SELECT","kind":3,
                   "startTimeUnixNano":"%s","endTimeUnixNano":"%s","attributes":[
                    {"key":"db.system","value":{"stringValue":"postgresql"}},
                    {"key":"db.name","value":{"stringValue":"stock"}},
                    {"key":"server.address","value":{"stringValue":"db.test"}}]}]}]}]}"""
                .formatted(TRACE_HEX, nanos(0.1), nanos(0.3), TRACE_HEX, nanos(0.15), nanos(0.25));
    }

    private static String nanos(double after) {
        return Long.toString(((long) NOW) * 1_000_000_000 + Math.round(after * 1e9));
    }

    static String front() {
        return """
                {"trace_id":"%s","id":"aaaaaaaaaaaaaaaa","name":"shop","start_time":%s,"end_time":%s,"subsegments":[
                 {"id":"bbbbbbbbbbbbbbbb","name":"stock","namespace":"remote","start_time":%s,"end_time":%s}]}"""
                .formatted(TRACE_ID, NOW, NOW + 0.4, NOW + 0.05, NOW + 0.35);
    }

    static String transported(String request) throws Exception {
        byte[] json = request.getBytes(StandardCharsets.UTF_8);
        byte[] document = new RequestSplitter(1 << 20)
                .documents(
                        new OtlpEncoder().request(new OtlpJson().request(json, json.length)), OtlpDocuments.LENGTH_MAX)
                .get(0);
        return new String(document, StandardCharsets.US_ASCII);
    }

    private HttpResponse<byte[]> post(String type, byte[] body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url()))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .header("Content-Type", type);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return TestClients.HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private TraceSummary summary(String filter) {
        List<TraceSummary> found = client
                .getTraceSummariesPaginator(get -> get.startTime(Instant.ofEpochSecond((long) NOW - 60))
                        .endTime(Instant.ofEpochSecond((long) NOW + 60))
                        .filterExpression(filter))
                .traceSummaries()
                .stream()
                .toList();
        assertEquals(1, found.size(), filter);
        return found.get(0);
    }

    /** Spans and segments of one trace are one trace everywhere: summary, documents, map, and the page's data. */
    private void assertOneTrace() throws Exception {
        TraceSummary summary = summary("service(\"stock\") { fault } AND edge(\"shop\", \"stock\")");
        assertEquals(TRACE_ID, summary.id());
        assertEquals(0.4, summary.duration(), 1e-6);
        assertEquals("shop", summary.entryPoint().name());
        Map<String, String> documents = new TreeMap<>();
        client.batchGetTraces(get -> get.traceIds(TRACE_ID))
                .traces()
                .get(0)
                .segments()
                .forEach(segment -> documents.put(segment.id(), segment.document()));
        assertEquals(
                List.of("1111111111111111", "2222222222222222", "aaaaaaaaaaaaaaaa"), List.copyOf(documents.keySet()));
        Map<String, Object> stock = Json.object(Json.parse(documents.getOrDefault("1111111111111111", "")));
        assertEquals("stock", Json.string(stock, "name"));
        assertEquals("bbbbbbbbbbbbbbbb", Json.string(stock, "parent_id"));
        Map<Integer, String> names = new TreeMap<>();
        Map<String, List<Integer>> edges = new TreeMap<>();
        for (Service service : client.getServiceGraph(get -> get.startTime(Instant.ofEpochSecond((long) NOW - 60))
                        .endTime(Instant.ofEpochSecond((long) NOW + 60)))
                .services()) {
            names.put(service.referenceId(), service.name());
            if (!"client".equals(service.type())) {
                edges.put(
                        service.name(),
                        service.edges().stream().map(edge -> edge.referenceId()).toList());
            }
        }
        assertEquals(
                List.of("stock"),
                edges.getOrDefault("shop", List.of()).stream().map(names::get).toList());
        assertEquals(
                List.of("stock@db.test"),
                edges.getOrDefault("stock", List.of()).stream().map(names::get).toList());
        String row = TestClients.send(sandbox, "GET", "/page/api/traces", "").body();
        assertTrue(row.contains("\"services\":[\"shop\",\"stock\"]"), row);
    }

    @Test
    void shouldTakeJsonWithoutASignature() throws Exception {
        client.putTraceSegments(put -> put.traceSegmentDocuments(front()));
        HttpResponse<byte[]> answer =
                post("application/json; charset=utf-8", request().getBytes(StandardCharsets.UTF_8));
        assertEquals(200, answer.statusCode());
        assertEquals("{}", new String(answer.body(), StandardCharsets.UTF_8));
        assertOneTrace();
        assertEquals(3, sandbox.arrivals().documents());
    }

    @Test
    void shouldDecodeTransportedSpans() throws Exception {
        var answer = client.putTraceSegments(put -> put.traceSegmentDocuments(front(), transportedRequest()));
        assertTrue(answer.unprocessedTraceSegments().isEmpty());
        assertOneTrace();
        assertEquals(List.of(), sandbox.traces().opaqueDocuments());
        assertEquals(
                List.of("1111111111111111", "2222222222222222"),
                Segment.parse(transportedRequest()).stream().map(Segment::id).toList());
    }

    private static String transportedRequest() {
        try {
            return transported(request());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldRefuseTransportedSpansThatAreNone() {
        String withoutIds = transportedRequest().substring(0, 40);
        var answer =
                client.putTraceSegments(put -> put.traceSegmentDocuments("T1S!", withoutIds, transportedRequest()));
        assertEquals(
                List.of("ParseError", "ParseError"),
                answer.unprocessedTraceSegments().stream()
                        .map(entry -> entry.errorCode())
                        .toList());
    }

    @Test
    void shouldTakeWhatTheSdkSends() throws Exception {
        for (String compression : List.of("none", "gzip")) {
            try (OtlpHttpSpanExporter exporter =
                    exporter().setEndpoint(url()).setCompression(compression).build()) {
                String traceId = export(exporter);
                String id = "1-" + traceId.substring(0, 8) + "-" + traceId.substring(8);
                Trace trace = Objects.requireNonNull(sandbox.traces().trace(id));
                assertEquals("checkout", trace.root().name());
                assertTrue(trace.root().isFault());
                assertEquals("gold", Json.string(metadata(trace.root()), "tier"));
                assertEquals("pay", trace.root().children().get(0).name());
            }
        }
        assertEquals(4, sandbox.stats().requests("ExportTraces", 200));
    }

    private static Map<String, Object> metadata(Segment segment) {
        return Objects.requireNonNull(Json.object(Json.object(segment.fields(), "metadata"), "default"));
    }

    private static OtlpHttpSpanExporterBuilder exporter() {
        return OtlpHttpSpanExporter.builder();
    }

    /** Exports a span and one within it; returns the trace's id. */
    private static String export(OtlpHttpSpanExporter exporter) {
        Resource resource = Resource.getDefault().toBuilder()
                .put("service.name", "checkout")
                .build();
        try (SdkTracerProvider provider = SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                .setResource(resource)
                .build()) {
            Tracer tracer = provider.get("test");
            Span server = tracer.spanBuilder("POST /checkout")
                    .setSpanKind(SpanKind.SERVER)
                    .setAttribute(AttributeKey.stringKey("tier"), "gold")
                    .startSpan();
            Span inner = tracer.spanBuilder("pay")
                    .setParent(Context.root().with(server))
                    .startSpan();
            inner.end();
            server.recordException(new IllegalStateException("the bank is away"));
            server.setStatus(StatusCode.ERROR);
            server.end();
            assertTrue(provider.forceFlush().join(10, TimeUnit.SECONDS).isSuccess());
            return server.getSpanContext().getTraceId();
        }
    }

    @Test
    void shouldRefuseWhatIsNoRequest() throws Exception {
        byte[] json = request().getBytes(StandardCharsets.UTF_8);
        assertEquals(415, post("text/plain", json).statusCode());
        assertEquals(
                415, post("application/json", json, "Content-Encoding", "br").statusCode());
        assertEquals(
                400, post("application/json", json, "Content-Encoding", "gzip").statusCode());
        HttpResponse<byte[]> bad = post("application/json", "[]".getBytes(StandardCharsets.UTF_8));
        assertEquals(400, bad.statusCode());
        assertEquals(3, Json.whole(Json.parseObject(bad.body(), bad.body().length), "code", 0));
        assertEquals(400, post("application/x-protobuf", json).statusCode());
        assertEquals(
                403,
                post("application/json", json, "Authorization", "AWS4-HMAC-SHA256 Credential=x")
                        .statusCode());
        assertEquals(405, TestClients.send(sandbox, "PUT", PATH, "").statusCode());
        assertEquals(0, sandbox.arrivals().documents());
    }

    @Test
    void shouldCountSpansWithoutIds() throws Exception {
        String request = request().replace("\"spanId\":\"2222222222222222\"", "\"spanId\":\"\"");
        HttpResponse<byte[]> answer = post("application/json", request.getBytes(StandardCharsets.UTF_8));
        assertEquals(200, answer.statusCode());
        Map<String, Object> partial =
                Json.object(Json.parseObject(answer.body(), answer.body().length), "partialSuccess");
        assertEquals("1", Json.string(partial, "rejectedSpans"));
        assertEquals(1, sandbox.arrivals().documents());
    }

    @Test
    void shouldBoundWhatIsCompressed() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            byte[] blanks = new byte[1 << 20];
            Arrays.fill(blanks, (byte) ' ');
            for (int i = 0; i < 9; i++) {
                out.write(blanks);
            }
        }
        assertEquals(
                413,
                post("application/json", bytes.toByteArray(), "Content-Encoding", "gzip")
                        .statusCode());
    }

    @Test
    void shouldFailAsItIsTold() throws Exception {
        sandbox.faults().set(List.of(Fault.status(503, "ServiceUnavailable").on("ExportTraces")));
        HttpResponse<byte[]> answer = post("application/json", request().getBytes(StandardCharsets.UTF_8));
        assertEquals(503, answer.statusCode());
        assertEquals(0, sandbox.arrivals().documents());
        client.putTraceSegments(put -> put.traceSegmentDocuments(front()));
        assertEquals(1, sandbox.arrivals().documents());
    }
}
