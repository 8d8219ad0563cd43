package io.github.xrayd.engine.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.batch.BatchBody;
import io.github.xrayd.engine.batch.TestBatches;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;
import io.github.xrayd.engine.export.Unprocessed;
import io.github.xrayd.engine.upload.RejectedDocument;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RejectionReaderTest {
    private static final String TRACE = "1-5759e988-bd862e3fe1be46a994272793";

    private static String segment(String id) {
        return "{\"trace_id\":\"" + TRACE + "\",\"name\":\"a\\\"b\",\"id\":\"" + id
                + "\",\"subsegments\":[{\"id\":\"sub-" + id + "\"}]}";
    }

    private static Unprocessed entry(@Nullable String id) {
        return new Unprocessed(id, "InvalidSegment", "why " + id);
    }

    private static List<RejectedDocument> read(BatchBody body, Unprocessed... entries) {
        return RejectionReader.read(body, Answer.delivered(Arrays.asList(entries)));
    }

    private static List<Integer> indexes(List<RejectedDocument> rejected) {
        return rejected.stream().map(RejectedDocument::document).toList();
    }

    @Test
    void shouldFindDocumentsByTheirOwnIdAndNameTheirTrace() {
        BatchBody body = TestBatches.body(segment("0a"), segment("0b"), segment("0c"));
        List<RejectedDocument> rejected = read(body, entry("0c"), entry("0a"));
        assertEquals(List.of(2, 0), indexes(rejected));
        assertEquals(new RejectedDocument(2, TRACE, "InvalidSegment", "why 0c", false), rejected.get(0));
    }

    @Test
    void shouldPreferASegmentsIdToOneWithinAnother() {
        BatchBody body = TestBatches.body("{\"id\":\"0a\",\"metadata\":{\"id\":\"0b\"}}", segment("0b"));
        assertEquals(List.of(1), indexes(read(body, entry("0b"))));
        assertEquals(List.of(1), indexes(read(body, entry("sub-0b"))));
    }

    /** A segment in progress and its end have one id: two entries are two documents, never the same one twice. */
    @Test
    void shouldGiveEachEntryADocumentOfItsOwn() {
        BatchBody body = TestBatches.body(segment("0a"), segment("0b"), segment("0a"));
        assertEquals(List.of(0, 2), indexes(read(body, entry("0a"), entry("0a"))));
        // A third one cannot be told: all that is left is a document with another id.
        assertEquals(List.of(0, 2, 1), indexes(read(body, entry("0a"), entry("0a"), entry("0a"))));
    }

    /** An exporter may know that one of the call's was rejected and not which one, as OTLP's partial success. */
    @Test
    void shouldCountWhatIsRejectedWithoutANumberAsUnknown() {
        BatchBody body = TestBatches.body(segment("0a"), segment("0b"));
        Unprocessed one = Unprocessed.numbered(Unprocessed.UNKNOWN, "Rejected", "no span", Unprocessed.Fate.REJECTED);
        assertEquals(List.of(RejectedDocument.UNKNOWN), indexes(read(body, one)));
        assertEquals(List.of(RejectedDocument.UNKNOWN, 0), indexes(read(body, one, entry("0a"))));
    }

    @Test
    void shouldKnowTheOnlyDocumentOfABatchWithoutAnId() {
        RejectedDocument only =
                read(TestBatches.body(segment("0a")), entry(null)).get(0);
        assertEquals(0, only.document());
        assertEquals(TRACE, only.traceId());
    }

    @Test
    void shouldKnowTheDocumentThatIsNotJsonWithoutAnId() {
        for (String bad : List.of(
                "not json",
                "T1SCgkKBwoFYQ==",
                "{\"id\":\"0a\"",
                "{\"id\":\"0a\"} x",
                "{\"trace_id\":\"x\"}",
                "{\"id\":7}",
                "[".repeat(5_000) + "]".repeat(5_000))) {
            BatchBody body = TestBatches.body(segment("0b"), bad, segment("0c"));
            assertEquals(List.of(1), indexes(read(body, entry(null))), bad);
            assertEquals(
                    List.of(2, 1),
                    indexes(read(body, entry(null), entry("0c"))).stream()
                            .sorted((a, b) -> b - a)
                            .toList());
        }
    }

    @Test
    void shouldNameTheTraceOfADocumentThatIsCutOff() {
        String cut = "{\"id\":\"0a\", \"trace_id\" : \"" + TRACE + "\", \"na";
        assertEquals(
                TRACE,
                read(TestBatches.body(segment("0b"), cut), entry(null)).get(0).traceId());
        for (String none :
                List.of("{\"trace_id\"", "{\"trace_id\":\"", "{\"trace_id\":7,\"a\":\"b\"", "{\"trace_id\":\"\"")) {
            assertEquals("", read(TestBatches.body(none), entry(null)).get(0).traceId());
        }
    }

    @Test
    void shouldSayWhenItCannotBeTold() {
        BatchBody body = TestBatches.body(segment("0a"), segment("0b"), segment("0c"));
        List<RejectedDocument> rejected = read(body, entry(null), entry("0a"));
        assertEquals(List.of(0, RejectedDocument.UNKNOWN), indexes(rejected));
        assertEquals("", rejected.get(1).traceId());
        assertEquals(List.of(0, 1, 2), indexes(read(body, entry("x"), entry(null), entry("y"))));
    }

    @Test
    void shouldNeverNameMoreThanTheCallHad() {
        List<Unprocessed> many = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            many.add(new Unprocessed(i % 2 == 0 ? null : "id " + i, "ThrottledException", null));
        }
        BatchBody body = TestBatches.body(segment("0a"), segment("0b"));
        assertEquals(List.of(0, 1), indexes(RejectionReader.read(body, Answer.delivered(many))));
    }

    @Test
    void shouldLookOnlyAtTheDocumentsOfTheCall() {
        BatchBody all = TestBatches.body(segment("0a"), segment("0a"), segment("0b"));
        assertEquals(List.of(1), indexes(read(TestBatches.part(all, 0b110), entry("0a"))));
        assertEquals(List.of(2), indexes(read(TestBatches.part(all, 0b100), entry(null))));
    }

    @Test
    void shouldNameADocumentThatFailsAlone() {
        Answer failed = Answer.failed(AnswerKind.REFUSED, ConnectionError.HTTP_CODE_4XX, 400, "Bad", "said");
        assertEquals(
                List.of(new RejectedDocument(0, TRACE, "Bad", "said", false)),
                RejectionReader.read(TestBatches.body(segment("0a")), failed));
        assertTrue(RejectionReader.read(TestBatches.body(segment("0a"), segment("0b")), failed)
                .isEmpty());
    }
}
