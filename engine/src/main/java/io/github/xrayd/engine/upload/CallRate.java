package io.github.xrayd.engine.upload;

/**
 * How many calls may start per second once the service has throttled: state in, decision out.
 *
 * <p>Without throttling there is no bound. A throttled second sets the rate to {@value #CUT} of what succeeded in the
 * second before. Each quiet second multiplies it by {@value #LIFT_FAST} up to where it was cut, and by {@value #LIFT}
 * from there on; after {@value #SURE_SECONDS} quiet seconds in a row the limit that was met is gone, and it is the
 * former again. After {@value #FORGET_SECONDS} quiet seconds with far less to send than it allows the bound is gone.
 */
public final class CallRate {
    static final double CUT = 0.8;
    static final double LIFT = 1.1;
    static final double LIFT_FAST = 1.5;
    /** More than a steady limit leaves: from 80 % of it the slow lift meets it again in the third second. */
    static final int SURE_SECONDS = 5;

    static final int FORGET_SECONDS = 30;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final double RATE_MIN = 1;
    private static final double FORGET_FACTOR = 4;

    private double ratePerSecond = Double.POSITIVE_INFINITY;
    private double rateAtCut = Double.POSITIVE_INFINITY;
    private long nextStartNs;
    private long windowStartNs;
    private boolean hasWindow;
    private boolean isThrottledWindow;
    private int successes;
    private int successesBefore;
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
            // A second that has just begun says little; the one before it says what the service took.
            double achieved = Math.max(RATE_MIN, Math.max(successesBefore, successes));
            // Without any success nothing is known of what the service takes.
            if (successesBefore > 0 || successes > 0) {
                rateAtCut = Math.min(achieved, ratePerSecond);
            }
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
        if (!isBounded() && nowNs - windowStartNs >= 2 * SECOND_NS) {
            windowStartNs = nowNs - SECOND_NS;
            successes = 0;
        }
        while (nowNs - windowStartNs >= SECOND_NS) {
            windowStartNs += SECOND_NS;
            if (isBounded()) {
                quietSeconds = isThrottledWindow ? 0 : quietSeconds + 1;
                lift();
            }
            isThrottledWindow = false;
            successesBefore = successes;
            successes = 0;
        }
    }

    private void lift() {
        if (quietSeconds >= FORGET_SECONDS && ratePerSecond > FORGET_FACTOR * Math.max(1, successes)) {
            ratePerSecond = Double.POSITIVE_INFINITY;
            rateAtCut = Double.POSITIVE_INFINITY;
        } else if (!isThrottledWindow) {
            boolean isFast = ratePerSecond * LIFT_FAST <= rateAtCut || quietSeconds > SURE_SECONDS;
            ratePerSecond *= isFast ? LIFT_FAST : LIFT;
        }
    }
}
