package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.load.LoadConfig;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged daemon with two endpoints, one of which is away: the other loses nothing, and each has its own ledger,
 * spool and health.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class DestinationsIT {
    private static final long COUNT = 6_000;
    private static final Duration SETTLE = Duration.ofSeconds(8);

    @TempDir
    Path folder;

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Path config(URI west, URI east) throws Exception {
        return Files.writeString(
                folder.resolve("cfg.yaml"),
                """
                Xrayd:
                  RetryMaxAge: 1h
                  Destinations:
                    - Name: west
                      Endpoint: "%s"
                    - Name: east
                      Endpoint: "%s"
                      SpoolDir: "%s"
                Version: 2
                """
                        .formatted(west, east, folder.resolve("spool")));
    }

    private static String get(DaemonProcess daemon, String path, int status) {
        URI uri = URI.create("http://127.0.0.1:" + daemon.tcp().getPort() + path);
        HttpResponse<String> response = HttpClient.newHttpClient()
                .sendAsync(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .join();
        assertEquals(status, response.statusCode(), response.body());
        return response.body();
    }

    private static String lineWith(DaemonProcess daemon, String text) {
        List<String> found =
                daemon.lines().stream().filter(line -> line.contains(text)).toList();
        assertEquals(1, found.size(), () -> text + daemon.output());
        return found.get(0);
    }

    @Test
    void shouldDeliverToOneWhileTheOtherIsAwayAndToThatOneWhenItIsBack() throws Exception {
        URI away = URI.create("http://127.0.0.1:" + freePort());
        try (Sandbox west = Sandbox.start(
                        SandboxConfig.builder().keepDocuments(false).build());
                DaemonProcess daemon = Installed.start(
                        west.endpoint(),
                        "-m",
                        "16",
                        "-c",
                        config(west.endpoint(), away).toString())) {
            daemon.awaitReady();
            LoadConfig load = LoadConfig.to(daemon.udp())
                    .ratePerSecond(2_000)
                    .count(COUNT)
                    .sources(8)
                    .build();
            Load result = Load.run(west, load, SETTLE);
            assertEquals(COUNT, result.verification().arrived(), () -> result + daemon.output());
            assertTrue(get(daemon, "/readyz", 503).startsWith("east: The last upload failed: "));
            String metrics = get(daemon, "/metrics", 200);
            assertTrue(metrics.contains("\nxrayd_delivered_total{destination=\"west\"} " + (double) COUNT), metrics);
            assertTrue(metrics.contains("\nxrayd_delivered_total{destination=\"east\"} 0.0\n"), metrics);
            assertTrue(metrics.contains("\nxrayd_destination_ready{destination=\"east\"} 0.0\n"), metrics);
            assertTrue(metrics.contains("\nxrayd_destination_ready{destination=\"west\"} 1.0\n"), metrics);

            daemon.signal("TERM");
            assertEquals(0, daemon.awaitExit(Await.LONG), daemon::output);
            assertTrue(
                    lineWith(daemon, "Ledger: ").contains(COUNT + " received = " + COUNT + " admitted"),
                    daemon::output);
            assertTrue(
                    lineWith(daemon, "Ledger of west: ").contains(COUNT + " admitted = " + COUNT + " delivered"),
                    daemon::output);
            assertTrue(
                    lineWith(daemon, "Ledger of east: ")
                            .contains(COUNT + " admitted = 0 delivered + 0 dropped + 0 unprocessed + 0 refused + "
                                    + COUNT + " spooled"),
                    daemon::output);
        }
        try (Sandbox west = Sandbox.start(
                        SandboxConfig.builder().keepDocuments(false).build());
                Sandbox east = Sandbox.start(
                        SandboxConfig.builder().keepDocuments(false).build());
                DaemonProcess daemon = Installed.start(
                        west.endpoint(),
                        "-m",
                        "16",
                        "-c",
                        config(west.endpoint(), east.endpoint()).toString())) {
            daemon.awaitReady();
            String delivered = "\nxrayd_delivered_total{destination=\"east\"} " + (double) COUNT + "\n";
            Await.until("the spool is delivered", Await.LONG, () -> get(daemon, "/metrics", 200)
                    .contains(delivered));
            assertEquals("ok\n", get(daemon, "/readyz", 200));
            daemon.signal("TERM");
            assertEquals(0, daemon.awaitExit(Await.LONG), daemon::output);
            assertTrue(
                    lineWith(daemon, "Ledger of east: ")
                            .contains("0 admitted + " + COUNT + " recovered = " + COUNT + " delivered"),
                    daemon::output);
        }
    }
}
