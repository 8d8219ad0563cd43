package io.github.xrayd.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.aws.Exporters;
import io.github.xrayd.engine.aws.HostileService;
import io.github.xrayd.engine.aws.ScriptedEnvironment;
import io.github.xrayd.engine.proxy.ProxySettings;
import io.github.xrayd.engine.telemetry.Ledger;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Datagrams come while clients of the TCP port send spoilt requests and the backend misbehaves in every answer, to
 * uploads as well: every datagram is received, held and delivered when the backend behaves again.
 *
 * <p>Each run has another seed; {@code -Dxrayd.fuzz.seed=N} replays one, {@code -Dxrayd.fuzz.inputs=N} sends that many.
 */
@Timeout(300)
class HostileNetworkTest {
    private static final int REQUESTS = Integer.getInteger("xrayd.fuzz.inputs", 300);
    private static final int DATAGRAMS_EACH = 8;
    private static final int CLIENT_MS_MAX = 10_000;
    private static final Duration UPLOAD_MAX = Duration.ofMillis(300);
    private static final long NS_MAX = 60_000_000_000L;
    private static final List<byte[]> SAMPLES = List.of(
            bytes("POST /SamplingTargets HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}"),
            bytes(
                    "POST /GetSamplingRules HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
            bytes("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(20)),
            bytes("POST /SamplingTargets HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90000\r\n\r\n"
                    + "x".repeat(90_000)));

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void shouldLoseNoDatagramWhateverComesToThePortAndFromTheBackend() throws Exception {
        long seed = Long.getLong("xrayd.fuzz.seed", System.nanoTime());
        try {
            run(seed);
        } catch (AssertionError | RuntimeException | IOException e) {
            throw new AssertionError("Replay with -Dxrayd.fuzz.seed=" + seed + ": " + e, e);
        }
    }

    private static void run(long seed) throws Exception {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        EngineConfig config = EngineConfig.builder()
                .udpAddress(any)
                .memoryLimitBytes(16 << 20)
                .proxy(new ProxySettings(any, ProxySettings.SAMPLING_PATHS))
                .build();
        Mutator mutator = new Mutator(
                seed, 100_000, "\r\n", "\r\n\r\n", "\r", "\u0000", "Content-Length: 5\r\n", "X: " + "y".repeat(9_000));
        try (HostileService service = new HostileService(seed)) {
            Engine engine = Engine.start(
                    config,
                    () -> Exporters.create(Exporters.settings(service.uri(), UPLOAD_MAX), new ScriptedEnvironment()));
            try (DatagramChannel sender = DatagramChannel.open().connect(engine.udpAddress())) {
                long sent = 0;
                for (int i = 0; i < REQUESTS; i++) {
                    for (int j = 0; j < DATAGRAMS_EACH; j++) {
                        String datagram = "{\"format\": \"json\", \"version\": 1}\n{\"id\":\"" + sent++ + "\"}";
                        sender.write(ByteBuffer.wrap(datagram.getBytes(StandardCharsets.UTF_8)));
                    }
                    call(engine, mutator.next(SAMPLES));
                }
                long all = sent;
                await("every datagram is received", () -> engine.ledger().received() == all);
                assertEquals(0, engine.ledger().delivered());
                assertNull(engine.livenessProblem());

                service.behave();
                await("every datagram is delivered", () -> engine.ledger().delivered() == all);
                Ledger ledger = engine.shutdown(Duration.ofSeconds(10));
                assertEquals(all, ledger.received(), ledger::toString);
                assertEquals(all, ledger.delivered(), ledger::toString);
            } finally {
                engine.shutdown(Duration.ZERO);
            }
        }
    }

    /** One client's connection, from its request to the end of whatever comes back. */
    private static void call(Engine engine, byte[] request) throws IOException {
        InetSocketAddress port = engine.tcpAddress();
        assertTrue(port != null, "no TCP port");
        try (Socket socket = new Socket(port.getAddress(), port.getPort())) {
            socket.setSoTimeout(CLIENT_MS_MAX);
            socket.getOutputStream().write(request);
            socket.shutdownOutput();
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("no answer to " + new String(request, StandardCharsets.ISO_8859_1), e);
        } catch (IOException e) {
            // The port refused it before its end, as it may.
            return;
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + NS_MAX;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadlineNs < 0, what);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
