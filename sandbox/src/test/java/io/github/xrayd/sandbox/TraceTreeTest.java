package io.github.xrayd.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceTreeTest {
    private static final String TRACE_ID = "1-5759e988-bd862e3fe1be46a994272793";
    private static final List<String> DOCUMENTS = List.of(
            """
            {"trace_id":"1-5759e988-bd862e3fe1be46a994272793","id":"aaaaaaaaaaaaaaaa","name":"shop-frontend",
            "start_time":1465510280.123,"end_time":1465510280.23,"fault":true,
            "http":{"request":{"method":"GET","url":"https://shop.example/checkout?card=secret"},"response":{"status":500}},
            "subsegments":[{"id":"bbbbbbbbbbbbbbbb","name":"orders","namespace":"remote","start_time":1465510280.13,"end_time":1465510280.2},
             {"id":"cccccccccccccccc","name":"DynamoDB","namespace":"aws","start_time":1465510280.21,"end_time":1465510280.22,
              "error":true,"throttle":true,"aws":{"operation":"GetItem","table_name":"carts"},
              "cause":{"exceptions":[{"type":"Throttled","message":"too fast"}]}}]}""",
            """
            {"trace_id":"1-5759e988-bd862e3fe1be46a994272793","id":"dddddddddddddddd","parent_id":"bbbbbbbbbbbbbbbb","name":"orders",
            "start_time":1465510280.14,"in_progress":true}""");

    private static List<String> lines(int columns, boolean isColored) {
        return TraceTree.lines(TRACE_ID, DOCUMENTS, new TraceStyle(ZoneOffset.UTC, columns, isColored));
    }

    @Test
    void shouldDrawCalledSegmentsBelowTheirCallers() {
        assertEquals(
                List.of(
                        "22:11:20.123  1-5759e988-bd862e3fe1be46a994272793  107 ms  fault",
                        "  shop-frontend  GET /checkout 500   107 ms  [fault]",
                        "  ├─ orders                           70 ms",
                        "  │  └─ orders                               [in progress]",
                        "  └─ DynamoDB    GetItem carts      10.0 ms  [error]  [throttle]  Throttled: too fast"),
                lines(0, false));
    }

    @Test
    void shouldFitTheTerminalAndKeepTheIdWhole() {
        List<String> lines = lines(40, false);
        assertTrue(lines.get(0).contains(TRACE_ID), lines.get(0));
        assertEquals("  └─ DynamoDB    GetItem carts      10.…", lines.get(4));
    }

    @Test
    void shouldColorWhatFailed() {
        List<String> lines = lines(0, true);
        assertTrue(lines.get(1).startsWith("\u001b[31m  shop-frontend"), lines.get(1));
        assertTrue(lines.get(1).endsWith("[fault]\u001b[0m"), lines.get(1));
        assertTrue(lines.get(2).startsWith("  ├─ orders"), lines.get(2));
    }

    @Test
    void shouldBoundWhatItShows() {
        List<String> lines = TraceTree.lines(
                "1-00000000-000000000000000000000001",
                PageDocuments.large(1),
                new TraceStyle(ZoneOffset.UTC, 80, false));
        assertEquals(TraceTree.ROWS_MAX + 2, lines.size());
        assertEquals("  … 9801 more", lines.get(lines.size() - 1));
    }
}
