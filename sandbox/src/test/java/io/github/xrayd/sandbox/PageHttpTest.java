package io.github.xrayd.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Headers;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page's files and its data, without a browser. */
class PageHttpTest {
    private static final int COMPRESSED_BYTES_MAX = 80_000;

    private static Map<String, Object> json(HttpResponse<String> response) throws Json.MalformedException {
        byte[] body = response.body().getBytes(StandardCharsets.UTF_8);
        return Json.parseObject(body, body.length);
    }

    private static HttpResponse<String> traces(Sandbox sandbox, long since, String filter) throws Exception {
        return TestClients.send(
                sandbox,
                "GET",
                "/page/api/traces?since=" + since + "&filter=" + URLEncoder.encode(filter, StandardCharsets.UTF_8),
                "");
    }

    @Test
    void shouldServeItsFilesWithAStrictPolicyAndNothingElse() throws Exception {
        try (Sandbox sandbox = Sandbox.start(TestClients.unsigned().build())) {
            for (String file : PageHandler.FILES) {
                HttpResponse<String> answer = TestClients.send(sandbox, "GET", "/page/" + file, "");
                assertEquals(200, answer.statusCode(), file);
                assertTrue(answer.body().length() > 100, file);
            }
            HttpResponse<String> page = TestClients.send(sandbox, "GET", "/", "");
            assertTrue(page.body().startsWith("<!doctype html>"), page.body());
            String policy = page.headers().firstValue("Content-Security-Policy").orElse("");
            assertTrue(policy.startsWith("default-src 'none'; script-src 'self';"), policy);
            assertTrue(!policy.contains("unsafe"), policy);
            for (String path : List.of(
                    "page/", "page/../Sandbox.class", "page/%2e%2e/Sandbox.class", "page/app.css/", "page/api/x")) {
                assertEquals(
                        404, TestClients.send(sandbox, "GET", "/" + path, "").statusCode(), path);
            }
            assertEquals(
                    405, TestClients.send(sandbox, "POST", "/page/app.js", "").statusCode());
            assertEquals(404, TestClients.send(sandbox, "POST", "/", "").statusCode());
        }
    }

    @Test
    void shouldBeSmallAndNameNoOtherHost() throws Exception {
        int compressed = 0;
        for (String file : new TreeSet<>(PageHandler.FILES)) {
            byte[] bytes = PageHandler.read(file);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
                gzip.write(bytes);
            }
            compressed += out.size();
            String text = new String(bytes, StandardCharsets.UTF_8);
            if (!file.startsWith("vendor/")) {
                assertTrue(
                        !text.contains("innerHTML") && !text.contains("insertAdjacentHTML") && !text.contains("eval("),
                        file);
                assertEquals(
                        "",
                        text.replaceAll("http://www\\.w3\\.org/2000/svg", "")
                                .replaceAll("(?s).*?(https?://[a-z]|\\z)", "$1"),
                        file);
            }
        }
        assertTrue(compressed < COMPRESSED_BYTES_MAX, compressed + " bytes compressed");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:3000, , , true",
        "localhost:3000, http://localhost:3000, same-origin, true",
        "sandbox:3000, , , true",
        "[::1]:3000, , none, true",
        "xray.internal, , , true",
        "evil.example:3000, , , false",
        "evil.example:3000, http://evil.example:3000, same-origin, false",
        "127.0.0.1.evil.example, , , false",
        "127.0.0.1:3000, http://evil.example, cross-site, false",
        "127.0.0.1:3000, http://127.0.0.1:8080, same-site, false",
        "127.0.0.1:3000, null, , false",
        "127.0.0.1:3000, , cross-site, false",
        ", , , false"
    })
    void shouldRefuseForeignHostsAndPages(String host, String origin, String site, boolean isTaken) {
        Headers headers = new Headers();
        if (host != null) {
            headers.set("Host", host);
        }
        if (origin != null) {
            headers.set("Origin", origin);
        }
        if (site != null) {
            headers.set("Sec-Fetch-Site", site);
        }
        String refusal = BrowserGuard.refusal(headers, false);
        assertEquals(isTaken, refusal == null, refusal);
    }

    @Test
    void shouldTakeALinkFromAnotherPageAndSdksWithAnyHostName() {
        Headers link = new Headers();
        link.set("Host", "localhost:3000");
        link.set("Sec-Fetch-Site", "cross-site");
        link.set("Sec-Fetch-Mode", "navigate");
        link.set("Sec-Fetch-Dest", "document");
        assertNull(BrowserGuard.refusal(link, false));
        link.set("Sec-Fetch-Dest", "iframe");
        assertNotNull(BrowserGuard.refusal(link, false));
        Headers sdk = new Headers();
        sdk.set("Host", "xray.eu-central-1.example.com");
        assertNull(BrowserGuard.refusal(sdk, true));
        sdk.set("Origin", "http://evil.example");
        assertNotNull(BrowserGuard.refusal(sdk, true));
    }

    @Test
    void shouldRefuseForgedAndReboundRequestsEverywhere() throws Exception {
        try (Sandbox sandbox = Sandbox.start(TestClients.unsigned().build())) {
            String document = "{\"TraceSegmentDocuments\":[\"x\"]}";
            assertEquals(403, raw(sandbox, "GET", "/page/api/traces", "Host: evil.example:80", ""));
            assertEquals(403, raw(sandbox, "GET", "/", "Host: evil.example:80", ""));
            assertEquals(
                    403,
                    raw(sandbox, "DELETE", "/sandbox/faults", "Host: localhost\r\nOrigin: http://evil.example", ""));
            assertEquals(
                    403,
                    raw(sandbox, "POST", "/TraceSegments", "Host: localhost\r\nOrigin: http://evil.example", document));
            assertEquals(0, sandbox.arrivals().documents());
            assertEquals(200, raw(sandbox, "POST", "/TraceSegments", "Host: any.example", document));
            assertEquals(200, raw(sandbox, "GET", "/sandbox/stats", "Host: localhost", ""));
        }
    }

    private static int raw(Sandbox sandbox, String method, String path, String headers, String body) throws Exception {
        try (Socket socket =
                new Socket(sandbox.endpoint().getHost(), sandbox.endpoint().getPort())) {
            socket.setSoTimeout(10_000);
            String request = method + " " + path + " HTTP/1.1\r\n" + headers + "\r\nContent-Length: " + body.length()
                    + "\r\nConnection: close\r\n\r\n" + body;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String line = reader(socket).readLine();
            return Integer.parseInt(line.substring("HTTP/1.1 ".length()).substring(0, 3));
        }
    }

    private static BufferedReader reader(Socket socket) throws Exception {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    @Test
    void shouldGiveOnlyWhatChanged() throws Exception {
        try (Sandbox sandbox = Sandbox.start(TestClients.unsigned().build())) {
            Map<String, Object> first = PageDocuments.segment(1, "a", 0.1);
            Map<String, Object> second = PageDocuments.segment(2, "b", 0.2);
            second.put("fault", true);
            TestClients.put(sandbox, Json.writeText(first), Json.writeText(second));
            Map<String, Object> all = json(traces(sandbox, 0, ""));
            assertEquals(2, Json.list(all, "traces").size());
            long sequence = Json.whole(all, "sequence", -1);

            Map<String, Object> none = json(traces(sandbox, sequence, ""));
            assertEquals(List.of(), Json.list(none, "traces"));

            first.put("error", true);
            TestClients.put(sandbox, Json.writeText(first));
            Map<String, Object> changed = json(traces(sandbox, sequence, "fault"));
            assertEquals(List.of(), Json.list(changed, "traces"));
            assertEquals(List.of(first.get("trace_id")), Json.list(changed, "others"));
            Map<String, Object> row = Json.object(Json.list(json(traces(sandbox, sequence, "error")), "traces")
                    .get(0));
            assertEquals(true, Json.isTrue(row, "error"));
            assertEquals("/path/1", Json.string(row, "url", "").replace("http://a.example", ""));

            assertEquals(
                    200,
                    TestClients.send(sandbox, "DELETE", "/sandbox/traces", "").statusCode());
            Map<String, Object> cleared = json(traces(sandbox, sequence, ""));
            assertEquals(0, Json.whole(cleared, "kept", -1));
            assertTrue(Json.whole(cleared, "oldest", 0) > Json.whole(row, "created", 0));
            assertEquals(
                    405,
                    TestClients.send(sandbox, "PATCH", "/sandbox/traces", "").statusCode());
        }
    }

    @Test
    void shouldImportTracesOfFiles() throws Exception {
        try (Sandbox sandbox = Sandbox.start(TestClients.unsigned().build())) {
            Map<String, Object> segment = PageDocuments.segment(1, "a", 0.1);
            Object id = segment.get("trace_id");
            String saved = Json.writeText(Map.of("Id", id, "Segments", List.of(segment)));
            HttpResponse<String> taken = TestClients.send(sandbox, "POST", "/sandbox/traces", saved);
            assertEquals(List.of(id), Json.list(json(taken), "traceIds"));
            String printed = Json.writeText(Map.of(
                    "Traces",
                    List.of(Map.of(
                            "Segments",
                            List.of(Map.of(
                                    "Document", Json.writeText(PageDocuments.segment(2, "\ud83d\ude00", 0.1))))))));
            assertEquals(
                    200,
                    TestClients.send(sandbox, "POST", "/sandbox/traces", printed)
                            .statusCode());
            assertEquals(2, sandbox.traces().traceIds().size());
            for (String bad :
                    List.of("{}", "[]", "{", "{\"Segments\":[{\"id\":\"a\"}]}", "{\"Traces\":[{\"Segments\":[7]}]}")) {
                assertEquals(
                        400,
                        TestClients.send(sandbox, "POST", "/sandbox/traces", bad)
                                .statusCode(),
                        bad);
            }
            assertEquals(2, sandbox.traces().traceIds().size());
        }
    }

    @Test
    void shouldSumWhatClientsReportOfSampling() throws Exception {
        try (Sandbox sandbox = Sandbox.start(TestClients.unsigned().build())) {
            for (int i = 0; i < 1_100; i++) {
                String report =
                        "{\"SamplingStatisticsDocuments\":[{\"ClientID\":\"%s\",\"RuleName\":\"Default\",\"RequestCount\":5,"
                                + "\"SampledCount\":2,\"BorrowCount\":1,\"Timestamp\":1}]}";
                TestClients.send(sandbox, "POST", "/SamplingTargets", report.formatted(i % 2 == 0 ? "often" : "c" + i));
            }
            List<?> clients =
                    Json.list(json(TestClients.send(sandbox, "GET", "/sandbox/sampling-statistics", "")), "clients");
            assertEquals(551, clients.size());
            Map<String, Object> often = Json.object(clients.get(1));
            assertEquals("often", Json.string(often, "clientId"));
            assertEquals(2_750, Json.whole(often, "requests", 0));
            assertEquals(1_100, Json.whole(often, "sampled", 0));
            assertEquals(550, Json.whole(often, "borrowed", 0));
        }
    }

    @Test
    void shouldBoundTheClientsThatAreToldApart() {
        SamplingReports reports = new SamplingReports();
        for (int i = 0; i < SamplingReports.PAIRS_MAX + 10; i++) {
            reports.add(Map.of("ClientID", "c" + i, "RuleName", "r"), i);
        }
        List<Object> entries = reports.toJson();
        assertEquals(SamplingReports.PAIRS_MAX, entries.size());
        assertEquals("c" + (SamplingReports.PAIRS_MAX + 9), Json.string(Json.object(entries.get(0)), "clientId"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "fault AND bogus = 3 | 10",
                "   bogus | 3",
                "responsetime > | 14",
                "responsetime >> 1 | 14",
                "(ok | 3",
                "user = \"a\" § | 11",
                "service(\"a\") { ok AND nonsense } | 22",
                "http.method < \"GET\" | 12",
                "ok ) ok | 3"
            })
    void shouldSayWhereAFilterExpressionIsWrong(String expression, int position) throws Exception {
        try (Sandbox sandbox = Sandbox.start(TestClients.unsigned().build())) {
            String text = expression.equals("bogus") ? "   bogus" : expression;
            HttpResponse<String> refused = traces(sandbox, 0, text);
            assertEquals(400, refused.statusCode());
            assertEquals(position, Json.whole(json(refused), "position", -2), refused.body());
            assertTrue(refused.body().contains("Invalid filter expression: "), refused.body());
        }
    }

    @Test
    void shouldTellOpenPagesOfNewDocumentsAndRefuseTooMany() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try (Sandbox sandbox = Sandbox.start(TestClients.unsigned().build())) {
            for (int i = 0; i < PageEvents.STREAMS_MAX; i++) {
                Socket socket = events(sandbox);
                sockets.add(socket);
                assertEquals("HTTP/1.1 200 OK", reader(socket).readLine());
            }
            Socket over = events(sandbox);
            sockets.add(over);
            assertTrue(reader(over).readLine().contains(" 503 "));
            // Streams hold none of the threads that answer requests.
            TestClients.put(sandbox, Json.writeText(PageDocuments.segment(1, "a", 0.1)));
            BufferedReader last = reader(sockets.get(PageEvents.STREAMS_MAX - 1));
            String line = "";
            while (!line.equals("data: 1")) {
                line = String.valueOf(last.readLine());
                assertTrue(!line.equals("null"), "the stream ended");
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static Socket events(Sandbox sandbox) throws Exception {
        Socket socket =
                new Socket(sandbox.endpoint().getHost(), sandbox.endpoint().getPort());
        socket.setSoTimeout(10_000);
        socket.getOutputStream()
                .write("GET /page/api/events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return socket;
    }
}
