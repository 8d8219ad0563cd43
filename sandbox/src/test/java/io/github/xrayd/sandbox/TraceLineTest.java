package io.github.xrayd.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TraceLineTest {
    private static final TraceStyle STYLE = new TraceStyle(ZoneOffset.UTC, 0, false);
    private static final long ARRIVAL_MICROS = 1_465_510_280_500_000L;

    private static @Nullable String line(String document) {
        return TraceLine.ofOpaque(document, ARRIVAL_MICROS, ZoneOffset.UTC);
    }

    private static List<String> tree(String document) {
        return TraceTree.lines("1-5759e988-bd862e3fe1be46a994272793", List.of(document), STYLE);
    }

    @Test
    void shouldDescribeWhatIsInNoTrace() {
        String spans = "T1S" + "CgwKC" + "A".repeat(25);
        assertEquals("22:11:20.500  " + spans + "  33 characters (OpenTelemetry)", line(spans));
        assertEquals("22:11:20.500  None  4 characters", line("None"));
        assertEquals("22:11:20.500    0 characters", line(""));
        assertNull(line("{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\",\"id\":\"a\"}"));
    }

    @Test
    void shouldMakeControlCharactersHarmless() {
        String document =
                "{\"trace_id\":\"\\u001b[2J\",\"id\":\"a\",\"name\":\"a\\u001b]0;x\\u0007\\r\\n\\u202e\\ud800z\","
                        + "\"start_time\":1e300,\"end_time\":-5,\"http\":{\"request\":{\"method\":\"\\t\",\"url\":\"\\u0000\"}},"
                        + "\"cause\":{\"exceptions\":[{\"type\":\"\\u001b[2J\",\"message\":\"\\r\"}]}}";
        List<String> lines = new ArrayList<>(TraceTree.lines("\u001b[2J", List.of(document), STYLE));
        assertEquals(2, lines.size());
        lines.add(String.valueOf(line("\u001b[31mred\u009b")));
        lines.add(String.valueOf(line("[".repeat(100_000))));
        for (String line : lines) {
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
            assertTrue(line(damaged.toString()) != null
                    || !tree(damaged.toString()).isEmpty());
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
