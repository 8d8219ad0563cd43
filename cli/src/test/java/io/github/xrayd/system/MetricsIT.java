package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.load.LoadConfig;
import io.github.xrayd.load.LoadGenerator;
import io.github.xrayd.load.LoadListener;
import io.github.xrayd.sandbox.Fault;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged daemon's metrics: in every scrape during faults the ledger balances, whatever happens between two reads.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class MetricsIT {
    private static final int RATE = 2_000;
    private static final Duration LASTING = Duration.ofSeconds(6);
    private static final String XRAY = "destination=\"xray\"";

    @Test
    void shouldBalanceInEveryScrapeDuringFaults(@TempDir Path directory) throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(
                        sandbox.endpoint(),
                        "-m",
                        "3",
                        "--spool-dir",
                        directory.resolve("spool").toString(),
                        "--dead-letter-dir",
                        directory.resolve("dead").toString());
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            daemon.awaitReady();
            sandbox.faults()
                    .set(
                            Fault.unprocessed("InvalidSegment", 0.2).between(Duration.ZERO, Duration.ofSeconds(2)),
                            Fault.status(500, "InternalFailure").between(Duration.ofSeconds(2), Duration.ofSeconds(4)));
            LoadConfig config = LoadConfig.to(daemon.udp())
                    .ratePerSecond(RATE)
                    .count(RATE * LASTING.toSeconds())
                    .sources(4)
                    .build();
            CompletableFuture<?> load = CompletableFuture.supplyAsync(() -> run(config));
            int port = daemon.tcp().getPort();
            int scrapes = 0;
            double delivered = 0;
            while (!load.isDone()) {
                datagrams.send("not a header".getBytes(StandardCharsets.UTF_8));
                Scrape scrape = Scrape.of(port);
                scrape.assertBalanced("xray");
                double now = scrape.sum("xrayd_delivered_total", XRAY);
                assertTrue(now >= delivered, "a counter falls");
                delivered = now;
                scrapes++;
            }
            load.join();
            assertTrue(scrapes > 2, scrapes + " scrapes");
            Await.until(
                    "all is settled",
                    Await.LONG,
                    () -> Scrape.of(port).sum("xrayd_held", XRAY) == 0
                            && Scrape.of(port).sum("xrayd_spool_documents", XRAY) == 0);
            Scrape last = Scrape.of(port);
            last.assertBalanced("xray");
            assertTrue(last.sum("xrayd_unprocessed_total", "code=\"InvalidSegment\"") > 0, last.text());
            assertTrue(last.sum("xrayd_dead_letters", XRAY) > 0, last.text());
            assertTrue(last.sum("xrayd_call_duration_seconds_count", XRAY) > 1, last.text());
            assertTrue(last.sum("xrayd_delivery_delay_seconds_count", XRAY) > 1, last.text());
            assertTrue(last.sum("xrayd_last_delivery_timestamp_seconds", XRAY) > 1e9, last.text());
            assertEquals(0, last.sum("xrayd_failing_since_timestamp_seconds", XRAY), last.text());
            assertEquals(0, last.sum("xrayd_batch_pool_used_bytes", XRAY), last.text());
            assertEquals(0, last.sum("xrayd_oldest_held_age_seconds", XRAY), last.text());
            // What came while the small memory was full was dropped before anybody looked at its header.
            double rejected = last.sum("xrayd_rejected_total", "no_header");
            double passed = rejected
                    + last.sum("xrayd_dropped_total", "memory_full")
                    + last.sum("xrayd_kernel_drops_total", "");
            assertTrue(rejected > 0 && rejected <= scrapes && passed >= scrapes, last.text());
            assertTrue(last.sum("process_resident_memory_bytes", "") > 1e7, last.text());
            assertTrue(last.sum("xrayd_page_requests_total", "/metrics") > scrapes, last.text());
        }
    }

    private static Object run(LoadConfig config) {
        try {
            return LoadGenerator.run(config, LoadListener.NONE);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldCompressAndSpeakOpenMetrics() throws Exception {
        try (DaemonProcess daemon = Installed.start(URI.create("http://127.0.0.1:1"))) {
            URI uri = URI.create("http://127.0.0.1:" + daemon.tcp().getPort() + "/metrics");
            HttpResponse<byte[]> page = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(uri)
                                    .header("Accept-Encoding", "br;q=1.0, gzip")
                                    .header("Accept", "application/openmetrics-text;version=1.0.0")
                                    .build(),
                            HttpResponse.BodyHandlers.ofByteArray());
            assertEquals(List.of("gzip"), page.headers().allValues("Content-Encoding"));
            String type = page.headers().firstValue("Content-Type").orElse("");
            assertTrue(type.startsWith("application/openmetrics-text; version=1.0.0"), type);
            GZIPInputStream unzipped = new GZIPInputStream(new ByteArrayInputStream(page.body()));
            String text = new String(unzipped.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(text.endsWith("# EOF\n"), text);
            HttpResponse<String> plain = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(uri)
                                    .header("Accept-Encoding", "gzip;q=0")
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(List.of(), plain.headers().allValues("Content-Encoding"));
            assertTrue(plain.body().startsWith("# HELP "), plain.body());
        }
    }
}
