package io.github.xrayd.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TraceLineTest {
    private static final long ARRIVAL_MICROS = 1_465_510_280_500_000L;

    private static String line(String document) {
        return TraceLine.of(document, ARRIVAL_MICROS, ZoneOffset.UTC);
    }

    @Test
    void shouldDescribeASegment() {
        String document =
                """
                {"trace_id":"1-5759e988-bd862e3fe1be46a994272793","id":"aaaaaaaaaaaaaaaa","name":"shop-frontend",
                "start_time":1465510280.123,"end_time":1465510280.23,"fault":true,
                "http":{"request":{"method":"GET","url":"https://shop.example/checkout?card=secret"},"response":{"status":500}},
                "subsegments":[{"id":"b","name":"x","subsegments":[{"id":"c","name":"y"}]}]}""";
        assertEquals(
                "22:11:20.123  1-5759e988-bd8…  shop-frontend     GET /checkout 500  107 ms  2 subsegments  [fault]",
                line(document));
    }

    @Test
    void shouldDescribeWhatIsNoSegment() {
        assertEquals(
                "22:11:20.500  T1SCgwKCAAAAAA…  33 characters (OpenTelemetry)", line("T1S" + "CgwKC" + "A".repeat(25)));
        assertEquals("22:11:20.500  None  4 characters", line("None"));
        assertEquals("22:11:20.500    0 characters", line(""));
    }

    @Test
    void shouldMakeControlCharactersHarmless() {
        String document =
                "{\"trace_id\":\"\\u001b[2J\",\"id\":\"a\",\"name\":\"a\\u001b]0;x\\u0007\\r\\n\\u202e\\ud800z\","
                        + "\"start_time\":1e300,\"end_time\":-5,\"http\":{\"request\":{\"method\":\"\\t\",\"url\":\"\\u0000\"}}}";
        for (String line : List.of(line(document), line("\u001b[31mred\u009b"), line("[".repeat(100_000)))) {
            assertTrue(line.codePoints().noneMatch(c -> Character.getType(c) == Character.CONTROL), line);
            assertTrue(line.length() < 300);
        }
    }

    @Test
    void shouldTakeAnyDamagedDocument() {
        Random random = new Random(42);
        List<String> documents = DemoTrace.documents(random, 1_465_510_280.0);
        SandboxSummary summary = new SandboxSummary();
        TraceStore store = new TraceStore(1 << 20);
        for (int i = 0; i < 3_000; i++) {
            StringBuilder damaged = new StringBuilder(documents.get(i % documents.size()));
            for (int hit = 0; hit < 3; hit++) {
                damaged.setCharAt(random.nextInt(damaged.length()), "\"{}[]:,\\0e\u0000é".charAt(random.nextInt(12)));
            }
            assertTrue(!line(damaged.toString()).isEmpty());
            summary.onDocument(damaged.toString(), ARRIVAL_MICROS);
            store.add(damaged.toString(), ARRIVAL_MICROS);
        }
        ServiceGraph graph = new ServiceGraph();
        store.forEachTrace(graph::add);
        assertTrue(!graph.toJson().isEmpty());
        assertTrue(
                summary.lines().get(0).startsWith("3,000 documents"),
                summary.lines().get(0));
    }
}
