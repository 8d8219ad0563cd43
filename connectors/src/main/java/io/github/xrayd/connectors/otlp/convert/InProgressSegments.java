package io.github.xrayd.connectors.otlp.convert;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Which segments in progress wait for their complete document. The document itself waits elsewhere and comes back: by
 * then the complete one has come, which has everything that it has, so it is not needed; or a newer version of it
 * waits; or it becomes a span that ends when it starts. Bounded in number and bytes: what finds no room does not wait.
 * Shared by the converters of one destination; thread-safe.
 */
public final class InProgressSegments {
    /** No version. */
    static final long NO_VERSION = 0;

    private final int countMax;
    private final long bytesMax;
    /** Those that wait, and some that came back or were completed, the eldest first. */
    private final Map<SegmentKey, State> segments = new LinkedHashMap<>();

    private int waiting;
    private long bytes;
    private long superseded;
    private long expired;
    private long refused;

    /** What is known of one segment. */
    private static final class State {
        long newest;
        int length;
        boolean isWaiting;
        boolean isCompleted;
    }

    /**
     * @param countMax how many segments wait at most
     * @param bytesMax how many bytes their documents have together at most
     */
    public InProgressSegments(int countMax, long bytesMax) {
        if (countMax < 1 || bytesMax < 1) {
            throw new IllegalArgumentException("limits of segments in progress must be at least 1, not " + countMax
                    + " segments, " + bytesMax + " bytes");
        }
        this.countMax = countMax;
        this.bytesMax = bytesMax;
    }

    /** What tells versions of one segment apart. */
    static long version(byte[] document, int length) {
        CRC32 crc = new CRC32();
        crc.update(document, 0, length);
        return crc.getValue() << 32 | length;
    }

    /**
     * A document comes for the first time, or again because the call that had it failed.
     *
     * @return whether it is to wait; if not it is converted now
     */
    synchronized boolean hold(SegmentKey key, long version, int length) {
        State known = segments.get(key);
        int before = known == null || !known.isWaiting ? 0 : known.length;
        boolean isNew = before == 0;
        if ((isNew && waiting >= countMax) || bytes + length - before > bytesMax) {
            refused++;
            return false;
        }
        State state = known == null ? new State() : known;
        segments.remove(key);
        segments.put(key, state);
        waiting += isNew ? 1 : 0;
        bytes += length - before;
        state.isWaiting = true;
        state.length = length;
        state.newest = version;
        forget();
        return true;
    }

    /** What does not wait any more is remembered for a while: its document may come again because a call failed. */
    private void forget() {
        var eldest = segments.values().iterator();
        while (segments.size() > 2 * countMax && eldest.hasNext()) {
            State state = eldest.next();
            if (!state.isWaiting) {
                eldest.remove();
            }
        }
    }

    /**
     * A document that waited comes back.
     *
     * @return whether it is to be sent; if not the complete document or a newer version makes it unnecessary
     */
    synchronized boolean release(SegmentKey key, long version) {
        State state = segments.get(key);
        if (state != null && state.newest != version) {
            superseded++;
            return false;
        }
        if (state != null) {
            end(state);
        }
        if (state != null && state.isCompleted) {
            superseded++;
            return false;
        }
        expired++;
        return true;
    }

    private void end(State state) {
        if (state.isWaiting) {
            state.isWaiting = false;
            waiting--;
            bytes -= state.length;
        }
    }

    /** The complete document came: the one in progress that waits for it, if any, is not needed any more. */
    synchronized void complete(SegmentKey key) {
        State state = segments.isEmpty() ? null : segments.get(key);
        if (state != null) {
            state.isCompleted = true;
        }
    }

    /** How many segments wait. */
    public synchronized int size() {
        return waiting;
    }

    /** How many bytes the documents of the waiting segments have. */
    public synchronized long bytes() {
        return bytes;
    }

    /** How many came back and were not needed, because their complete document or a newer version came. */
    public synchronized long superseded() {
        return superseded;
    }

    /** How many came back and were sent, because their complete document did not come. */
    public synchronized long expired() {
        return expired;
    }

    /** How many were sent at once, because too many waited. */
    public synchronized long refused() {
        return refused;
    }
}
