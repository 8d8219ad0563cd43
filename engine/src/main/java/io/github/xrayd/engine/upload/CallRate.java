package io.github.xrayd.engine.upload;

/**
 * How many calls may start per second once the service has throttled: state in, decision out.
 *
 * <p>Without throttling there is no bound. A throttled second sets the rate to {@value #CUT} of what succeeded in the second before, and each
 * second without throttling lifts it by {@value #LIFT}; after {@value #FORGET_SECONDS} quiet seconds the bound is gone.
 */
public final class CallRate {
    static final double CUT = 0.8;
    static final double LIFT = 1.1;
    static final int FORGET_SECONDS = 30;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final double RATE_MIN = 1;

    private double ratePerSecond = Double.POSITIVE_INFINITY;
    private long nextStartNs;
    private long windowStartNs;
    private boolean hasWindow;
    private boolean isThrottledWindow;
    private int successes;
    private int quietSeconds;

    /** When the next call may start, on the engine's nanosecond clock; in the past when it may start now. */
    public long nextStartNs(long nowNs) {
        return isBounded() ? nextStartNs : nowNs;
    }

    /** A call starts now. */
    public void onStart(long nowNs) {
        if (isBounded()) {
            nextStartNs = Math.max(nextStartNs, nowNs - SECOND_NS / 10) + (long) (SECOND_NS / ratePerSecond);
        }
    }

    /** A call succeeded. */
    public void onSuccess(long nowNs) {
        roll(nowNs);
        successes++;
    }

    /** A call was throttled. */
    public void onThrottled(long nowNs) {
        roll(nowNs);
        if (!isThrottledWindow) {
            isThrottledWindow = true;
            double elapsed = Math.max(0.1, (nowNs - windowStartNs) / (double) SECOND_NS);
            double achieved = Math.max(RATE_MIN, successes / elapsed);
            ratePerSecond = Math.max(RATE_MIN, Math.min(achieved, ratePerSecond) * CUT);
            nextStartNs = nowNs + (long) (SECOND_NS / ratePerSecond);
        }
    }

    /** Calls per second that may start, infinite when not bounded. */
    public double ratePerSecond() {
        return ratePerSecond;
    }

    /** Whether the service has throttled lately. */
    public boolean isBounded() {
        return ratePerSecond != Double.POSITIVE_INFINITY;
    }

    /** Lets time pass; called every duty cycle. */
    public void roll(long nowNs) {
        if (!hasWindow) {
            hasWindow = true;
            windowStartNs = nowNs;
            return;
        }
        while (nowNs - windowStartNs >= SECOND_NS) {
            windowStartNs += isBounded() ? SECOND_NS : nowNs - windowStartNs;
            if (isBounded()) {
                quietSeconds = isThrottledWindow ? 0 : quietSeconds + 1;
                ratePerSecond = quietSeconds >= FORGET_SECONDS ? Double.POSITIVE_INFINITY : ratePerSecond * LIFT;
            }
            isThrottledWindow = false;
            successes = 0;
        }
    }
}
