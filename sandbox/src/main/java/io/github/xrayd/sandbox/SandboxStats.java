package io.github.xrayd.sandbox;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What the sandbox was asked and answered. Thread-safe. */
public final class SandboxStats {
    /** The status that stands for a connection closed without an answer. */
    public static final int NO_ANSWER = 0;

    private final Map<String, Map<Integer, LongAdder>> requests = new ConcurrentHashMap<>();
    private final LongAdder bodyBytes = new LongAdder();
    private final LongAdder unprocessed = new LongAdder();

    SandboxStats() {}

    void onRequest(String operation, int status, long length) {
        requests.computeIfAbsent(operation, name -> new ConcurrentHashMap<>())
                .computeIfAbsent(status, code -> new LongAdder())
                .increment();
        bodyBytes.add(length);
    }

    void onUnprocessed(int segments) {
        unprocessed.add(segments);
    }

    /**
     * Requests of an operation ({@code PutTraceSegments}, …) that were answered with a status; {@link #NO_ANSWER} for
     * none.
     */
    public long requests(String operation, int status) {
        LongAdder count = requests.getOrDefault(operation, Map.of()).get(status);
        return count == null ? 0 : count.sum();
    }

    /** Requests of an operation, whatever the answer. */
    public long requests(String operation) {
        return requests.getOrDefault(operation, Map.of()).values().stream()
                .mapToLong(LongAdder::sum)
                .sum();
    }

    /** Bytes of request bodies that were read. */
    public long bodyBytes() {
        return bodyBytes.sum();
    }

    /** Segments that came back unprocessed. */
    public long unprocessed() {
        return unprocessed.sum();
    }

    Map<String, Object> requestsJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        new TreeMap<>(requests).forEach((operation, byStatus) -> {
            Map<String, Object> counts = new LinkedHashMap<>();
            new TreeMap<>(byStatus)
                    .forEach((status, count) ->
                            counts.put(status == NO_ANSWER ? "none" : Integer.toString(status), count.sum()));
            json.put(operation, counts);
        });
        return json;
    }
}
