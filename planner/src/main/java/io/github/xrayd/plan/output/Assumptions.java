package io.github.xrayd.plan.output;

import io.github.xrayd.plan.model.CostProfile;
import io.github.xrayd.plan.model.Plan;
import io.github.xrayd.plan.model.Text;
import java.util.List;

/** What a plan takes for granted. */
public final class Assumptions {
    private Assumptions() {}

    /** Which machine the costs are of. */
    public static String costs(CostProfile profile) {
        return profile.name().equals("default")
                ? "Costs are the default profile's, of 2 virtual cores at 2.6 GHz; xray plan --calibrate measures this machine's."
                : "Costs are those of the profile \"" + profile.name() + "\".";
    }

    /** Sentences for the report. */
    public static List<String> of(Plan plan) {
        CostProfile profile = plan.profile();
        return List.of(
                costs(profile),
                "A datagram costs " + Text.number(profile.dataPath().datagramNs()) + " ns and "
                        + Text.number(profile.dataPath().datagramByteNs())
                        + " ns for each byte; a call "
                        + Text.seconds(profile.call().callNs() * 1e-9)
                        + " (" + Text.seconds(profile.call().callColdNs() * 1e-9)
                        + " more when the one before is long ago, "
                        + Text.seconds(profile.call().callFailedNs() * 1e-9)
                        + " more when it fails) and "
                        + Text.number(profile.call().callByteNs()) + " ns for each byte of its body; the JVM adds "
                        + Text.share(profile.overhead()) + ".",
                "The kernel charges a socket's buffer the true size of a packet: a power of two that holds payload, headers and "
                        + Text.number(profile.packet().packetSharedBytes()) + " bytes, and "
                        + Text.number(profile.packet().packetBytes()) + " more.",
                "Round trips are log-normal through the two percentiles; a call is given up after 2 s.",
                "Segments arrive at X-Ray after half of a round trip.",
                "In the simulation arrivals are added up over " + Text.seconds(tick(plan))
                        + "; each document has the mean "
                        + "size; calls are simulated one by one with the engine's own policies for batches, calls at once, "
                        + "rate, retries and health.",
                "The outage begins at the busiest time that lasts, and calls fail after a round trip while it goes on.",
                "The disk of the spool is as fast as it must be.",
                "Intervals are those of Student for 95 %, over " + plan.normal().runs()
                        + " runs; where no run lost anything, the upper end is three in all that were sent.");
    }

    private static double tick(Plan plan) {
        return io.github.xrayd.plan.simulation.Scenario.tickNs(
                        (long) (plan.workload().experiment().span() * 1e9))
                * 1e-9;
    }
}
