package io.github.xrayd.plan.input;

import io.github.xrayd.plan.input.Workload.ArrivalPattern;
import io.github.xrayd.plan.input.Workload.Topology;

/** Checks that the fields of a plan fit together. */
final class Validation {
    private Validation() {}

    /** Checks which fields are given together. */
    static void check(PlanInput input) {
        atMostOne(input, "the rate", Field.RATE, Field.HOST_RATE, Field.REQUESTS);
        atMostOne(input, "the size of documents", Field.SIZE, Field.SIZE_P50, Field.SIZE_SAMPLE);
        if (!input.has(Field.RATE)
                && !input.has(Field.HOST_RATE)
                && !input.has(Field.REQUESTS)
                && !input.has(Field.TRACE)) {
            throw new InvalidInputException("the rate is missing: give --rate (segments per second of all hosts), "
                    + "--host-rate (of one), --requests, or --observe 60s to measure it");
        }
        needs(input, Field.SEGMENTS_PER_REQUEST, Field.REQUESTS);
        needs(input, Field.SAMPLING, Field.REQUESTS);
        needs(input, Field.SIZE_P99, Field.SIZE_P50);
        needs(input, Field.SIZE_P50, Field.SIZE_P99);
        if (input.has(Field.SIZE_P50) && input.number(Field.SIZE_P99) < input.number(Field.SIZE_P50)) {
            throw new InvalidInputException("size-p99 is less than size-p50: give at least as much");
        }
        String arrivals = input.has(Field.ARRIVALS) ? String.valueOf(input.text(Field.ARRIVALS)) : "";
        if (arrivals.equals("trace") && !input.has(Field.TRACE)) {
            throw new InvalidInputException("arrivals: a trace needs --trace FILE with lines of seconds,segments");
        }
        only(input, Field.TRACE, arrivals, "trace");
        only(input, Field.DIURNAL_PEAK, arrivals, "diurnal");
        only(input, Field.BURST_FACTOR, arrivals, "bursts");
        only(input, Field.BURST_LENGTH, arrivals, "bursts");
        only(input, Field.BURST_EVERY, arrivals, "bursts");
    }

    private static void atMostOne(PlanInput input, String what, Field... fields) {
        Field first = null;
        for (Field field : fields) {
            if (input.has(field)) {
                if (first != null) {
                    throw new InvalidInputException(
                            first.word() + " and " + field.word() + " both set " + what + ": give one of them");
                }
                first = field;
            }
        }
    }

    private static void needs(PlanInput input, Field field, Field other) {
        if (input.has(field) && !input.has(other)) {
            throw new InvalidInputException(field.word() + " has no effect without " + other.word() + ": give both");
        }
    }

    private static void only(PlanInput input, Field field, String arrivals, String wanted) {
        if (input.has(field) && !arrivals.isEmpty() && !arrivals.equals(wanted)) {
            throw new InvalidInputException(
                    field.word() + " has no effect with arrivals " + arrivals + ": it belongs to arrivals " + wanted);
        }
    }

    /** Checks what the numbers mean together. */
    static void check(Workload workload) {
        Workload.Backend backend = workload.backend();
        if (backend.roundTripP99() < backend.roundTripP50()) {
            throw new InvalidInputException("round-trip-p99 is less than round-trip-p50: give at least "
                    + Field.ROUND_TRIP_P50.write(backend.roundTripP50()));
        }
        if (!(workload.traffic().rate() > 0)) {
            throw new InvalidInputException("the rate is 0: sampling must be more than 0");
        }
        if (workload.traffic().rate() > 1e8) {
            throw new InvalidInputException("the rate comes to "
                    + Math.round(workload.traffic().rate()) + " segments per second; at most 100000000 can be planned");
        }
        Workload.Bursts bursts = workload.traffic().bursts();
        if (bursts.arrivals() == ArrivalPattern.BURSTS) {
            if (bursts.length() >= bursts.every()) {
                throw new InvalidInputException("burst-length must be less than burst-every, which is "
                        + Field.BURST_EVERY.write(bursts.every()));
            }
            if (bursts.factor() * bursts.length() > bursts.every()) {
                double most = bursts.every() / bursts.length();
                throw new InvalidInputException("burst-factor must be at most " + Math.floor(most * 100) / 100
                        + ": more would put more into the bursts than the mean rate has");
            }
        }
        Workload.Site site = workload.site();
        if (site.topology() != Topology.KAFKA) {
            for (Field field : Field.values()) {
                if (field.section().equals("kafka") && workload.input().has(field)) {
                    throw new InvalidInputException(field.word() + " has no effect with topology "
                            + site.topology().name().toLowerCase(java.util.Locale.ROOT) + ": give --topology kafka");
                }
            }
        }
        if (site.collectors() > 0 && site.topology() != Topology.COLLECTOR && site.topology() != Topology.KAFKA) {
            throw new InvalidInputException("collectors has no effect with topology "
                    + site.topology().name().toLowerCase(java.util.Locale.ROOT) + ": give --topology collector");
        }
        if (workload.traffic().sizes().mean() > 64_000) {
            throw new InvalidInputException("the mean size comes to "
                    + Math.round(workload.traffic().sizes().mean()) + " bytes; documents of X-Ray have at most 64000");
        }
        if (workload.target().latencyMax() < backend.roundTripP99() / 2) {
            throw new InvalidInputException(
                    "latency " + Field.LATENCY.write(workload.target().latencyMax())
                            + " cannot be reached: half of round-trip-p99 alone is "
                            + Field.LATENCY.write(backend.roundTripP99() / 2));
        }
    }
}
