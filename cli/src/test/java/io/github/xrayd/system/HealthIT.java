package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.cli.XrayProcess;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged daemon tells over HTTP whether it lives, whether it is ready and what it counts. */
class HealthIT {
    private static final String NO_API = "http://127.0.0.1:1";
    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void shouldTellWhatItCounts() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(sandbox.endpoint(), "--count-sources");
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            daemon.awaitReady();
            datagrams.sendDocument("{\"id\":\"1\"}");
            datagrams.send("not a header".getBytes(StandardCharsets.UTF_8));
            Arrived.at(sandbox).assertSame(List.of("{\"id\":\"1\"}"), daemon);
            Await.until("the answer is counted", Await.LONG, () -> body(daemon, "/metrics")
                    .contains("\nxrayd_delivered_total{destination=\"xray\"} 1.0\n"));
            String text = body(daemon, "/metrics");
            for (String line : List.of(
                    "xrayd_received_total 2.0",
                    "xrayd_held{destination=\"xray\"} 0.0",
                    "xrayd_rejected_total{reason=\"no_header\"} 1.0",
                    "xrayd_calls_ended_total{destination=\"xray\",result=\"delivered\"} 1.0",
                    "xrayd_kernel_drops_total 0.0",
                    "xrayd_ready 1.0")) {
                assertTrue(text.contains("\n" + line + "\n"), () -> line + " in\n" + text);
            }
            assertEquals(200, get(daemon, "/healthz").statusCode());
            assertEquals(200, get(daemon, "/readyz").statusCode());
            assertEquals(1, daemon.stop().delivered());
        }
    }

    @Test
    void shouldNotBeReadyWhileTheBackendIsAway() throws Exception {
        try (DaemonProcess daemon = Installed.start(URI.create(NO_API), "--shutdown-timeout", "1s");
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            daemon.awaitReady();
            datagrams.sendDocument("{\"id\":\"1\"}");
            Await.until("it says so", Await.LONG, () -> get(daemon, "/readyz").statusCode() == 503);
            String why = body(daemon, "/readyz");
            assertTrue(why.startsWith("The last upload failed: "), why);
            assertEquals(200, get(daemon, "/healthz").statusCode());
        }
    }

    @Test
    void shouldAskFromTheCommandLine(@TempDir Path directory) throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(sandbox.endpoint())) {
            daemon.awaitReady();
            String address = "127.0.0.1:" + daemon.tcp().getPort();
            assertEquals(List.of("0", "ok"), healthcheck(directory, "-t", address));
            assertEquals(List.of("0", "ok"), healthcheck(directory, "--ready", "-t", address));
            try (XrayProcess status = XrayProcess.start(directory, Map.of(), List.of("status", "-t", address))) {
                assertEquals(0, status.end(), status.err()::toString);
                assertTrue(status.out().get(0).endsWith("READY"), status.out()::toString);
            }
            try (XrayProcess top =
                    XrayProcess.start(directory, Map.of(), List.of("top", "--count", "2", "-t", address))) {
                assertEquals(0, top.end(), top.err()::toString);
                assertEquals(2, top.out().size(), top.out()::toString);
                assertTrue(top.out().get(1).contains(" ready received="), top.out()::toString);
            }
            try (XrayProcess json =
                    XrayProcess.start(directory, Map.of(), List.of("top", "--once", "--json", "-t", address))) {
                assertEquals(0, json.end(), json.err()::toString);
                assertTrue(json.out().toString().contains("\"rates\":{\"seconds\":"), json.out()::toString);
            }
            try (XrayProcess report = XrayProcess.start(directory, Map.of(), List.of("diagnose", "-t", address))) {
                assertEquals(0, report.end(), report.err()::toString);
                String text = String.join("\n", report.out());
                for (String part :
                        List.of("== info ==", "== status ==", "== threads ==", "\nreceiver", "\"sinceCycleMs\":")) {
                    assertTrue(text.contains(part), () -> part + " in\n" + text);
                }
            }
            daemon.kill();
            List<String> gone = healthcheck(directory, "-t", address);
            assertEquals("1", gone.get(0));
            assertTrue(
                    gone.get(1).startsWith("xray healthcheck: no daemon answers at http://" + address), gone::toString);
        }
        List<String> off = healthcheck(directory, "--admin-bind", "off");
        assertEquals("1", off.get(0));
        assertTrue(off.get(1).contains("--admin-bind off"), off::toString);
    }

    @Test
    void shouldServeThePagesOnAPortOfTheirOwnOrNowhere(@TempDir Path directory) throws Exception {
        int port = freePort();
        try (DaemonProcess daemon = Installed.start(URI.create(NO_API), "--admin-bind", "127.0.0.1:" + port)) {
            daemon.tcp();
            Await.until("its port is open", Await.LONG, () -> isOpen(port));
            assertEquals(200, get(port, "/healthz").statusCode());
            assertEquals(404, get(port, "/GetSamplingRules").statusCode());
            assertTrue(
                    get(port, "/").body().contains("/metrics"), get(port, "/").body());
            assertEquals(403, get(daemon, "/healthz").statusCode());
            assertEquals(List.of("0", "ok"), healthcheck(directory, "--admin-bind", "127.0.0.1:" + port));
        }
        try (DaemonProcess daemon = Installed.start(URI.create(NO_API), "--admin-bind", "off")) {
            assertEquals(403, get(daemon, "/metrics").statusCode());
        }
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                XrayProcess daemon = XrayProcess.start(
                        directory,
                        Map.of(),
                        List.of(
                                "-o",
                                "-n",
                                "us-east-1",
                                "-b",
                                "127.0.0.1:0",
                                "-t",
                                "127.0.0.1:0",
                                "--admin-bind",
                                "127.0.0.1:" + taken.getLocalPort()))) {
            assertEquals(1, daemon.end());
            String said = daemon.out().toString() + daemon.err();
            assertTrue(said.contains("The pages of --admin-bind cannot be served: "), said);
        }
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** A port that was free a moment ago. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The exit code, and the one line printed. */
    private static List<String> healthcheck(Path directory, String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of("healthcheck"));
        all.addAll(List.of(words));
        try (XrayProcess xray = XrayProcess.start(directory, Map.of(), all)) {
            List<String> result = new ArrayList<>(List.of(Integer.toString(xray.end())));
            result.addAll(xray.out());
            result.addAll(xray.err());
            return result;
        }
    }

    private String body(DaemonProcess daemon, String path) {
        return get(daemon, path).body();
    }

    private HttpResponse<String> get(DaemonProcess daemon, String path) {
        return get(daemon.tcp().getPort(), path);
    }

    private HttpResponse<String> get(int port, String path) {
        URI uri = URI.create("http://127.0.0.1:" + port + path);
        try {
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
