package io.github.xrayd.plan.output;

import static io.github.xrayd.plan.model.Text.bytes;
import static io.github.xrayd.plan.model.Text.number;
import static io.github.xrayd.plan.model.Text.seconds;
import static io.github.xrayd.plan.model.Text.share;

import io.github.xrayd.plan.input.Workload;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The workload as text, defaults included, so that a reader sees what was taken for granted. */
public final class WorkloadText {
    private WorkloadText() {}

    /** What was asked, by title. */
    public static Map<String, String> lines(Workload workload) {
        Map<String, String> lines = new LinkedHashMap<>();
        Workload.Bursts bursts = workload.traffic().bursts();
        lines.put(
                "workload",
                number(workload.traffic().rate()) + " segments/s from "
                        + number(workload.traffic().hosts())
                        + (workload.traffic().hosts() == 1 ? " host" : " hosts"));
        lines.put(
                "documents",
                bytes(workload.traffic().sizes().mean()) + " on average, 1 of 100 above "
                        + bytes(workload.traffic().sizes().p99()) + " ("
                        + workload.traffic().sizes().source() + ")");
        lines.put("arrivals", arrivals(bursts));
        Workload.Backend backend = workload.backend();
        lines.put(
                "backend",
                "round trip " + seconds(backend.roundTripP50()) + ", 1 of 100 above " + seconds(backend.roundTripP99())
                        + "; quota "
                        + (backend.quota() == 0 ? "none" : number(backend.quota()) + " segments/s"));
        lines.put("outage", backend.outage() == 0 ? "not planned for" : seconds(backend.outage()));
        lines.put(
                "target",
                "loss at most " + share(workload.target().lossMax()) + ", 99 of 100 delivered within "
                        + seconds(workload.target().latencyMax()));
        Workload.Site site = workload.site();
        lines.put(
                "site",
                site.topology().name().toLowerCase(Locale.ROOT) + " on " + site.cores() + " cores, "
                        + share(site.cpuShare()) + " of them for the daemon; -m at most " + bytes(site.memoryMax())
                        + "; disk "
                        + (site.spoolMax() == 0 ? "none" : bytes(site.spoolMax()))
                        + "; net.core.rmem_max " + site.rmemMax());
        lines.put(
                "simulation",
                workload.experiment().runs() + " runs of "
                        + seconds(workload.experiment().span()) + ", seed "
                        + workload.experiment().seed());
        return lines;
    }

    private static String arrivals(Workload.Bursts bursts) {
        return switch (bursts.arrivals()) {
            case POISSON -> "at random (Poisson)";
            case BURSTS ->
                "at random, with bursts of " + number(bursts.factor()) + " times the mean for "
                        + seconds(bursts.length()) + " about every " + seconds(bursts.every());
            case DIURNAL -> "at random, over the day up to " + number(bursts.diurnalPeak()) + " times the mean";
            case TRACE ->
                "as in the recorded trace of " + bursts.trace().size() + " lines, up to " + number(bursts.peak())
                        + " times the mean";
        };
    }
}
