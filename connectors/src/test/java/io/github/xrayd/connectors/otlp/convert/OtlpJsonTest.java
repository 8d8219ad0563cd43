package io.github.xrayd.connectors.otlp.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OtlpJsonTest {
    private final OtlpJson json = new OtlpJson();

    @Test
    void shouldReadWhatItWrites() throws Exception {
        byte[] request = OtlpDocumentsTest.fullRequest();
        List<ResourceSpans> spans = new OtlpDecoder().request(request);
        byte[] text = OtlpJson.write(spans);
        assertArrayEquals(request, new OtlpEncoder().request(json.request(text, text.length)));
        SegmentConverter converter = Converters.converter();
        for (int seed = 0; seed < 200; seed++) {
            byte[] document = Converters.bytes(new RandomDocuments(seed).next());
            List<ResourceSpans> converted =
                    converter.convert(document, document.length, true).spans();
            byte[] written = OtlpJson.write(converted);
            OtlpEncoder encoder = new OtlpEncoder();
            assertArrayEquals(
                    encoder.request(converted), encoder.request(json.request(written, written.length)), "seed " + seed);
        }
    }

    @Test
    void shouldSpellIdsAndIntegersAsTheSpecificationDoes() {
        Map<String, @Nullable Object> request =
                Json.object(OtlpJson.write(Converters.convert(Converters.segment("\"annotations\":{\"n\":7}"))
                        .spans()));
        Object span = Json.at(request, "resourceSpans/0/scopeSpans/0/spans/0");
        assertEquals("5759e988bd862e3fe1be46a994272793", Json.at(span, "traceId"));
        assertEquals("70de5b6f19ff9a0a", Json.at(span, "spanId"));
        assertEquals("1478293361271000000", Json.at(span, "startTimeUnixNano"));
        assertEquals(2, Json.number(span, "kind"));
        assertEquals("shop", Json.at(request, "resourceSpans/0/resource/attributes/0/value/stringValue"));
        assertEquals("7", Json.at(span, "attributes/1/value/intValue"));
    }

    @Test
    void shouldReadOtherSpellingsAndPassOverWhatItDoesNotKnow() throws Exception {
        byte[] text = ("{\"resourceSpans\":[{\"schemaUrl\":\"x\",\"scopeSpans\":[{\"spans\":[{"
                        + "\"traceId\":\"5759E988BD862E3FE1BE46A994272793\",\"spanId\":\"70de5b6f19ff9a0a\",\"new\":{\"a\":[]},"
                        + "\"kind\":\"SPAN_KIND_CLIENT\",\"startTimeUnixNano\":1478293361271000000,\"endTimeUnixNano\":\"x\","
                        + "\"attributes\":[{\"key\":\"i\",\"value\":{\"intValue\":7}},{\"key\":\"d\",\"value\":{\"doubleValue\":\"NaN\"}},"
                        + "{\"key\":\"n\",\"value\":{}},{\"key\":\"u\",\"value\":{\"newValue\":1}},7],"
                        + "\"status\":{\"code\":\"STATUS_CODE_ERROR\"}},"
                        + "{\"traceId\":\"1-5759e988-bd862e3fe1be46a994272793\",\"spanId\":\"70de5b6f19ff9a0a\"},"
                        + "{\"traceId\":\"5759e988bd862e3fe1be46a994272793\"},{}]}]}]}")
                .getBytes(StandardCharsets.UTF_8);
        List<ResourceSpans> all = json.request(text, text.length);
        assertEquals(3, json.refusedSpans());
        Span span = all.get(0).spans.get(0);
        assertEquals(Span.CLIENT, span.kind);
        assertEquals(1_478_293_361_271_000_000L, span.startNs);
        assertEquals(0, span.endNs);
        assertEquals(7L, span.attributes.get("i"));
        assertEquals(Double.NaN, span.attributes.get("d"));
        assertEquals(null, span.attributes.get("n"));
        assertEquals(Span.STATUS_ERROR, span.status);
    }

    @Test
    void shouldRefuseWhatIsNotARequest() throws Exception {
        for (String text : List.of("", "x", "[]", "7", "{\"resourceSpans\":")) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            assertThrows(OtlpDecoder.UnreadableException.class, () -> json.request(bytes, bytes.length), text);
        }
        byte[] odd = "{\"resourceSpans\":{\"a\":[1,{\"scopeSpans\":7}]}}".getBytes(StandardCharsets.UTF_8);
        assertEquals(List.of(), json.request(odd, odd.length));
    }

    @Test
    void shouldReadFieldsInAnyOrderAndPassOverTheRest() throws Exception {
        String span = "{\"traceId\":\"0102030405060708090a0b0c0d0e0f10\",\"spanId\":\"0000000000000001\"}";
        String json = "{\"x\":[{}],\"resourceSpans\":[1,{},{\"scopeSpans\":[{},{\"spans\":[" + span + ",null,7],"
                + "\"schemaUrl\":\"u\",\"scope\":{\"name\":\"s\"}},{\"spans\":{}}],\"schemaUrl\":\"u\","
                + "\"resource\":{\"attributes\":[{\"key\":\"k\",\"value\":{\"intValue\":\"5\"}}]}}],\"y\":null}";
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        List<ResourceSpans> all = new OtlpJson().request(bytes, bytes.length);
        assertEquals(1, all.size());
        assertEquals("s", all.get(0).scopeName);
        assertEquals(5L, all.get(0).resource.value(0));
        assertEquals(1, all.get(0).spanCount());
    }

    @Test
    void shouldRefuseWhatIsNotWellFormedWhereverItIs() {
        for (String bad : List.of(
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{},]}]}]}",
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{} {}]}]}]}",
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{}]}],}]}",
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{}]}]]}",
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{}]}]}]} x",
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"a\":[" + "1,".repeat(40_000) + "1]}]}]}]}",
                "{\"a\":" + "[".repeat(1_000) + "]".repeat(1_000) + "}",
                "{\"resourceSpans\"")) {
            byte[] bytes = bad.getBytes(StandardCharsets.UTF_8);
            assertThrows(
                    OtlpDecoder.UnreadableException.class,
                    () -> new OtlpJson().request(bytes, bytes.length),
                    bad.substring(0, Math.min(80, bad.length())));
        }
    }
}
