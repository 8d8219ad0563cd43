package io.github.xrayd.connectors.otlp.convert;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names of segments seen lately, so that a subsegment which is sent alone gets its segment's {@code service.name}.
 * Bounded: the name that was learned first is forgotten first. Shared by the converters of one destination;
 * thread-safe.
 */
public final class SegmentNames {
    /** What the converter of a destination usually has: about 20 MB when full, 50 MB with the longest names. */
    public static final int DEFAULT_CAPACITY = 65_536;

    /** Longer names, which X-Ray does not take, are not remembered. */
    private static final int NAME_LENGTH_MAX = 200;

    private final Map<SegmentKey, String> names;
    private long unknown;

    /** @param capacity how many segments are remembered */
    public SegmentNames(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("a cache of " + capacity + " names; there must be at least 1");
        }
        names = new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<SegmentKey, String> eldest) {
                return size() > capacity;
            }
        };
    }

    synchronized void learn(SegmentKey segment, String name) {
        if (name.length() <= NAME_LENGTH_MAX) {
            names.put(segment, name);
        }
    }

    /** The name of the segment that this parent is or belongs to; null, and counted, when it is not known. */
    @Nullable
    synchronized String find(SegmentKey parent) {
        String name = names.get(parent);
        if (name == null) {
            unknown++;
        }
        return name;
    }

    /** How many segments are remembered. */
    public synchronized int size() {
        return names.size();
    }

    /** How many streamed subsegments were converted without a service name. */
    public synchronized long unknown() {
        return unknown;
    }
}
