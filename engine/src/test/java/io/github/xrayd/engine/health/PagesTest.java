package io.github.xrayd.engine.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.dslplatform.json.DslJson;
import io.github.xrayd.engine.http.HttpCounter;
import io.github.xrayd.engine.http.Route;
import io.github.xrayd.engine.telemetry.Counter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.junit.jupiter.api.Test;

class PagesTest {
    private static final Path DOCUMENTATION = Path.of("../docs/METRICS.md");

    private final ScriptedVitals vitals = new ScriptedVitals();
    private final MetricsPage metrics = new MetricsPage(vitals);

    @Test
    void shouldShowEveryCounterOnce() {
        for (Counter counter : Counter.values()) {
            vitals.counters.add(counter, 1_000 + counter.ordinal());
        }
        vitals.unprocessed.put("InvalidSegment", 1_000L + Counter.UNPROCESSED.ordinal());
        String text = metrics.page().body();
        for (Counter counter : Counter.values()) {
            long count = text.lines()
                    .filter(line -> line.startsWith("xrayd_") && !line.startsWith("xrayd_source_"))
                    .filter(line -> line.endsWith(" " + (1_000.0 + counter.ordinal())))
                    .count();
            assertEquals(1, count, counter + " in\n" + text);
        }
        for (HttpCounter counter : HttpCounter.values()) {
            if (Metrics.isRefusal(counter)) {
                assertLine(
                        "xrayd_proxy_refused_total{reason=\"" + counter.name().toLowerCase(Locale.ROOT) + "\"} 0.0");
            }
        }
    }

    @Test
    void shouldExposeWhatTheDocumentationLists() throws IOException {
        vitals.topSources = Map.of("10.0.0.7", 4_000L);
        vitals.credentialsExpiryMs = 1_000;
        vitals.proxy.answered("/metrics", 200);
        vitals.proxy.answered("/GetSamplingRules", 200);
        Set<String> exposed = new TreeSet<>();
        metrics.page()
                .body()
                .lines()
                .filter(line -> line.startsWith("# TYPE "))
                .forEach(line -> exposed.add(line.split(" ", -1)[2]));
        Set<String> listed = new TreeSet<>();
        Metrics.families().forEach(family -> assertTrue(listed.add(family.exposedName()), family.toString()));
        assertEquals(String.join("\n", listed), String.join("\n", exposed));
        String file = Files.exists(DOCUMENTATION) ? Files.readString(DOCUMENTATION) : "";
        if (Boolean.getBoolean("xrayd.write")) {
            String before = file.substring(0, file.indexOf("| metric |"));
            String after = file.substring(file.lastIndexOf(" |\n") + 3);
            Files.writeString(DOCUMENTATION, before + Metrics.markdown() + after);
        } else {
            assertTrue(
                    file.contains(Metrics.markdown()),
                    "docs/METRICS.md is old: run mvn -pl engine test -Dtest=PagesTest -Dtest.jvm.args=-Dxrayd.write=true");
        }
    }

    @Test
    void shouldBalanceWhileCodesAreAheadOfTheirCounter() {
        vitals.counters.add(Counter.RECEIVED, 10);
        vitals.counters.add(Counter.DELIVERED, 4);
        vitals.unprocessed.put("Throttled", 2L);
        vitals.unprocessed.put("InvalidSegment", 1L);
        vitals.counters.add(Counter.UNPROCESSED, 2);
        assertLine("xrayd_held{destination=\"xray\"} 3.0");
        assertLine("xrayd_unprocessed_total{code=\"Throttled\",destination=\"xray\"} 2.0");
    }

    @Test
    void shouldTellReasonsApartByLabel() {
        vitals.counters.add(Counter.REJECTED_NO_HEADER, 3);
        vitals.counters.add(Counter.RECEIVED, 10);
        Route.Page page = metrics.page();
        assertEquals(200, page.status());
        assertTrue(page.contentType().startsWith("text/plain; version=0.0.4"), page.contentType());
        assertLine("xrayd_rejected_total{reason=\"no_header\"} 3.0");
        assertLine("xrayd_received_total 10.0");
        assertLine("xrayd_held{destination=\"xray\"} 7.0");
        assertLine("# TYPE xrayd_held gauge");
    }

    @Test
    void shouldTellSourcesApartByLabel() {
        vitals.counters.add(Counter.RECEIVED, 10);
        vitals.counters.add(Counter.REJECTED_ID, 2);
        assertLine("xrayd_source_received_total{source=\"udp\"} 10.0");
        assertLine("xrayd_source_rejected_total{source=\"udp\"} 2.0");
        assertLine("xrayd_source_dropped_total{source=\"udp\"} 0.0");
        assertLine("xrayd_source_events_total{event=\"taken\",source=\"http\"} 5.0");
    }

    @Test
    void shouldCountDurationsByBound() {
        vitals.durations.record(4_000_000);
        vitals.durations.record(80_000_000);
        vitals.durations.record(400_000_000_000L);
        assertLine("xrayd_call_duration_seconds_bucket{destination=\"xray\",le=\"0.005\"} 1");
        assertLine("xrayd_call_duration_seconds_bucket{destination=\"xray\",le=\"0.1\"} 2");
        assertLine("xrayd_call_duration_seconds_bucket{destination=\"xray\",le=\"300.0\"} 2");
        assertLine("xrayd_call_duration_seconds_bucket{destination=\"xray\",le=\"+Inf\"} 3");
        assertLine("xrayd_call_duration_seconds_sum{destination=\"xray\"} 400.084");
    }

    @Test
    void shouldSpeakOpenMetricsToThoseWhoAskForIt() {
        BasicHttpRequest request = new BasicHttpRequest("GET", "/metrics");
        request.addHeader("Accept", "application/openmetrics-text; version=1.0.0, text/plain;q=0.5");
        Route.Page page = metrics.page(request);
        assertTrue(page.contentType().startsWith("application/openmetrics-text; version=1.0.0"), page.contentType());
        assertTrue(page.body().endsWith("# EOF\n"), page.body());
        assertTrue(page.body().contains("\n# TYPE xrayd_received counter\n"), page.body());
    }

    @Test
    void shouldTellTheLedgerAsJson() throws IOException {
        vitals.counters.add(Counter.RECEIVED, 10);
        vitals.counters.add(Counter.REJECTED_NO_HEADER, 2);
        vitals.counters.add(Counter.DELIVERED, 7);
        vitals.counters.add(Counter.CALLS_DELIVERED, 1);
        vitals.readinessProblem = "The last upload failed: \"403\"";
        byte[] body = new JsonPage(new StatusReport(vitals)).page().bytes();
        Map<?, ?> status = new DslJson<>(new DslJson.Settings<>()).deserialize(Map.class, body, body.length);
        assertEquals("{noHeader=2}", String.valueOf(status.get("rejected")));
        assertEquals(8L, status.get("admitted"));
        assertEquals("The last upload failed: \"403\"", status.get("problem"));
        Map<?, ?> destination = (Map<?, ?>)
                Objects.requireNonNull((List<?>) status.get("destinations")).get(0);
        assertEquals(1L, destination.get("held"));
        assertEquals(
                1L, Objects.requireNonNull((Map<?, ?>) destination.get("calls")).get("delivered"));
    }

    @Test
    void shouldNameTheBusiestSources() {
        vitals.topSources = Map.of("10.0.0.7", 4_000L);
        assertLine("xrayd_top_source_datagrams{source=\"10.0.0.7\"} 4000.0");
    }

    @Test
    void shouldTellPagesFromCalls() {
        vitals.proxy.answered("/metrics", 200);
        vitals.proxy.answered("/GetSamplingRules", 502);
        for (int status = 0; status < 1_000; status++) {
            vitals.proxy.answered("/GetSamplingRules", status);
        }
        assertLine("xrayd_page_requests_total{path=\"/metrics\",status=\"200\"} 1.0");
        assertTrue(vitals.proxy.answers().size() < 300, "bounded");
    }

    @Test
    void shouldLeaveOutWhatTheSystemDoesNotTell() {
        assertLine("xrayd_kernel_drops_total 2.0");
        vitals.kernelDrops = -1;
        assertFalse(metrics.page().body().contains("xrayd_kernel_drops"));
        assertFalse(metrics.page().body().contains("xrayd_credentials_expiry"));
    }

    @Test
    void shouldSayWhyItIsNotReady() {
        StatusPage ready = new StatusPage(vitals::readinessProblem);
        assertEquals(new Route.Page(200, "text/plain; charset=utf-8", "ok\n"), ready.page());
        assertLine("xrayd_ready 1.0");
        vitals.readinessProblem = "The last upload failed: 403";
        assertEquals(503, ready.page().status());
        assertEquals("The last upload failed: 403\n", ready.page().body());
        assertLine("xrayd_ready 0.0");
        assertLine("xrayd_destination_ready{destination=\"xray\"} 0.0");
    }

    private void assertLine(String line) {
        String text = metrics.page().body();
        Set<String> lines = new LinkedHashSet<>(text.lines().toList());
        assertTrue(lines.contains(line), () -> line + " in\n" + text);
    }
}
