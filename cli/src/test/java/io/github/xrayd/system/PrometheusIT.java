package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dslplatform.json.DslJson;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.load.LoadConfig;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Prometheus scrapes the packaged daemon under load, and evaluates the alert rules and each expression of the
 * dashboard.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(180)
class PrometheusIT {
    private static final int COUNT = 2_000;
    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void shouldBeScrapedByPrometheus(@TempDir Path directory) throws Exception {
        Assumptions.assumeTrue(
                Tool.isThere("prometheus") && Tool.isThere("promtool"),
                "prometheus is not installed: no real Prometheus scrapes the daemon");
        int port = freePort();
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(sandbox.endpoint(), "-m", "64")) {
            daemon.awaitReady();
            Process prometheus = start(directory, port, daemon.tcp().getPort());
            try {
                Await.until("Prometheus has scraped", Await.LONG, () -> value(port, "up") == 1);
                Load load = Load.run(
                        sandbox,
                        LoadConfig.to(daemon.udp())
                                .ratePerSecond(500)
                                .count(COUNT)
                                .build(),
                        Duration.ofSeconds(20));
                assertEquals(0, load.verification().lost(), load.text());
                Await.until(
                        "it knows what was delivered",
                        Await.LONG,
                        () -> value(port, "sum(xrayd_delivered_total)") == COUNT);
                assertEquals(COUNT, value(port, "xrayd_received_total"));
                assertEquals(1, value(port, "xrayd_live"));
                assertTrue(value(port, "xrayd_call_duration_seconds_count") > 0);
                evaluateDashboard(port);
                assertEquals(0, value(port, "count(ALERTS{alertstate=\"firing\"}) or vector(0)"));
            } finally {
                prometheus.destroy();
                prometheus.waitFor();
            }
            Path scrape = Files.writeString(
                    directory.resolve("scrape.txt"),
                    Scrape.of(daemon.tcp().getPort()).text());
            Tool.run(directory, scrape.toFile(), "promtool", "check", "metrics");
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Process start(Path directory, int port, int daemonPort) throws IOException {
        Files.copy(MonitoringTest.FOLDER.resolve("xrayd-alerts.yaml"), directory.resolve("xrayd-alerts.yaml"));
        String config = Files.readString(MonitoringTest.FOLDER.resolve("prometheus.yaml"))
                .replace("scrape_interval: 15s", "scrape_interval: 1s\n  evaluation_interval: 1s")
                .replace("127.0.0.1:2000", "127.0.0.1:" + daemonPort);
        Path file = Files.writeString(directory.resolve("prometheus.yaml"), config);
        return new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + file,
                        "--storage.tsdb.path=" + directory.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("prometheus.log").toFile())
                .start();
    }

    /** Every expression of the dashboard is one that Prometheus can evaluate. */
    private void evaluateDashboard(int port) throws Exception {
        byte[] json = Files.readAllBytes(MonitoringTest.FOLDER.resolve("xrayd-dashboard.json"));
        Map<?, ?> dashboard = new DslJson<>(new DslJson.Settings<>()).deserialize(Map.class, json, json.length);
        for (Object panel : Objects.requireNonNull((List<?>) dashboard.get("panels"))) {
            if (((Map<?, ?>) panel).get("targets") instanceof List<?> targets) {
                for (Object target : targets) {
                    String expression = String.valueOf(((Map<?, ?>) target).get("expr"))
                            .replace("$__rate_interval", "5s")
                            .replace("$__range", "1m")
                            .replace("$instance", ".*");
                    assertEquals(200, query(port, expression).statusCode(), expression);
                }
            }
        }
    }

    private HttpResponse<String> query(int port, String expression) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + port + "/api/v1/query?query="
                + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The one value of an expression; NaN while Prometheus does not answer or has none. */
    private double value(int port, String expression) {
        try {
            String body = query(port, expression).body();
            int at = body.lastIndexOf("\"value\":[");
            return at < 0
                    ? Double.NaN
                    : Double.parseDouble(body.substring(body.indexOf(",\"", at) + 2, body.indexOf("\"]", at)));
        } catch (IOException e) {
            return Double.NaN;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
