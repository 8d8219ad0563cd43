package io.github.xrayd.plan.question;

import java.nio.file.Path;
import java.util.List;

/**
 * What a plan answers, complete: every default is filled in.
 *
 * @param wishes what was said of it
 * @param rate segments per second of all hosts
 * @param sizes how long documents are
 * @param hosts that send
 * @param bursts how the rate swings
 * @param backend how the backend answers
 * @param lossMax acceptable loss, a share
 * @param latencyMax seconds to delivery for 99 of 100 segments
 * @param site where daemons run
 * @param experiment how to simulate
 */
public record Question(
        Wishes wishes,
        double rate,
        Sizes sizes,
        long hosts,
        Bursts bursts,
        Backend backend,
        double lossMax,
        double latencyMax,
        Site site,
        Experiment experiment) {

    /** Where the daemon runs. */
    public enum Topology {
        /** Beside each application, in its pod or task. */
        SIDECAR,
        /** Once on each host. */
        HOST,
        /** On machines of its own, for many hosts. */
        COLLECTOR,
        /** On machines of its own, for many hosts, with Kafka behind the collectors. */
        KAFKA
    }

    /** How segments arrive. */
    public enum Arrivals {
        POISSON,
        BURSTS,
        DIURNAL,
        TRACE
    }

    /**
     * How the rate swings around its mean.
     *
     * @param arrivals in which manner
     * @param factor how many times the mean a burst is
     * @param length of a burst, in seconds
     * @param every seconds from one burst to the next
     * @param diurnalPeak how many times the day's mean the busiest time is
     * @param trace seconds and segments of a recorded trace, or empty
     */
    public record Bursts(
            Arrivals arrivals, double factor, double length, double every, double diurnalPeak, List<double[]> trace) {
        /** How many times the mean rate the highest lasting rate is. */
        public double peak() {
            return switch (arrivals) {
                case POISSON -> 1;
                case BURSTS -> factor;
                case DIURNAL -> diurnalPeak;
                case TRACE -> Traces.peak(trace);
            };
        }
    }

    /**
     * How the backend answers.
     *
     * @param roundTripP50 seconds
     * @param roundTripP99 seconds
     * @param quota segments per second, or 0 for no limit
     * @param outage seconds
     */
    public record Backend(double roundTripP50, double roundTripP99, double quota, double outage) {
        /** Seconds of a call on average: log-normal through the two percentiles. */
        public double roundTripMean() {
            double sigma = Math.log(roundTripP99 / roundTripP50) / Sizes.Z_99;
            return roundTripP50 * Math.exp(sigma * sigma / 2);
        }
    }

    /**
     * Where daemons run.
     *
     * @param cores of a machine
     * @param cpuShare of them that a daemon may use
     * @param memoryMax the most that {@code -m} may be, in bytes
     * @param spoolMax disk for a daemon's spool, in bytes
     * @param rmemMax the kernel's limit of a socket's buffer, in bytes
     * @param collectors how many, or 0 to choose
     */
    public record Site(
            Topology topology,
            int cores,
            double cpuShare,
            long memoryMax,
            long spoolMax,
            long rmemMax,
            long collectors) {}

    /**
     * How to simulate.
     *
     * @param span seconds of normal operation
     */
    public record Experiment(long seed, int runs, double span) {}

    /** The same with other documents. */
    public Question withSizes(Sizes other) {
        return new Question(wishes, rate, other, hosts, bursts, backend, lossMax, latencyMax, site, experiment);
    }

    /** Seconds of normal operation that are simulated unless told otherwise. */
    private static final double SPAN_DEFAULT = 600;

    private static final double DAY = 86_400;
    private static final double MEMORY_COLLECTOR = 4.0 * (1 << 30);
    private static final double MEMORY_HOST = 512.0 * (1 << 20);
    private static final double CPU_COLLECTOR = 0.7;
    private static final double CPU_HOST = 0.25;

    /**
     * Completes what was said.
     *
     * @param directory what relative paths are resolved against
     * @throws BadQuestionException when wishes contradict each other, or a sample cannot be read
     */
    public static Question of(Wishes wishes, Path directory) {
        Contradictions.check(wishes);
        Topology topology = Topology.valueOf(word(wishes, Field.TOPOLOGY));
        boolean isCollector = topology == Topology.COLLECTOR || topology == Topology.KAFKA;
        Bursts bursts = bursts(wishes, directory);
        double rate = rate(wishes, bursts);
        double p50 = wishes.number(Field.ROUND_TRIP_P50);
        double p99 = wishes.number(Field.ROUND_TRIP_P99, 5 * p50);
        Question question = new Question(
                wishes,
                rate,
                sizes(wishes, directory),
                (long) wishes.number(Field.HOSTS),
                bursts,
                new Backend(p50, p99, wishes.number(Field.QUOTA), wishes.number(Field.OUTAGE)),
                wishes.number(Field.LOSS),
                wishes.number(Field.LATENCY),
                new Site(
                        topology,
                        (int) wishes.number(Field.CORES),
                        wishes.number(Field.CPU_SHARE, isCollector ? CPU_COLLECTOR : CPU_HOST),
                        (long) wishes.number(Field.MEMORY_MAX, isCollector ? MEMORY_COLLECTOR : MEMORY_HOST),
                        (long) wishes.number(Field.SPOOL_MAX),
                        (long) wishes.number(Field.RMEM_MAX),
                        (long) wishes.number(Field.COLLECTORS)),
                new Experiment(
                        (long) wishes.number(Field.SEED),
                        (int) wishes.number(Field.RUNS),
                        wishes.number(Field.SPAN, span(bursts))));
        Contradictions.check(question);
        return question;
    }

    private static double span(Bursts bursts) {
        return switch (bursts.arrivals()) {
            case POISSON -> SPAN_DEFAULT;
            case BURSTS -> Math.min(DAY, Math.max(SPAN_DEFAULT, 10 * bursts.every()));
            case DIURNAL -> DAY;
            case TRACE -> Math.max(1, Math.min(7 * DAY, Traces.span(bursts.trace())));
        };
    }

    private static Bursts bursts(Wishes wishes, Path directory) {
        double factor = wishes.number(Field.BURST_FACTOR);
        Arrivals arrivals;
        if (wishes.has(Field.ARRIVALS)) {
            arrivals = Arrivals.valueOf(word(wishes, Field.ARRIVALS));
        } else if (wishes.has(Field.TRACE)) {
            arrivals = Arrivals.TRACE;
        } else if (wishes.has(Field.DIURNAL_PEAK)) {
            arrivals = Arrivals.DIURNAL;
        } else {
            arrivals = factor > 1 ? Arrivals.BURSTS : Arrivals.POISSON;
        }
        return new Bursts(
                arrivals,
                factor,
                wishes.number(Field.BURST_LENGTH),
                wishes.number(Field.BURST_EVERY),
                wishes.number(Field.DIURNAL_PEAK),
                arrivals == Arrivals.TRACE ? Traces.read(directory.resolve(path(wishes, Field.TRACE))) : List.of());
    }

    /** A trace that comes without a rate has its own; with one, it gives the shape only. */
    private static double rate(Wishes wishes, Bursts bursts) {
        if (wishes.has(Field.RATE)) {
            return wishes.number(Field.RATE);
        }
        if (wishes.has(Field.HOST_RATE)) {
            return wishes.number(Field.HOST_RATE) * wishes.number(Field.HOSTS);
        }
        if (!wishes.has(Field.REQUESTS)) {
            return Traces.mean(bursts.trace());
        }
        return wishes.number(Field.REQUESTS)
                * wishes.number(Field.SEGMENTS_PER_REQUEST)
                * wishes.number(Field.SAMPLING);
    }

    private static Sizes sizes(Wishes wishes, Path directory) {
        if (wishes.has(Field.SIZE_SAMPLE)) {
            return Sizes.sample(directory.resolve(path(wishes, Field.SIZE_SAMPLE)));
        }
        if (wishes.has(Field.SIZE_P50)) {
            return Sizes.percentiles(wishes.number(Field.SIZE_P50), wishes.number(Field.SIZE_P99));
        }
        boolean isSaid = wishes.has(Field.SIZE);
        return Sizes.fixed(wishes.number(Field.SIZE, Sizes.MEAN_DEFAULT), isSaid ? "as said" : "default");
    }

    private static String word(Wishes wishes, Field field) {
        return path(wishes, field).toUpperCase(java.util.Locale.ROOT);
    }

    private static String path(Wishes wishes, Field field) {
        String text = wishes.text(field);
        if (text == null) {
            throw new BadQuestionException(field.word() + " is missing: " + field.range());
        }
        return text;
    }
}
