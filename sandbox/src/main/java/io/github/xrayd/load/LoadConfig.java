package io.github.xrayd.load;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What to send, how fast and where to: checked, immutable. Make one with {@link #to}.
 *
 * @param target the daemon's UDP address, resolved
 * @param ratePerSecond datagrams per second; 0 is line rate: as fast as one machine can
 * @param count datagrams to send; 0 when {@code duration} decides
 * @param duration how long to send; zero when {@code count} decides
 * @param sources how many source ports take turns, 1 to 4,096
 * @param documents what is sent
 * @param threads how many threads send; each has its own share of the sources
 * @param pacing the shortest sleep between two bursts of due datagrams; zero spins instead
 */
public record LoadConfig(
        InetSocketAddress target,
        double ratePerSecond,
        long count,
        Duration duration,
        int sources,
        Documents documents,
        int threads,
        Duration pacing) {

    /**
     * What is sent.
     *
     * @param sizeBytes the exact length of each document without its header; 0 is the mix of a real fleet
     * @param seed chooses texts and the order of the mix; the same seed gives the same documents
     * @param runId marks each trace id, so that runs can be distinguished
     */
    public record Documents(int sizeBytes, long seed, int runId) {
        public Documents {
            int sizeMax = DocumentLayout.DATAGRAM_LENGTH_MAX - DocumentLayout.HEADER_LENGTH;
            require(
                    sizeBytes == 0 || (sizeBytes >= SizedDocuments.LENGTH_MIN && sizeBytes <= sizeMax),
                    "the size " + sizeBytes + " is not between " + SizedDocuments.LENGTH_MIN + " and " + sizeMax
                            + " bytes");
        }
    }

    /** The most source ports of one run. */
    public static final int SOURCES_MAX = 4_096;

    /** The most datagrams of one run. */
    public static final long COUNT_MAX = 1_000_000_000_000L;

    /** The highest rate that can be asked for; no single machine reaches it. */
    public static final double RATE_MAX = 10_000_000;

    /** What a line-rate run of a given duration is assumed to send at most, per thread and second. */
    private static final long LINE_RATE_CEILING = 1_000_000;

    private static final int THREADS_MAX = 64;
    private static final Duration DURATION_MAX = Duration.ofDays(3_650);
    private static final Duration PACING_MAX = Duration.ofSeconds(1);

    public LoadConfig {
        Objects.requireNonNull(target, "target");
        require(!target.isUnresolved(), "the host of " + target + " is unknown: check its name");
        require(target.getPort() > 0, "the target's port is 0: give the port the daemon listens on, usually 2000");
        require(
                ratePerSecond >= 0 && ratePerSecond <= RATE_MAX,
                "the rate " + ratePerSecond + " is not between 0 (line rate) and " + (long) RATE_MAX + " per second");
        require(count >= 0 && count <= COUNT_MAX, "the count " + count + " is not between 1 and " + COUNT_MAX);
        require(
                !duration.isNegative() && duration.compareTo(DURATION_MAX) <= 0,
                "the duration " + duration + " is not between 0 and 10 years");
        require(
                (count > 0) != !duration.isZero(),
                "give either a count or a duration: " + (count > 0 ? "both are set" : "neither is set"));
        require(
                sources >= 1 && sources <= SOURCES_MAX,
                "the number of sources " + sources + " is not between 1 and " + SOURCES_MAX);
        require(
                threads >= 1 && threads <= THREADS_MAX && threads <= sources,
                "the number of threads " + threads + " is not between 1 and " + Math.min(THREADS_MAX, sources)
                        + " (each needs a source of its own)");
        require(
                !pacing.isNegative() && pacing.compareTo(PACING_MAX) <= 0,
                "the pacing " + pacing + " is not between 0 (spin) and 1 s");
        require(
                duration.isZero() || ratePerSecond == 0 || ratePerSecond * seconds(duration) <= COUNT_MAX,
                "rate times duration is more than " + COUNT_MAX + " datagrams: lower one of them");
    }

    /** Starts a configuration for the daemon at {@code target}. */
    public static LoadBuilder to(InetSocketAddress target) {
        return new LoadBuilder(target);
    }

    /** Whether datagrams leave as fast as possible instead of on a schedule. */
    public boolean isLineRate() {
        return ratePerSecond == 0;
    }

    /** Whether documents follow the size distribution of real SDKs. */
    public boolean isMix() {
        return documents.sizeBytes == 0;
    }

    /** How many datagrams the run sends; for a line-rate run of a given duration an upper bound. */
    public long plannedCount() {
        if (count > 0) {
            return count;
        }
        if (isLineRate()) {
            return Math.min(COUNT_MAX, Math.max(1, (long) (LINE_RATE_CEILING * threads * seconds(duration))));
        }
        return Math.max(1, Math.round(ratePerSecond * seconds(duration)));
    }

    /** The run id as 8 hexadecimal digits, as trace ids and the endpoint's paths show it. */
    public String runIdHex() {
        return Hex.of(documents.runId);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static void require(boolean isTrue, String message) {
        if (!isTrue) {
            throw new IllegalArgumentException(message);
        }
    }

    /** Collects the choices of a run; what is not set has the default that its method names. */
    public static final class LoadBuilder {
        private final InetSocketAddress target;
        private double ratePerSecond = 1_000;
        private long count;
        private Duration duration = Duration.ZERO;
        private int sources = 1;
        private int sizeBytes = 1_024;
        private long seed = 1;
        private int runId = ThreadLocalRandom.current().nextInt();
        private int threads = 1;
        private Duration pacing = Duration.ofNanos(500_000);

        private LoadBuilder(InetSocketAddress target) {
            this.target = target;
        }

        /** Sets datagrams per second (1,000). */
        public LoadBuilder ratePerSecond(double value) {
            this.ratePerSecond = value;
            return this;
        }

        /** Sends as fast as possible. */
        public LoadBuilder lineRate() {
            return ratePerSecond(0);
        }

        /** Sets how many datagrams to send. */
        public LoadBuilder count(long value) {
            this.count = value;
            return this;
        }

        /** Sets how long to send. */
        public LoadBuilder duration(Duration value) {
            this.duration = value;
            return this;
        }

        /** Sends {@code datagrams} at line rate, then ends. */
        public LoadBuilder burst(long datagrams) {
            return lineRate().duration(Duration.ZERO).count(datagrams);
        }

        /** Sets how many source ports take turns (1). */
        public LoadBuilder sources(int value) {
            this.sources = value;
            return this;
        }

        /** Sets the exact length of each document (1,024). */
        public LoadBuilder sizeBytes(int value) {
            this.sizeBytes = value;
            return this;
        }

        /** Sends documents of a real SDK in a real fleet's sizes. */
        public LoadBuilder mix() {
            this.sizeBytes = 0;
            return this;
        }

        /** Sets the seed of texts and order (1). */
        public LoadBuilder seed(long value) {
            this.seed = value;
            return this;
        }

        /** Sets the run id (random). */
        public LoadBuilder runId(int value) {
            this.runId = value;
            return this;
        }

        /** Sets how many threads send (1). */
        public LoadBuilder threads(int value) {
            this.threads = value;
            return this;
        }

        /** Sets the shortest sleep between bursts of due datagrams (0.5 ms); zero spins. */
        public LoadBuilder pacing(Duration value) {
            this.pacing = value;
            return this;
        }

        /**
         * Returns the checked configuration.
         *
         * @throws IllegalArgumentException saying which choice is out of bounds and what the bounds are
         */
        public LoadConfig build() {
            return new LoadConfig(
                    target,
                    ratePerSecond,
                    count,
                    duration,
                    sources,
                    new Documents(sizeBytes, seed, runId),
                    threads,
                    pacing);
        }
    }
}
