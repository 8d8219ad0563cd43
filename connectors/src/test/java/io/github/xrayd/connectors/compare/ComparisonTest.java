package io.github.xrayd.connectors.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.connectors.compare.Difference.Kind;
import io.github.xrayd.connectors.compare.Difference.Place;
import io.github.xrayd.connectors.otlp.convert.InProgressSegments;
import io.github.xrayd.connectors.otlp.convert.OtlpEncoder;
import io.github.xrayd.connectors.otlp.convert.OtlpJson;
import io.github.xrayd.connectors.otlp.convert.RandomDocuments;
import io.github.xrayd.connectors.otlp.convert.ResourceSpans;
import io.github.xrayd.connectors.otlp.convert.SegmentConverter;
import io.github.xrayd.connectors.otlp.convert.SegmentNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ComparisonTest {
    private static final String TRACE = "1-5759e988-bd862e3fe1be46a994272793";
    private static final Comparison.Bounds ALL =
            new Comparison.Bounds(64 << 20, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

    private static final SegmentConverter CONVERTER =
            new SegmentConverter("1.2.3", new SegmentNames(10), new InProgressSegments(10, 1 << 20));

    private final List<Difference> found = new ArrayList<>();

    private static String segment(String id, String fields) {
        return "{\"trace_id\":\"" + TRACE + "\",\"id\":\"" + id + "\",\"name\":\"shop\",\"start_time\":1478293361.271,"
                + "\"end_time\":1478293361.449" + (fields.isEmpty() ? "" : "," + fields) + "}";
    }

    private ComparisonSummary compare(List<String> a, List<String> b) throws IOException, InterruptedException {
        return compare(ALL, a, b);
    }

    private ComparisonSummary compare(Comparison.Bounds bounds, List<String> a, List<String> b)
            throws IOException, InterruptedException {
        Comparison.Listener listener = new Comparison.Listener() {
            @Override
            public void onDifference(Difference difference) {
                found.add(difference);
            }

            @Override
            public void onProgress(boolean isA, long records, int part, int parts) {
                assertTrue(part <= parts);
            }
        };
        return new Comparison(bounds, listener).run(source(a), source(b));
    }

    private static RecordSource source(List<String> records) {
        return sink -> records.forEach(record -> sink.accept(record.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<ResourceSpans> spans(String document) {
        byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
        return CONVERTER.convert(bytes, bytes.length, false).spans();
    }

    private static String otlp(String document) {
        return new String(OtlpJson.write(spans(document)), StandardCharsets.UTF_8);
    }

    private static String transported(String document) {
        return "T1S" + Base64.getEncoder().encodeToString(new OtlpEncoder().request(spans(document)));
    }

    private static List<String> randomDocuments(int count) {
        List<String> documents = new ArrayList<>();
        for (int seed = 0; seed < count; seed++) {
            documents.add(new RandomDocuments(seed).next());
        }
        return documents;
    }

    /** What X-Ray has as documents OTLP has as spans, whatever the fields. */
    @Test
    void shouldFindDocumentsAndTheirSpansEqual() throws Exception {
        List<String> documents = randomDocuments(500);
        List<String> spans = new ArrayList<>();
        for (int i = 0; i < documents.size(); i++) {
            spans.add(i % 2 == 0 ? otlp(documents.get(i)) : transported(documents.get(i)));
        }
        ComparisonSummary summary = compare(documents, spans);
        assertEquals(List.of(), found);
        assertTrue(summary.isEqual());
        assertTrue(summary.equal() >= documents.size(), () -> "same: " + summary.equal());
        assertEquals(1, summary.parts());
    }

    @Test
    void shouldDivideTheTracesWhenMemoryIsShort() throws Exception {
        List<String> documents = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            documents.add(segment("70de5b6f19ff9a0a", "\"n\":" + i)
                    .replace(TRACE, "1-5759e988-%024x".formatted(i * 7_919L + 1)));
        }
        List<String> other = new ArrayList<>(documents);
        String missing = other.remove(100);
        other.set(200, other.get(200).replace("shop", "shoe"));
        ComparisonSummary whole = compare(documents, other);
        List<Difference> expected = List.copyOf(found);
        assertEquals(2, expected.size());
        assertTrue(missing.contains(expected.get(0).traceId())
                || missing.contains(expected.get(1).traceId()));
        found.clear();
        ComparisonSummary parts = compare(
                new Comparison.Bounds(32 << 10, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY), documents, other);
        assertTrue(parts.parts() >= 8, () -> parts.parts() + " parts");
        assertEquals(Set.copyOf(expected), new HashSet<>(found));
        assertEquals(whole.equal(), parts.equal());
        assertEquals(whole.a().documents(), parts.a().documents());
    }

    @Test
    void shouldRefuseATraceThatIsLargerThanMemory() {
        List<String> documents = List.of(segment("70de5b6f19ff9a0a", "\"x\":\"" + "x".repeat(5_000) + "\""));
        IOException e = assertThrows(
                IOException.class, () -> compare(new Comparison.Bounds(4_096, 0, 2e9), documents, documents));
        assertTrue(String.valueOf(e.getMessage()).contains("--memory"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldReplaceADocumentInProgress(boolean isLate) throws Exception {
        String complete = segment("70de5b6f19ff9a0a", "\"n\":1");
        String begun = "{\"trace_id\":\"" + TRACE + "\",\"id\":\"70de5b6f19ff9a0a\",\"name\":\"shop\","
                + "\"start_time\":1478293361.271,\"in_progress\":true}";
        ComparisonSummary summary =
                compare(isLate ? List.of(complete, begun) : List.of(begun, complete), List.of(otlp(complete)));
        assertTrue(summary.isEqual(), found::toString);
        assertEquals(1, summary.a().replaced());
        assertFalse(compare(List.of(begun), List.of(complete)).isEqual());
        assertEquals("$.in_progress", found.get(0).places().get(0).path());
    }

    @Test
    void shouldFindAStreamedSubsegmentEqualToAnEmbeddedOne() throws Exception {
        String inner = "\"name\":\"db\",\"start_time\":1478293361.3,\"end_time\":1478293361.4,\"namespace\":\"remote\"";
        String whole = segment(
                "70de5b6f19ff9a0a", "\"subsegments\":[{\"id\":\"53995c3f42cd8ad8\"," + inner + "},{" + inner + "}]");
        List<String> streamed = List.of(
                "{\"trace_id\":\"5759e988bd862e3fe1be46a994272793\",\"id\":\"53995c3f42cd8ad8\",\"type\":\"subsegment\","
                        + "\"parent_id\":\"70de5b6f19ff9a0a\"," + inner + "}",
                segment("70de5b6f19ff9a0a", "\"subsegments\":[{" + inner + "}]"));
        ComparisonSummary summary = compare(List.of(whole), streamed);
        assertTrue(summary.isEqual(), found::toString);
        assertEquals(3, summary.a().spans());
        assertEquals(3, summary.b().spans());
    }

    @Test
    void shouldSayWhatIsMissingOnce() throws Exception {
        String whole = segment(
                "70de5b6f19ff9a0a",
                "\"subsegments\":[{\"id\":\"53995c3f42cd8ad8\",\"name\":\"db\",\"start_time\":1,\"end_time\":2}]");
        String other = segment("70de5b6f19ff9a0b", "");
        ComparisonSummary summary = compare(List.of(whole, other), List.of(other));
        assertEquals(
                List.of(new Difference(Kind.ONLY_IN_A, TRACE, "70de5b6f19ff9a0a", "shop", false, 2, List.of())), found);
        assertEquals(2, summary.onlyInA());
        found.clear();
        summary = compare(List.of(), List.of(whole, other));
        assertEquals(List.of(new Difference(Kind.ONLY_IN_B, TRACE, "", "shop", false, 3, List.of())), found);
        assertEquals(3, summary.onlyInB());
    }

    @Test
    void shouldNameThePlacesThatDiffer() throws Exception {
        compare(
                List.of(segment(
                        "70de5b6f19ff9a0a", "\"http\":{\"response\":{\"status\":200}},\"l\":[1,2],\"a b\":null")),
                List.of(segment("70de5b6f19ff9a0a", "\"http\":{\"response\":{\"status\":500}},\"l\":[1],\"n\":{}")));
        assertEquals(
                List.of(
                        new Place("$.http.response.status", "200", "500"),
                        new Place("$.l[1]", "2", null),
                        new Place("$[\"a b\"]", "null", null),
                        new Place("$.n", null, "{}")),
                found.get(0).places());
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1.0, true",
        "1478293361.271, 1.478293361271E9, true",
        "-0, 0, true",
        "100, 1e2, true",
        "1e999999999, 10e999999998, true",
        "1e99999999999, 1e99999999999, true",
        "1, 2, false",
        "0.1, 0.10000000000000001, false",
        "1e400, 1e401, false",
        "1, \"1\", false",
    })
    void shouldCompareNumbersByValue(String a, String b, boolean isEqual) throws Exception {
        assertEquals(
                isEqual,
                compare(
                                List.of(segment("70de5b6f19ff9a0a", "\"x\":1,\"n\":" + a)),
                                List.of(segment("70de5b6f19ff9a0a", "\"n\":" + b + ",\"x\":1")))
                        .isEqual());
    }

    @Test
    void shouldReadEachFormAndCountWhatIsNone() throws Exception {
        String first = segment("70de5b6f19ff9a0a", "");
        String quoted = first.replace("\"", "\\\"");
        List<String> others = List.of(
                "[" + first + "]",
                "{\"Id\":\"x\",\"Segments\":[{\"Id\":\"y\",\"Document\":\"" + quoted + "\"}]}",
                "{\"Traces\":[{\"Segments\":[" + first + "]}]}",
                "{\"TraceSegmentDocuments\":[\"" + quoted + "\"]}",
                otlp(first),
                transported(first));
        for (String record : others) {
            ComparisonSummary summary =
                    compare(List.of(first), List.of("{\"format\": \"json\", \"version\": 1}", record));
            assertTrue(summary.isEqual(), record + found);
        }
        ComparisonSummary summary =
                compare(List.of(first, "T1U=", "M1="), List.of(first, first, "{\"id\":\"1\"}", "nonsense", "T1S!"));
        assertEquals(2, summary.a().unsampled());
        assertEquals(1, summary.b().repeated());
        assertEquals(3, summary.b().unreadable());
        assertEquals(3, summary.b().unreadableReasons().size(), () -> summary.b()
                .unreadableReasons()
                .toString());
        assertFalse(summary.isEqual());
        assertEquals(List.of(), found);
    }

    @Test
    void shouldLeaveOutTracesOutsideTheTimeRange() throws Exception {
        List<String> documents = List.of(segment("70de5b6f19ff9a0a", ""));
        ComparisonSummary summary =
                compare(new Comparison.Bounds(1 << 20, 1478293362.0, Double.POSITIVE_INFINITY), documents, List.of());
        assertEquals(1, summary.outside());
        assertTrue(summary.isEmpty());
        assertEquals(
                0,
                compare(new Comparison.Bounds(1 << 20, 1478293361.0, 1478293362.0), documents, documents)
                        .outside());
    }
}
