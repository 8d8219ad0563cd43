package io.github.xrayd.plan.simulation;

import java.util.random.RandomGenerator;

/**
 * Poisson numbers: by inversion for small means, exactly; by the normal distribution above {@value #EXACT_MAX},
 * rounded.
 */
final class PoissonDraw {
    static final double EXACT_MAX = 30;

    private final RandomGenerator random;
    private double lastMean = Double.NaN;
    private double lastExp;
    private double lastRoot;

    PoissonDraw(RandomGenerator random) {
        this.random = random;
    }

    long next(double mean) {
        if (mean <= 0) {
            return 0;
        }
        if (mean != lastMean) {
            lastMean = mean;
            lastExp = Math.exp(-mean);
            lastRoot = Math.sqrt(mean);
        }
        if (mean > EXACT_MAX) {
            return Math.max(0, (long) Math.floor(mean + lastRoot * random.nextGaussian() + 0.5));
        }
        double left = random.nextDouble() - lastExp;
        double chance = lastExp;
        long count = 0;
        while (left >= 0 && count < 1_000) {
            count++;
            chance *= mean / count;
            left -= chance;
        }
        return count;
    }
}
