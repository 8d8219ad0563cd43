package io.github.xrayd.benchmarks;

import com.google.protobuf.InvalidProtocolBufferException;
import io.github.xrayd.connectors.otlp.convert.Conversion;
import io.github.xrayd.connectors.otlp.convert.InProgressSegments;
import io.github.xrayd.connectors.otlp.convert.OtlpDecoder;
import io.github.xrayd.connectors.otlp.convert.OtlpEncoder;
import io.github.xrayd.connectors.otlp.convert.ResourceSpans;
import io.github.xrayd.connectors.otlp.convert.SegmentConverter;
import io.github.xrayd.connectors.otlp.convert.SegmentNames;
import io.github.xrayd.connectors.otlp.convert.SpanConverter;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What one document costs on its way to OTLP and back, and the encoder beside OpenTelemetry's generated classes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class OtlpConvertBenchmark {
    @Param({"1024", "8192", "61440"})
    public int documentLength;

    private final SegmentConverter converter = new SegmentConverter(
            "0", new SegmentNames(SegmentNames.DEFAULT_CAPACITY), new InProgressSegments(1_000, 1 << 24));
    private final SpanConverter back = new SpanConverter(1 << 20, true);
    private final OtlpEncoder encoder = new OtlpEncoder();
    private final OtlpDecoder decoder = new OtlpDecoder();
    private final List<List<ResourceSpans>> spans = new ArrayList<>();
    private final List<byte[]> requests = new ArrayList<>();
    private final List<ExportTraceServiceRequest> messages = new ArrayList<>();
    private List<byte[]> documents = List.of();
    private int next;

    @Setup
    public void setUp() throws InvalidProtocolBufferException {
        documents = SegmentDocuments.ofLength(documentLength);
        for (byte[] document : documents) {
            Conversion conversion = converter.convert(document, document.length, true);
            byte[] request = encoder.request(conversion.spans());
            ExportTraceServiceRequest message = ExportTraceServiceRequest.parseFrom(request);
            spans.add(conversion.spans());
            requests.add(request);
            messages.add(message);
            if (copy(message).toByteArray().length != request.length) {
                throw new IllegalStateException("the generated classes write another request");
            }
        }
    }

    private int next() {
        next = next + 1 & documents.size() - 1;
        return next;
    }

    /** The whole way: a document to the bytes of a request. */
    @Benchmark
    public byte[] documentToRequest() {
        byte[] document = documents.get(next());
        return encoder.request(
                converter.convert(document, document.length, true).spans());
    }

    /** A document to spans, which are encoded elsewhere. */
    @Benchmark
    public Conversion documentToSpans() {
        byte[] document = documents.get(next());
        return converter.convert(document, document.length, true);
    }

    /** The encoder alone. */
    @Benchmark
    public byte[] encode() {
        return encoder.request(spans.get(next()));
    }

    /** The alternative: messages of OpenTelemetry's generated classes, built and written. */
    @Benchmark
    public byte[] encodeGenerated() {
        return copy(messages.get(next())).toByteArray();
    }

    /** The way back: the bytes of a request to documents. */
    @Benchmark
    public List<byte[]> requestToDocuments() throws OtlpDecoder.UnreadableException {
        return back.convert(decoder.request(requests.get(next())));
    }

    /** Builds the message anew from its values, as a converter would. */
    private static ExportTraceServiceRequest copy(ExportTraceServiceRequest from) {
        ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
        for (io.opentelemetry.proto.trace.v1.ResourceSpans spans : from.getResourceSpansList()) {
            io.opentelemetry.proto.trace.v1.ResourceSpans.Builder target = request.addResourceSpansBuilder();
            Resource.Builder resource = target.getResourceBuilder();
            spans.getResource().getAttributesList().forEach(attribute -> resource.addAttributes(copy(attribute)));
            for (ScopeSpans scope : spans.getScopeSpansList()) {
                ScopeSpans.Builder scopeSpans = target.addScopeSpansBuilder();
                scopeSpans
                        .getScopeBuilder()
                        .setName(scope.getScope().getName())
                        .setVersion(scope.getScope().getVersion());
                scope.getSpansList().forEach(span -> copy(span, scopeSpans.addSpansBuilder()));
            }
        }
        return request.build();
    }

    private static void copy(Span from, Span.Builder span) {
        span.setTraceId(from.getTraceId())
                .setSpanId(from.getSpanId())
                .setParentSpanId(from.getParentSpanId())
                .setName(from.getName())
                .setKind(from.getKind())
                .setStartTimeUnixNano(from.getStartTimeUnixNano())
                .setEndTimeUnixNano(from.getEndTimeUnixNano())
                .setFlags(from.getFlags());
        from.getAttributesList().forEach(attribute -> span.addAttributes(copy(attribute)));
    }

    private static KeyValue copy(KeyValue from) {
        return KeyValue.newBuilder()
                .setKey(from.getKey())
                .setValue(copy(from.getValue()))
                .build();
    }

    private static AnyValue copy(AnyValue from) {
        AnyValue.Builder value = AnyValue.newBuilder();
        switch (from.getValueCase()) {
            case STRING_VALUE -> value.setStringValue(from.getStringValue());
            case BOOL_VALUE -> value.setBoolValue(from.getBoolValue());
            case INT_VALUE -> value.setIntValue(from.getIntValue());
            case DOUBLE_VALUE -> value.setDoubleValue(from.getDoubleValue());
            case ARRAY_VALUE -> {
                ArrayValue.Builder elements = value.getArrayValueBuilder();
                from.getArrayValue().getValuesList().forEach(element -> elements.addValues(copy(element)));
            }
            default -> throw new IllegalStateException("no document makes a value of " + from.getValueCase());
        }
        return value.build();
    }
}
