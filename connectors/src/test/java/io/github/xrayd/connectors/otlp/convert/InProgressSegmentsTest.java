package io.github.xrayd.connectors.otlp.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class InProgressSegmentsTest {
    private static final long AGE_MS = 1_000;

    private final InProgressSegments held = new InProgressSegments(3, 1_000, AGE_MS);
    private final SegmentConverter converter = new SegmentConverter("1", new SegmentNames(10), held);

    private static byte[] inProgress(int id) {
        return Converters.bytes("{\"trace_id\":\"" + Converters.TRACE_ID + "\",\"id\":\"" + id(id)
                + "\",\"name\":\"job\",\"start_time\":1.5,\"in_progress\":true}");
    }

    private static byte[] complete(int id) {
        return Converters.bytes("{\"trace_id\":\"" + Converters.TRACE_ID + "\",\"id\":\"" + id(id)
                + "\",\"name\":\"job\",\"start_time\":1.5,\"end_time\":2}");
    }

    private static String id(int id) {
        return TraceIds.hex(id);
    }

    private Conversion convert(byte[] document, long nowMs) {
        return converter.convert(document, document.length, nowMs);
    }

    @Test
    void shouldHoldUntilTheCompleteDocumentComes() {
        assertEquals(Conversion.Outcome.HELD, convert(inProgress(1), 0).outcome());
        assertEquals(1, held.size());
        assertTrue(held.bytes() > 0);
        Conversion conversion = convert(complete(1), 10);
        assertEquals(Conversion.Outcome.CONVERTED, conversion.outcome());
        assertEquals(1, conversion.spans().size());
        assertEquals(0, held.size());
        assertEquals(0, held.bytes());
        assertEquals(1, held.completed());
        assertTrue(converter.release(Long.MAX_VALUE / 2).isEmpty());
    }

    @Test
    void shouldReleaseASpanWithoutDurationAtTheTimeout() {
        convert(inProgress(1), 0);
        assertTrue(converter.release(AGE_MS - 1).isEmpty());
        List<ResourceSpans> released = converter.release(AGE_MS);
        assertEquals(1, released.size());
        Span span = released.get(0).spans.get(0);
        assertEquals(1_500_000_000L, span.startNs);
        assertEquals(1_500_000_000L, span.endNs);
        assertEquals(true, span.attributes.get("aws.xray.in_progress"));
        assertEquals(1, held.expired());
        assertTrue(converter.release(2 * AGE_MS).isEmpty());
    }

    @Test
    void shouldKeepTheDeadlineOfTheFirstVersion() {
        convert(inProgress(1), 0);
        convert(inProgress(1), AGE_MS - 1);
        assertEquals(1, held.size());
        assertEquals(inProgress(1).length, held.bytes());
        assertEquals(1, converter.release(AGE_MS).size());
    }

    @Test
    void shouldReleaseTheEldestWhenThereAreTooMany() {
        for (int id = 1; id <= 5; id++) {
            assertEquals(Conversion.Outcome.HELD, convert(inProgress(id), id).outcome());
        }
        assertEquals(3, held.size());
        assertEquals(2, held.evicted());
        List<ResourceSpans> released = converter.release(5);
        assertEquals(
                List.of(1L, 2L),
                released.stream().map(spans -> spans.spans.get(0).id).toList());
        assertEquals(3, converter.releaseAll().size());
        assertEquals(0, held.bytes());
    }

    @Test
    void shouldCountWhatNobodyReleased() {
        for (int id = 1; id <= 10; id++) {
            convert(inProgress(id), 0);
        }
        assertEquals(7, held.evicted());
        assertEquals(4, held.dropped());
        assertEquals(3, converter.release(1).size());
    }

    @Test
    void shouldReleaseTheEldestWhenTheyAreTooLarge() {
        InProgressSegments small = new InProgressSegments(100, inProgress(1).length * 2L, AGE_MS);
        SegmentConverter one = new SegmentConverter("1", new SegmentNames(10), small);
        for (int id = 1; id <= 3; id++) {
            one.convert(inProgress(id), inProgress(id).length, 0);
        }
        assertEquals(2, small.size());
        assertEquals(1, small.evicted());
    }

    @Test
    void shouldTellAStreamedSubsegmentInProgressFromItsSegment() {
        byte[] subsegment = Converters.bytes(
                "{\"trace_id\":\"" + Converters.TRACE_ID + "\",\"id\":\"" + id(7) + "\",\"parent_id\":\"" + id(1)
                        + "\",\"type\":\"subsegment\",\"name\":\"x\",\"start_time\":1,\"in_progress\":true}");
        assertEquals(Conversion.Outcome.HELD, convert(subsegment, 0).outcome());
        assertEquals(Conversion.Outcome.CONVERTED, convert(complete(1), 0).outcome());
        assertEquals(1, held.size());
    }

    @Test
    void shouldNotTakeLimitsOfNothing() {
        assertThrows(IllegalArgumentException.class, () -> new InProgressSegments(0, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new SegmentNames(0));
    }
}
