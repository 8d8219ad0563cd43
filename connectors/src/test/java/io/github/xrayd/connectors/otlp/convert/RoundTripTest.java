package io.github.xrayd.connectors.otlp.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Document to spans to document is equal as JSON; {@code -Dxrayd.seed=N} replays one random document. */
class RoundTripTest {
    private static final int DOCUMENTS = 3_000;

    @Test
    void shouldRebuildRandomDocuments() throws Exception {
        Long replayed = Long.getLong("xrayd.seed");
        SegmentConverter converter = Converters.converter();
        long from = replayed == null ? 0 : replayed;
        long to = replayed == null ? DOCUMENTS : replayed + 1;
        for (long seed = from; seed < to; seed++) {
            byte[] document = new RandomDocuments(seed).next().getBytes(StandardCharsets.UTF_8);
            try {
                Converters.assertRoundTrip(converter, document);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    @Test
    void shouldRebuildArraysElementByElement() throws Exception {
        SegmentConverter converter = Converters.converter();
        String first = new String(
                Converters.segment("\"type\":\"subsegment\",\"parent_id\":\"53995c3f42cd8ad8\""),
                StandardCharsets.UTF_8);
        String second = first.replace("70de5b6f19ff9a0a", "70de5b6f19ff9a0b");
        List<byte[]> back = Converters.roundTrip(converter, Converters.bytes("[" + first + "," + second + "]"));
        assertEquals(2, back.size());
        assertEquals(Json.object(first), Json.object(back.get(0)));
        assertEquals(Json.object(second), Json.object(back.get(1)));
    }

    @Test
    void shouldRebuildDocumentsThatCameTwiceInOneRequest() throws Exception {
        byte[] document = Converters.segment(
                "\"subsegments\":[{\"id\":\"53995c3f42cd8ad8\",\"name\":\"a\",\"start_time\":1,"
                        + "\"end_time\":2,\"subsegments\":[{\"id\":\"53995c3f42cd8ad9\",\"name\":\"b\",\"start_time\":1,\"end_time\":2}]}]");
        ExportRequests requests = new ExportRequests();
        requests.add(Converters.convert(document));
        requests.add(Converters.convert(document));
        List<byte[]> back = new SpanConverter(SpanConverter.LENGTH_MAX, true)
                .convert(new OtlpDecoder().request(requests.take().get(0).bytes()));
        assertEquals(2, back.size());
        assertEquals(Json.read(document), Json.read(back.get(0)));
        assertEquals(Json.read(document), Json.read(back.get(1)));
    }

    @Test
    void shouldPassOnWhatOthersAddedToASpan() {
        List<ResourceSpans> spans = Converters.convert(Converters.segment("\"metadata\":{\"default\":{\"a\":1}}"))
                .spans();
        spans.get(0).spans.get(0).attributes.add("added.by.a.processor", "x");
        Map<String, @Nullable Object> back = Json.object(
                new SpanConverter(SpanConverter.LENGTH_MAX, true).convert(spans).get(0));
        assertEquals("x", Json.at(back, "metadata/default/added.by.a.processor"));
        assertTrue(Json.at(back, "metadata/default/a") instanceof Number);
    }
}
