package io.github.xrayd.connectors.otlp.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class InProgressSegmentsTest {
    private final InProgressSegments held = new InProgressSegments(3, 1_000);
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

    private Conversion first(byte[] document) {
        return converter.convert(document, document.length, true);
    }

    private Conversion again(byte[] document) {
        return converter.convert(document, document.length, false);
    }

    @Test
    void shouldNotNeedItWhenTheCompleteDocumentCame() {
        assertEquals(Conversion.Outcome.HELD, first(inProgress(1)).outcome());
        assertEquals(1, held.size());
        assertTrue(held.bytes() > 0);
        Conversion conversion = first(complete(1));
        assertEquals(Conversion.Outcome.CONVERTED, conversion.outcome());
        assertEquals(1, conversion.spans().size());
        assertEquals(Conversion.Outcome.SUPERSEDED, again(inProgress(1)).outcome());
        assertEquals(0, held.size());
        assertEquals(0, held.bytes());
        assertEquals(1, held.superseded());
        assertEquals(Conversion.Outcome.SUPERSEDED, again(inProgress(1)).outcome(), "when the call failed");
    }

    @Test
    void shouldBecomeASpanWithoutDurationWhenNothingCame() {
        first(inProgress(1));
        Conversion conversion = again(inProgress(1));
        assertEquals(Conversion.Outcome.CONVERTED, conversion.outcome());
        Span span = conversion.spans().get(0).spans.get(0);
        assertEquals(1_500_000_000L, span.startNs);
        assertEquals(1_500_000_000L, span.endNs);
        assertEquals(true, span.attributes.get("aws.xray.in_progress"));
        assertEquals(1, held.expired());
        assertEquals(0, held.size());
        assertEquals(Conversion.Outcome.CONVERTED, again(inProgress(1)).outcome(), "when the call failed");
    }

    @Test
    void shouldBeTheSameWhenTheCallThatHadItFailed() {
        first(inProgress(1));
        first(inProgress(1));
        assertEquals(1, held.size());
        assertEquals(inProgress(1).length, held.bytes());
        assertEquals(Conversion.Outcome.CONVERTED, again(inProgress(1)).outcome());
    }

    @Test
    void shouldSendTheNewestVersionOnly() {
        byte[] newer = Converters.bytes(new String(inProgress(1), java.nio.charset.StandardCharsets.UTF_8)
                .replace("\"job\"", "\"job\",\"annotations\":{\"a\":1}"));
        first(inProgress(1));
        first(newer);
        assertEquals(1, held.size());
        assertEquals(newer.length, held.bytes());
        assertEquals(Conversion.Outcome.SUPERSEDED, again(inProgress(1)).outcome());
        assertEquals(Conversion.Outcome.CONVERTED, again(newer).outcome());
        assertEquals(0, held.size());
    }

    @Test
    void shouldConvertAtOnceWhatFindsNoRoom() {
        for (int id = 1; id <= 3; id++) {
            assertEquals(Conversion.Outcome.HELD, first(inProgress(id)).outcome());
        }
        assertEquals(Conversion.Outcome.CONVERTED, first(inProgress(4)).outcome());
        assertEquals(1, held.refused());
        again(inProgress(1));
        assertEquals(Conversion.Outcome.HELD, first(inProgress(4)).outcome());
        InProgressSegments small = new InProgressSegments(100, inProgress(1).length * 2L);
        SegmentConverter one = new SegmentConverter("1", new SegmentNames(10), small);
        for (int id = 1; id <= 3; id++) {
            one.convert(inProgress(id), inProgress(id).length, true);
        }
        assertEquals(2, small.size());
        assertEquals(1, small.refused());
    }

    @Test
    void shouldForgetWhatDoesNotWait() {
        for (int id = 1; id <= 100; id++) {
            assertEquals(Conversion.Outcome.HELD, first(inProgress(id)).outcome());
            assertEquals(Conversion.Outcome.CONVERTED, again(inProgress(id)).outcome());
        }
        assertEquals(0, held.size());
        assertEquals(0, held.bytes());
    }

    @Test
    void shouldHoldAnArrayAsAWhole() {
        String both = "[" + new String(complete(1), java.nio.charset.StandardCharsets.UTF_8) + ","
                + new String(inProgress(2), java.nio.charset.StandardCharsets.UTF_8) + "]";
        assertEquals(Conversion.Outcome.HELD, first(Converters.bytes(both)).outcome());
        assertEquals(2, again(Converters.bytes(both)).spans().size());
        first(Converters.bytes(both));
        first(complete(2));
        assertEquals(1, again(Converters.bytes(both)).spans().size());
    }

    @Test
    void shouldTellAStreamedSubsegmentInProgressFromItsSegment() {
        byte[] subsegment = Converters.bytes(
                "{\"trace_id\":\"" + Converters.TRACE_ID + "\",\"id\":\"" + id(7) + "\",\"parent_id\":\"" + id(1)
                        + "\",\"type\":\"subsegment\",\"name\":\"x\",\"start_time\":1,\"in_progress\":true}");
        assertEquals(Conversion.Outcome.HELD, first(subsegment).outcome());
        assertEquals(Conversion.Outcome.CONVERTED, first(complete(1)).outcome());
        assertEquals(Conversion.Outcome.CONVERTED, again(subsegment).outcome());
    }

    @Test
    void shouldNotTakeLimitsOfNothing() {
        assertThrows(IllegalArgumentException.class, () -> new InProgressSegments(0, 1));
        assertThrows(IllegalArgumentException.class, () -> new SegmentNames(0));
    }
}
