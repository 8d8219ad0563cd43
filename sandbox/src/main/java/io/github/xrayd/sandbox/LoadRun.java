package io.github.xrayd.sandbox;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What arrived of one load run: which sequence numbers, how often, how long after they were sent. Thread-safe. */
public final class LoadRun {
    /** The longest latency that is distinguished: one hour, in microseconds. */
    static final long LATENCY_MICROS_MAX = 3_600_000_000L;

    private static final int MISSING_SHOWN_MAX = 20;
    private static final int BLOCK = 1 << 14;

    private final String id;
    private final long capacity;
    /**
     * Which sequence numbers arrived, by number / {@value #BLOCK}: a run of any length stays small while nothing is
     * missing.
     */
    private final Map<Long, Block> blocks = new HashMap<>();

    private final BacklogTimeline backlog = new BacklogTimeline();
    private final Histogram latencyMicros = new Histogram(LATENCY_MICROS_MAX, 3);
    private long arrived;
    private long distinct;
    private long outOfRange;
    private long highest = -1;

    LoadRun(String id, long capacity) {
        this.id = id;
        this.capacity = capacity;
    }

    synchronized void onDocument(long sequence, long sentMicros, long arrivalMicros) {
        arrived++;
        latencyMicros.recordValue(Math.max(0, Math.min(arrivalMicros - sentMicros, LATENCY_MICROS_MAX)));
        if (sequence < 0 || sequence >= capacity) {
            outOfRange++;
            return;
        }
        if (markSeen(sequence)) {
            distinct++;
            backlog.add(sentMicros, arrivalMicros);
            highest = Math.max(highest, sequence);
        }
    }

    /** Returns whether it was not seen before. */
    private boolean markSeen(long sequence) {
        return blocks.computeIfAbsent(sequence / BLOCK, key -> new Block()).add((int) (sequence % BLOCK));
    }

    private boolean isSeen(long sequence) {
        Block block = blocks.get(sequence / BLOCK);
        return block != null && block.has((int) (sequence % BLOCK));
    }

    /** Which of so many consecutive sequence numbers arrived; takes no memory for bits once all of them did. */
    private static final class Block {
        private @Nullable BitSet bits = new BitSet(BLOCK);
        private int count;

        boolean has(int number) {
            return bits == null || bits.get(number);
        }

        boolean add(int number) {
            if (bits == null || bits.get(number)) {
                return false;
            }
            bits.set(number);
            if (++count == BLOCK) {
                bits = null;
            }
            return true;
        }

        boolean isComplete() {
            return bits == null;
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

    /**
     * The most documents at once that had been sent, and arrived later; those that never arrived are not among them.
     */
    public synchronized long backlogPeak() {
        return backlog.peak();
    }

    /** The first missing sequence numbers below the highest that arrived, at most 20. */
    public synchronized List<Long> missing() {
        List<Long> missing = new ArrayList<>();
        for (long i = 0; i < highest && missing.size() < MISSING_SHOWN_MAX; i++) {
            Block block = blocks.get(i / BLOCK);
            if (block != null && block.isComplete()) {
                i = (i / BLOCK + 1) * BLOCK - 1;
            } else if (!isSeen(i)) {
                missing.add(i);
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
