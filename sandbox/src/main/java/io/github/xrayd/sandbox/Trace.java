package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One trace put together from its documents: later documents of an id replace earlier ones, unless they only say "in
 * progress"; streamed subsegments hang below their parents.
 *
 * @param id {@code 1-<8 hex>-<24 hex>}
 * @param segments the segments, by start time; subsegments without a known parent stand among them
 * @param root the segment that no other one called
 * @param documents the segment documents by id, as they arrived
 */
record Trace(String id, List<Segment> segments, Segment root, Map<String, String> documents) {
    private static final int DEPTH_MAX = 500;

    /** The trace, or null when none of the documents is a segment. */
    static @Nullable Trace of(String id, List<String> texts) {
        Map<String, Segment> tops = new LinkedHashMap<>();
        Map<String, String> documents = new LinkedHashMap<>();
        for (String text : texts) {
            List<Segment> parsed = Segment.parse(text);
            for (Segment segment : parsed) {
                Segment before = tops.get(segment.id());
                if (before == null || before.isInProgress() || !segment.isInProgress()) {
                    tops.put(segment.id(), segment);
                    documents.put(segment.id(), parsed.size() == 1 ? text : Json.writeText(segment.fields()));
                }
            }
        }
        if (tops.isEmpty()) {
            return null;
        }
        Map<String, Segment> all = new HashMap<>();
        tops.values().forEach(top -> walk(top, segment -> all.putIfAbsent(segment.id(), segment)));
        List<Segment> segments = new ArrayList<>();
        for (Segment top : tops.values()) {
            Segment parent = top.isSubsegment() ? find(all, top.parentId()) : null;
            if (parent != null && !isRingOrTooDeep(top, parent, all)) {
                parent.children().add(top);
            } else {
                segments.add(top);
            }
        }
        segments.sort(Comparator.comparingDouble(Segment::startSeconds));
        Segment root = segments.stream()
                .filter(segment -> !segment.isSubsegment() && segment.parentId() == null)
                .findFirst()
                .orElse(segments.get(0));
        return new Trace(id, segments, root, documents);
    }

    private static @Nullable Segment find(Map<String, Segment> all, @Nullable String id) {
        return id == null ? null : all.get(id);
    }

    /** Whether hanging {@code top} below {@code parent} would close a ring, or make a tree too deep to walk. */
    private static boolean isRingOrTooDeep(Segment top, Segment parent, Map<String, Segment> all) {
        Segment above = parent;
        for (int depth = 0; depth < DEPTH_MAX; depth++) {
            if (above.id().equals(top.id())) {
                return true;
            }
            String next = above.parentId();
            Segment nextAbove = next == null ? null : all.get(next);
            if (nextAbove == null) {
                return false;
            }
            above = nextAbove;
        }
        return true;
    }

    /** Calls {@code visitor} for the segment and everything below it. */
    static void walk(Segment segment, Consumer<Segment> visitor) {
        visitor.accept(segment);
        for (Segment child : segment.children()) {
            walk(child, visitor);
        }
    }

    /** Calls {@code visitor} for each segment and subsegment. */
    void forEach(Consumer<Segment> visitor) {
        segments.forEach(top -> walk(top, visitor));
    }

    /** Whether a segment or subsegment fits. */
    boolean anyMatch(Predicate<Segment> test) {
        return segments.stream().anyMatch(top -> anyMatch(top, test));
    }

    /** Whether the segment or one of its subsegments fits. */
    static boolean anyMatch(Segment segment, Predicate<Segment> test) {
        return test.test(segment) || segment.children().stream().anyMatch(child -> anyMatch(child, test));
    }

    double startSeconds() {
        return segments.get(0).startSeconds();
    }

    double endSeconds() {
        double end = startSeconds();
        for (Segment segment : segments) {
            end = Math.max(end, segment.endSeconds());
        }
        return end;
    }

    double durationSeconds() {
        return endSeconds() - startSeconds();
    }

    double responseSeconds() {
        return root.durationSeconds();
    }

    boolean isPartial() {
        return segments.stream().anyMatch(segment -> segment.isInProgress() || segment.isSubsegment());
    }

    /** The segments that a subsegment or segment called, by that one's id. */
    Map<String, List<Segment>> segmentsByCaller() {
        Map<String, List<Segment>> byCaller = new HashMap<>();
        for (Segment segment : segments) {
            String caller = segment.parentId();
            if (!segment.isSubsegment() && caller != null) {
                byCaller.computeIfAbsent(caller, id -> new ArrayList<>()).add(segment);
            }
        }
        return byCaller;
    }
}
