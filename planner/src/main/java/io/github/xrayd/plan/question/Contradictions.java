package io.github.xrayd.plan.question;

import io.github.xrayd.plan.question.Question.Arrivals;
import io.github.xrayd.plan.question.Question.Topology;

/** Wishes that cannot hold together. */
final class Contradictions {
    private Contradictions() {}

    /** Checks which fields are said together. */
    static void check(Wishes wishes) {
        atMostOne(wishes, "how much arrives", Field.RATE, Field.HOST_RATE, Field.REQUESTS);
        atMostOne(wishes, "how long documents are", Field.SIZE, Field.SIZE_P50, Field.SIZE_SAMPLE);
        if (!wishes.has(Field.RATE)
                && !wishes.has(Field.HOST_RATE)
                && !wishes.has(Field.REQUESTS)
                && !wishes.has(Field.TRACE)) {
            throw new BadQuestionException(
                    "how much arrives is missing: give --rate (segments per second of all hosts), "
                            + "--host-rate (of one), --requests, or --observe 60s to measure it");
        }
        needs(wishes, Field.SEGMENTS_PER_REQUEST, Field.REQUESTS);
        needs(wishes, Field.SAMPLING, Field.REQUESTS);
        needs(wishes, Field.SIZE_P99, Field.SIZE_P50);
        needs(wishes, Field.SIZE_P50, Field.SIZE_P99);
        if (wishes.has(Field.SIZE_P50) && wishes.number(Field.SIZE_P99) < wishes.number(Field.SIZE_P50)) {
            throw new BadQuestionException("size-p99 is less than size-p50: give at least as much");
        }
        String arrivals = wishes.has(Field.ARRIVALS) ? String.valueOf(wishes.text(Field.ARRIVALS)) : "";
        if (arrivals.equals("trace") && !wishes.has(Field.TRACE)) {
            throw new BadQuestionException("arrivals: a trace needs --trace FILE with lines of seconds,segments");
        }
        only(wishes, Field.TRACE, arrivals, "trace");
        only(wishes, Field.DIURNAL_PEAK, arrivals, "diurnal");
        only(wishes, Field.BURST_FACTOR, arrivals, "bursts");
        only(wishes, Field.BURST_LENGTH, arrivals, "bursts");
        only(wishes, Field.BURST_EVERY, arrivals, "bursts");
    }

    private static void atMostOne(Wishes wishes, String what, Field... fields) {
        Field first = null;
        for (Field field : fields) {
            if (wishes.has(field)) {
                if (first != null) {
                    throw new BadQuestionException(
                            first.word() + " and " + field.word() + " both say " + what + ": give one of them");
                }
                first = field;
            }
        }
    }

    private static void needs(Wishes wishes, Field field, Field other) {
        if (wishes.has(field) && !wishes.has(other)) {
            throw new BadQuestionException(field.word() + " says nothing without " + other.word() + ": give both");
        }
    }

    private static void only(Wishes wishes, Field field, String arrivals, String wanted) {
        if (wishes.has(field) && !arrivals.isEmpty() && !arrivals.equals(wanted)) {
            throw new BadQuestionException(
                    field.word() + " says nothing with arrivals " + arrivals + ": it belongs to arrivals " + wanted);
        }
    }

    /** Checks what the numbers mean together. */
    static void check(Question question) {
        Question.Backend backend = question.backend();
        if (backend.roundTripP99() < backend.roundTripP50()) {
            throw new BadQuestionException("round-trip-p99 is less than round-trip-p50: give at least "
                    + Field.ROUND_TRIP_P50.write(backend.roundTripP50()));
        }
        if (!(question.rate() > 0)) {
            throw new BadQuestionException("the rate is 0: sampling must be more than 0");
        }
        if (question.rate() > 1e8) {
            throw new BadQuestionException("the rate comes to " + Math.round(question.rate())
                    + " segments per second; at most 100000000 can be planned");
        }
        Question.Bursts bursts = question.bursts();
        if (bursts.arrivals() == Arrivals.BURSTS) {
            if (bursts.length() >= bursts.every()) {
                throw new BadQuestionException("burst-length must be less than burst-every, which is "
                        + Field.BURST_EVERY.write(bursts.every()));
            }
            if (bursts.factor() * bursts.length() > bursts.every()) {
                double most = bursts.every() / bursts.length();
                throw new BadQuestionException("burst-factor must be at most " + Math.floor(most * 100) / 100
                        + ": more would put more into the bursts than the mean rate has");
            }
        }
        Question.Site site = question.site();
        if (site.topology() != Topology.KAFKA) {
            for (Field field : Field.values()) {
                if (field.section().equals("kafka") && question.wishes().has(field)) {
                    throw new BadQuestionException(field.word() + " says nothing with topology "
                            + site.topology().name().toLowerCase(java.util.Locale.ROOT) + ": give --topology kafka");
                }
            }
        }
        if (site.collectors() > 0 && site.topology() != Topology.COLLECTOR && site.topology() != Topology.KAFKA) {
            throw new BadQuestionException("collectors says nothing with topology "
                    + site.topology().name().toLowerCase(java.util.Locale.ROOT) + ": give --topology collector");
        }
        if (question.sizes().mean() > 64_000) {
            throw new BadQuestionException("the mean size comes to "
                    + Math.round(question.sizes().mean()) + " bytes; documents of X-Ray have at most 64000");
        }
        if (question.latencyMax() < backend.roundTripP99() / 2) {
            throw new BadQuestionException("latency " + Field.LATENCY.write(question.latencyMax())
                    + " cannot be reached: half of round-trip-p99 alone is "
                    + Field.LATENCY.write(backend.roundTripP99() / 2));
        }
    }
}
