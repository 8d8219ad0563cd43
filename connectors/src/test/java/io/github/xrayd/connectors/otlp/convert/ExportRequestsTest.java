package io.github.xrayd.connectors.otlp.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExportRequestsTest {
    private final SegmentConverter converter = Converters.converter();

    private Conversion convert(String document) {
        byte[] bytes = Converters.bytes(document);
        Conversion conversion = converter.convert(bytes, bytes.length, true);
        assertEquals(Conversion.Outcome.CONVERTED, conversion.outcome());
        return conversion;
    }

    private Conversion segment(int id, String name, int length) {
        return convert("{\"trace_id\":\"" + Converters.TRACE_ID + "\",\"id\":\"" + TraceIds.hex(id) + "\",\"name\":\""
                + name + "\",\"start_time\":1,\"end_time\":2,\"metadata\":{\"a\":\"" + "x".repeat(length) + "\"}}");
    }

    private Conversion t1s(int id, int length) {
        byte[] document = OtlpDocuments.sampled(
                new OtlpEncoder().request(segment(id, "otel", length).spans()));
        return converter.convert(document, document.length, true);
    }

    private static int spans(ExportTraceServiceRequest request) {
        return request.getResourceSpansList().stream()
                .flatMap(spans -> spans.getScopeSpansList().stream())
                .mapToInt(spans -> spans.getSpansCount())
                .sum();
    }

    @Test
    void shouldPutSpansOfOneResourceTogether() {
        ExportRequests requests = new ExportRequests();
        for (int i = 1; i <= 10; i++) {
            requests.add(segment(i, i % 2 == 0 ? "even" : "odd", 10));
        }
        requests.add(t1s(11, 10));
        List<ExportRequests.Request> taken = requests.take();
        assertEquals(1, taken.size());
        ExportTraceServiceRequest request = Converters.parse(taken.get(0).bytes());
        assertEquals(3, request.getResourceSpansCount());
        assertEquals(5, request.getResourceSpans(0).getScopeSpans(0).getSpansCount());
        assertEquals(11, spans(request));
        assertEquals(11, taken.get(0).spanCount());
        assertEquals(11, taken.get(0).documents().cardinality());
        assertEquals(List.of(), requests.take());
    }

    @Test
    void shouldKeepEveryLimitAndLoseNothing() {
        int spansMax = 7;
        int lengthMax = 6_000;
        int spanLengthMax = 2_000;
        Random random = new Random(5);
        for (int round = 0; round < 50; round++) {
            ExportRequests requests = new ExportRequests(spansMax, lengthMax, spanLengthMax);
            int refused = 0;
            int count = 1 + random.nextInt(40);
            for (int i = 1; i <= count; i++) {
                int length = random.nextInt(10) == 0 ? 3_000 : random.nextInt(1_500);
                refused += requests.add(
                        random.nextInt(4) == 0 ? t1s(i, length) : segment(i, "service-" + random.nextInt(3), length));
            }
            assertEquals(refused, requests.refusedSpans());
            int spans = 0;
            BitSet documents = new BitSet();
            for (ExportRequests.Request request : requests.take()) {
                assertTrue(request.bytes().length <= lengthMax, () -> request.bytes().length + " bytes");
                assertTrue(request.spanCount() <= spansMax);
                assertEquals(request.spanCount(), spans(Converters.parse(request.bytes())));
                spans += request.spanCount();
                documents.or(request.documents());
            }
            assertEquals(count - refused, spans);
            assertEquals(count - refused, documents.cardinality());
        }
    }

    @Test
    void shouldSplitAT1sThatIsTooLargeForOneRequest() {
        ResourceSpans all = segment(1, "otel", 10).spans().get(0);
        for (int i = 2; i <= 20; i++) {
            all.spans.addAll(segment(i, "otel", i == 9 ? 3_000 : 10).spans().get(0).spans);
        }
        byte[] document = OtlpDocuments.sampled(new OtlpEncoder().request(List.of(all)));
        ExportRequests requests = new ExportRequests(6, 100_000, 2_000);
        assertEquals(1, requests.add(converter.convert(document, document.length, true)));
        List<ExportRequests.Request> taken = requests.take();
        assertEquals(4, taken.size());
        taken.forEach(request -> assertEquals(1, request.documents().cardinality()));
        assertEquals(
                19, taken.stream().mapToInt(ExportRequests.Request::spanCount).sum());
    }

    @Test
    void shouldCountDocumentsThatHaveNoSpans() {
        ExportRequests requests = new ExportRequests();
        requests.add(Converters.convert(Converters.bytes("x")));
        requests.add(segment(1, "shop", 1));
        BitSet documents = requests.take().get(0).documents();
        assertEquals(1, documents.nextSetBit(0));
        assertEquals(1, documents.cardinality());
        assertThrows(IllegalArgumentException.class, () -> new ExportRequests(0, 1, 1));
    }

    @Test
    void shouldReadWhatAnEndpointDidNotTake() throws Exception {
        ExportTraceServiceResponse response = ExportTraceServiceResponse.newBuilder()
                .setPartialSuccess(ExportTracePartialSuccess.newBuilder()
                        .setRejectedSpans(3)
                        .setErrorMessage("too old"))
                .build();
        assertEquals(new ExportResponse(3, "too old"), ExportResponse.ofProtobuf(response.toByteArray()));
        assertEquals(new ExportResponse(0, ""), ExportResponse.ofProtobuf(new byte[0]));
        assertThrows(OtlpDecoder.UnreadableException.class, () -> ExportResponse.ofProtobuf(new byte[] {10, 5, 1}));
        assertEquals(
                new ExportResponse(3, "too old"),
                ExportResponse.ofJson(Converters.bytes(
                        "{\"partialSuccess\":{\"rejectedSpans\":\"3\",\"errorMessage\":\"too old\",\"x\":1}}")));
        assertEquals(
                new ExportResponse(3, ""),
                ExportResponse.ofJson(Converters.bytes("{\"partialSuccess\":{\"rejectedSpans\":3}}")));
        assertEquals(new ExportResponse(0, ""), ExportResponse.ofJson(Converters.bytes("{}")));
        assertEquals(new ExportResponse(0, ""), ExportResponse.ofJson(new byte[0]));
        assertThrows(OtlpDecoder.UnreadableException.class, () -> ExportResponse.ofJson(Converters.bytes("<html>")));
        for (String many : List.of("{\"a\":[%s]}", "{\"partialSuccess\":[%s]}", "{\"partialSuccess\":{\"a\":[%s]}}")) {
            assertThrows(
                    OtlpDecoder.UnreadableException.class,
                    () -> ExportResponse.ofJson(Converters.bytes(many.formatted("{},".repeat(100_000) + "{}"))));
        }
        assertThrows(OtlpDecoder.UnreadableException.class, () -> ExportResponse.ofJson(Converters.bytes("[]")));
    }
}
