package io.github.xrayd.sandbox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class SandboxHttpTest {
    private static String errorType(HttpResponse<String> answer) {
        return answer.statusCode() + " "
                + answer.headers().firstValue("x-amzn-errortype").orElse("none");
    }

    @Test
    void shouldRefuseBadRequestsClearly() throws Exception {
        try (Sandbox sandbox =
                Sandbox.start(TestClients.unsigned().bodyBytesMax(100_000).build())) {
            assertEquals(
                    "404 UnknownOperationException", errorType(TestClients.send(sandbox, "POST", "/Nothing", "{}")));
            assertEquals(
                    "405 MethodNotAllowedException", errorType(TestClients.send(sandbox, "GET", "/TraceSegments", "")));
            assertEquals(
                    "400 InvalidRequestException",
                    errorType(TestClients.send(sandbox, "POST", "/TraceSegments", "{}")));
            assertEquals(
                    "400 InvalidRequestException",
                    errorType(TestClients.send(sandbox, "POST", "/TraceSummaries", "{}")));
            for (String query : List.of("?range=30", "?seconds=NaN", "?seconds=-1", "?limit=many", "?filter")) {
                HttpResponse<String> answer = TestClients.send(sandbox, "GET", "/sandbox/v1/traces" + query, "");
                assertEquals(query.equals("?filter") ? 200 : 400, answer.statusCode(), answer.body());
                assertTrue(
                        answer.statusCode() == 200
                                || answer.body().contains("must be a number from 0 on, not")
                                || answer.body()
                                        .contains("There is no parameter range here: use filter, seconds, limit"),
                        answer.body());
            }
            assertEquals(
                    400,
                    TestClients.send(sandbox, "GET", "/page/api/traces?range=30", "")
                            .statusCode());
            for (String body : List.of(
                    "",
                    "[]",
                    "{",
                    "{\"TraceSegmentDocuments\":[}",
                    "{\"x\":" + "[".repeat(90_000),
                    "{\"TraceSegmentDocuments\":[\"a\",]}",
                    "{\"TraceSegmentDocuments\":[{}]}",
                    "{\"TraceSegmentDocuments\":\"a\"}",
                    "{\"TraceSegmentDocuments\":[\"a\nb\"]}",
                    "{\"TraceSegmentDocuments\":[\"a\u0001b\"]}")) {
                assertEquals(
                        "400 SerializationException",
                        errorType(TestClients.send(sandbox, "POST", "/TraceSegments", body)),
                        body);
            }
            assertEquals(
                    "413 RequestEntityTooLargeException", errorType(TestClients.put(sandbox, "x".repeat(100_001))));
            assertEquals(0, sandbox.arrivals().documents());
        }
    }

    @Test
    void shouldRefuseInvalidUtf8() throws Exception {
        try (Sandbox sandbox = Sandbox.start(TestClients.unsigned().build())) {
            byte[] body = "{\"TraceSegmentDocuments\":[\"a?b\"]}".getBytes(StandardCharsets.US_ASCII);
            body[28] = (byte) 0xff;
            HttpRequest request = HttpRequest.newBuilder(URI.create(sandbox.endpoint() + "/TraceSegments"))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                    .build();
            HttpResponse<String> refused = TestClients.HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            assertEquals("400 SerializationException", errorType(refused));
            assertTrue(refused.body().contains("Invalid UTF-8 at byte 28"), refused.body());
        }
    }

    @Test
    void shouldReportWhyADocumentIsNotASegment() throws Exception {
        try (Sandbox sandbox = Sandbox.start(
                TestClients.unsigned().documents(DocumentMode.STRICT).build())) {
            String good =
                    "{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\",\"id\":\"aaaaaaaaaaaaaaaa\",\"name\":\"n\",\"start_time\":1,\"end_time\":2}";
            HttpResponse<String> answer = TestClients.put(
                    sandbox,
                    good,
                    "None",
                    good.replace("1-5759e988", "1-5759"),
                    good.replace("\"id\"", "\"i\""),
                    good.replace(",\"end_time\":2", ""),
                    "T1SCgwKCg==",
                    "T1UCgwKCg==",
                    "[" + "x".repeat(70_000));
            assertEquals(
                    List.of(
                            "ParseError",
                            "InvalidTraceId",
                            "MissingId",
                            "MissingEndTime",
                            "ParseError",
                            "InvalidSegment"),
                    java.util.regex.Pattern.compile("\"ErrorCode\":\"(\\w+)\"")
                            .matcher(answer.body())
                            .results()
                            .map(result -> result.group(1))
                            .toList());
            assertEquals(2, sandbox.arrivals().documents());
        }
    }

    @Test
    void shouldKeepTheLastTracesWithinTheMemoryBound() throws Exception {
        try (Sandbox sandbox =
                Sandbox.start(TestClients.unsigned().memoryBytesMax(1 << 16).build())) {
            for (int i = 0; i < 200; i++) {
                TestClients.put(
                        sandbox,
                        "{\"trace_id\":\"1-5759e988-%024x\",\"id\":\"aaaaaaaaaaaaaaaa\",\"name\":\"%s\"}"
                                .formatted(i, "n".repeat(500)));
                assertTrue(sandbox.traces().bytes() <= 1 << 16);
            }
            List<String> kept = sandbox.traces().traceIds();
            assertEquals("1-5759e988-%024x".formatted(199), kept.get(kept.size() - 1));
            assertEquals(200, kept.size() + sandbox.traces().evictedTraces());
            assertTrue(kept.size() > 30, kept.size() + " kept");
            String stats =
                    TestClients.send(sandbox, "GET", "/sandbox/stats", "").body();
            assertTrue(stats.contains("\"documents\":200"), stats);
            assertTrue(stats.contains("\"PutTraceSegments\":{\"200\":200}"), stats);
        }
    }

    @Test
    void shouldRecordLoadRuns() throws Exception {
        try (Sandbox sandbox =
                Sandbox.start(TestClients.unsigned().keepDocuments(false).build())) {
            assertEquals(
                    404,
                    TestClients.send(sandbox, "GET", "/sandbox/runs/0badcafe", "")
                            .statusCode());
            assertEquals(
                    200,
                    TestClients.send(sandbox, "PUT", "/sandbox/runs/0badcafe?capacity=100", "")
                            .statusCode());
            long sentMicros = System.currentTimeMillis() * 1_000;
            for (long sequence : new long[] {0, 1, 2, 2, 5, 7, 100, -1}) {
                TestClients.put(
                        sandbox,
                        runDocument("0badcafe", sequence, sentMicros - 20_000),
                        runDocument("deadbeef", sequence, sentMicros),
                        "{}");
            }
            LoadRun run = sandbox.runs().find("0badcafe");
            assertNotNull(run);
            assertEquals(8, run.arrived());
            assertEquals(5, run.distinct());
            assertEquals(1, run.duplicated());
            assertEquals(2, run.outOfRange());
            assertEquals(List.of(3L, 4L, 6L), run.missing());
            assertEquals(24, sandbox.arrivals().documents());

            String body = TestClients.send(sandbox, "GET", "/sandbox/runs/0badcafe", "")
                    .body();
            Map<String, Object> json = Json.parseObject(body.getBytes(StandardCharsets.UTF_8), body.length());
            assertEquals(3, Json.list(json, "missing").size());
            byte[] encoded = Base64.getDecoder().decode(Json.string(json, "histogram", ""));
            Histogram latency = Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(encoded), 0);
            assertEquals(8, latency.getTotalCount());
            assertTrue(latency.getMinNonZeroValue() >= 19_900, body);
            assertTrue(latency.getMaxValue() < 10_000_000, body);
            assertArrayEquals(new long[] {8}, new long[] {Json.whole(Json.object(json, "latencyMicros"), "count", 0)});

            assertEquals(
                    200,
                    TestClients.send(sandbox, "DELETE", "/sandbox/runs/0badcafe", "")
                            .statusCode());
            assertEquals(
                    404,
                    TestClients.send(sandbox, "GET", "/sandbox/runs/0badcafe", "")
                            .statusCode());
            assertEquals(
                    400,
                    TestClients.send(sandbox, "PUT", "/sandbox/runs/xyz", "").statusCode());
            assertEquals(
                    400,
                    TestClients.send(sandbox, "PUT", "/sandbox/runs/0badcafe?capacity=0", "")
                            .statusCode());
        }
    }

    private static String runDocument(String run, long sequence, long sentMicros) {
        return "{\"trace_id\":\"1-5759e988-%s%016x\",\"id\":\"%016x\",\"name\":\"load\"}"
                .formatted(run, sequence, sentMicros);
    }

    @Test
    void shouldServePagesOfOthers() throws Exception {
        try (Sandbox sandbox = Sandbox.start(TestClients.unsigned().build())) {
            sandbox.handle("/other", exchange -> {
                exchange.sendResponseHeaders(204, -1);
                exchange.close();
            });
            assertEquals(204, TestClients.send(sandbox, "GET", "/other/x", "").statusCode());
        }
    }

    @Test
    void shouldWaitForArrivals() throws Exception {
        try (Sandbox sandbox = Sandbox.start(TestClients.unsigned().build())) {
            assertEquals(false, sandbox.arrivals().await(1, Duration.ofMillis(20)));
            TestClients.put(sandbox, "a", "b");
            assertTrue(sandbox.arrivals().await(2, Duration.ofSeconds(5)));
        }
    }

    @Test
    void shouldServeSeveralRequestsOnOneConnectionWithoutDelay() throws Exception {
        try (Sandbox sandbox = Sandbox.start(TestClients.unsigned().build());
                Socket socket = new Socket(
                        sandbox.endpoint().getHost(), sandbox.endpoint().getPort())) {
            socket.setTcpNoDelay(true);
            byte[] request = ("POST /TraceSegments HTTP/1.1\r\nHost: x\r\nContent-Length: 31\r\n\r\n"
                            + "{\"TraceSegmentDocuments\":[\"a\"]}")
                    .getBytes(StandardCharsets.US_ASCII);
            long startNanos = System.nanoTime();
            for (int i = 0; i < 50; i++) {
                socket.getOutputStream().write(request);
                readAnswer(socket.getInputStream());
            }
            long tookMs = (System.nanoTime() - startNanos) / 1_000_000;
            assertTrue(tookMs < 50 * 40, "50 requests took " + tookMs + " ms: are answers sent without delay?");
            assertEquals(50, sandbox.arrivals().documents());
        }
    }

    private static void readAnswer(InputStream in) throws Exception {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("{\"UnprocessedTraceSegments\":[]}") < 0) {
            int b = in.read();
            assertTrue(b >= 0, text.toString());
            text.append((char) b);
        }
    }
}
