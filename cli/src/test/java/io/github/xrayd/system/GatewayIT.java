package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.github.xrayd.child.DaemonLedger;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.sandbox.Fault;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged daemon behind something that is not X-Ray and answers in its place. */
@EnabledOnOs(OS.LINUX)
@Timeout(180)
class GatewayIT {
    private static final String POISON = "turn-me-away";
    private static final int COUNT = 500;

    @TempDir
    Path directory;

    /** It turns one document away, whatever else is sent with it: now, and when it comes from the spool. */
    @ParameterizedTest
    @ValueSource(ints = {403, 418, 500})
    void shouldDeliverAllButTheDocumentThatIsTurnedAway(int status) throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build())) {
            sandbox.faults().set(Fault.gateway(status).containing(POISON));
            Arrived arrived = Arrived.at(sandbox);
            String[] flags = {"--spool-dir", directory.toString(), "--shutdown-timeout", "1s"};
            try (DaemonProcess daemon = Installed.start(sandbox.endpoint(), flags);
                    Datagrams datagrams = new Datagrams(daemon.udp())) {
                daemon.awaitReady();
                datagrams.sendDocument("{\"name\":\"" + POISON + "\"}");
                arrived.awaitAll(Datagrams.send(daemon, "first", COUNT), daemon);
                DaemonLedger ledger = daemon.stop();
                assertEquals(COUNT, ledger.delivered(), ledger::toString);
                assertEquals(1, ledger.total("spooled"), () -> ledger + daemon.output());
            }
            try (DaemonProcess daemon = Installed.start(sandbox.endpoint(), flags)) {
                daemon.awaitReady();
                arrived.awaitAll(Datagrams.send(daemon, "second", COUNT), daemon);
                DaemonLedger ledger = daemon.stop();
                assertEquals(COUNT, ledger.delivered(), () -> ledger + daemon.output());
                assertEquals(1, ledger.total("spooled"), () -> ledger + daemon.output());
            }
        }
    }

    /** It asks once to come back much later; the daemon comes back within half of the time that documents may wait. */
    @ParameterizedTest
    @CsvSource({"503, 600", "403, 'Fri, 31 Dec 2100 23:59:59 GMT'"})
    void shouldComeBackInTimeWhateverIsAskedOf(int status, String retryAfter) throws Exception {
        AtomicInteger calls = new AtomicInteger();
        HttpServer service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        ExecutorService threads = Executors.newCachedThreadPool();
        service.setExecutor(threads);
        service.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            boolean isFirst = calls.getAndIncrement() == 0;
            if (isFirst) {
                exchange.getResponseHeaders().set("Retry-After", retryAfter);
            }
            byte[] answer = (isFirst ? "" : "{\"UnprocessedTraceSegments\":[]}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(isFirst ? status : 200, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        service.start();
        URI endpoint = URI.create("http://127.0.0.1:" + service.getAddress().getPort());
        try (DaemonProcess daemon = Installed.start(endpoint, "--retry-max-age", "10s", "--no-telemetry")) {
            daemon.awaitReady();
            Datagrams.send(daemon, "later", COUNT);
            daemon.awaitLine(line -> line.contains("Uploads succeed again"));
            DaemonLedger ledger = daemon.stop();
            assertEquals(COUNT, ledger.delivered(), () -> ledger + daemon.output());
        } finally {
            service.stop(0);
            threads.shutdownNow();
        }
        assertTrue(calls.get() > 1);
    }

    /** For a while it answers everything as a web server does that knows nothing of X-Ray. */
    @ParameterizedTest
    @ValueSource(ints = {400, 404, 413})
    void shouldHoldEverythingWhileAWebServerAnswers(int status) throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(sandbox.endpoint())) {
            Arrived arrived = Arrived.at(sandbox);
            daemon.awaitReady();
            sandbox.faults().set(Fault.gateway(status).between(Duration.ZERO, Duration.ofSeconds(3)));
            List<String> sent = Datagrams.send(daemon, "held", COUNT);
            arrived.awaitAll(sent, daemon);
            DaemonLedger ledger = daemon.stop();
            assertEquals(COUNT, ledger.delivered(), () -> ledger + daemon.output());
            assertEquals(0, ledger.undelivered(), ledger::toString);
        }
    }
}
