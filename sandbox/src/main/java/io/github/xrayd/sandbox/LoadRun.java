package io.github.xrayd.sandbox;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What arrived of one load run: which sequence numbers, how often, how long after they were sent. Thread-safe. */
public final class LoadRun {
    /** The longest latency that is told apart: one hour, in microseconds. */
    static final long LATENCY_MICROS_MAX = 3_600_000_000L;

    private static final int MISSING_SHOWN_MAX = 20;

    private final String id;
    private final int capacity;
    private final long[] seen;
    private final BacklogTimeline backlog = new BacklogTimeline();
    private final Histogram latencyMicros = new Histogram(LATENCY_MICROS_MAX, 3);
    private long arrived;
    private long distinct;
    private long outOfRange;
    private int highest = -1;

    LoadRun(String id, int capacity) {
        this.id = id;
        this.capacity = capacity;
        this.seen = new long[(capacity + 63) >>> 6];
    }

    synchronized void onDocument(long sequence, long sentMicros, long arrivalMicros) {
        arrived++;
        latencyMicros.recordValue(Math.max(0, Math.min(arrivalMicros - sentMicros, LATENCY_MICROS_MAX)));
        if (sequence < 0 || sequence >= capacity) {
            outOfRange++;
            return;
        }
        int index = (int) sequence;
        long bit = 1L << index;
        if ((seen[index >>> 6] & bit) == 0) {
            seen[index >>> 6] |= bit;
            distinct++;
            backlog.add(sentMicros, arrivalMicros);
            highest = Math.max(highest, index);
        }
    }

    /** The run's eight hex digits. */
    public String id() {
        return id;
    }

    /** Documents of this run, duplicates and those out of range included. */
    public synchronized long arrived() {
        return arrived;
    }

    /** Different sequence numbers that arrived. */
    public synchronized long distinct() {
        return distinct;
    }

    /** Arrivals of a sequence number that was there before. */
    public synchronized long duplicated() {
        return arrived - distinct - outOfRange;
    }

    /** Arrivals whose sequence number is not below the registered capacity. */
    public synchronized long outOfRange() {
        return outOfRange;
    }

    /** A copy of the latencies from sending to arrival, in microseconds. */
    public synchronized Histogram latencyMicros() {
        return latencyMicros.copy();
    }

    /** The most documents at once that had been sent, and arrived later; those that never arrived are not among them. */
    public synchronized long backlogPeak() {
        return backlog.peak();
    }

    /** The first missing sequence numbers below the highest that arrived, at most 20. */
    public synchronized List<Long> missing() {
        List<Long> missing = new ArrayList<>();
        for (int i = 0; i < highest && missing.size() < MISSING_SHOWN_MAX; i++) {
            if ((seen[i >>> 6] & 1L << i) == 0) {
                missing.add((long) i);
            }
        }
        return missing;
    }

    synchronized Map<String, Object> toJson() {
        Map<String, Object> latency = new LinkedHashMap<>();
        latency.put("p50", latencyMicros.getValueAtPercentile(50));
        latency.put("p90", latencyMicros.getValueAtPercentile(90));
        latency.put("p99", latencyMicros.getValueAtPercentile(99));
        latency.put("p999", latencyMicros.getValueAtPercentile(99.9));
        latency.put("max", latencyMicros.getMaxValue());
        latency.put("mean", latencyMicros.getMean());
        latency.put("count", latencyMicros.getTotalCount());
        ByteBuffer encoded = ByteBuffer.allocate(latencyMicros.getNeededByteBufferCapacity());
        int length = latencyMicros.encodeIntoCompressedByteBuffer(encoded);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("run", id);
        json.put("arrived", arrived);
        json.put("distinct", distinct);
        json.put("duplicated", duplicated());
        json.put("outOfRange", outOfRange);
        json.put("latencyMicros", latency);
        json.put("histogram", Base64.getEncoder().encodeToString(Arrays.copyOf(encoded.array(), length)));
        json.put("missing", missing());
        return json;
    }
}
