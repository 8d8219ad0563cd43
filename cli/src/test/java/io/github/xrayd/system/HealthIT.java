package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

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

    private String body(DaemonProcess daemon, String path) {
        return get(daemon, path).body();
    }

    private HttpResponse<String> get(DaemonProcess daemon, String path) {
        URI uri = URI.create("http://127.0.0.1:" + daemon.tcp().getPort() + path);
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
