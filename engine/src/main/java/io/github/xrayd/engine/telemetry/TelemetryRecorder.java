package io.github.xrayd.engine.telemetry;

import java.util.List;

/**
 * Makes telemetry records of the counters' growth. Has no clock and no thread; used by one thread.
 *
 * <p>What is settled is read before what is received, so that a record never tells of more sent than received over all.
 */
public final class TelemetryRecorder {
    private final List<Counters> pipelines;
    private final long[] reported = new long[Counter.values().length];

    /** @param pipelines the counters of all pipelines, added up */
    public TelemetryRecorder(List<Counters> pipelines) {
        this.pipelines = List.copyOf(pipelines);
    }

    /** Whether any datagram was ever received. */
    public boolean hasReceived() {
        return total(Counter.RECEIVED) > 0;
    }

    /** What happened since the last record, or since the start. */
    public TelemetryRecord record(long nowMs) {
        // As the reference counts: what the service left unprocessed was sent, and turned away.
        long unprocessed = delta(Counter.UNPROCESSED);
        long sent = delta(Counter.DELIVERED) + unprocessed;
        long spillover = 0;
        long rejected = unprocessed;
        for (Counter counter : Counter.values()) {
            if (counter.isDrop()) {
                spillover += delta(counter);
            } else if (counter.isRejection()) {
                rejected += delta(counter);
            }
        }
        return new TelemetryRecord(
                nowMs,
                delta(Counter.RECEIVED),
                sent,
                spillover,
                rejected,
                new TelemetryRecord.CallErrors(
                        delta(Counter.ERROR_TIMEOUT),
                        delta(Counter.ERROR_CONNECTION_REFUSED),
                        delta(Counter.ERROR_HTTP_4XX),
                        delta(Counter.ERROR_HTTP_5XX),
                        delta(Counter.ERROR_UNKNOWN_HOST),
                        delta(Counter.ERROR_OTHER)));
    }

    private long delta(Counter counter) {
        long total = total(counter);
        long delta = total - reported[counter.ordinal()];
        reported[counter.ordinal()] = total;
        return delta;
    }

    private long total(Counter counter) {
        long total = 0;
        for (Counters counters : pipelines) {
            total += counters.get(counter);
        }
        return total;
    }
}
