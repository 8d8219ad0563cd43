package io.github.xrayd.sandbox;

import io.github.xrayd.connectors.otlp.convert.Conversion;
import io.github.xrayd.connectors.otlp.convert.InProgressSegments;
import io.github.xrayd.connectors.otlp.convert.OtlpDecoder;
import io.github.xrayd.connectors.otlp.convert.OtlpDecoder.UnreadableException;
import io.github.xrayd.connectors.otlp.convert.OtlpDocuments;
import io.github.xrayd.connectors.otlp.convert.OtlpJson;
import io.github.xrayd.connectors.otlp.convert.ResourceSpans;
import io.github.xrayd.connectors.otlp.convert.SegmentConverter;
import io.github.xrayd.connectors.otlp.convert.SegmentNames;
import io.github.xrayd.connectors.otlp.convert.SpanConverter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Segment documents made of OpenTelemetry spans, and back: of {@code T1S} documents, and of OTLP requests. Each span
 * becomes a document of its own, so that one which comes twice, or before its parent, is found again by its id.
 * Immutable.
 *
 * @param documents the segments and subsegments, as X-Ray documents
 * @param spans how many spans there were that have ids
 * @param refused how many spans were refused: without a usable id, or too long for a document
 */
record SpanDocuments(List<String> documents, int spans, int refused) {
    private static final String TRANSPORTED = "T1S";

    /** Whether this is a document in which OpenTelemetry's exporters send sampled spans through the daemon. */
    static boolean isTransported(String document) {
        return document.startsWith(TRANSPORTED);
    }

    /** The segments of a {@code T1S} document. */
    static SpanDocuments ofTransported(String document) throws UnreadableException {
        byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
        byte[] request = OtlpDocuments.decode(bytes, bytes.length);
        return ofProtobuf(request);
    }

    /** The segments of an {@code ExportTraceServiceRequest}. */
    static SpanDocuments ofProtobuf(byte[] request) throws UnreadableException {
        OtlpDecoder decoder = new OtlpDecoder();
        List<ResourceSpans> spans = decoder.request(request);
        return of(spans, decoder.refusedSpans());
    }

    /** The segments of the same request as JSON. */
    static SpanDocuments ofJson(byte[] request) throws UnreadableException {
        OtlpJson decoder = new OtlpJson();
        List<ResourceSpans> spans = decoder.request(request, request.length);
        return of(spans, decoder.refusedSpans());
    }

    private static SpanDocuments of(List<ResourceSpans> all, int refusedByDecoder) {
        SpanConverter converter = new SpanConverter(SpanConverter.LENGTH_MAX, false);
        List<String> documents = converter.convert(all).stream()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .toList();
        return new SpanDocuments(
                documents,
                all.stream().mapToInt(ResourceSpans::spanCount).sum(),
                refusedByDecoder + Math.toIntExact(converter.refused()));
    }

    /**
     * The spans of a segment document, each as one JSON object with its resource and scope, as CloudWatch keeps spans;
     * none when the document cannot be converted.
     */
    static List<Map<String, Object>> toOpenTelemetry(String document) {
        byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
        SegmentConverter converter = new SegmentConverter(
                "sandbox", new SegmentNames(1), new InProgressSegments(1, SegmentConverter.LENGTH_MAX));
        Conversion conversion = converter.convert(bytes, bytes.length, false);
        byte[] request = OtlpJson.write(conversion.spans());
        List<Map<String, Object>> spans = new ArrayList<>();
        try {
            for (Object resourceSpans : Json.list(Json.parseObject(request, request.length), "resourceSpans")) {
                Map<String, Object> resource = Json.object(resourceSpans);
                for (Object scopeSpans : Json.list(resource, "scopeSpans")) {
                    Map<String, Object> scope = Json.object(scopeSpans);
                    for (Object element : Json.list(scope, "spans")) {
                        Map<String, Object> span = new LinkedHashMap<>();
                        span.put("resource", resource == null ? null : resource.get("resource"));
                        span.put("scope", scope == null ? null : scope.get("scope"));
                        Map<String, Object> fields = Json.object(element);
                        span.putAll(fields == null ? Map.of() : fields);
                        spans.add(span);
                    }
                }
            }
        } catch (Json.MalformedException e) {
            throw new IllegalStateException("The converter's own JSON cannot be read", e);
        }
        return spans;
    }
}
