package io.github.xrayd.plan.simulation;

import java.util.random.RandomGenerator;

/** How segments come: a description that can be scaled, and begins anew for each run. Immutable. */
public interface Arrivals {
    /** The process of one run, with chances of its own. */
    Stream start(RandomGenerator random);

    /** The same shape at {@code factor} times the rate. */
    Arrivals scaled(double factor);

    /** Mean segments per second. */
    double rate();

    /** One run's arrivals. */
    interface Stream {
        /**
         * How many segments come in a tick; called for each tick in order.
         *
         * @param startNs of the tick
         * @param tickNs its length
         */
        long next(long startNs, long tickNs);
    }

    /** At random, each for itself. */
    record Poisson(double rate) implements Arrivals {
        @Override
        public Stream start(RandomGenerator random) {
            PoissonDraw draw = new PoissonDraw(random);
            return (startNs, tickNs) -> draw.next(rate * tickNs * 1e-9);
        }

        @Override
        public Arrivals scaled(double factor) {
            return new Poisson(rate * factor);
        }
    }

    /** Evenly, as a load generator sends. */
    record Even(double rate) implements Arrivals {
        @Override
        public Stream start(RandomGenerator random) {
            return (startNs, tickNs) -> (long) (rate * (startNs + tickNs) * 1e-9) - (long) (rate * startNs * 1e-9);
        }

        @Override
        public Arrivals scaled(double factor) {
            return new Even(rate * factor);
        }
    }

    /**
     * Evenly, then nothing more.
     *
     * @param untilNs when the last one comes
     */
    record EvenUntil(double rate, long untilNs) implements Arrivals {
        @Override
        public Stream start(RandomGenerator random) {
            Stream even = new Even(rate).start(random);
            return (startNs, tickNs) -> startNs >= untilNs ? 0 : even.next(startNs, tickNs);
        }

        @Override
        public Arrivals scaled(double factor) {
            return new EvenUntil(rate * factor, untilNs);
        }
    }

    /**
     * Poisson at a low rate, and at a high one in bursts that come at random.
     *
     * @param rate mean of all, bursts included
     * @param factor how many times the mean a burst's rate is
     * @param lengthNs of a burst
     * @param everyNs mean time from one burst's beginning to the next's
     */
    record BurstArrivals(double rate, double factor, long lengthNs, long everyNs) implements Arrivals {
        @Override
        public Stream start(RandomGenerator random) {
            PoissonDraw draw = new PoissonDraw(random);
            double high = rate * factor;
            double low = Math.max(0, (rate * everyNs - high * lengthNs) / (everyNs - lengthNs));
            double meanPauseNs = everyNs - lengthNs;
            return new Stream() {
                private long fromNs = (long) (-Math.log1p(-random.nextDouble()) * meanPauseNs);

                @Override
                public long next(long startNs, long tickNs) {
                    if (startNs >= fromNs + lengthNs) {
                        fromNs = startNs + (long) (-Math.log1p(-random.nextDouble()) * meanPauseNs);
                    }
                    double burst =
                            Math.max(0, Math.min(startNs + tickNs, fromNs + lengthNs) - Math.max(startNs, fromNs));
                    return draw.next((high * burst + low * (tickNs - burst)) * 1e-9);
                }
            };
        }

        @Override
        public Arrivals scaled(double scale) {
            return new BurstArrivals(rate * scale, factor, lengthNs, everyNs);
        }
    }

    /**
     * Poisson at a rate that swings over the day as a raised cosine, least at the start.
     *
     * @param peak how many times the mean the highest rate is
     */
    record Diurnal(double rate, double peak) implements Arrivals {
        private static final double DAY_NS = 86_400e9;

        @Override
        public Stream start(RandomGenerator random) {
            PoissonDraw draw = new PoissonDraw(random);
            // Up to twice the mean a cosine around it does; above, the day narrows around its peak.
            double power = peak <= 2 ? 1 : power(peak);
            double swing = peak <= 2 ? peak - 1 : 0;
            return (startNs, tickNs) -> {
                double phase = (startNs + tickNs * 0.5) / DAY_NS;
                double level = peak <= 2
                        ? 1 - swing * Math.cos(2 * Math.PI * phase)
                        : peak * Math.pow(Math.sin(Math.PI * phase), 2 * power);
                return draw.next(rate * Math.abs(level) * tickNs * 1e-9);
            };
        }

        /** The power of a squared sine whose mean is one part in {@code peak} of its top. */
        private static double power(double peak) {
            double low = 0.5;
            double high = 1_000;
            for (int i = 0; i < 60; i++) {
                double middle = (low + high) / 2;
                double sum = 0;
                for (int j = 0; j < 1_000; j++) {
                    sum += Math.pow(Math.sin(Math.PI * (j + 0.5) / 1_000), 2 * middle);
                }
                if (sum / 1_000 * peak > 1) {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            return low;
        }

        @Override
        public Arrivals scaled(double factor) {
            return new Diurnal(rate * factor, peak);
        }
    }

    /**
     * As recorded, again and again: Poisson at the rate of each interval.
     *
     * @param rate mean of all
     * @param shape the trace
     */
    record Recorded(double rate, TraceShape shape) implements Arrivals {
        @Override
        public Stream start(RandomGenerator random) {
            PoissonDraw draw = new PoissonDraw(random);
            TraceShape.Cursor cursor = shape.cursor();
            return (startNs, tickNs) -> draw.next(rate * cursor.levelAt(startNs) * tickNs * 1e-9);
        }

        @Override
        public Arrivals scaled(double factor) {
            return new Recorded(rate * factor, shape);
        }
    }
}
