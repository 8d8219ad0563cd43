package io.github.xrayd.connectors.otlp.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A converter with generous limits, and what it converts read by OpenTelemetry's own generated classes. */
final class Converters {
    static final String TRACE_ID = "1-5759e988-bd862e3fe1be46a994272793";
    static final String HEAD = "\"trace_id\":\"" + TRACE_ID + "\",\"id\":\"70de5b6f19ff9a0a\",\"name\":\"shop\","
            + "\"start_time\":1478293361.271,\"end_time\":1478293361.449";

    private Converters() {}

    static SegmentConverter converter() {
        return new SegmentConverter("1.2.3", new SegmentNames(1_000), new InProgressSegments(1_000, 1 << 24));
    }

    /** A document with the usual head and these further fields. */
    static byte[] segment(String fields) {
        return bytes("{" + HEAD + (fields.isEmpty() ? "" : "," + fields) + "}");
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Conversion convert(byte[] document) {
        return converter().convert(document, document.length, true);
    }

    /** The spans of one document, through the wire and through OpenTelemetry's decoder. */
    static List<io.opentelemetry.proto.trace.v1.Span> spans(byte[] document) {
        return request(document).getResourceSpansList().stream()
                .flatMap(spans -> spans.getScopeSpansList().stream())
                .flatMap(spans -> spans.getSpansList().stream())
                .toList();
    }

    static ExportTraceServiceRequest request(byte[] document) {
        Conversion conversion = convert(document);
        assertEquals(Conversion.Outcome.CONVERTED, conversion.outcome(), () -> String.valueOf(conversion.refusal()));
        return parse(new OtlpEncoder().request(conversion.spans()));
    }

    static ExportTraceServiceRequest parse(byte[] request) {
        try {
            return ExportTraceServiceRequest.parseFrom(request);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    static Map<String, AnyValue> attributes(List<KeyValue> attributes) {
        Map<String, AnyValue> map = new HashMap<>();
        attributes.forEach(attribute -> assertEquals(
                null, map.put(attribute.getKey(), attribute.getValue()), () -> attribute.getKey() + " twice"));
        return map;
    }

    /** The only span of a document's with its attributes as text, by {@link AnyValue}'s fields. */
    static Map<String, Object> plain(List<KeyValue> attributes) {
        Map<String, Object> map = new HashMap<>();
        attributes(attributes).forEach((key, value) -> map.put(key, plain(value)));
        return map;
    }

    private static Object plain(AnyValue value) {
        return switch (value.getValueCase()) {
            case STRING_VALUE -> value.getStringValue();
            case BOOL_VALUE -> value.getBoolValue();
            case INT_VALUE -> value.getIntValue();
            case DOUBLE_VALUE -> value.getDoubleValue();
            case ARRAY_VALUE ->
                value.getArrayValue().getValuesList().stream()
                        .map(Converters::plain)
                        .toList();
            default -> value.toString();
        };
    }

    /** Document to spans, to protobuf, to spans, to documents. */
    static List<byte[]> roundTrip(SegmentConverter converter, byte[] document) throws OtlpDecoder.UnreadableException {
        Conversion conversion = converter.convert(document, document.length, true);
        assertEquals(null, conversion.refusal(), () -> new String(document, StandardCharsets.UTF_8));
        List<ResourceSpans> spans = conversion.outcome() == Conversion.Outcome.HELD
                ? converter.convert(document, document.length, false).spans()
                : conversion.spans();
        byte[] request = new OtlpEncoder().request(spans);
        ExportTraceServiceRequest parsed = parse(request);
        // Nothing is in it that OpenTelemetry's classes do not know, and all of it is spelled as they spell it.
        assertEquals(parsed.getSerializedSize(), request.length);
        parsed.getResourceSpansList().forEach(resource -> {
            attributes(resource.getResource().getAttributesList());
            resource.getScopeSpansList().forEach(scope -> scope.getSpansList().forEach(span -> {
                attributes(span.getAttributesList());
                assertEquals(16, span.getTraceId().size());
                assertEquals(8, span.getSpanId().size());
            }));
        });
        return new SpanConverter(1 << 22, true).convert(new OtlpDecoder().request(request));
    }

    static void assertRoundTrip(SegmentConverter converter, byte[] document) throws OtlpDecoder.UnreadableException {
        List<byte[]> back = roundTrip(converter, document);
        assertEquals(1, back.size(), () -> new String(document, StandardCharsets.UTF_8));
        assertEquals(
                Json.read(document),
                Json.read(back.get(0)),
                () -> new String(document, StandardCharsets.UTF_8) + "\n"
                        + new String(back.get(0), StandardCharsets.UTF_8));
    }
}
