package io.github.xrayd.engine.upload;

/**
 * How many calls may be in flight: state in, decision out.
 *
 * <p>Grows by one with each success while batches wait and every call is used, so it doubles per round trip, up to the
 * point where it was last cut; above that by one per round trip. Halves when throttled and starts again at one after
 * failures, at most once per round trip: only a call that was started after the last cut can cut again, so that it does
 * not swing. Shrinks by a quarter per second while less than half of it is used. Never below 1 or above its maximum.
 */
public final class CallLimit {
    /** Calls in flight before anything is known of the backend: the reference daemon's concurrency. */
    public static final int INITIAL = 8;

    private static final long SHRINK_INTERVAL_NS = 1_000_000_000L;
    private static final double SHRINK_FACTOR = 0.75;

    private final int max;
    private final int restingMin;
    private double limit;
    private double slowStartEnd;
    private long cutNs;
    private boolean wasCut;
    private long windowStartNs;
    private boolean hasWindow;
    private int inFlightPeak;

    /** A limit that starts at {@link #INITIAL} or {@code max}, whichever is less. */
    public CallLimit(int max) {
        if (max < 1) {
            throw new IllegalArgumentException("max must be at least 1: " + max);
        }
        this.max = max;
        restingMin = Math.min(INITIAL, max);
        limit = restingMin;
        slowStartEnd = max;
    }

    /** How many calls may be in flight now, 1 to the maximum. */
    public int limit() {
        return (int) limit;
    }

    /** A call succeeded; {@code isWanted} when batches were waiting for a call and all that may be in flight were. */
    public void onSuccess(boolean isWanted) {
        if (isWanted) {
            limit = Math.min(max, limit + (limit < slowStartEnd ? 1 : 1 / limit));
        }
    }

    /** A call started at {@code startedNs} was throttled. */
    public void onThrottled(long startedNs, long nowNs) {
        if (isCuttable(startedNs)) {
            slowStartEnd = Math.max(1, limit / 2);
            limit = slowStartEnd;
            cut(nowNs);
        }
    }

    /** A call started at {@code startedNs} failed, and so did the one before it. */
    public void onFailure(long startedNs, long nowNs) {
        if (isCuttable(startedNs)) {
            slowStartEnd = Math.max(slowStartEnd / 2, Math.max(2, limit / 2));
            limit = 1;
            cut(nowNs);
        }
    }

    private boolean isCuttable(long startedNs) {
        return !wasCut || startedNs - cutNs >= 0;
    }

    private void cut(long nowNs) {
        wasCut = true;
        cutNs = nowNs;
    }

    /** Tells how many calls are in flight; called every duty cycle. */
    public void onInFlight(int inFlight, long nowNs) {
        inFlightPeak = Math.max(inFlightPeak, inFlight);
        if (!hasWindow) {
            hasWindow = true;
            windowStartNs = nowNs;
        } else if (nowNs - windowStartNs >= SHRINK_INTERVAL_NS) {
            if (inFlightPeak < limit / 2 && limit > restingMin) {
                limit = Math.max(restingMin, limit * SHRINK_FACTOR);
            }
            inFlightPeak = inFlight;
            windowStartNs = nowNs;
        }
    }
}
