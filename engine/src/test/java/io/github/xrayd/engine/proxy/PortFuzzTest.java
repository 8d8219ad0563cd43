package io.github.xrayd.engine.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.Mutator;
import io.github.xrayd.engine.aws.AwsClient;
import io.github.xrayd.engine.aws.Exporters;
import io.github.xrayd.engine.aws.HostileService;
import io.github.xrayd.engine.aws.ScriptedEnvironment;
import io.github.xrayd.engine.aws.XRayExporter;
import io.github.xrayd.engine.http.HttpLimits;
import io.github.xrayd.engine.http.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Spoilt requests to the port, and a backend that misbehaves in every answer: each request ends with an answer or a
 * closed connection, the budgets hold and are given back, and a good request is served after all of it.
 *
 * <p>Each run has another seed; {@code -Dxrayd.fuzz.seed=N} replays one, {@code -Dxrayd.fuzz.inputs=N} sends that many.
 */
@Timeout(300)
class PortFuzzTest {
    private static final int INPUTS = Integer.getInteger("xrayd.fuzz.inputs", 1_000);
    private static final long HELD_MAX = HttpLimits.HEADS_BYTES_MAX
            + HttpLimits.BODIES_BYTES_MAX
            + HttpLimits.UNREAD_BYTES_MAX
            + AwsClient.PORT_ANSWERS_BYTES_MAX;
    private static final String GOOD =
            "POST /SamplingTargets HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}";
    private static final List<byte[]> SAMPLES = List.of(
            bytes(GOOD),
            bytes("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:2000\r\nConnection: close\r\n\r\n"),
            bytes(chunked("5;a=b", "{\"a\":", "2", "1}", "0", "X: y", "")),
            bytes("POST /SamplingTargets HTTP/1.0\r\nContent-Length: 2\r\n\r\n[]"),
            bytes(GOOD + GOOD + GOOD),
            bytes("POST http://localhost/SamplingTargets?a=b HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
                    + "Content-Length: 3000\r\n\r\n" + "x".repeat(3000)));

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String chunked(String... lines) {
        String head = "POST /GetSamplingRules HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
        return head + String.join("\r\n", lines) + "\r\n";
    }

    @Test
    void shouldEndEveryRequestAndHoldNothing() throws Exception {
        long seed = Long.getLong("xrayd.fuzz.seed", System.nanoTime());
        try {
            run(seed);
        } catch (AssertionError | RuntimeException | IOException e) {
            throw new AssertionError("Replay with -Dxrayd.fuzz.seed=" + seed + ": " + e, e);
        }
    }

    private static void run(long seed) throws Exception {
        Mutator mutator = new Mutator(
                seed,
                100_000,
                "\r\n",
                "\r",
                "\n",
                "\r\n\r\n",
                "\u0000",
                ":",
                " ",
                "Content-Length: 5\r\n",
                "Transfer-Encoding: chunked\r\n",
                "Host: evil.example\r\n",
                "Connection: close\r\n",
                "X: " + "y".repeat(9_000) + "\r\n",
                "ffffffff\r\n",
                "0\r\n\r\n",
                "+2",
                "HTTP/9.9",
                "%");
        try (HostileService service = new HostileService(seed);
                XRayExporter backend = Exporters.create(
                        Exporters.settings(service.uri(), Duration.ofMillis(300)), new ScriptedEnvironment());
                ProxyServer proxy = ProxyServer.start(
                        new ProxySettings(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                ProxySettings.SAMPLING_PATHS),
                        CompletableFuture.completedFuture(backend.client().port()))) {
            proxy.register("/healthz", () -> new Route.Page(200, "text/plain", "ok\n"));
            for (int i = 0; i < INPUTS; i++) {
                byte[] input = mutator.next(SAMPLES);
                try (RawClient client = new RawClient(proxy.address())) {
                    send(client, input);
                    client.socketShutdownOutput();
                    assertTrue(client.isClosedByServer(), () -> new String(input, StandardCharsets.ISO_8859_1));
                }
                assertTrue(proxy.bytesHeld() <= HELD_MAX, () -> proxy.bytesHeld() + " bytes are held");
            }
            long deadlineNs = System.nanoTime() + 30_000_000_000L;
            while (proxy.bytesHeld() > 0 && System.nanoTime() - deadlineNs < 0) {
                LockSupport.parkNanos(1_000_000);
            }
            assertEquals(0, proxy.bytesHeld());
            service.behave();
            // A connection that the backend has closed may still be in the client's pool, once for each.
            int status = 502;
            for (int i = 0; i < HttpLimits.WORKERS_MAX && status == 502; i++) {
                status = RawClient.post(proxy.address(), "/SamplingTargets", "{}")
                        .status();
            }
            assertEquals(200, status);
        }
    }

    private static void send(RawClient client, byte[] input) {
        try {
            client.send(input);
        } catch (IOException e) {
            // The port refused it before its end and has stopped reading, as it may.
            return;
        }
    }
}
