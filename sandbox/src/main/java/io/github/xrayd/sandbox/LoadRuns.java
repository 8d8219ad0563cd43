package io.github.xrayd.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The registered load runs. A document belongs to one when its text starts with
 *
 * <pre>
 * &#123;"trace_id":"1-&lt;8 hex&gt;-&lt;8 hex run id&gt;&lt;16 hex sequence number&gt;","id":"&lt;16 hex send time in epoch microseconds&gt;"
 * </pre>
 *
 * which is looked for at fixed offsets of the escaped text, without parsing. Thread-safe.
 */
public final class LoadRuns {
    /** The most runs at a time. */
    static final int RUNS_MAX = 16;

    /** The largest capacity of one run, in documents. */
    static final long CAPACITY_MAX = 1_000_000_000_000L;

    private static final Pattern RUN_ID = Pattern.compile("[0-9a-f]{8}");
    private static final byte[] BEFORE_EPOCH = escaped("{\"trace_id\":\"1-");
    private static final byte[] BEFORE_SENT = escaped("\",\"id\":\"");
    private static final int EPOCH_OFFSET = BEFORE_EPOCH.length;
    private static final int DASH_OFFSET = EPOCH_OFFSET + 8;
    private static final int RUN_OFFSET = DASH_OFFSET + 1;
    private static final int SEQUENCE_OFFSET = RUN_OFFSET + 8;
    private static final int AFTER_TRACE_ID_OFFSET = SEQUENCE_OFFSET + 16;
    private static final int SENT_OFFSET = AFTER_TRACE_ID_OFFSET + BEFORE_SENT.length;
    private static final int HEAD_LENGTH = SENT_OFFSET + 16;

    private final Map<Integer, LoadRun> runs = new ConcurrentHashMap<>();
    private volatile boolean isAny;

    LoadRuns() {}

    private static byte[] escaped(String text) {
        return text.replace("\"", "\\\"").getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Starts to record a run; one of the same id starts again from nothing.
     *
     * @param id eight lower-case hex digits
     * @param capacity sequence numbers that are distinguished, 1 to 1,000,000,000,000
     * @throws IllegalArgumentException when the id or the capacity is not of that form, or 16 runs are registered
     *     already
     */
    public synchronized LoadRun register(String id, long capacity) {
        int key = key(id);
        if (capacity < 1 || capacity > CAPACITY_MAX) {
            throw new IllegalArgumentException("A run's capacity must be 1 to " + CAPACITY_MAX + ", not " + capacity);
        }
        if (!runs.containsKey(key) && runs.size() >= RUNS_MAX) {
            throw new IllegalArgumentException("There are " + RUNS_MAX + " runs already: delete one first");
        }
        LoadRun run = new LoadRun(id, capacity);
        runs.put(key, run);
        isAny = true;
        return run;
    }

    /** The run, or null when it is not registered. */
    public @Nullable LoadRun find(String id) {
        return runs.get(key(id));
    }

    /** Forgets a run; returns whether there was one. */
    public synchronized boolean forget(String id) {
        boolean wasThere = runs.remove(key(id)) != null;
        isAny = !runs.isEmpty();
        return wasThere;
    }

    private static int key(String id) {
        if (!RUN_ID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "A run id is 8 lower-case hex digits, not \"" + TerminalText.harmless(id, 40) + "\"");
        }
        return Integer.parseUnsignedInt(id, 16);
    }

    boolean isAny() {
        return isAny;
    }

    /** Records the document whose escaped text starts at {@code start}, if it belongs to a registered run. */
    void onDocument(byte[] body, int start, int bodyLength, long arrivalMicros) {
        if (bodyLength - start < HEAD_LENGTH
                || !matches(body, start, BEFORE_EPOCH)
                || body[start + DASH_OFFSET] != '-'
                || !matches(body, start + AFTER_TRACE_ID_OFFSET, BEFORE_SENT)) {
            return;
        }
        long runId = hex(body, start + RUN_OFFSET, 8);
        if (runId < 0) {
            return;
        }
        LoadRun run = runs.get((int) runId);
        if (run != null) {
            long sequence = hex(body, start + SEQUENCE_OFFSET, 16);
            long sentMicros = hex(body, start + SENT_OFFSET, 16);
            run.onDocument(sequence, sentMicros, arrivalMicros);
        }
    }

    private static boolean matches(byte[] body, int offset, byte[] expected) {
        for (int i = 0; i < expected.length; i++) {
            if (body[offset + i] != expected[i]) {
                return false;
            }
        }
        return true;
    }

    /** The number, or -1 when a digit is not hex; 16 digits above {@link Long#MAX_VALUE} come out negative too. */
    private static long hex(byte[] body, int offset, int digits) {
        long value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = Character.digit(body[offset + i], 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }
}
