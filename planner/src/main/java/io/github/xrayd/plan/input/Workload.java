package io.github.xrayd.plan.input;

import java.nio.file.Path;
import java.util.List;

/**
 * The workload to plan for, with every default filled in.
 *
 * @param input the fields that were given
 * @param traffic what arrives
 * @param backend how the backend answers
 * @param target what must hold
 * @param site where daemons run
 * @param experiment how to simulate
 */
public record Workload(
        PlanInput input, Traffic traffic, Backend backend, Target target, Site site, Experiment experiment) {

    /**
     * What arrives.
     *
     * @param rate segments per second of all hosts
     * @param sizes how long documents are
     * @param hosts that send
     * @param bursts how the rate swings
     */
    public record Traffic(double rate, Sizes sizes, long hosts, Bursts bursts) {}

    /**
     * What must hold.
     *
     * @param lossMax acceptable loss, a share
     * @param latencyMax seconds to delivery for 99 of 100 segments
     */
    public record Target(double lossMax, double latencyMax) {}

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
    public enum ArrivalPattern {
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
            ArrivalPattern arrivals,
            double factor,
            double length,
            double every,
            double diurnalPeak,
            List<double[]> trace) {
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
    public Workload withSizes(Sizes other) {
        Traffic changed = new Traffic(traffic.rate(), other, traffic.hosts(), traffic.bursts());
        return new Workload(input, changed, backend, target, site, experiment);
    }

    /** Seconds of normal operation that are simulated by default. */
    private static final double SPAN_DEFAULT = 600;

    private static final double DAY = 86_400;
    private static final double MEMORY_COLLECTOR = 4.0 * (1 << 30);
    private static final double MEMORY_HOST = 512.0 * (1 << 20);
    private static final double CPU_COLLECTOR = 0.7;
    private static final double CPU_HOST = 0.25;

    /**
     * Completes the fields that were given.
     *
     * @param directory what relative paths are resolved against
     * @throws InvalidInputException when fields contradict each other, or a sample cannot be read
     */
    public static Workload of(PlanInput input, Path directory) {
        Validation.check(input);
        Topology topology = Topology.valueOf(word(input, Field.TOPOLOGY));
        boolean isCollector = topology == Topology.COLLECTOR || topology == Topology.KAFKA;
        Bursts bursts = bursts(input, directory);
        double p50 = input.number(Field.ROUND_TRIP_P50);
        double p99 = input.number(Field.ROUND_TRIP_P99, 5 * p50);
        Workload workload = new Workload(
                input,
                new Traffic(rate(input, bursts), sizes(input, directory), (long) input.number(Field.HOSTS), bursts),
                new Backend(p50, p99, input.number(Field.QUOTA), input.number(Field.OUTAGE)),
                new Target(input.number(Field.LOSS), input.number(Field.LATENCY)),
                new Site(
                        topology,
                        (int) input.number(Field.CORES),
                        input.number(Field.CPU_SHARE, isCollector ? CPU_COLLECTOR : CPU_HOST),
                        (long) input.number(Field.MEMORY_MAX, isCollector ? MEMORY_COLLECTOR : MEMORY_HOST),
                        (long) input.number(Field.SPOOL_MAX),
                        (long) input.number(Field.RMEM_MAX),
                        (long) input.number(Field.COLLECTORS)),
                new Experiment(
                        (long) input.number(Field.SEED),
                        (int) input.number(Field.RUNS),
                        input.number(Field.SPAN, span(bursts))));
        Validation.check(workload);
        return workload;
    }

    private static double span(Bursts bursts) {
        return switch (bursts.arrivals()) {
            case POISSON -> SPAN_DEFAULT;
            case BURSTS -> Math.min(DAY, Math.max(SPAN_DEFAULT, 10 * bursts.every()));
            case DIURNAL -> DAY;
            case TRACE -> Math.max(1, Math.min(7 * DAY, Traces.span(bursts.trace())));
        };
    }

    private static Bursts bursts(PlanInput input, Path directory) {
        double factor = input.number(Field.BURST_FACTOR);
        ArrivalPattern arrivals;
        if (input.has(Field.ARRIVALS)) {
            arrivals = ArrivalPattern.valueOf(word(input, Field.ARRIVALS));
        } else if (input.has(Field.TRACE)) {
            arrivals = ArrivalPattern.TRACE;
        } else if (input.has(Field.DIURNAL_PEAK)) {
            arrivals = ArrivalPattern.DIURNAL;
        } else {
            arrivals = factor > 1 ? ArrivalPattern.BURSTS : ArrivalPattern.POISSON;
        }
        return new Bursts(
                arrivals,
                factor,
                input.number(Field.BURST_LENGTH),
                input.number(Field.BURST_EVERY),
                input.number(Field.DIURNAL_PEAK),
                arrivals == ArrivalPattern.TRACE
                        ? Traces.read(directory.resolve(path(input, Field.TRACE)))
                        : List.of());
    }

    /** A trace that comes without a rate has its own; with one, it gives the shape only. */
    private static double rate(PlanInput input, Bursts bursts) {
        if (input.has(Field.RATE)) {
            return input.number(Field.RATE);
        }
        if (input.has(Field.HOST_RATE)) {
            return input.number(Field.HOST_RATE) * input.number(Field.HOSTS);
        }
        if (!input.has(Field.REQUESTS)) {
            return Traces.mean(bursts.trace());
        }
        return input.number(Field.REQUESTS) * input.number(Field.SEGMENTS_PER_REQUEST) * input.number(Field.SAMPLING);
    }

    private static Sizes sizes(PlanInput input, Path directory) {
        if (input.has(Field.SIZE_SAMPLE)) {
            return Sizes.sample(directory.resolve(path(input, Field.SIZE_SAMPLE)));
        }
        if (input.has(Field.SIZE_P50)) {
            return Sizes.percentiles(input.number(Field.SIZE_P50), input.number(Field.SIZE_P99));
        }
        boolean isGiven = input.has(Field.SIZE);
        return Sizes.fixed(input.number(Field.SIZE, Sizes.MEAN_DEFAULT), isGiven ? "as given" : "default");
    }

    private static String word(PlanInput input, Field field) {
        return path(input, field).toUpperCase(java.util.Locale.ROOT);
    }

    private static String path(PlanInput input, Field field) {
        String text = input.text(field);
        if (text == null) {
            throw new InvalidInputException(field.word() + " is missing: " + field.range());
        }
        return text;
    }
}
