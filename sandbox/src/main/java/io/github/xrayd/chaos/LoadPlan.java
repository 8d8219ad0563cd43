package io.github.xrayd.chaos;

import java.time.Duration;

/**
 * How much is sent, how fast, and for which part of that time something is wrong.
 *
 * @param ratePerSecond documents per second; 0 is line rate
 * @param burst how many are sent at line rate; 0 with a rate
 * @param lead how long all is well after the first document
 * @param disruption how long something is wrong after that
 * @param tail how long documents still come when all is well again
 */
public record LoadPlan(double ratePerSecond, long burst, Duration lead, Duration disruption, Duration tail) {
    private static final Duration QUICK_DISRUPTION = Duration.ofSeconds(2);
    private static final Duration QUICK_EDGE = Duration.ofMillis(300);
    private static final double QUICK_RATE_MAX = 2_000;

    public LoadPlan {
        if (!(ratePerSecond >= 0 && ratePerSecond <= 1_000_000)) {
            throw new IllegalArgumentException(
                    "the rate " + ratePerSecond + " is not between 1 and 1000000 per second");
        }
        if (ratePerSecond == 0 && burst < 1) {
            throw new IllegalArgumentException("a burst has at least one document");
        }
    }

    /** At a fixed rate, well for a second before and after the disruption. */
    static LoadPlan around(double ratePerSecond, Duration disruption) {
        return new LoadPlan(ratePerSecond, 0, Duration.ofSeconds(1), disruption, Duration.ofSeconds(1));
    }

    /** At a fixed rate, with the disruption there from before the first document until after the last. */
    static LoadPlan throughout(double ratePerSecond, Duration disruption) {
        return new LoadPlan(ratePerSecond, 0, Duration.ZERO, disruption, Duration.ZERO);
    }

    /** At line rate. */
    static LoadPlan burst(long documents) {
        return new LoadPlan(0, documents, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    }

    /** The same in little, for a machine that does other work too. */
    LoadPlan quick() {
        return new LoadPlan(
                Math.min(ratePerSecond, QUICK_RATE_MAX),
                burst,
                least(lead, QUICK_EDGE),
                least(disruption, QUICK_DISRUPTION),
                least(tail, QUICK_EDGE));
    }

    LoadPlan withRate(double value) {
        return new LoadPlan(value, burst, lead, disruption, tail);
    }

    LoadPlan withDisruption(Duration value) {
        return new LoadPlan(ratePerSecond, burst, lead, value, tail);
    }

    /** How many documents are sent. */
    long count() {
        double seconds = lead.plus(disruption).plus(tail).toMillis() / 1e3;
        return ratePerSecond == 0 ? burst : Math.max(1, Math.round(ratePerSecond * seconds));
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
