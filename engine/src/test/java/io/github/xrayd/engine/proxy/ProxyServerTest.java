package io.github.xrayd.engine.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.aws.AwsConnection;
import io.github.xrayd.engine.aws.Exporters;
import io.github.xrayd.engine.aws.ScriptedEnvironment;
import io.github.xrayd.engine.aws.ScriptedService;
import io.github.xrayd.engine.aws.Signatures;
import io.github.xrayd.engine.aws.XRayExporter;
import io.github.xrayd.engine.client.SetupException;
import io.github.xrayd.engine.http.HttpCounter;
import io.github.xrayd.engine.http.HttpLimits;
import io.github.xrayd.engine.http.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ProxyServerTest {
    private static final String RULES =
            "{\"SamplingRuleRecords\":[],\"NextToken\":null,\"Unknown\":{\"caf\u00e9\":[1, 2]}}";
    private static final String TARGETS =
            "{\"SamplingStatisticsDocuments\":[{\"RuleName\":\"Default\",\"Timestamp\":1795239607000,\"New\":\"\u2028\"}]}";

    private final List<AutoCloseable> open = new ArrayList<>();
    private ScriptedService service;

    @BeforeEach
    void startService() throws IOException {
        service = new ScriptedService();
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        service.close();
    }

    private ProxyServer proxy(List<String> paths, CompletableFuture<AwsConnection> backend) throws IOException {
        ProxyServer proxy = ProxyServer.start(
                new ProxySettings(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), paths), backend);
        open.add(0, proxy);
        return proxy;
    }

    private CompletableFuture<AwsConnection> backend(URI endpoint, Duration timeout, ScriptedEnvironment environment)
            throws SetupException {
        XRayExporter backend = Exporters.create(Exporters.settings(endpoint, timeout), environment);
        open.add(backend);
        return CompletableFuture.completedFuture(backend.client().port());
    }

    private InetSocketAddress proxy(URI endpoint) throws Exception {
        return proxy(ProxySettings.SAMPLING_PATHS, backend(endpoint, Duration.ofSeconds(2), new ScriptedEnvironment()))
                .address();
    }

    @Test
    void shouldForwardVerbatimBothWaysSignedWithMinimalHeaders() throws Exception {
        service.then(200, RULES, "X-Answer", "yes", "Content-Type", "application/json");
        RawClient.Reply reply = RawClient.post(
                proxy(service.uri()),
                "/SamplingTargets",
                TARGETS,
                "Content-Type: application/x-amz-json-1.1",
                "User-Agent: an-sdk/1",
                "Authorization: AWS4-HMAC-SHA256 Credential=THEIRS",
                "X-Amz-Date: 20000101T000000Z",
                "X-Amz-Security-Token: theirs",
                "X-B3-TraceId: abc",
                "Cookie: a=b",
                "Keep-Alive: timeout=5",
                "X-Hop: 1",
                "TE: trailers",
                "Connection: keep-alive, X-Hop",
                "Proxy-Authorization: Basic abc",
                "X-Forwarded-For: 10.0.0.1",
                "Accept-Encoding: gzip");

        assertEquals(200, reply.status());
        assertEquals(RULES, reply.body());
        assertEquals("yes", reply.header("X-Answer"));
        assertEquals("application/json", reply.header("Content-Type"));
        ScriptedService.Call call = service.awaitCall();
        assertEquals("POST", call.method());
        assertEquals("/SamplingTargets", call.target());
        assertEquals(TARGETS, call.body());
        assertEquals("an-sdk/1", call.header("User-Agent"));
        assertEquals("abc", call.header("X-B3-TraceId"));
        assertEquals("a=b", call.header("Cookie"));
        assertEquals("gzip", call.header("Accept-Encoding"));
        for (String gone : List.of("X-Hop", "Keep-Alive", "TE", "Proxy-Authorization", "X-Amz-Security-Token")) {
            assertFalse(call.headers().containsKey(gone), gone + " in " + call);
        }
        assertTrue(Signatures.isValid(call, service.uri(), "us-east-1"), call.toString());
        assertEquals(
                List.of("content-type", "host", "x-amz-content-sha256", "x-amz-date"), Signatures.signedHeaders(call));
    }

    @Test
    void shouldKeepTheEndpointsPathPrefix() throws Exception {
        InetSocketAddress address = proxy(URI.create(service.uri() + "/pre/fix"));
        RawClient.post(address, "/SamplingTargets", TARGETS);
        ScriptedService.Call call = service.awaitCall();
        assertEquals("/pre/fix/SamplingTargets", call.target());
        assertTrue(Signatures.isValid(call, service.uri(), "us-east-1"), call.toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 429, 500, 503})
    void shouldPassFailuresThroughWithOneCallEach(int status) throws Exception {
        service.then(status, "{\"message\":\"stub says so\"}", "x-amzn-ErrorType", "SomeException");
        RawClient.Reply reply = RawClient.post(proxy(service.uri()), "/GetSamplingRules", "{}");
        assertEquals(status, reply.status());
        assertEquals("{\"message\":\"stub says so\"}", reply.body());
        assertEquals("SomeException", reply.header("x-amzn-ErrorType"));
        assertEquals(1, service.calls.size());
    }

    @Test
    void shouldForwardAChunkedBody() throws Exception {
        InetSocketAddress address = proxy(service.uri());
        try (RawClient client = new RawClient(address)) {
            client.send("POST /SamplingTargets HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.send("5\r\n{\"a\":\r\n2\r\n1}\r\n0\r\n\r\n");
            assertEquals(200, client.read(false).status());
        }
        ScriptedService.Call call = service.awaitCall();
        assertEquals("{\"a\":1}", call.body());
        assertTrue(Signatures.isValid(call, service.uri(), "us-east-1"));
    }

    @Test
    void shouldRefuseOtherApiPathsUnlessAllowed() throws Exception {
        RawClient.Reply refused = RawClient.post(proxy(service.uri()), "/TraceSegments", "{}");
        assertEquals(403, refused.status());
        assertTrue(refused.body().contains("/TraceSegments is not forwarded"), refused.body());
        assertTrue(refused.body().contains("--proxy-allow"), refused.body());
        for (String path : List.of("/foo/../GetSamplingRules", "/GetSamplingRules/", "/getsamplingrules")) {
            assertEquals(403, RawClient.post(proxy(service.uri()), path, "{}").status(), path);
        }
        assertEquals(0, service.calls.size());

        ProxyServer all = proxy(List.of("*"), backend(service.uri(), Duration.ofSeconds(2), new ScriptedEnvironment()));
        assertEquals(
                200,
                RawClient.post(all.address(), "/TraceSummaries?a=b%20c&d", "{}").status());
        ScriptedService.Call call = service.awaitCall();
        assertTrue(call.target().startsWith("/TraceSummaries?a=b%20c&d"), call.target());
        assertTrue(Signatures.isValid(call, service.uri(), "us-east-1"), call.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"})
    void shouldRefuseOtherMethods(String method) throws Exception {
        RawClient.Reply reply = RawClient.call(proxy(service.uri()), method, "/GetSamplingRules");
        assertEquals(405, reply.status());
        assertEquals("POST", reply.header("Allow"));
        assertEquals(0, service.calls.size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: http://evil.example",
                "Origin: null",
                "Origin: http://127.0.0.1:2000",
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site"
            })
    void shouldRefuseWebPages(String header) throws Exception {
        ProxyServer proxy =
                proxy(List.of("*"), backend(service.uri(), Duration.ofSeconds(2), new ScriptedEnvironment()));
        proxy.register("/healthz", () -> new Route.Page(200, "text/plain", "ok"));
        assertEquals(
                403,
                RawClient.post(proxy.address(), "/GetSamplingRules", "{}", header)
                        .status());
        assertEquals(
                403, RawClient.call(proxy.address(), "GET", "/healthz", header).status());
        assertEquals(0, service.calls.size());
        assertEquals(2, proxy.stats().get(HttpCounter.REFUSED_ORIGIN));
    }

    @Test
    void shouldServeRegisteredPages() throws Exception {
        ProxyServer proxy = proxy(ProxySettings.SAMPLING_PATHS, new CompletableFuture<>());
        proxy.register("/healthz", () -> new Route.Page(200, "text/plain; charset=utf-8", "gr\u00fcn"));
        RawClient.Reply reply = RawClient.call(proxy.address(), "GET", "/healthz", "Sec-Fetch-Site: none");
        assertEquals(200, reply.status());
        assertEquals("gr\u00fcn", reply.body());
        assertEquals("text/plain; charset=utf-8", reply.header("Content-Type"));
        RawClient.Reply head = RawClient.call(proxy.address(), "HEAD", "/healthz");
        assertEquals(200, head.status());
        assertEquals("5", head.header("Content-Length"));
        assertEquals(405, RawClient.post(proxy.address(), "/healthz", "x").status());
        assertEquals(403, RawClient.call(proxy.address(), "GET", "/nothing").status());
    }

    @Test
    void shouldAnswer502WhenTheBackendIsAway() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        RawClient.Reply reply =
                RawClient.post(proxy(URI.create("http://127.0.0.1:" + port)), "/GetSamplingRules", "{}");
        assertEquals(502, reply.status());
        assertTrue(reply.body().contains("X-Ray cannot be reached at http://127.0.0.1:" + port), reply.body());
    }

    @Test
    void shouldAnswer504WhenTheBackendHangs() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        service.always(call -> {
            never.await();
            throw new IOException();
        });
        ProxyServer proxy = proxy(
                ProxySettings.SAMPLING_PATHS,
                backend(service.uri(), Duration.ofMillis(300), new ScriptedEnvironment()));
        RawClient.Reply reply = RawClient.post(proxy.address(), "/SamplingTargets", "{}");
        assertEquals(504, reply.status(), reply.body());
        assertEquals(1, proxy.stats().get(HttpCounter.UPSTREAM_TIMEOUT));
    }

    @Test
    void shouldAnswer503WithTheReasonWithoutCredentialsAndSendNothing() throws Exception {
        ProxyServer proxy = proxy(
                ProxySettings.SAMPLING_PATHS,
                backend(
                        service.uri(),
                        Duration.ofSeconds(2),
                        new ScriptedEnvironment().withoutCredentials().withoutInstance()));
        RawClient.Reply reply = RawClient.post(proxy.address(), "/GetSamplingRules", "{}");
        assertEquals(503, reply.status(), reply.body());
        assertTrue(reply.body().contains("no credentials to sign with"), reply.body());
        assertTrue(reply.body().contains("EnvironmentVariableCredentialsProvider"), reply.body());
        assertEquals(0, service.calls.size());
    }

    @Test
    void shouldWaitForTheBackendAndSayWhyThereIsNone() throws Exception {
        CompletableFuture<AwsConnection> late = new CompletableFuture<>();
        ProxyServer proxy = proxy(ProxySettings.SAMPLING_PATHS, late);
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            Future<RawClient.Reply> waiting =
                    executor.submit(() -> RawClient.post(proxy.address(), "/GetSamplingRules", "{}"));
            late.complete(backend(service.uri(), Duration.ofSeconds(2), new ScriptedEnvironment())
                    .join());
            assertEquals(200, waiting.get().status());
        } finally {
            executor.shutdownNow();
        }

        ProxyServer never = proxy(ProxySettings.SAMPLING_PATHS, new CompletableFuture<>());
        RawClient.Reply starting = RawClient.post(never.address(), "/GetSamplingRules", "{}");
        assertEquals(503, starting.status());
        assertTrue(starting.body().contains("still starting"), starting.body());

        CompletableFuture<AwsConnection> failed = new CompletableFuture<>();
        failed.completeExceptionally(new SetupException("Cannot fetch region"));
        RawClient.Reply without =
                RawClient.post(proxy(ProxySettings.SAMPLING_PATHS, failed).address(), "/GetSamplingRules", "{}");
        assertEquals(503, without.status());
        assertTrue(without.body().contains("Cannot fetch region"), without.body());
    }

    @Test
    void shouldShareOneAnswerAmongIdenticalRuleCalls() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        service.always(call -> {
            answer.await();
            return ScriptedService.Script.of(200, RULES);
        });
        ProxyServer proxy = proxy(
                ProxySettings.SAMPLING_PATHS, backend(service.uri(), Duration.ofSeconds(5), new ScriptedEnvironment()));
        ExecutorService executor = Executors.newFixedThreadPool(50);
        try {
            List<Future<RawClient.Reply>> replies = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                replies.add(executor.submit(() -> RawClient.post(proxy.address(), "/GetSamplingRules", "{}")));
            }
            service.awaitCall();
            answer.countDown();
            for (Future<RawClient.Reply> reply : replies) {
                assertEquals(RULES, reply.get().body());
            }
            assertEquals(1, service.calls.size());
            assertEquals(49, proxy.stats().get(HttpCounter.SHARED));
            RawClient.post(proxy.address(), "/GetSamplingRules", "{\"NextToken\":\"x\"}");
            RawClient.post(proxy.address(), "/SamplingTargets", TARGETS);
            RawClient.post(proxy.address(), "/SamplingTargets", TARGETS);
            assertEquals(4, service.calls.size());
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void shouldRefuseTooLongBodies() throws Exception {
        InetSocketAddress address = proxy(service.uri());
        try (RawClient client = new RawClient(address)) {
            client.send("POST /SamplingTargets HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n");
            RawClient.Reply reply = client.read(false);
            assertEquals(413, reply.status());
            assertTrue(reply.body().contains("longer than 1048576 bytes"), reply.body());
        }
        String most = "x".repeat(1 << 20);
        assertEquals(200, RawClient.post(address, "/SamplingTargets", most).status());
        assertEquals(1, service.calls.size());
    }

    @Test
    void shouldNotLetSlowClientsHoldIt() throws Exception {
        InetSocketAddress address = proxy(service.uri());
        List<RawClient> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                RawClient client = new RawClient(address);
                client.send(
                        i % 2 == 0
                                ? "POST /SamplingTargets HTTP/1.1\r\nHost: x\r\nX-Slow"
                                : "POST /SamplingTargets HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{");
                slow.add(client);
            }
            assertEquals(
                    200, RawClient.post(address, "/SamplingTargets", TARGETS).status());
            long startNs = System.nanoTime();
            for (RawClient client : slow) {
                assertTrue(client.isClosedByServer());
            }
            long seconds = (System.nanoTime() - startNs) / 1_000_000_000L;
            assertTrue(seconds <= HttpLimits.REQUEST_NS_MAX / 1_000_000_000L + 3, seconds + " s");
            assertEquals(
                    200, RawClient.post(address, "/SamplingTargets", TARGETS).status());
        } finally {
            for (RawClient client : slow) {
                client.close();
            }
        }
    }

    @Test
    void shouldSurviveGarbage() throws Exception {
        InetSocketAddress address = proxy(service.uri());
        for (String garbage : List.of(
                "\u0000\u0001\u0002\r\n\r\n",
                "GET\r\n\r\n",
                "POST /%zz HTTP/1.1\r\n\r\n",
                "POST /SamplingTargets HTTP/1.1\r\nContent-Length: many\r\n\r\n",
                "POST /SamplingTargets HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
                "POST /SamplingTargets HTTP/1.1\r\nX: " + "y".repeat(100_000) + "\r\n\r\n")) {
            try (RawClient client = new RawClient(address)) {
                client.send(garbage);
                client.socketShutdownOutput();
                assertTrue(client.isClosedByServer(), garbage);
            }
        }
        assertEquals(200, RawClient.post(address, "/SamplingTargets", TARGETS).status());
        assertEquals(1, service.calls.size());
    }

    @Test
    void shouldSayWhenThePortIsBusy() throws Exception {
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), busy.getLocalPort());
            IOException e = assertThrows(
                    IOException.class,
                    () -> ProxyServer.start(
                            new ProxySettings(address, ProxySettings.SAMPLING_PATHS), new CompletableFuture<>()));
            assertEquals(
                    "listen tcp 127.0.0.1:" + busy.getLocalPort() + ": bind: address already in use", e.getMessage());
        }
    }

    @Test
    void shouldLetCallsUnderWayFinishWhenShutDownAndNotWaitForNothing() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        service.always(call -> {
            answer.await();
            return ScriptedService.Script.of(200, RULES);
        });
        ProxyServer proxy = proxy(
                ProxySettings.SAMPLING_PATHS, backend(service.uri(), Duration.ofSeconds(5), new ScriptedEnvironment()));
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try {
            Future<RawClient.Reply> reply =
                    executor.submit(() -> RawClient.post(proxy.address(), "/SamplingTargets", TARGETS));
            service.awaitCall();
            Future<?> stopped = executor.submit(() -> proxy.shutdown(Duration.ofSeconds(30)));
            answer.countDown();
            assertEquals(200, reply.get().status());
            stopped.get();
        } finally {
            executor.shutdownNow();
        }
        ProxyServer idle = proxy(ProxySettings.SAMPLING_PATHS, new CompletableFuture<>());
        long startNs = System.nanoTime();
        idle.shutdown(Duration.ofSeconds(30));
        assertTrue(System.nanoTime() - startNs < 5_000_000_000L);
    }
}
