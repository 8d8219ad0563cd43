package io.github.xrayd.connectors.compare;

import io.github.xrayd.connectors.compare.Difference.Kind;
import io.github.xrayd.connectors.compare.TraceNodes.Node;
import io.github.xrayd.connectors.otlp.convert.JsonTree;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares two sources within bounded memory: where they do not fit, their traces are divided by their ids into parts,
 * and the sources are read once more for each part. Used by one thread.
 */
public final class Comparison {
    /** Places that are named of one segment that differs. */
    public static final int PLACES_MAX = 20;

    /** Memory counted for each document beside its bytes. */
    static final int DOCUMENT_OVERHEAD_BYTES = 64;

    private static final int TRACE_OVERHEAD_BYTES = 256;
    private static final int PARTS_MAX = 1 << 16;
    private static final long PROGRESS_RECORDS = 4_096;

    /** Receives what is found. */
    public interface Listener {
        /** Something differs. */
        void onDifference(Difference difference);

        /**
         * Records were read.
         *
         * @param isA whether of A
         * @param records of that source, in this part
         * @param part from 1
         * @param parts as many as are known to be needed now
         */
        void onProgress(boolean isA, long records, int part, int parts);
    }

    /**
     * What is compared.
     *
     * @param bytesMax of documents in memory at one time, of both sources together
     * @param fromSeconds traces that began at this time or later, in seconds since the epoch
     * @param toSeconds traces that began before this time
     */
    public record Bounds(long bytesMax, double fromSeconds, double toSeconds) {}

    /**
     * A part of the traces: those whose hash has {@code index} as its rest when it is divided by {@code count}, a power
     * of two.
     */
    private record Part(int index, int count) {
        boolean has(String traceId) {
            int hash = traceId.hashCode() * 0x9e3779b9;
            return ((hash ^ hash >>> 16) & count - 1) == index;
        }
    }

    /** The documents of one trace. */
    private static final class Held {
        final List<byte[]> a = new ArrayList<>(1);
        final List<byte[]> b = new ArrayList<>(1);
        long bytes = TRACE_OVERHEAD_BYTES;
    }

    private final Bounds bounds;
    private final Listener listener;
    private final ComparisonSummary summary = new ComparisonSummary();
    private final JsonTree json = new JsonTree();
    private final Deque<Part> left = new ArrayDeque<>();
    private final Map<String, Held> held = new LinkedHashMap<>();
    private Part part = new Part(0, 1);
    private long bytes;
    private int done;

    public Comparison(Bounds bounds, Listener listener) {
        this.bounds = bounds;
        this.listener = listener;
    }

    /**
     * Compares.
     *
     * @throws IOException when a source cannot be read, or one trace alone needs more memory than there may be; the
     *     message is for the user
     */
    public ComparisonSummary run(RecordSource a, RecordSource b) throws IOException, InterruptedException {
        left.add(part);
        while (!left.isEmpty()) {
            part = left.remove();
            held.clear();
            bytes = 0;
            read(a, true);
            read(b, false);
            held.forEach(this::compare);
            done++;
        }
        held.clear();
        summary.parts = done;
        return summary;
    }

    private void read(RecordSource source, boolean isA) throws IOException, InterruptedException {
        Reading reading = new Reading(isA);
        source.read(reading);
        reading.report();
        if (reading.isTooLarge) {
            throw new IOException("the documents of one trace take more than " + (bounds.bytesMax() >> 20)
                    + " MB: give more with --memory");
        }
    }

    /** Takes the records of one source, for one part. */
    private final class Reading implements RecordSource.Sink, Records.Visitor {
        private final boolean isA;
        private final ComparisonSummary.Side side;
        private final Records records = new Records(this);
        private long count;
        private boolean isTooLarge;

        Reading(boolean isA) {
            this.isA = isA;
            side = isA ? summary.a : summary.b;
        }

        @Override
        public boolean isWanted(String traceId) {
            return part.has(Records.traceId(traceId));
        }

        @Override
        public void accept(byte[] record) {
            records.read(record);
            if (++count % PROGRESS_RECORDS == 0) {
                report();
            }
        }

        void report() {
            listener.onProgress(isA, count, done + 1, done + 1 + left.size());
        }

        @Override
        public void onDocument(String traceId, byte[] document) {
            if (part.has(traceId) && !isTooLarge) {
                Held trace = held.computeIfAbsent(traceId, id -> {
                    bytes += TRACE_OVERHEAD_BYTES;
                    return new Held();
                });
                (isA ? trace.a : trace.b).add(document);
                trace.bytes += document.length + DOCUMENT_OVERHEAD_BYTES;
                bytes += document.length + DOCUMENT_OVERHEAD_BYTES;
                while (bytes > bounds.bytesMax() && !isTooLarge) {
                    divide();
                }
            }
        }

        private void divide() {
            if (part.count() >= PARTS_MAX) {
                isTooLarge = true;
                return;
            }
            left.add(new Part(part.index() + part.count(), part.count() * 2));
            part = new Part(part.index(), part.count() * 2);
            held.entrySet().removeIf(entry -> {
                boolean isOther = !part.has(entry.getKey());
                bytes -= isOther ? entry.getValue().bytes : 0;
                return isOther;
            });
        }

        @Override
        public void onUnsampled() {
            side.unsampled += done == 0 ? 1 : 0;
        }

        @Override
        public void onUnreadable(int unreadable, String reason) {
            if (done == 0) {
                side.unreadable += unreadable;
                side.unreadableReasons.merge(reason, (long) unreadable, Long::sum);
            }
        }
    }

    private void compare(String traceId, Held documents) {
        TraceNodes a = new TraceNodes(documents.a, json);
        TraceNodes b = new TraceNodes(documents.b, json);
        double start = Math.min(a.startSeconds(), b.startSeconds());
        if (start < bounds.fromSeconds() || start >= bounds.toSeconds()) {
            summary.outside++;
            return;
        }
        summary.a.add(documents.a.size(), a);
        summary.b.add(documents.b.size(), b);
        String shown = traceId.length() == 32 ? "1-" + traceId.substring(0, 8) + "-" + traceId.substring(8) : traceId;
        missing(shown, a.byKey(), b.byKey(), Kind.ONLY_IN_A);
        missing(shown, b.byKey(), a.byKey(), Kind.ONLY_IN_B);
        a.byKey().forEach((key, node) -> {
            Node other = b.byKey().get(key);
            if (other != null) {
                compare(shown, node, other);
            }
        });
    }

    private void compare(String traceId, Node a, Node b) {
        List<Difference.Place> places = JsonDifferences.of(a.fields(), b.fields(), PLACES_MAX);
        if (places.isEmpty()) {
            summary.equal++;
            return;
        }
        summary.different++;
        listener.onDifference(new Difference(Kind.DIFFERENT, traceId, a.key(), a.name(), a.isSubsegment(), 1, places));
    }

    /** What {@code other} has not: a whole trace at once, and with each segment that is missing what is part of it. */
    private void missing(String traceId, Map<String, Node> nodes, Map<String, Node> other, Kind kind) {
        if (nodes.isEmpty()) {
            return;
        }
        if (other.isEmpty()) {
            count(kind, nodes.size());
            Node first = nodes.values().iterator().next();
            listener.onDifference(new Difference(kind, traceId, "", first.name(), false, nodes.size(), List.of()));
            return;
        }
        Map<String, Integer> parts = new LinkedHashMap<>();
        for (Node node : nodes.values()) {
            if (!other.containsKey(node.key())) {
                parts.merge(top(node, nodes, other).key(), 1, Integer::sum);
            }
        }
        parts.forEach((key, spans) -> {
            Node node = nodes.get(key);
            if (node != null) {
                count(kind, spans);
                listener.onDifference(
                        new Difference(kind, traceId, key, node.name(), node.isSubsegment(), spans, List.of()));
            }
        });
    }

    /** The outermost one that is missing and that the node is part of. */
    private static Node top(Node node, Map<String, Node> nodes, Map<String, Node> other) {
        Node top = node;
        // Parents may form a circle.
        for (int depth = 0; depth < nodes.size(); depth++) {
            Node parent = parent(top, nodes);
            if (parent == null || other.containsKey(parent.key())) {
                break;
            }
            top = parent;
        }
        return top;
    }

    private static @Nullable Node parent(Node node, Map<String, Node> nodes) {
        String key = node.parentKey();
        return key == null ? null : nodes.get(key);
    }

    private void count(Kind kind, int spans) {
        if (kind == Kind.ONLY_IN_A) {
            summary.onlyInA += spans;
        } else {
            summary.onlyInB += spans;
        }
    }
}
