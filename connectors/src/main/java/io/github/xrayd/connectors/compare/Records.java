package io.github.xrayd.connectors.compare;

import io.github.xrayd.connectors.otlp.convert.JsonTree;
import io.github.xrayd.connectors.otlp.convert.OtlpDecoder;
import io.github.xrayd.connectors.otlp.convert.OtlpDocuments;
import io.github.xrayd.connectors.otlp.convert.OtlpJson;
import io.github.xrayd.connectors.otlp.convert.ResourceSpans;
import io.github.xrayd.connectors.otlp.convert.SpanConverter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes X-Ray documents of records: segment documents and arrays of them, {@code T1S} documents, OTLP requests as JSON,
 * the trace files of the sandbox and of {@code aws xray batch-get-traces}, bodies of PutTraceSegments. Spans are
 * converted as everywhere in xrayd. Not thread-safe.
 */
public final class Records {
    /** The longest record that is read, in bytes. */
    public static final int LENGTH_MAX = 16 << 20;

    /** Spans of foreign origin may be longer than X-Ray takes: comparing needs no such limit. */
    private static final int DOCUMENT_LENGTH_MAX = 4 << 20;

    private static final Pattern DASHED = Pattern.compile("1-[0-9a-f]{8}-[0-9a-f]{24}");

    private final JsonTree json = new JsonTree();
    private final OtlpJson otlpJson = new OtlpJson();
    private final OtlpDecoder decoder = new OtlpDecoder();
    private final SpanConverter converter = new SpanConverter(DOCUMENT_LENGTH_MAX, false);
    private final Visitor visitor;

    /** Takes what records hold. */
    interface Visitor {
        /**
         * A document.
         *
         * @param traceId 32 lower-case hexadecimal digits; what is no trace id as it is
         */
        void onDocument(String traceId, byte[] document);

        /** A record that says of itself that it is not to be seen: spans that are not sampled, and metrics. */
        void onUnsampled();

        /** A record, a document or spans in it that cannot be read. */
        void onUnreadable(int count, String reason);
    }

    Records(Visitor visitor) {
        this.visitor = visitor;
    }

    /** Whether the bytes are one JSON value. */
    public static boolean isJson(byte[] bytes) {
        try {
            new JsonTree().read(bytes, bytes.length);
            return true;
        } catch (JsonTree.JsonException e) {
            // Bad input is a verdict.
            return false;
        }
    }

    /** A trace id by which X-Ray's form and OpenTelemetry's are equal. */
    static String traceId(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return DASHED.matcher(lower).matches() ? lower.substring(2, 10) + lower.substring(11) : lower;
    }

    void read(byte[] bytes) {
        if (bytes.length > LENGTH_MAX) {
            visitor.onUnreadable(1, "longer than " + (LENGTH_MAX >> 20) + " MB");
            return;
        }
        try {
            if (OtlpDocuments.isSampled(bytes, bytes.length)) {
                spans(decoder.request(OtlpDocuments.decode(bytes, bytes.length)), decoder.refusedSpans());
            } else if (OtlpDocuments.isOtlp(bytes, bytes.length)) {
                visitor.onUnsampled();
            } else {
                value(json.read(bytes, bytes.length), bytes);
            }
        } catch (OtlpDecoder.UnreadableException e) {
            visitor.onUnreadable(1, "not OTLP: " + e.getMessage());
        } catch (JsonTree.JsonException e) {
            visitor.onUnreadable(1, "not JSON: " + e.getMessage());
        }
    }

    private void value(@Nullable Object value, byte[] bytes) throws OtlpDecoder.UnreadableException {
        if (value instanceof List<?> elements) {
            elements.forEach(this::document);
            return;
        }
        Map<String, @Nullable Object> object = JsonTree.asObject(value);
        if (object == null) {
            visitor.onUnreadable(1, "neither a JSON object nor an array");
        } else if (object.containsKey("resourceSpans")) {
            spans(otlpJson.request(bytes, bytes.length), otlpJson.refusedSpans());
        } else if (object.get("Traces") instanceof List<?> traces) {
            traces.forEach(this::traceFile);
        } else if (object.get("Segments") instanceof List<?>) {
            traceFile(object);
        } else if (object.get("TraceSegmentDocuments") instanceof List<?> documents) {
            documents.forEach(this::text);
        } else if (!object.containsKey("format") || object.containsKey("trace_id")) {
            document(object);
        }
        // What is left is the header line of a datagram.
    }

    private void traceFile(@Nullable Object trace) {
        Map<String, @Nullable Object> object = JsonTree.asObject(trace);
        if (object == null || !(object.get("Segments") instanceof List<?> segments)) {
            visitor.onUnreadable(1, "a trace without Segments");
            return;
        }
        for (Object segment : segments) {
            Map<String, @Nullable Object> entry = JsonTree.asObject(segment);
            if (entry != null && entry.containsKey("Document")) {
                text(entry.get("Document"));
            } else {
                document(segment);
            }
        }
    }

    private void text(@Nullable Object document) {
        if (document instanceof String text) {
            read(text.getBytes(StandardCharsets.UTF_8));
        } else {
            visitor.onUnreadable(1, "a document that is no text");
        }
    }

    private void document(@Nullable Object value) {
        Map<String, @Nullable Object> fields = JsonTree.asObject(value);
        if (fields == null
                || !(fields.get("trace_id") instanceof String traceId)
                || !(fields.get("id") instanceof String)) {
            visitor.onUnreadable(1, "no segment: it needs trace_id and id");
            return;
        }
        visitor.onDocument(traceId(traceId), JsonTree.write(fields).getBytes(StandardCharsets.UTF_8));
    }

    private void spans(List<ResourceSpans> spans, int refused) {
        if (refused > 0) {
            visitor.onUnreadable(refused, "spans without valid ids");
        }
        long before = converter.refused();
        List<byte[]> documents = converter.convert(spans);
        if (converter.refused() > before) {
            visitor.onUnreadable(
                    Math.toIntExact(converter.refused() - before),
                    "spans longer than " + (DOCUMENT_LENGTH_MAX >> 20) + " MB");
        }
        for (byte[] document : documents) {
            try {
                document(json.read(document, document.length));
            } catch (JsonTree.JsonException e) {
                visitor.onUnreadable(1, "a span whose document is not JSON: " + e.getMessage());
            }
        }
    }
}
