package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.CodedOutputStream;
import io.github.xrayd.child.DaemonLedger;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.connectors.otlp.convert.OtlpDocuments;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.xray.XRayClient;
import software.amazon.awssdk.services.xray.model.InvalidRequestException;
import software.amazon.awssdk.services.xray.model.PutTraceSegmentsResponse;

/** The packaged daemon with {@code --http-bind}, and clients that nobody here wrote, as they are. */
@EnabledOnOs(OS.LINUX)
@Timeout(240)
class HttpSourceIT {
    private static final String STARTED = "Starting http source on 127.0.0.1:";
    private static final int SPANS = 3_000;
    private static final long NPM_SECONDS_MAX = 120;
    private static final long NODE_SECONDS_MAX = 60;
    /** Versions that belong together. */
    private static final String PACKAGES =
            """
            {"private": true, "dependencies": {
              "@opentelemetry/api": "1.9.0",
              "@opentelemetry/sdk-trace-node": "2.12.1",
              "@opentelemetry/exporter-trace-otlp-http": "0.223.1",
              "@opentelemetry/exporter-trace-otlp-proto": "0.223.1"
            }}
            """;

    private static final String PROGRAM =
            """
            const { NodeTracerProvider, BatchSpanProcessor } = require('@opentelemetry/sdk-trace-node');
            const { SpanKind } = require('@opentelemetry/api');
            const { OTLPTraceExporter } = require(process.argv[2]);
            const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] });
            const tracer = provider.getTracer('test', '1.0');
            for (let i = 0; i < 200; i++) {
              const span = tracer.startSpan('request ' + i, { kind: SpanKind.SERVER, attributes: { number: i, city: 'Köln 🚚' } });
              span.addEvent('checked', { valid: true });
              span.end();
            }
            provider.forceFlush().then(() => provider.shutdown()).catch(e => { console.error(e); process.exit(1); });
            """;

    private static DaemonProcess start(Sandbox sandbox, String... flags) throws Exception {
        List<String> all = new ArrayList<>(List.of("-m", "16"));
        all.addAll(List.of(flags));
        return Installed.start(sandbox.endpoint(), all.toArray(String[]::new));
    }

    private static URI source(DaemonProcess daemon) {
        Await.until(
                "the HTTP source is there", Await.LONG, () -> started(daemon).isPresent());
        String line = started(daemon).orElseThrow();
        return URI.create("http://127.0.0.1:"
                + line.substring(line.indexOf(STARTED) + STARTED.length()).trim());
    }

    private static Optional<String> started(DaemonProcess daemon) {
        return daemon.lines().stream().filter(each -> each.contains(STARTED)).findFirst();
    }

    /** The spans of the documents that arrived, which are all from OpenTelemetry. */
    private static List<Span> spans(Arrived arrived) throws Exception {
        List<Span> spans = new ArrayList<>();
        for (String document : arrived.documents()) {
            byte[] bytes = document.getBytes(StandardCharsets.US_ASCII);
            assertTrue(bytes.length <= OtlpDocuments.LENGTH_MAX, () -> bytes.length + " bytes");
            ExportTraceServiceRequest.parseFrom(OtlpDocuments.decode(bytes, bytes.length))
                    .getResourceSpansList()
                    .forEach(resource ->
                            resource.getScopeSpansList().forEach(scope -> spans.addAll(scope.getSpansList())));
        }
        return spans;
    }

    private static Set<String> ids(List<Span> spans) {
        Set<String> ids = new HashSet<>();
        for (Span span : spans) {
            ids.add(HexFormat.of().formatHex(span.getSpanId().toByteArray()));
        }
        return ids;
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip"})
    void shouldTakeWhatTheOpenTelemetrySdkForJavaExports(String compression) throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = start(sandbox, "--otlp-bind", "127.0.0.1:0")) {
            Arrived arrived = Arrived.at(sandbox);
            daemon.awaitReady();
            OtlpHttpSpanExporter exporter = OtlpHttpSpanExporter.builder()
                    .setEndpoint(source(daemon) + "/v1/traces")
                    .setCompression(compression)
                    .build();
            Set<String> ids = export(exporter);
            // On a busy machine a call may time out and be made again, so that spans arrive twice.
            Await.until(
                    "every span arrives", Await.LONG, () -> ids(spans(arrived)).equals(ids));
            assertTrue(daemon.stop().delivered() > 0);
            assertTrue(
                    daemon.lines().stream().anyMatch(line -> line.contains("Ledger of the source http: ")),
                    daemon::output);
        }
    }

    /** Exports spans with the SDK's own batches; returns their ids. */
    private static Set<String> export(OtlpHttpSpanExporter exporter) {
        Set<String> ids = new HashSet<>();
        Resource resource = Resource.getDefault().toBuilder()
                .put("service.name", "checkout")
                .build();
        try (SdkTracerProvider provider = SdkTracerProvider.builder()
                .addSpanProcessor(BatchSpanProcessor.builder(exporter)
                        .setMaxQueueSize(2 * SPANS)
                        .build())
                .setResource(resource)
                .build()) {
            Tracer tracer = provider.get("test");
            for (int i = 0; i < SPANS / 2; i++) {
                var server = tracer.spanBuilder("POST /checkout")
                        .setSpanKind(SpanKind.SERVER)
                        .setAttribute(AttributeKey.stringKey("city"), "K\u00f6ln \ud83d\ude9a")
                        .setAttribute(AttributeKey.stringKey("pad"), "x".repeat(i % 700))
                        .startSpan();
                var inner = tracer.spanBuilder("pay")
                        .setParent(Context.root().with(server))
                        .startSpan();
                inner.end();
                if (i % 50 == 0) {
                    server.recordException(new IllegalStateException("the bank is away"));
                    server.setStatus(StatusCode.ERROR);
                }
                server.end();
                ids.add(server.getSpanContext().getSpanId());
                ids.add(inner.getSpanContext().getSpanId());
            }
            assertTrue(provider.forceFlush().join(60, TimeUnit.SECONDS).isSuccess());
        }
        return ids;
    }

    @ParameterizedTest
    @ValueSource(strings = {"@opentelemetry/exporter-trace-otlp-http", "@opentelemetry/exporter-trace-otlp-proto"})
    void shouldTakeWhatTheOpenTelemetrySdkForNodeExports(String exporter) throws Exception {
        Path folder = nodePackages();
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = start(sandbox, "--http-bind", "127.0.0.1:0")) {
            Arrived arrived = Arrived.at(sandbox);
            daemon.awaitReady();
            ProcessBuilder program = new ProcessBuilder("node", "program.js", exporter).directory(folder.toFile());
            program.environment()
                    .put("OTEL_EXPORTER_OTLP_ENDPOINT", source(daemon).toString());
            assertNull(failure(program, NODE_SECONDS_MAX));
            Await.until(
                    "every span arrives", Await.LONG, () -> ids(spans(arrived)).size() == 200);
            List<Span> read = spans(arrived);
            assertEquals(
                    "K\u00f6ln \ud83d\ude9a",
                    read.get(7).getAttributesList().stream()
                            .filter(attribute -> attribute.getKey().equals("city"))
                            .findFirst()
                            .orElseThrow()
                            .getValue()
                            .getStringValue());
            assertEquals("checked", read.get(7).getEvents(0).getName());
        }
    }

    /** The SDK's packages, installed once; without node, npm or a registry the test is skipped. */
    private static Path nodePackages() throws Exception {
        Path folder = Files.createDirectories(Path.of("target", "node-otlp"));
        assumeTrue(failure(new ProcessBuilder("node", "--version"), NODE_SECONDS_MAX) == null, "node is not installed");
        Files.writeString(folder.resolve("program.js"), PROGRAM);
        Path installed = folder.resolve("package.json");
        if (!Files.exists(installed) || !Files.readString(installed).equals(PACKAGES)) {
            Path wanted = Files.createDirectories(folder.resolve("wanted")).resolve("package.json");
            Files.writeString(wanted, PACKAGES);
            Files.deleteIfExists(installed);
            Files.copy(wanted, installed);
            String reason = failure(
                    new ProcessBuilder(
                                    "npm",
                                    "install",
                                    "--no-audit",
                                    "--no-fund",
                                    "--ignore-scripts",
                                    "--no-package-lock")
                            .directory(folder.toFile()),
                    NPM_SECONDS_MAX);
            if (reason != null) {
                Files.deleteIfExists(installed);
            }
            assumeTrue(reason == null, () -> "npm cannot install the SDK: " + reason);
        }
        return folder;
    }

    /** Why a program failed, or null when it did not. */
    private static @org.jspecify.annotations.Nullable String failure(ProcessBuilder program, long secondsMax)
            throws Exception {
        Path output = Files.createTempFile("program", ".txt");
        try {
            Process process = program.redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(secondsMax, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "no end within " + secondsMax + " s";
            }
            return process.exitValue() == 0 ? null : Files.readString(output);
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private static String document(int number, int length) {
        String start = "{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\",\"id\":\"%016x\",\"name\":\"shop\","
                        .formatted(number)
                + "\"start_time\":1.5,\"end_time\":2,\"metadata\":{\"a\":{\"b\":\"";
        return start + "x".repeat(length - start.length() - 4) + "\"}}}";
    }

    @Test
    void shouldAnswerTheAwsSdkForJavaAsTheServiceDoes() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = start(sandbox, "--http-bind", "127.0.0.1:0");
                XRayClient client = XRayClient.builder()
                        .endpointOverride(source(daemon))
                        .region(Region.EU_WEST_1)
                        .credentialsProvider(
                                StaticCredentialsProvider.create(AwsBasicCredentials.create("somebody", "else's")))
                        .httpClientBuilder(ApacheHttpClient.builder())
                        .build()) {
            Arrived arrived = Arrived.at(sandbox);
            daemon.awaitReady();
            List<String> documents = new ArrayList<>();
            for (int i = 0; i < 49; i++) {
                documents.add(document(i, i == 0 ? 65_536 : 400));
            }
            List<String> sent = new ArrayList<>(documents);
            sent.add("None");
            PutTraceSegmentsResponse answer = client.putTraceSegments(put -> put.traceSegmentDocuments(sent));
            assertEquals(1, answer.unprocessedTraceSegments().size());
            assertEquals("ParseError", answer.unprocessedTraceSegments().get(0).errorCode());
            sent.add(document(50, 400));
            InvalidRequestException refused = assertThrows(
                    InvalidRequestException.class,
                    () -> client.putTraceSegments(put -> put.traceSegmentDocuments(sent)));
            assertTrue(
                    String.valueOf(refused.getMessage()).contains("Exceeding maximum segment count: 50"),
                    refused.getMessage());
            arrived.assertSame(documents, daemon);
            assertEquals(documents.size(), daemon.stop().delivered());
        }
    }

    /** A body that means harm, and what the answer may be besides 503. */
    @SuppressWarnings("ArrayRecordComponent") // Only read, never compared.
    private record Hostile(String path, String type, String encoding, byte[] body, int status) {}

    private static Hostile json(String body, int status) {
        return new Hostile("/v1/traces", "application/json", "identity", body.getBytes(StandardCharsets.UTF_8), status);
    }

    private static byte[] message(int field, byte[]... parts) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeTag(field, 2);
        out.writeUInt32NoTag(Stream.of(parts).mapToInt(part -> part.length).sum());
        for (byte[] part : parts) {
            out.writeRawBytes(part);
        }
        out.flush();
        return bytes.toByteArray();
    }

    /** A resource nearly as long as a document, which each of 40,000 spans would take along: 600 MB. */
    private static byte[] longResource() throws IOException {
        byte[] attribute = message(1, message(1, new byte[] {'k'}), message(2, message(1, new byte[47_850])));
        byte[] span =
                message(2, message(1, "0123456789abcdef".getBytes(StandardCharsets.US_ASCII)), message(2, new byte[] {
                    1, 2, 3, 4, 5, 6, 7, 8
                }));
        ByteArrayOutputStream spans = new ByteArrayOutputStream();
        for (int i = 0; i < 40_000; i++) {
            spans.writeBytes(span);
        }
        return message(1, message(1, attribute), message(2, spans.toByteArray()));
    }

    private static List<Hostile> hostile() throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bomb)) {
            out.write(new byte[256 << 20]);
        }
        byte[] emptySpans = new byte[3 << 20];
        for (int i = 0; i < emptySpans.length; i++) {
            emptySpans[i] = (byte) (i % 2 == 0 ? 18 : 0);
        }
        CodedOutputStream head = CodedOutputStream.newInstance(new byte[16]);
        head.writeUInt32NoTag(emptySpans.length);
        int lengthBytes = head.getTotalBytesWritten();
        ByteArrayOutputStream nested = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(nested);
        out.writeTag(1, 2);
        out.writeUInt32NoTag(1 + lengthBytes + emptySpans.length);
        out.writeTag(2, 2);
        out.writeUInt32NoTag(emptySpans.length);
        out.writeRawBytes(emptySpans);
        out.flush();
        byte[] random = new byte[1 << 20];
        new Random(5).nextBytes(random);
        String spans = "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[";
        return List.of(
                new Hostile("/v1/traces", "application/x-protobuf", "gzip", bomb.toByteArray(), 413),
                new Hostile("/TraceSegments", "application/json", "gzip", bomb.toByteArray(), 413),
                new Hostile("/v1/traces", "application/x-protobuf", "identity", nested.toByteArray(), 200),
                new Hostile("/v1/traces", "application/x-protobuf", "identity", longResource(), 413),
                new Hostile("/v1/traces", "application/x-protobuf", "identity", random, 400),
                json("[".repeat(1_000_000), 400),
                json("{\"a\":" + "[".repeat(1_000_000), 400),
                json(spans + "{},".repeat(600_000) + "{}]}]}]}", 200),
                json(spans + "{\"attributes\":[" + "{},".repeat(600_000) + "{}]}]}]}]}", 400),
                json("{\"resourceSpans\":[" + "{},".repeat(600_000) + "{}]}", 200),
                json("{\"resourceSpans\":[{\"scopeSpans\":[" + "{},".repeat(600_000) + "{}]}]}", 200),
                json("\"" + "x".repeat(3 << 20) + "\"", 413),
                new Hostile(
                        "/TraceSegments",
                        "application/json",
                        "identity",
                        ("{\"TraceSegmentDocuments\":[\"" + "\\\\".repeat(1_500_000) + "\"]}")
                                .getBytes(StandardCharsets.UTF_8),
                        200));
    }

    @Test
    void shouldLoseNoDatagramWhateverComesByHttp() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = start(sandbox, "--http-bind", "127.0.0.1:0");
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            Arrived arrived = Arrived.at(sandbox);
            daemon.awaitReady();
            HttpClient client = HttpClient.newHttpClient();
            URI source = source(daemon);
            List<String> sent = new ArrayList<>();
            List<Hostile> bodies = hostile();
            for (int round = 0; round < 3; round++) {
                List<CompletableFuture<Void>> answers = new ArrayList<>();
                for (Hostile hostile : bodies) {
                    HttpRequest request = HttpRequest.newBuilder(source.resolve(hostile.path()))
                            .header("Content-Type", hostile.type())
                            .header("Content-Encoding", hostile.encoding())
                            .POST(HttpRequest.BodyPublishers.ofByteArray(hostile.body()))
                            .build();
                    answers.add(client.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                            .thenAccept(answer -> assertTrue(
                                    answer.statusCode() == hostile.status() || answer.statusCode() == 503,
                                    () -> bodies.indexOf(hostile) + ": " + answer.statusCode() + " " + answer.body())));
                    for (int i = 0; i < 50; i++) {
                        String document = "{\"id\":\"" + sent.size() + "\"}";
                        datagrams.sendDocument(document);
                        sent.add(document);
                    }
                }
                for (CompletableFuture<Void> answer : answers) {
                    answer.get(60, TimeUnit.SECONDS);
                }
            }
            HttpRequest good = HttpRequest.newBuilder(source.resolve("/TraceSegments"))
                    .POST(HttpRequest.BodyPublishers.ofString("{\"TraceSegmentDocuments\":[\"T1SAAAA\"]}"))
                    .build();
            assertEquals(
                    200, client.send(good, HttpResponse.BodyHandlers.ofString()).statusCode());
            sent.add("T1SAAAA");
            Await.until(
                    "every document arrives", Await.LONG, () -> new HashSet<>(arrived.documents()).containsAll(sent));
            assertEquals(
                    200,
                    get(URI.create("http://127.0.0.1:" + daemon.tcp().getPort() + "/healthz"))
                            .statusCode());
            DaemonLedger ledger = daemon.stop();
            assertEquals(sent.size(), ledger.delivered(), daemon::output);
            assertEquals(0, ledger.kernelDrops());
        }
    }

    private static HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void shouldShowTheSourceInMetricsAndRefuseAPortThatIsTaken() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = start(sandbox, "--http-bind", "127.0.0.1:0")) {
            daemon.awaitReady();
            URI source = source(daemon);
            assertEquals(404, get(URI.create(source + "/metrics")).statusCode());
            assertEquals(405, get(URI.create(source + "/v1/traces")).statusCode());
            HttpResponse<String> metrics =
                    get(URI.create("http://127.0.0.1:" + daemon.tcp().getPort() + "/metrics"));
            for (String line : List.of(
                    "xrayd_source_received_total{source=\"http\"} 0.0",
                    "xrayd_source_received_total{source=\"udp\"} 0.0",
                    "xrayd_source_events_total{event=\"memory_full\",source=\"http\"} 0.0",
                    "xrayd_source_events_total{event=\"refused_path\",source=\"http\"} 1.0")) {
                assertTrue(metrics.body().contains("\n" + line + "\n"), metrics.body());
            }
            Process second = new ProcessBuilder(
                            Installed.HOME.resolve("bin").resolve("xray").toString(),
                            "-o",
                            "-n",
                            "eu-west-1",
                            "-b",
                            "127.0.0.1:0",
                            "-t",
                            "127.0.0.1:0",
                            "--http-bind",
                            source.getAuthority())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(second.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(1, second.waitFor(), output);
            assertTrue(
                    output.contains("[Error] listen tcp " + source.getAuthority() + ": bind: address already in use"),
                    output);
        }
    }
}
