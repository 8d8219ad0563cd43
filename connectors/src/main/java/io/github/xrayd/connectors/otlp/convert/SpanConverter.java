package io.github.xrayd.connectors.otlp.convert;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Converts spans to X-Ray documents: segments, with their subsegments embedded where the parent is among the same spans
 * and the document stays short enough, else as documents of their own. What {@link SegmentConverter} converted comes
 * back as it was. Owned by one thread at a time.
 */
public final class SpanConverter {
    /** The longest document that X-Ray takes, in bytes. */
    public static final int LENGTH_MAX = 64_000;

    /** Subsegments within each other; what is deeper becomes a document of its own. */
    private static final int DEPTH_MAX = 100;

    private final JsonTree json = new JsonTree();
    private final SegmentRebuilder rebuilder = new SegmentRebuilder(json);
    private final SegmentTranslator translator = new SegmentTranslator(json);
    private final int lengthMax;
    private final boolean isEmbedding;
    private long refused;

    /**
     * @param lengthMax bytes of a document, {@link #LENGTH_MAX} for X-Ray
     * @param isEmbedding whether subsegments stand in their parent's document when that is there; else each is sent
     *     alone, as the Collector does, but for those that were embedded before
     */
    public SpanConverter(int lengthMax, boolean isEmbedding) {
        this.lengthMax = lengthMax;
        this.isEmbedding = isEmbedding;
    }

    /** How many spans were refused so far because one alone makes a document that is too long. */
    public long refused() {
        return refused;
    }

    /** A span, its resource, and the spans that belong into its document. */
    private static final class SpanNode {
        final Span span;
        final Attributes resource;
        final List<SpanNode> children = new ArrayList<>(0);

        @Nullable
        SpanNode parent;

        /** Whether a span that never was a document is a segment. */
        boolean isSegment;

        /** Whether its children became documents of their own. */
        boolean isDetached;

        SpanNode(Span span, Attributes resource) {
            this.span = span;
            this.resource = resource;
        }
    }

    /** The documents of these spans, in the order of the spans that they begin with. */
    public List<byte[]> convert(List<ResourceSpans> all) {
        List<SpanNode> nodes = new ArrayList<>();
        Map<SegmentKey, SpanNode> byKey = new HashMap<>();
        for (ResourceSpans spans : all) {
            for (Span span : spans.spans) {
                SpanNode node = new SpanNode(span, spans.resource);
                nodes.add(node);
                byKey.putIfAbsent(new SegmentKey(span.traceIdHigh, span.traceIdLow, span.id), node);
            }
        }
        List<SpanNode> roots = new ArrayList<>();
        for (SpanNode node : nodes) {
            SpanNode parent = parent(node, byKey);
            if (SegmentRebuilder.wasSegment(node.span)) {
                // A document that came twice: what was embedded in the second follows that one.
                byKey.put(new SegmentKey(node.span.traceIdHigh, node.span.traceIdLow, node.span.id), node);
            }
            if (parent == null) {
                roots.add(node);
            } else {
                node.parent = parent;
                parent.children.add(node);
            }
        }
        List<byte[]> documents = new ArrayList<>(roots.size());
        roots.forEach(root -> write(root, documents));
        return documents;
    }

    /** The span whose document takes this one; null when it gets its own. */
    private @Nullable SpanNode parent(SpanNode node, Map<SegmentKey, SpanNode> byKey) {
        Span span = node.span;
        boolean wasSegment = SegmentRebuilder.wasSegment(span);
        node.isSegment = !wasSegment && isForeignSegment(node, byKey);
        if (wasSegment ? !SegmentRebuilder.wasEmbedded(span) : !isEmbedding || node.isSegment) {
            return null;
        }
        SpanNode parent = byKey.get(new SegmentKey(span.traceIdHigh, span.traceIdLow, span.parentId));
        // Parents that form a circle, or a chain that is too deep, are cut here.
        int depth = 0;
        for (SpanNode above = parent; above != null && depth <= DEPTH_MAX; above = above.parent) {
            depth = above == node ? DEPTH_MAX + 1 : depth + 1;
        }
        return depth > DEPTH_MAX ? null : parent;
    }

    private static boolean isForeignSegment(SpanNode node, Map<SegmentKey, SpanNode> byKey) {
        Span span = node.span;
        if (SegmentTranslator.isSegment(span)) {
            return true;
        }
        SpanNode parent = byKey.get(new SegmentKey(span.traceIdHigh, span.traceIdLow, span.parentId));
        return parent != null && !isSameService(node.resource, parent.resource);
    }

    private static boolean isSameService(Attributes one, Attributes other) {
        return java.util.Objects.equals(one.get(Names.SERVICE_NAME), other.get(Names.SERVICE_NAME));
    }

    private void write(SpanNode root, List<byte[]> documents) {
        byte[] document = bytes(document(root, false));
        if (document.length <= lengthMax) {
            documents.add(document);
            return;
        }
        // Its subsegments become documents of their own.
        root.isDetached = true;
        byte[] alone = bytes(document(root, false));
        if (alone.length <= lengthMax) {
            documents.add(alone);
        } else {
            refused++;
        }
        root.children.forEach(child -> write(child, documents));
    }

    private static byte[] bytes(Map<String, @Nullable Object> document) {
        return JsonTree.write(document).getBytes(StandardCharsets.UTF_8);
    }

    private Map<String, @Nullable Object> document(SpanNode node, boolean isEmbedded) {
        boolean wasSegment = SegmentRebuilder.wasSegment(node.span);
        Map<String, @Nullable Object> document = wasSegment
                ? rebuilder.rebuild(node.span, node.resource, isEmbedded)
                : translator.translate(node.span, node.resource, node.isSegment, isEmbedded);
        if (!node.isDetached && !node.children.isEmpty()) {
            List<@Nullable Object> subsegments = new ArrayList<>(node.children.size());
            node.children.forEach(child -> subsegments.add(document(child, true)));
            document.put("subsegments", subsegments);
        }
        if (wasSegment) {
            rebuilder.complete(node.span, document);
        }
        return document;
    }
}
