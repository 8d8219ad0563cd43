package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.sandbox.Fault;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * The packaged daemon's metrics by OTLP, read with OpenTelemetry's own classes: they say what {@code /metrics} says.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class OtlpMetricsIT {
    /** What scrapes and exports change themselves. */
    private static final Set<String> RESTLESS =
            Set.of("xrayd.page_requests", "xrayd.proxy_connections", "xrayd.metrics_exports");

    private final List<ExportMetricsServiceRequest> taken = new CopyOnWriteArrayList<>();
    private final List<String> targets = new CopyOnWriteArrayList<>();
    private volatile boolean isRefusing = true;

    @Test
    void shouldSayWhatAScrapeSays() throws Exception {
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", this::answer);
        receiver.start();
        String url = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/tenant?key=k";
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(
                        sandbox.endpoint(),
                        "--otlp-metrics",
                        url,
                        "--otlp-metrics-interval",
                        "1s",
                        "--otlp-metrics-headers",
                        "x-token=t");
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            daemon.awaitReady();
            daemon.awaitLine(line -> line.contains("Metrics are not exported, the next attempt is in 1.0 s")
                    && line.contains("status 503, full"));
            int port = daemon.tcp().getPort();
            Await.until(
                    "two exports fail",
                    Await.LONG,
                    () -> Scrape.of(port).sum("xrayd_metrics_exports_total", "failed") >= 2);
            isRefusing = false;
            daemon.awaitLine(line -> line.contains("Metrics are exported again"));
            assertEquals(1, count(daemon, "Metrics are not exported"), daemon::output);

            sandbox.faults().set(Fault.unprocessed("InvalidSegment", 0.5).between(Duration.ZERO, Duration.ofHours(1)));
            for (int i = 0; i < 200; i++) {
                datagrams.sendDocument("{\"id\":\"" + i + "\"}");
                datagrams.send("not a header".getBytes(StandardCharsets.UTF_8));
            }
            Await.until(
                    "all is settled",
                    Await.LONG,
                    () -> Scrape.of(port).sum("xrayd_received_total", "") == 400
                            && Scrape.of(port).sum("xrayd_held", "") == 0);
            int before = taken.size();
            Await.until("the next two exports come", Await.LONG, () -> taken.size() >= before + 2);
            Scrape scrape = Scrape.of(port);
            assertSame(scrape, metrics(taken.get(taken.size() - 1)));
            assertTrue(scrape.sum("xrayd_unprocessed_total", "InvalidSegment") > 0, scrape::text);
            daemon.stop();
            // The last export is made at the end, and has the final ledger.
            Map<String, Metric> last = metrics(taken.get(taken.size() - 1));
            assertEquals(400, sum(last, "xrayd.received"));
            assertEquals(0, sum(last, "xrayd.held"));
        } finally {
            receiver.stop(0);
        }
        assertEquals(Set.of("/tenant/v1/metrics?key=k t gzip"), Set.copyOf(targets));
    }

    private static void assertSame(Scrape scrape, Map<String, Metric> metrics) {
        int compared = 0;
        for (Metric metric : metrics.values()) {
            String name = metric.getName();
            boolean isLedger = name.startsWith("xrayd.") && metric.getUnit().isEmpty() && !RESTLESS.contains(name);
            if (isLedger && !metric.hasHistogram()) {
                boolean isCounter = metric.hasSum() && metric.getSum().getIsMonotonic();
                String exposed = name.replace('.', '_') + (isCounter ? "_total" : "");
                assertEquals(scrape.sum(exposed, ""), sum(metrics, name), exposed);
                compared++;
            }
        }
        assertTrue(compared > 30, compared + " compared");
        HistogramDataPoint calls =
                metric(metrics, "xrayd.call_duration_seconds").getHistogram().getDataPoints(0);
        assertEquals(scrape.sum("xrayd_call_duration_seconds_count", ""), (double) calls.getCount());
        assertEquals(
                calls.getCount(),
                calls.getBucketCountsList().stream().mapToLong(count -> count).sum());
        assertEquals(calls.getExplicitBoundsCount() + 1, calls.getBucketCountsCount());
        assertEquals("By", metric(metrics, "process.memory.usage").getUnit());
        assertTrue(sum(metrics, "process.memory.usage") > 1e7, "resident memory");
        assertTrue(metric(metrics, "process.cpu.time").getSum().getIsMonotonic(), "grows");
        NumberDataPoint heap = metric(metrics, "jvm.memory.used").getSum().getDataPoints(0);
        assertEquals("jvm.memory.type=heap", text(heap.getAttributes(0)));
        assertEquals("s", metric(metrics, "jvm.gc.duration").getUnit());
        assertEquals(
                AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE,
                metric(metrics, "xrayd.received").getSum().getAggregationTemporality());
        NumberDataPoint received = metric(metrics, "xrayd.received").getSum().getDataPoints(0);
        assertTrue(
                received.getStartTimeUnixNano() > 0 && received.getTimeUnixNano() > received.getStartTimeUnixNano(),
                received::toString);
    }

    private void answer(HttpExchange exchange) throws IOException {
        targets.add(
                exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("x-token") + " "
                        + exchange.getRequestHeaders().getFirst("Content-Encoding"));
        byte[] body = new GZIPInputStream(
                        new ByteArrayInputStream(exchange.getRequestBody().readAllBytes()))
                .readAllBytes();
        byte[] answer = isRefusing ? "full".getBytes(StandardCharsets.UTF_8) : new byte[0];
        exchange.getResponseHeaders().set("Content-Type", isRefusing ? "text/plain" : "application/x-protobuf");
        if (!isRefusing) {
            taken.add(parsed(body));
        }
        exchange.sendResponseHeaders(isRefusing ? 503 : 200, answer.length == 0 ? -1 : answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    private static ExportMetricsServiceRequest parsed(byte[] body) {
        try {
            return ExportMetricsServiceRequest.parseFrom(body);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, Metric> metrics(ExportMetricsServiceRequest request) {
        assertEquals(1, request.getResourceMetricsCount());
        ResourceMetrics resource = request.getResourceMetrics(0);
        List<String> attributes = resource.getResource().getAttributesList().stream()
                .map(OtlpMetricsIT::text)
                .toList();
        assertTrue(attributes.contains("service.name=xrayd"), attributes::toString);
        Map<String, Metric> metrics = new LinkedHashMap<>();
        resource.getScopeMetrics(0)
                .getMetricsList()
                .forEach(metric -> assertEquals(null, metrics.put(metric.getName(), metric), metric.getName()));
        return metrics;
    }

    private static String text(KeyValue attribute) {
        return attribute.getKey() + "=" + attribute.getValue().getStringValue();
    }

    private static Metric metric(Map<String, Metric> metrics, String name) {
        Metric metric = metrics.get(name);
        if (metric == null) {
            throw new AssertionError(name + " in " + metrics.keySet());
        }
        return metric;
    }

    private static double sum(Map<String, Metric> metrics, String name) {
        Metric metric = metric(metrics, name);
        List<NumberDataPoint> points = metric.hasSum()
                ? metric.getSum().getDataPointsList()
                : metric.getGauge().getDataPointsList();
        return points.stream()
                .mapToDouble(point -> point.hasAsInt() ? point.getAsInt() : point.getAsDouble())
                .sum();
    }

    private static long count(DaemonProcess daemon, String part) {
        return daemon.lines().stream().filter(line -> line.contains(part)).count();
    }
}
