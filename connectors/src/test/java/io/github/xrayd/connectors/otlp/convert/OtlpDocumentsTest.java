package io.github.xrayd.connectors.otlp.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OtlpDocumentsTest {
    static KeyValue attribute(String key, AnyValue.Builder value) {
        return KeyValue.newBuilder().setKey(key).setValue(value).build();
    }

    static io.opentelemetry.proto.trace.v1.Span.Builder span(int id) {
        return io.opentelemetry.proto.trace.v1.Span.newBuilder()
                .setTraceId(ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}))
                .setSpanId(ByteString.copyFrom(new byte[] {0, 0, 0, 0, 0, 0, (byte) (id >> 8), (byte) id}))
                .setName("span " + id)
                .setStartTimeUnixNano(1_000_000_000L * id)
                .setEndTimeUnixNano(1_000_000_001L * id);
    }

    static ExportTraceServiceRequest request(List<io.opentelemetry.proto.trace.v1.Span> spans) {
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(io.opentelemetry.proto.trace.v1.ResourceSpans.newBuilder()
                        .setResource(Resource.newBuilder()
                                .addAttributes(attribute(
                                        "service.name", AnyValue.newBuilder().setStringValue("shop"))))
                        .addScopeSpans(ScopeSpans.newBuilder()
                                .setScope(InstrumentationScope.newBuilder()
                                        .setName("scope")
                                        .setVersion("1"))
                                .addAllSpans(spans)))
                .build();
    }

    /** A span with every field that OTLP has and every type of attribute. */
    private static io.opentelemetry.proto.trace.v1.Span full() {
        return span(1).setTraceState("a=b")
                .setParentSpanId(ByteString.copyFrom(new byte[] {9, 0, 0, 0, 0, 0, 0, 9}))
                .setKind(io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_CLIENT)
                .setFlags(0x301)
                .addAttributes(attribute("text", AnyValue.newBuilder().setStringValue("\u8ddf \ud83d\ude80")))
                .addAttributes(attribute("empty text", AnyValue.newBuilder().setStringValue("")))
                .addAttributes(attribute("bool", AnyValue.newBuilder().setBoolValue(false)))
                .addAttributes(attribute("int", AnyValue.newBuilder().setIntValue(Long.MIN_VALUE)))
                .addAttributes(attribute("double", AnyValue.newBuilder().setDoubleValue(-0.0)))
                .addAttributes(attribute("bytes", AnyValue.newBuilder().setBytesValue(ByteString.copyFromUtf8("abc"))))
                .addAttributes(attribute("none", AnyValue.newBuilder()))
                .addAttributes(attribute(
                        "list",
                        AnyValue.newBuilder()
                                .setArrayValue(ArrayValue.newBuilder()
                                        .addValues(AnyValue.newBuilder().setIntValue(1))
                                        .addValues(AnyValue.newBuilder().setStringValue("x"))
                                        .addValues(AnyValue.newBuilder()))))
                .addAttributes(attribute(
                        "map",
                        AnyValue.newBuilder()
                                .setKvlistValue(KeyValueList.newBuilder()
                                        .addValues(attribute(
                                                "k", AnyValue.newBuilder().setBoolValue(true))))))
                .setDroppedAttributesCount(3)
                .addEvents(io.opentelemetry.proto.trace.v1.Span.Event.newBuilder()
                        .setTimeUnixNano(7)
                        .setName("event")
                        .addAttributes(attribute("e", AnyValue.newBuilder().setIntValue(5)))
                        .setDroppedAttributesCount(1))
                .setDroppedEventsCount(4)
                .addLinks(io.opentelemetry.proto.trace.v1.Span.Link.newBuilder()
                        .setTraceId(
                                ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17}))
                        .setSpanId(ByteString.copyFrom(new byte[] {9, 0, 0, 0, 0, 0, 0, 8}))
                        .setTraceState("c=d")
                        .setFlags(0x100)
                        .setDroppedAttributesCount(2))
                .setDroppedLinksCount(5)
                .setStatus(Status.newBuilder().setMessage("failed").setCode(Status.StatusCode.STATUS_CODE_ERROR))
                .build();
    }

    /** A request with one span that has every field. */
    static byte[] fullRequest() {
        return request(List.of(full())).toByteArray();
    }

    @Test
    void shouldReadAndWriteEveryFieldOfASpan() throws Exception {
        ExportTraceServiceRequest request = request(List.of(full()));
        assertArrayEquals(
                request.toByteArray(), new OtlpEncoder().request(new OtlpDecoder().request(request.toByteArray())));
    }

    @Test
    void shouldPassT1sOnUnchanged() throws Exception {
        byte[] request = request(List.of(full())).toByteArray();
        byte[] document = Converters.bytes("T1S" + Base64.getEncoder().encodeToString(request) + "\n");
        Conversion conversion = Converters.convert(document);
        assertEquals(Conversion.Outcome.CONVERTED, conversion.outcome());
        assertArrayEquals(request, conversion.encoded());
        assertArrayEquals(request, OtlpDocuments.decode(document, document.length));
        assertThrows(OtlpDecoder.UnreadableException.class, () -> OtlpDocuments.decode(new byte[] {'x'}, 1));
        assertThrows(OtlpDecoder.UnreadableException.class, () -> OtlpDocuments.decode(Converters.bytes("T1S!"), 4));
    }

    @Test
    void shouldRefuseSpansWithoutIdsAlone() throws Exception {
        ExportTraceServiceRequest request = request(List.of(
                span(1).build(),
                span(2).clearSpanId().build(),
                span(3).setTraceId(ByteString.copyFromUtf8("short")).build(),
                span(4).setTraceId(ByteString.copyFrom(new byte[16])).build(),
                span(5).build()));
        OtlpDecoder decoder = new OtlpDecoder();
        List<ResourceSpans> spans = decoder.request(request.toByteArray());
        assertEquals(2, spans.get(0).spanCount());
        assertEquals(3, decoder.refusedSpans());
    }

    @Test
    void shouldSurviveBrokenRequests() {
        byte[] good = request(List.of(full(), span(2).build())).toByteArray();
        Random random = new Random(11);
        OtlpDecoder decoder = new OtlpDecoder();
        for (int i = 0; i < 5_000; i++) {
            byte[] broken = good.clone();
            for (int j = random.nextInt(3); j >= 0; j--) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            }
            byte[] cut = random.nextBoolean() ? Arrays.copyOf(broken, random.nextInt(broken.length)) : broken;
            try {
                List<ResourceSpans> spans = decoder.request(cut);
                new SpanConverter(SpanConverter.LENGTH_MAX, true).convert(spans).forEach(Json::read);
            } catch (OtlpDecoder.UnreadableException e) {
                assertTrue(e.getMessage() != null);
            }
        }
    }

    /** Others may set our own attributes to anything: what is written stays JSON. */
    @Test
    void shouldWriteJsonWhateverOurAttributesHold() {
        List<String> names = List.of(
                "aws.xray.fields",
                "service.instance.id",
                "http.request.method",
                "aws.xray.cause",
                "aws.xray.extra",
                "aws.xray.absent",
                "rpc.method",
                "aws.dynamodb.table_names",
                "aws.xray.aws.x",
                "aws.xray.sql.x",
                "aws.xray.metadata.x",
                "aws.xray.annotations",
                "aws.xray.user",
                "user.id",
                "aws.xray.in_progress");
        List<AnyValue.Builder> values = List.of(
                AnyValue.newBuilder().setStringValue("{"),
                AnyValue.newBuilder().setStringValue(" {\"a\":1}"),
                AnyValue.newBuilder().setDoubleValue(Double.NaN),
                AnyValue.newBuilder().setBytesValue(ByteString.copyFromUtf8("x")),
                AnyValue.newBuilder(),
                AnyValue.newBuilder()
                        .setArrayValue(ArrayValue.newBuilder()
                                .addValues(AnyValue.newBuilder().setStringValue("aws.elastic_beanstalk.deployment_id"))
                                .addValues(AnyValue.newBuilder().setBytesValue(ByteString.copyFromUtf8("x")))),
                AnyValue.newBuilder()
                        .setKvlistValue(KeyValueList.newBuilder()
                                .addValues(attribute("k", AnyValue.newBuilder().setDoubleValue(1)))));
        Random random = new Random(13);
        for (int i = 0; i < 500; i++) {
            io.opentelemetry.proto.trace.v1.Span.Builder span = span(1).addAttributes(
                            attribute("aws.xray.type", AnyValue.newBuilder().setStringValue("segment")));
            Resource.Builder resource = Resource.newBuilder();
            for (String name : names) {
                span.addAttributes(attribute(name, values.get(random.nextInt(values.size()))));
                resource.addAttributes(attribute(name, values.get(random.nextInt(values.size()))));
            }
            byte[] request = request(List.of(span.build())).toBuilder()
                    .setResourceSpans(
                            0,
                            request(List.of(span.build())).getResourceSpans(0).toBuilder()
                                    .setResource(resource))
                    .build()
                    .toByteArray();
            try {
                List<byte[]> documents =
                        new SpanConverter(SpanConverter.LENGTH_MAX, true).convert(new OtlpDecoder().request(request));
                assertEquals(1, documents.size());
                assertEquals("0000000000000001", Json.object(documents.get(0)).get("id"));
            } catch (OtlpDecoder.UnreadableException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void shouldRefuseAttributesThatAreTooDeep() {
        AnyValue.Builder value = AnyValue.newBuilder();
        for (int i = 0; i < OtlpDecoder.DEPTH_MAX + 5; i++) {
            value = AnyValue.newBuilder().setArrayValue(ArrayValue.newBuilder().addValues(value));
        }
        byte[] request = request(
                        List.of(span(1).addAttributes(attribute("deep", value)).build()))
                .toByteArray();
        assertThrows(OtlpDecoder.UnreadableException.class, () -> new OtlpDecoder().request(request));
    }
}
