package io.github.xrayd.chaos;

import io.github.xrayd.sandbox.Fault;
import java.time.Duration;
import java.util.List;

/**
 * What goes wrong in a phase of a soak: something that calms down again by itself.
 *
 * @param name for users
 * @param disruption for the bed
 */
record SoakPhase(String name, Disruption disruption) {
    private static final SoakPhase CALM = new SoakPhase("calm", Disruption.NONE);
    /** Nobody listens. */
    static final SoakPhase OUTAGE = new SoakPhase("refused", bed -> bed.proxy().refuse());

    private static final List<SoakPhase> DISRUPTED = List.of(
            new SoakPhase("throttled", bed -> bed.fail(Fault.throttleSegments(500))),
            new SoakPhase("unprocessed", bed -> bed.fail(Fault.unprocessed("ThrottledException", 0.2))),
            new SoakPhase(
                    "lost-answers",
                    bed -> bed.fail(Fault.dropAfter().stored(true).share(0.2))),
            new SoakPhase("bad-network", bed -> bed.proxy().inject(NetworkFault.MIXED, 0.1)),
            OUTAGE,
            new SoakPhase("wrong-json", bed -> bed.fail(Fault.wrongJson().share(0.3))),
            new SoakPhase("slow", bed -> bed.fail(Fault.latency(Duration.ofMillis(100), Duration.ofMillis(500)))),
            new SoakPhase("http-500", bed -> bed.fail(Fault.status(500, "InternalFailure"))));

    /** How many phases there are before they begin anew. */
    static final int COUNT = 2 * DISRUPTED.size();

    /** The phase with a number: every second one is calm. */
    static SoakPhase of(int phase) {
        return phase % 2 == 0 ? CALM : DISRUPTED.get(phase / 2 % DISRUPTED.size());
    }

    boolean isCalm() {
        return equals(CALM);
    }
}
