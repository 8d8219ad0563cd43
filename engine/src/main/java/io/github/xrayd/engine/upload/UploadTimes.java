package io.github.xrayd.engine.upload;

import io.github.xrayd.engine.telemetry.Histogram;
import java.util.Set;

/**
 * How long one destination's calls and deliveries took, and since when what is. Written by the uploader's thread, read
 * by any; times are on the engine's nanosecond clock.
 */
public final class UploadTimes {
    /** Stands for "never" and "nothing". */
    public static final long NONE = Long.MIN_VALUE;

    private static final long LOOK_NS = 1_000_000_000L;

    private final Histogram calls = new Histogram();
    private final Histogram deliveries = new Histogram();
    private volatile long deliveredNs = NONE;
    private volatile long failingNs = NONE;
    private volatile long oldestNs = NONE;
    private long lookedNs = NONE;

    /** Duration of calls, whatever their result. */
    public Histogram calls() {
        return calls;
    }

    /**
     * From the receipt of a call's oldest document to the answer that took it; one for each call that succeeded. What
     * came back from a spool is not among them.
     */
    public Histogram deliveries() {
        return deliveries;
    }

    /** When a call last succeeded, or {@link #NONE}. */
    public long deliveredNs() {
        return deliveredNs;
    }

    /** When the first of the calls failed that have failed since one last succeeded, or {@link #NONE}. */
    public long failingNs() {
        return failingNs;
    }

    /** When the oldest document in memory was received, as of a second ago at most, or {@link #NONE}. */
    public long oldestNs() {
        return oldestNs;
    }

    void onCall(long latencyNs) {
        calls.record(latencyNs);
    }

    void onDelivered(Upload upload, long nowNs) {
        deliveredNs = nowNs;
        if (upload.restored == null) {
            deliveries.record(nowNs - upload.parcel.oldestReceivedNs());
        }
    }

    void onReached() {
        if (failingNs != NONE) {
            failingNs = NONE;
        }
    }

    void onFailing(long nowNs) {
        if (failingNs == NONE) {
            failingNs = nowNs;
        }
    }

    /** Looks for the oldest document, at most once a second while there are some. */
    void onCycle(UploadQueues queues, Set<Upload> inFlight, long nowNs) {
        if (queues.isEmpty() && inFlight.isEmpty()) {
            if (oldestNs != NONE) {
                oldestNs = NONE;
            }
        } else if (lookedNs == NONE || nowNs - lookedNs >= LOOK_NS) {
            lookedNs = nowNs;
            long oldest = queues.oldestReceivedNs();
            for (Upload upload : inFlight) {
                if (upload.restored == null) {
                    long receivedNs = upload.parcel.oldestReceivedNs();
                    oldest = oldest == NONE || receivedNs - oldest < 0 ? receivedNs : oldest;
                }
            }
            oldestNs = oldest;
        }
    }
}
