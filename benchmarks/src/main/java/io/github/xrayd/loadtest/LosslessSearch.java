package io.github.xrayd.loadtest;

/**
 * Finds the highest rate at which nothing is lost: doubles until something is, then halves the gap on a logarithmic
 * scale.
 *
 * <p>Pure: the caller runs {@link #next()} and says how it went. A rate counts as lossy only when it lost in every one
 * of its tries, since a single loss may be the machine's doing.
 */
final class LosslessSearch {
    private final double rateMax;
    private final double precision;
    private final int triesMax;
    private double lossless;
    private double lossy = Double.POSITIVE_INFINITY;
    private double rate;
    private int tries;

    /**
     * A search.
     *
     * @param rateFirst where to begin, in datagrams per second
     * @param rateMin give up below this
     * @param rateMax never ask for more
     * @param precision how near the answer must be, 0.05 for five per cent
     * @param triesMax how often a rate may lose before it counts as lossy
     */
    LosslessSearch(double rateFirst, double rateMin, double rateMax, double precision, int triesMax) {
        if (!(rateMin > 0 && rateMin <= rateFirst && rateFirst <= rateMax && precision > 0 && triesMax > 0)) {
            throw new IllegalArgumentException("a search from " + rateFirst + " within " + rateMin + " to " + rateMax
                    + ", precision " + precision + ", tries " + triesMax);
        }
        this.rateMin = rateMin;
        this.rateMax = rateMax;
        this.precision = precision;
        this.triesMax = triesMax;
        this.rate = rateFirst;
    }

    private final double rateMin;

    /** Whether the answer is known. */
    boolean isDone() {
        return lossless >= rateMax || lossy <= rateMin || (lossless > 0 && lossy / lossless <= 1 + precision);
    }

    /** The rate to try next, in datagrams per second. */
    double next() {
        return rate;
    }

    /** Receives how {@link #next()} went. */
    void onResult(boolean isLossless) {
        if (isLossless) {
            lossless = rate;
        } else if (++tries < triesMax) {
            return;
        } else {
            lossy = rate;
        }
        tries = 0;
        rate = following();
    }

    private double following() {
        if (lossless == 0) {
            return Math.max(rateMin, rate / 2);
        }
        if (Double.isInfinite(lossy)) {
            return Math.min(rateMax, rate * 2);
        }
        return Math.sqrt(lossless * lossy);
    }

    /** The highest rate that lost nothing so far; 0 when every one lost. */
    double best() {
        return lossless;
    }
}
