package io.github.xrayd.connectors.otlp.convert;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * Segments in progress, which wait for their complete document: it has everything that they have, so they are dropped when it comes.
 * What waits too long, or must make room for others, is released as a span that ends when it starts. Bounded in number, bytes and
 * time; every loss is counted. Owned by one converter; not thread-safe.
 */
public final class InProgressSegments {
    private final int countMax;
    private final long bytesMax;
    private final long ageMsMax;
    private final Map<SegmentKey, Held> segments = new LinkedHashMap<>();
    private final Queue<ResourceSpans> evictedSpans = new ArrayDeque<>();
    private long bytes;
    private long completed;
    private long expired;
    private long evicted;
    private long dropped;

    private record Held(ResourceSpans spans, int length, long deadlineMs) {}

    /**
     * @param countMax how many segments wait at most
     * @param bytesMax how many bytes their documents have together at most
     * @param ageMsMax how long one waits for its complete document, in milliseconds
     */
    public InProgressSegments(int countMax, long bytesMax, long ageMsMax) {
        if (countMax < 1 || bytesMax < 1 || ageMsMax < 1) {
            throw new IllegalArgumentException("limits of segments in progress must be at least 1, not " + countMax
                    + " segments, " + bytesMax + " bytes, " + ageMsMax + " ms");
        }
        this.countMax = countMax;
        this.bytesMax = bytesMax;
        this.ageMsMax = ageMsMax;
    }

    /** Holds a segment; a newer version of one that is held replaces it and keeps its deadline. */
    void hold(SegmentKey key, ResourceSpans spans, int length, long nowMs) {
        Held before = segments.get(key);
        long deadlineMs = before == null ? nowMs + ageMsMax : before.deadlineMs();
        bytes += length - (before == null ? 0 : before.length());
        segments.put(key, new Held(spans, length, deadlineMs));
        Iterator<Held> eldest = segments.values().iterator();
        while (eldest.hasNext() && (segments.size() > countMax || bytes > bytesMax)) {
            Held held = eldest.next();
            eldest.remove();
            bytes -= held.length();
            evicted++;
            if (evictedSpans.size() == countMax) {
                evictedSpans.remove();
                dropped++;
            }
            evictedSpans.add(held.spans());
        }
    }

    /** The complete document came: the segment that waited for it, if any, is dropped. */
    void complete(SegmentKey key) {
        if (segments.isEmpty()) {
            return;
        }
        Held held = segments.remove(key);
        if (held != null) {
            bytes -= held.length();
            completed++;
        }
    }

    /** Takes the spans that waited too long by now, and those that made room for others since the last call. */
    List<ResourceSpans> release(long nowMs) {
        List<ResourceSpans> released = new ArrayList<>(evictedSpans);
        evictedSpans.clear();
        Iterator<Held> eldest = segments.values().iterator();
        while (eldest.hasNext()) {
            Held held = eldest.next();
            if (held.deadlineMs() - nowMs > 0) {
                break;
            }
            eldest.remove();
            bytes -= held.length();
            expired++;
            released.add(held.spans());
        }
        return released;
    }

    /** Takes everything that waits, for the end of the process. */
    List<ResourceSpans> releaseAll() {
        expired += segments.size();
        List<ResourceSpans> released = new ArrayList<>(evictedSpans);
        evictedSpans.clear();
        segments.values().forEach(held -> released.add(held.spans()));
        segments.clear();
        bytes = 0;
        return released;
    }

    /** How many segments wait. */
    public int size() {
        return segments.size();
    }

    /** How many bytes the documents of the waiting segments have. */
    public long bytes() {
        return bytes;
    }

    /** How many were dropped because their complete document came. */
    public long completed() {
        return completed;
    }

    /** How many were released because it did not come in time. */
    public long expired() {
        return expired;
    }

    /** How many made room for others, to be released early. */
    public long evicted() {
        return evicted;
    }

    /** How many of the evicted were lost because nobody released them before as many others followed as may wait. */
    public long dropped() {
        return dropped;
    }
}
