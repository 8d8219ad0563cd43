package io.github.xrayd.connectors.otlp.convert;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Merges converted documents into {@code ExportTraceServiceRequest}s within an endpoint's limits: spans of the same
 * resource stand together, what does not fit goes into the next request, and a span that no request takes is refused
 * alone. Owned by one thread at a time.
 */
public final class ExportRequests {
    /** What AWS's OTLP endpoint takes in one request. */
    public static final int SPANS_MAX = 10_000;
    /** What AWS's OTLP endpoint takes in one request, uncompressed, in bytes. */
    public static final int LENGTH_MAX = 5_000_000;
    /** What AWS's OTLP endpoint takes for one span, in bytes. */
    public static final int SPAN_LENGTH_MAX = 200_000;

    /** Tags and lengths of a message in three others, each of which may need a longer length when a span is added. */
    private static final int FRAME_LENGTH_MAX = 18;

    private final int spansMax;
    private final int lengthMax;
    private final int spanLengthMax;
    private final OtlpEncoder encoder = new OtlpEncoder();
    private final OtlpDecoder decoder = new OtlpDecoder();
    private final Map<Source, ResourceSpans> groups = new LinkedHashMap<>();
    private final List<byte[]> encoded = new ArrayList<>();
    private List<Request> sealed = new ArrayList<>();
    private BitSet documents = new BitSet();
    private int documentCount;
    private int spanCount;
    private int length;
    private long refusedSpans;
    private long earliestNs = Long.MIN_VALUE;
    private long latestNs = Long.MAX_VALUE;

    /**
     * One request.
     *
     * @param bytes an {@code ExportTraceServiceRequest}
     * @param spanCount how many spans it has
     * @param documents of which documents it has spans, counted from 0 in the order in which they were added since the
     *     last {@link #take}
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Request(byte[] bytes, int spanCount, BitSet documents) {}

    /** Where spans come from: what must be equal for them to stand together. */
    private record Source(String scopeName, String scopeVersion, Attributes resource, Attributes scope) {}

    /** Requests for AWS's endpoint. */
    public ExportRequests() {
        this(SPANS_MAX, LENGTH_MAX, SPAN_LENGTH_MAX);
    }

    /**
     * @param spansMax spans of one request
     * @param lengthMax bytes of one request before it is compressed
     * @param spanLengthMax bytes of one span
     */
    public ExportRequests(int spansMax, int lengthMax, int spanLengthMax) {
        if (spansMax < 1 || lengthMax < 1 || spanLengthMax < 1) {
            throw new IllegalArgumentException("limits of requests must be at least 1, not " + spansMax + " spans, "
                    + lengthMax + " bytes, " + spanLengthMax + " bytes per span");
        }
        this.spansMax = spansMax;
        this.lengthMax = lengthMax;
        this.spanLengthMax = spanLengthMax;
    }

    /**
     * Refuses spans from now on that start at another time.
     *
     * @param from the earliest start, in nanoseconds since the epoch
     * @param to the latest start, in nanoseconds since the epoch
     */
    public void allowStarts(long from, long to) {
        earliestNs = from;
        latestNs = to;
    }

    /** How many spans were refused so far because they alone are too long, or start at another time than is allowed. */
    public long refusedSpans() {
        return refusedSpans;
    }

    /**
     * Adds one converted document; one that was held or refused only counts as a document.
     *
     * @return how many of its spans were refused
     */
    public int add(Conversion conversion) {
        int document = documentCount++;
        long before = refusedSpans;
        byte[] request = conversion.encoded();
        if (request != null) {
            addEncoded(request, document);
        }
        conversion.spans().forEach(spans -> add(spans, document));
        return (int) (refusedSpans - before);
    }

    /** Adds a request as it is when it fits whole, else span by span. */
    private void addEncoded(byte[] request, int document) {
        List<ResourceSpans> all;
        try {
            all = decoder.request(request);
        } catch (OtlpDecoder.UnreadableException e) {
            throw new IllegalArgumentException("a converted document must be readable: " + e.getMessage(), e);
        }
        int count = 0;
        boolean isWhole = decoder.refusedSpans() == 0 && request.length <= lengthMax;
        for (ResourceSpans spans : all) {
            count += spans.spanCount();
            for (Span span : spans.spans) {
                isWhole &= encoder.spanLength(span) <= spanLengthMax && isAllowed(span);
            }
        }
        refusedSpans += decoder.refusedSpans();
        if (!isWhole || count > spansMax) {
            all.forEach(spans -> add(spans, document));
        } else if (count > 0) {
            makeRoom(count, request.length);
            encoded.add(request);
            took(count, request.length, document);
        }
    }

    private void add(ResourceSpans spans, int document) {
        Source source = new Source(spans.scopeName, spans.scopeVersion, spans.resource, spans.scope);
        int frame = encoder.request(List.of(spans.empty())).length + FRAME_LENGTH_MAX;
        ResourceSpans group = groups.get(source);
        for (Span span : spans.spans) {
            int spanLength = encoder.spanLength(span);
            if (!isAllowed(span) || spanLength > spanLengthMax || spanLength + FRAME_LENGTH_MAX + frame > lengthMax) {
                refusedSpans++;
                continue;
            }
            int added = spanLength + FRAME_LENGTH_MAX;
            if (makeRoom(1, group == null ? added + frame : added)) {
                group = null;
            }
            if (group == null) {
                group = spans.empty();
                groups.put(source, group);
                added += frame;
            }
            group.spans.add(span);
            took(1, added, document);
        }
    }

    private boolean isAllowed(Span span) {
        return span.startNs >= earliestNs && span.startNs <= latestNs;
    }

    private void took(int count, int bytes, int document) {
        spanCount += count;
        length += bytes;
        documents.set(document);
    }

    /** Seals the open request when it has no room for these; returns whether it did. */
    private boolean makeRoom(int count, int bytes) {
        if (spanCount == 0 || (spanCount + count <= spansMax && length + bytes <= lengthMax)) {
            return false;
        }
        seal();
        return true;
    }

    private void seal() {
        byte[] merged = encoder.request(List.copyOf(groups.values()));
        int total =
                merged.length + encoded.stream().mapToInt(part -> part.length).sum();
        byte[] bytes = java.util.Arrays.copyOf(merged, total);
        // Messages one after the other are one message with the fields of all.
        int offset = merged.length;
        for (byte[] part : encoded) {
            System.arraycopy(part, 0, bytes, offset, part.length);
            offset += part.length;
        }
        sealed.add(new Request(bytes, spanCount, documents));
        groups.clear();
        encoded.clear();
        documents = new BitSet();
        spanCount = 0;
        length = 0;
    }

    /** Takes all requests, the open one too, and begins anew. */
    public List<Request> take() {
        if (spanCount > 0) {
            seal();
        }
        List<Request> taken = sealed;
        sealed = new ArrayList<>();
        documents = new BitSet();
        documentCount = 0;
        return taken;
    }
}
