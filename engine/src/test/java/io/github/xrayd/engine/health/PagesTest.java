package io.github.xrayd.engine.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.http.HttpCounter;
import io.github.xrayd.engine.http.HttpStats;
import io.github.xrayd.engine.http.Route;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import io.github.xrayd.engine.telemetry.Ledger;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PagesTest {
    private final ScriptedVitals vitals = new ScriptedVitals();
    private final MetricsPage metrics = new MetricsPage(vitals);

    @Test
    void shouldShowEveryCounterOnce() {
        for (Counter counter : Counter.values()) {
            vitals.counters.add(counter, 1_000 + counter.ordinal());
        }
        String text = metrics.page().body();
        for (Counter counter : Counter.values()) {
            long count = text.lines()
                    .filter(line -> !line.startsWith("#") && !line.startsWith("xrayd_source_"))
                    .filter(line -> line.endsWith(" " + (1_000.0 + counter.ordinal())))
                    .count();
            assertEquals(1, count, counter + " in\n" + text);
        }
        for (HttpCounter counter : HttpCounter.values()) {
            String line = "xrayd_proxy_events_total{event=\"" + counter.name().toLowerCase(Locale.ROOT) + "\"} 0.0";
            assertEquals(!counter.isOfSource(), text.contains(line), line);
        }
    }

    @Test
    void shouldTellReasonsApartByLabel() {
        vitals.counters.add(Counter.REJECTED_NO_HEADER, 3);
        vitals.counters.add(Counter.RECEIVED, 10);
        Route.Page page = metrics.page();
        assertEquals(200, page.status());
        assertTrue(page.contentType().startsWith("text/plain; version=0.0.4"), page.contentType());
        assertTrue(page.body().contains("\nxrayd_rejected_total{reason=\"no_header\"} 3.0\n"), page.body());
        assertTrue(page.body().contains("\nxrayd_received_total 10.0\n"), page.body());
        assertTrue(page.body().contains("\nxrayd_held{destination=\"xray\"} 7.0\n"), page.body());
        assertTrue(page.body().contains("\n# TYPE xrayd_held gauge\n"), page.body());
    }

    @Test
    void shouldTellSourcesApartByLabel() {
        vitals.counters.add(Counter.RECEIVED, 10);
        vitals.counters.add(Counter.REJECTED_ID, 2);
        String text = metrics.page().body();
        assertTrue(text.contains("\nxrayd_source_received_total{source=\"udp\"} 10.0\n"), text);
        assertTrue(text.contains("\nxrayd_source_rejected_total{source=\"udp\"} 2.0\n"), text);
        assertTrue(text.contains("\nxrayd_source_dropped_total{source=\"udp\"} 0.0\n"), text);
        assertTrue(text.contains("\nxrayd_source_events_total{event=\"taken\",source=\"http\"} 5.0\n"), text);
    }

    @Test
    void shouldNameTheBusiestSources() {
        vitals.topSources = Map.of("10.0.0.7", 4_000L);
        assertTrue(
                metrics.page().body().contains("\nxrayd_top_source_datagrams{source=\"10.0.0.7\"} 4000.0\n"),
                metrics.page().body());
    }

    @Test
    void shouldLeaveOutWhatTheSystemDoesNotTell() {
        assertTrue(metrics.page().body().contains("\nxrayd_kernel_drops_total 2.0\n"));
        vitals.kernelDrops = -1;
        assertFalse(metrics.page().body().contains("xrayd_kernel_drops"));
    }

    @Test
    void shouldSayWhyItIsNotReady() {
        StatusPage ready = new StatusPage(vitals::readinessProblem);
        assertEquals(new Route.Page(200, "text/plain; charset=utf-8", "ok\n"), ready.page());
        assertTrue(metrics.page().body().contains("\nxrayd_ready 1.0\n"));
        vitals.readinessProblem = "The last upload failed: 403";
        assertEquals(503, ready.page().status());
        assertEquals("The last upload failed: 403\n", ready.page().body());
        assertTrue(metrics.page().body().contains("\nxrayd_ready 0.0\n"));
    }

    private static final class ScriptedVitals implements Vitals {
        private final Counters counters = new Counters();
        private final HttpStats proxy = new HttpStats();
        private Map<String, Long> topSources = Map.of();
        private long kernelDrops = 2;
        private @Nullable String readinessProblem;

        @Override
        public long count(Counter counter) {
            return counters.get(counter);
        }

        @Override
        public Ledger ledger() {
            return Ledger.of(List.of(counters));
        }

        @Override
        public Map<String, Map<String, Long>> sourceEvents() {
            return Map.of("http", Map.of("taken", 5L));
        }

        @Override
        public long kernelDrops() {
            return kernelDrops;
        }

        @Override
        public long memoryLimitBytes() {
            return 64 << 20;
        }

        @Override
        public HttpStats proxy() {
            return proxy;
        }

        @Override
        public List<DestinationVitals> destinations() {
            return List.of(new DestinationVitals() {
                @Override
                public String name() {
                    return "xray";
                }

                @Override
                public long count(Counter counter) {
                    return counters.get(counter);
                }

                @Override
                public long spoolBytes() {
                    return 0;
                }

                @Override
                public @Nullable String readinessProblem() {
                    return readinessProblem;
                }
            });
        }

        @Override
        public Map<String, Long> topSources() {
            return topSources;
        }

        @Override
        public @Nullable String livenessProblem() {
            return null;
        }

        @Override
        public @Nullable String readinessProblem() {
            return readinessProblem;
        }
    }
}
