package io.github.xrayd.connectors.otlp.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RequestSplitterTest {
    private static final int BYTES_MAX = 2 << 20;

    private final RequestSplitter splitter = new RequestSplitter(BYTES_MAX);

    private static UnknownFieldSet newer(String text) {
        return UnknownFieldSet.newBuilder()
                .addField(
                        900,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(ByteString.copyFromUtf8(text))
                                .build())
                .build();
    }

    /** With everything around a span that OTLP has, and fields that it may have one day. */
    private static io.opentelemetry.proto.trace.v1.ResourceSpans resourceSpans(
            String service, List<List<Span>> scopes) {
        var builder = io.opentelemetry.proto.trace.v1.ResourceSpans.newBuilder()
                .setResource(Resource.newBuilder()
                        .addAttributes(OtlpDocumentsTest.attribute(
                                "service.name", AnyValue.newBuilder().setStringValue(service)))
                        .setDroppedAttributesCount(7)
                        .setUnknownFields(newer("resource")))
                .setSchemaUrl("https://opentelemetry.io/schemas/1.30.0")
                .setUnknownFields(newer("resource spans"));
        for (List<Span> spans : scopes) {
            builder.addScopeSpans(ScopeSpans.newBuilder()
                    .setScope(InstrumentationScope.newBuilder().setName("scope of " + spans.size()))
                    .addAllSpans(spans)
                    .setSchemaUrl("https://opentelemetry.io/schemas/1.31.0")
                    .setUnknownFields(newer("scope spans")));
        }
        return builder.build();
    }

    private static List<Span> spans(int count, int length) {
        List<Span> spans = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            spans.add(OtlpDocumentsTest.span(i)
                    .addAttributes(OtlpDocumentsTest.attribute(
                            "pad", AnyValue.newBuilder().setStringValue("x".repeat(length))))
                    .setUnknownFields(newer("span"))
                    .build());
        }
        return spans;
    }

    private static ExportTraceServiceRequest read(byte[] document) throws Exception {
        assertTrue(document.length <= OtlpDocuments.LENGTH_MAX, () -> document.length + " bytes");
        return Converters.parse(OtlpDocuments.decode(document, document.length));
    }

    private List<byte[]> split(ExportTraceServiceRequest request)
            throws OtlpDecoder.UnreadableException, RequestSplitter.TooMuchException {
        return splitter.documents(request.toByteArray(), OtlpDocuments.LENGTH_MAX);
    }

    @Test
    void shouldMakeOneDocumentOfEachResourceAndChangeNothing() throws Exception {
        var first = resourceSpans("shop", List.of(spans(2, 10), spans(1, 10)));
        var empty = resourceSpans("empty", List.of(List.of()));
        var second = resourceSpans("cart", List.of(spans(3, 10)));
        List<byte[]> documents = split(ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(first)
                .addResourceSpans(empty)
                .addResourceSpans(second)
                .build());
        assertEquals(2, documents.size());
        assertEquals(first, read(documents.get(0)).getResourceSpans(0));
        assertEquals(second, read(documents.get(1)).getResourceSpans(0));
        assertArrayEquals(
                ExportTraceServiceRequest.newBuilder()
                        .addResourceSpans(first)
                        .build()
                        .toByteArray(),
                OtlpDocuments.decode(documents.get(0), documents.get(0).length));
        assertEquals(0, splitter.invalidSpans() + splitter.longSpans());
    }

    @Test
    void shouldCutWhatIsTooLongAndLoseNoField() throws Exception {
        List<List<Span>> scopes = List.of(spans(100, 900), spans(30, 5_000), spans(1, 3));
        var whole = resourceSpans("shop", scopes);
        List<byte[]> documents = split(
                ExportTraceServiceRequest.newBuilder().addResourceSpans(whole).build());
        List<List<Span>> read = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (byte[] document : documents) {
            var part = read(document).getResourceSpans(0);
            assertEquals(
                    whole.toBuilder().clearScopeSpans().build(),
                    part.toBuilder().clearScopeSpans().build());
            for (ScopeSpans scope : part.getScopeSpansList()) {
                int index = List.of("scope of 100", "scope of 30", "scope of 1")
                        .indexOf(scope.getScope().getName());
                assertEquals(
                        whole.getScopeSpans(index).toBuilder().clearSpans().build(),
                        scope.toBuilder().clearSpans().build());
                read.get(index).addAll(scope.getSpansList());
            }
        }
        assertEquals(scopes, read);
        assertTrue(documents.size() <= 7, () -> documents.size() + " documents");
    }

    @Test
    void shouldLeaveOutWhatCannotBeTakenAndCountIt() throws Exception {
        List<Span> spans = new ArrayList<>(spans(3, 10));
        spans.add(1, OtlpDocumentsTest.span(9).clearSpanId().build());
        spans.add(
                2,
                OtlpDocumentsTest.span(9)
                        .setTraceId(ByteString.copyFrom(new byte[16]))
                        .build());
        spans.add(spans(1, 60_000).get(0));
        List<byte[]> documents = split(ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(resourceSpans("shop", List.of(spans)))
                .build());
        assertEquals(1, documents.size());
        assertEquals(
                spans(3, 10),
                read(documents.get(0)).getResourceSpans(0).getScopeSpans(0).getSpansList());
        assertEquals(2, splitter.invalidSpans());
        assertTrue(splitter.invalidBytes() > 20);
        assertEquals(1, splitter.longSpans());
        assertTrue(splitter.longBytes() > 60_000);
        assertEquals(List.of(), split(ExportTraceServiceRequest.getDefaultInstance()));
        assertEquals(0, splitter.invalidSpans() + splitter.longSpans());
    }

    @Test
    void shouldRefuseWhatCannotBeRead() {
        AnyValue.Builder deep = AnyValue.newBuilder();
        for (int i = 0; i < 200; i++) {
            deep = AnyValue.newBuilder().setArrayValue(ArrayValue.newBuilder().addValues(deep));
        }
        byte[] request = OtlpDocumentsTest.request(List.of(OtlpDocumentsTest.span(1)
                        .addAttributes(OtlpDocumentsTest.attribute("deep", deep))
                        .build()))
                .toByteArray();
        assertThrows(
                OtlpDecoder.UnreadableException.class, () -> splitter.documents(request, OtlpDocuments.LENGTH_MAX));
        assertThrows(
                OtlpDecoder.UnreadableException.class,
                () -> splitter.documents(
                        "{\"resourceSpans\":[]}".getBytes(StandardCharsets.UTF_8), OtlpDocuments.LENGTH_MAX));
    }

    /** A resource of nearly a document, which each of its short spans would take along. */
    @Test
    void shouldNotRepeatALongResourceWithoutBound() throws Exception {
        var longResource = resourceSpans("s".repeat(40_000), List.of(spans(40, 3_000)));
        var request = ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(longResource)
                .build();
        List<byte[]> documents = split(request);
        assertTrue(documents.size() >= 20, () -> documents.size() + " documents");

        var more = resourceSpans("s".repeat(40_000), List.of(spans(1_000, 3_000)));
        RequestSplitter.TooMuchException e = assertThrows(
                RequestSplitter.TooMuchException.class,
                () -> split(ExportTraceServiceRequest.newBuilder()
                        .addResourceSpans(more)
                        .build()));
        assertTrue(String.valueOf(e.getMessage()).contains("longer than " + BYTES_MAX + " bytes"), e.getMessage());
        assertEquals(documents.size(), split(request).size());
    }

    /** Whatever is taken of a broken request is what a decoder takes, and fits. */
    @Test
    void shouldSurviveBrokenRequests() throws Exception {
        byte[] good = ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(resourceSpans("shop", List.of(spans(3, 10), spans(20, 5_000))))
                .addResourceSpans(resourceSpans("cart", List.of(spans(2, 10))))
                .build()
                .toByteArray();
        Random random = new Random(11);
        for (int i = 0; i < 3_000; i++) {
            byte[] broken = good.clone();
            for (int j = random.nextInt(3); j >= 0; j--) {
                broken[random.nextInt(Math.min(broken.length, random.nextBoolean() ? 300 : broken.length))] =
                        (byte) random.nextInt(256);
            }
            byte[] cut = random.nextBoolean() ? Arrays.copyOf(broken, random.nextInt(broken.length)) : broken;
            List<byte[]> documents;
            try {
                documents = splitter.documents(cut, OtlpDocuments.LENGTH_MAX);
            } catch (OtlpDecoder.UnreadableException e) {
                continue;
            }
            OtlpDecoder decoder = new OtlpDecoder();
            int expected = decoder.request(cut).stream()
                    .mapToInt(ResourceSpans::spanCount)
                    .sum();
            int read = 0;
            for (byte[] document : documents) {
                assertTrue(document.length <= OtlpDocuments.LENGTH_MAX);
                read += decoder.request(OtlpDocuments.decode(document, document.length)).stream()
                        .mapToInt(ResourceSpans::spanCount)
                        .sum();
                assertEquals(0, decoder.refusedSpans());
            }
            assertEquals(expected, read + splitter.longSpans());
        }
    }
}
