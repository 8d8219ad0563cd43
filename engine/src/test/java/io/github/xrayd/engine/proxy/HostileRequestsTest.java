package io.github.xrayd.engine.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.aws.AwsClient;
import io.github.xrayd.engine.aws.AwsConnection;
import io.github.xrayd.engine.aws.Exporters;
import io.github.xrayd.engine.aws.ScriptedEnvironment;
import io.github.xrayd.engine.aws.ScriptedService;
import io.github.xrayd.engine.aws.XRayExporter;
import io.github.xrayd.engine.http.HttpCounter;
import io.github.xrayd.engine.http.HttpLimits;
import io.github.xrayd.engine.http.Route;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers may send to the port: each request has its status, and nothing is held afterwards. */
@Timeout(120)
class HostileRequestsTest {
    private static final String START = "POST /SamplingTargets HTTP/1.1\r\nHost: localhost\r\n";

    private ScriptedService service;
    private XRayExporter backend;
    private ProxyServer proxy;

    @BeforeEach
    void start() throws Exception {
        service = new ScriptedService();
        backend =
                Exporters.create(Exporters.settings(service.uri(), Duration.ofSeconds(20)), new ScriptedEnvironment());
        proxy = start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private ProxyServer start(InetSocketAddress address) throws IOException {
        CompletableFuture<AwsConnection> connection =
                CompletableFuture.completedFuture(backend.client().port());
        ProxyServer started = ProxyServer.start(new ProxySettings(address, ProxySettings.SAMPLING_PATHS), connection);
        started.register("/healthz", () -> new Route.Page(200, "text/plain", "ok\n"));
        return started;
    }

    @AfterEach
    void close() throws Exception {
        proxy.close();
        backend.close();
        service.close();
    }

    private int status(String request) throws IOException {
        try (RawClient client = new RawClient(proxy.address())) {
            client.send(request);
            return client.read(false).status();
        }
    }

    private void awaitNothingHeld() {
        long deadlineNs = System.nanoTime() + 30_000_000_000L;
        while (proxy.bytesHeld() > 0 && System.nanoTime() - deadlineNs < 0) {
            LockSupport.parkNanos(1_000_000);
        }
        assertEquals(0, proxy.bytesHeld());
    }

    @ParameterizedTest
    @CsvSource({
        "400, Content-Length: +2\\r\\n\\r\\n{}",
        "400, Content-Length: -2\\r\\n\\r\\n{}",
        "400, Content-Length: 0x2\\r\\n\\r\\n{}",
        "400, Content-Length: 2 2\\r\\n\\r\\n{}",
        "400, Content-Length:\\r\\n\\r\\n{}",
        "400, 'Content-Length: 2, 2\\r\\n\\r\\n{}'",
        "400, Content-Length: 2\\r\\nContent-Length: 2\\r\\n\\r\\n{}",
        "400, Content-Length: 2\\r\\nContent-Length: 3\\r\\n\\r\\n{} ",
        "400, Content-Length: 2\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2\\r\\n{}\\r\\n0\\r\\n\\r\\n",
        "501, Transfer-Encoding: gzip\\r\\n\\r\\n{}",
        "501, 'Transfer-Encoding: chunked, chunked\\r\\n\\r\\n0\\r\\n\\r\\n'",
        "400, Content-Length: 2\\rX: y\\r\\n\\r\\n{}",
        "400, Content-Length: 2\\r\\r{}",
        "400, X: a\\rb\\r\\n\\r\\n",
        "400, X: a\\0b\\r\\n\\r\\n",
        "400, X : a\\r\\n\\r\\n",
        "400, X\\r\\n\\r\\n",
        "400, Host: other\\r\\n\\r\\n",
        "413, Content-Length: 1048577\\r\\n\\r\\n",
        "413, Content-Length: 99999999999999999999\\r\\n\\r\\n",
        "400, Transfer-Encoding: chunked\\r\\n\\r\\nzz\\r\\n",
        "400, Transfer-Encoding: chunked\\r\\n\\r\\n+2\\r\\n{}\\r\\n0\\r\\n\\r\\n",
        "400, Transfer-Encoding: chunked\\r\\n\\r\\n-2\\r\\n{}\\r\\n0\\r\\n\\r\\n",
        "400, Transfer-Encoding: chunked\\r\\n\\r\\n2\\n{}\\n0\\n\\n",
        "400, Transfer-Encoding: chunked\\r\\n\\r\\n2\\r\\n{}]]\\r\\n0\\r\\n\\r\\n",
        "400, Transfer-Encoding: chunked\\r\\n\\r\\nffffffffffffffffff\\r\\n{}",
        "400, Transfer-Encoding: chunked\\r\\n\\r\\n\\r\\n",
        "200, Transfer-Encoding: chunked\\r\\n\\r\\n2;ext=1\\r\\n{}\\r\\n0\\r\\nTrailer: x\\r\\n\\r\\n",
        "200, Content-Length: 02\\r\\n\\r\\n{}",
    })
    void shouldAnswerEveryRequest(int status, String rest) throws Exception {
        String bytes = rest.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0");
        assertEquals(status, status(START + bytes), rest);
        awaitNothingHeld();
    }

    @ParameterizedTest
    @CsvSource({
        "400, GARBAGE",
        "400, GET",
        "400, POST / HTTP/1.1 more",
        "400, POST relative HTTP/1.1",
        "400, POST /%zz HTTP/1.1",
        "400, OPTIONS * HTTP/1.1",
        "400, PO(ST / HTTP/1.1",
        "505, POST /SamplingTargets HTTP/3.0",
        "403, POST http://evil.example/SamplingTargets HTTP/1.1",
        "200, POST http://127.0.0.1:2000/SamplingTargets HTTP/1.1",
        "403, TRACE /anything HTTP/1.1",
        "405, CONNECT /SamplingTargets HTTP/1.1",
    })
    void shouldAnswerEveryRequestLine(int status, String line) throws Exception {
        assertEquals(status, status(line + "\r\nHost: localhost\r\n\r\n"), line);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host: evil.example", "Host: evil.example:2000", "Host: 127.0.0.1.evil.example"})
    void shouldRefuseForeignHostsForPagesAndCalls(String host) throws Exception {
        assertEquals(403, status("GET /healthz HTTP/1.1\r\n" + host + "\r\n\r\n"));
        assertEquals(403, status("POST /SamplingTargets HTTP/1.1\r\n" + host + "\r\nContent-Length: 2\r\n\r\n{}"));
        assertEquals(200, status("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Host: evil.example\r\n\r\n"));
        assertEquals(403, status("GET /healthz HTTP/1.1\r\nHost: localhost\r\nReferer: http://evil.example/x\r\n\r\n"));
        assertEquals(400, status("GET /healthz HTTP/1.1\r\n\r\n"));
        assertEquals(0, service.calls.size());
        assertEquals(2, proxy.stats().get(HttpCounter.REFUSED_HOST));
    }

    @Test
    void shouldAnswerLongHeadsAndBodiesWhileTheClientStillSends() throws Exception {
        String filler = "y".repeat(1 << 20);
        assertEquals(431, status(START + "X: " + filler + "\r\n\r\n"));
        assertEquals(431, status("POST /" + filler + " HTTP/1.1\r\n\r\n"));
        assertEquals(431, status(START + "X: 1\r\n".repeat(101) + "\r\n"));
        assertEquals(413, status(START + "Content-Length: 10485760\r\n\r\n" + filler.repeat(10)));
        assertEquals(413, status(START + "Transfer-Encoding: chunked\r\n\r\n200000\r\n" + filler.repeat(2) + "\r\n"));
        assertEquals(431, proxy.stats().get(HttpCounter.REFUSED_HEAD) == 3 ? 431 : 0);
        awaitNothingHeld();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HEAD", "GET", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "X"})
    void shouldWriteNothingToStandardErrorWhateverTheMethod(String method) throws Exception {
        PrintStream standardError = System.err;
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
        try {
            for (String path : List.of("/", "/healthz", "/GetSamplingRules", "/nothing")) {
                RawClient.Reply reply = RawClient.call(proxy.address(), method, path);
                assertTrue(reply.status() >= 200, path);
            }
        } finally {
            System.setErr(standardError);
        }
        assertEquals("", written.toString(StandardCharsets.UTF_8));
    }

    @Test
    void shouldHoldNoMoreThanItsBudgetForHeadsAndGoOn() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                RawClient client = new RawClient(proxy.address());
                client.send(START + "X: " + "y".repeat(15_000));
                clients.add(client);
                assertTrue(proxy.bytesHeld() <= HttpLimits.HEADS_BYTES_MAX);
            }
            int refused = 0;
            for (RawClient client : clients) {
                int status = client.read(false).status();
                assertTrue(status == 503 || status == 408, () -> "status " + status);
                refused += status == 503 ? 1 : 0;
            }
            assertTrue(refused >= 200 - HttpLimits.HEADS_BYTES_MAX / 15_000, refused + " were refused at once");
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
        awaitNothingHeld();
        assertEquals(200, status(START + "Content-Length: 2\r\n\r\n{}"));
    }

    @Test
    void shouldHoldNoThreadForSlowBodies() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        int threads = Thread.activeCount();
        try {
            for (int i = 0; i < 300; i++) {
                RawClient client = new RawClient(proxy.address());
                client.send(START + "Content-Length: 10\r\n\r\n{");
                clients.add(client);
            }
            assertEquals(200, status(START + "Content-Length: 2\r\n\r\n{}"));
            assertTrue(Thread.activeCount() < threads + 20, () -> Thread.activeCount() + " threads");
            for (RawClient client : clients) {
                assertEquals(408, client.read(false).status());
            }
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
        awaitNothingHeld();
    }

    @Test
    void shouldHoldNoMoreThanItsBudgetForAnswers() throws Exception {
        String answer = "z".repeat(1_000_000);
        CountDownLatch asked = new CountDownLatch(20);
        service.always(call -> {
            asked.countDown();
            return ScriptedService.Script.of(200, answer);
        });
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 60; i++) {
                RawClient client = new RawClient(proxy.address());
                client.send(START + "Content-Length: 2\r\n\r\n{}");
                clients.add(client);
            }
            asked.await();
            int taken = 0;
            for (RawClient client : clients) {
                assertTrue(proxy.bytesHeld() <= AwsClient.PORT_ANSWERS_BYTES_MAX + HttpLimits.HEADS_BYTES_MAX);
                RawClient.Reply reply = client.read(false);
                assertTrue(reply.status() == 200 || reply.status() == 503, () -> "status " + reply.status());
                taken += reply.status() == 200 ? 1 : 0;
            }
            assertTrue(taken > 0);
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
        awaitNothingHeld();
    }

    /** What is sent behind a request whose answer takes its time is not read; what was read with it is bounded. */
    @Test
    void shouldHoldNoMoreThanItsBudgetForWhatIsSentBehindRequests() throws Exception {
        CountDownLatch isFree = new CountDownLatch(1);
        service.always(call -> {
            isFree.await();
            return ScriptedService.Script.of(200, "{}");
        });
        String call = START + "Content-Length: 2\r\n\r\n{}";
        String next = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                RawClient client = new RawClient(proxy.address());
                client.send(call + next.repeat(330));
                clients.add(client);
                assertTrue(proxy.bytesHeld() <= HttpLimits.UNREAD_BYTES_MAX + HttpLimits.HEADS_BYTES_MAX);
            }
            while (proxy.stats().get(HttpCounter.REQUESTS) < clients.size()) {
                assertTrue(proxy.bytesHeld() <= HttpLimits.UNREAD_BYTES_MAX + HttpLimits.HEADS_BYTES_MAX);
                LockSupport.parkNanos(1_000_000);
            }
            isFree.countDown();
            int ended = 0;
            for (RawClient client : clients) {
                assertEquals(200, client.read(false).status());
                int status = client.read(false).status();
                assertTrue(status == 200 || status == 0, () -> "status " + status);
                ended += status == 0 ? 1 : 0;
            }
            assertTrue(ended > 0 && ended < clients.size(), ended + " connections ended with their first answer");
        } finally {
            isFree.countDown();
            for (RawClient client : clients) {
                client.close();
            }
        }
        awaitNothingHeld();
    }

    @Test
    void shouldServePipelinedRequestsInOrderWithoutRecursion() throws Exception {
        try (RawClient client = new RawClient(proxy.address())) {
            client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(2_000));
            client.send(START + "Content-Length: 2\r\n\r\n{}GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
            for (int i = 0; i < 2_002; i++) {
                assertEquals(200, client.read(false).status());
            }
        }
        awaitNothingHeld();
    }

    @Test
    void shouldEndACallThatFailsWithAnError() throws Exception {
        CompletableFuture<AwsConnection> broken = new CompletableFuture<>();
        broken.completeExceptionally(new NoClassDefFoundError("io/example/Gone"));
        try (ProxyServer failing = ProxyServer.start(
                new ProxySettings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), ProxySettings.SAMPLING_PATHS),
                broken)) {
            failing.register("/broken", () -> {
                throw new StackOverflowError();
            });
            assertEquals(
                    503,
                    RawClient.post(failing.address(), "/GetSamplingRules", "{}").status());
            assertEquals(0, RawClient.call(failing.address(), "GET", "/broken").status());
            assertEquals(
                    503,
                    RawClient.post(failing.address(), "/GetSamplingRules", "{}").status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::"})
    void shouldListenOnBothProtocolsAtTheWildcard(String wildcard) throws Exception {
        try (ProxyServer everywhere = start(new InetSocketAddress(InetAddress.getByName(wildcard), 0))) {
            int port = everywhere.address().getPort();
            assertEquals(200, healthz(InetAddress.getByName("127.0.0.1"), port));
            InetAddress six = InetAddress.getByName("::1");
            assertTrue(six instanceof Inet6Address);
            assertEquals(200, healthz(six, port));
        }
    }

    private static int healthz(InetAddress address, int port) throws IOException {
        return RawClient.call(new InetSocketAddress(address, port), "GET", "/healthz")
                .status();
    }
}
