package io.github.xrayd.sandbox;

import io.github.xrayd.connectors.otlp.convert.OtlpDecoder;
import io.github.xrayd.connectors.otlp.convert.OtlpDecoder.UnreadableException;
import io.github.xrayd.connectors.otlp.convert.OtlpDocuments;
import io.github.xrayd.connectors.otlp.convert.OtlpJson;
import io.github.xrayd.connectors.otlp.convert.ResourceSpans;
import io.github.xrayd.connectors.otlp.convert.SpanConverter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Segment documents made of OpenTelemetry spans: of {@code T1S} documents, and of OTLP requests. Each span becomes a document of its own,
 * so that one which comes twice, or before its parent, is found again by its id. Immutable.
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
}
