package io.github.xrayd.plan.model;

import static io.github.xrayd.plan.model.Text.bytes;
import static io.github.xrayd.plan.model.Text.number;
import static io.github.xrayd.plan.model.Text.seconds;
import static io.github.xrayd.plan.model.Text.share;

import io.github.xrayd.plan.input.Workload;
import io.github.xrayd.plan.input.Workload.Topology;
import io.github.xrayd.plan.simulation.Trial;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What exceeds a limit, with the options; limits come first. */
final class Findings {
    private final Sizing sizing;
    private final DaemonLoad load;
    private final Workload workload;
    private final List<Finding> limits = new ArrayList<>();
    private final List<Finding> notes = new ArrayList<>();

    private Findings(Sizing sizing) {
        this.sizing = sizing;
        load = sizing.load();
        workload = load.workload();
    }

    static List<Finding> of(Sizing sizing, Trial normal, @Nullable Trial outage, int memoryBefore) {
        Findings findings = new Findings(sizing);
        findings.quota();
        findings.machine();
        findings.memory(outage);
        findings.simulated(normal, outage);
        findings.kernel();
        findings.notes(memoryBefore);
        List<Finding> all = new ArrayList<>(findings.limits);
        all.addAll(findings.notes);
        return all;
    }

    private void quota() {
        double quota = workload.backend().quota();
        double rate = load.sustainedRate() * load.daemons();
        if (quota == 0) {
            return;
        }
        if (rate > quota) {
            limits.add(Finding.limit(
                    "The quota is too low: " + number(rate)
                            + " segments/s at the busiest time, and the account may send " + number(quota) + "/s.",
                    "ask AWS for a quota of at least " + number(Math.ceil(rate * 1.25 / 100) * 100) + " segments/s",
                    "sample " + share(quota * 0.8 / rate) + " of what is sent now",
                    "spread the hosts over " + number(Math.ceil(rate / (quota * 0.8))) + " accounts or regions"));
        } else if (rate > 0.8 * quota) {
            notes.add(Finding.note("Only " + share(1 - rate / quota)
                    + " of the quota is left at the busiest time: a backlog leaves slowly ("
                    + seconds(sizing.recoverySeconds()) + " after the outage)."));
        }
    }

    private void machine() {
        Workload.Site site = workload.site();
        String more = site.topology() == Topology.COLLECTOR ? "more collectors" : "a collector on a machine of its own";
        if (!sizing.isCpuEnough()) {
            limits.add(Finding.limit(
                    "One daemon does not have the processor for it: it needs "
                            + number(load.cores(load.sustainedRate())) + " cores and may use "
                            + number(site.cores() * site.cpuShare()) + ".",
                    "--cpu-share or --cores for more",
                    more,
                    "a lower sampling rate"));
        }
        if (!sizing.isReceiveEnough()) {
            limits.add(Finding.limit(
                    "Bursts of " + number(load.peakRate()) + "/s are more than "
                            + sizing.settings().receivers() + " receiver(s) take (" + number(load.receiverRate())
                            + "/s each).",
                    "more cores, so that more receivers can run",
                    more));
        }
        if (!sizing.isBatchesEnough()) {
            limits.add(Finding.limit(
                    "An eighth of " + sizing.settings().memoryMb() + " MB holds too few batches for "
                            + number(load.callsInFlight(load.peakRate())) + " calls at once in a burst.",
                    "--memory-max " + memoryText(),
                    "a region that is nearer"));
        }
        if (!sizing.isCallsEnough()) {
            limits.add(Finding.limit(
                    "Calls at once would have to be " + number(load.callsInFlight(load.sustainedRate())) + "; at most "
                            + sizing.settings().callsMax() + " can be.",
                    more,
                    "a region that is nearer"));
        }
    }

    private void memory(@Nullable Trial outage) {
        if (sizing.isMemoryEnough()
                || (outage != null && outage.loss().mean() <= workload.target().lossMax())) {
            return;
        }
        double held = sizing.segmentsInMemory();
        double lasts = held / load.sustainedRate();
        limits.add(Finding.limit(
                "Memory is not enough for the outage: " + sizing.settings().memoryMb() + " MB hold " + number(held)
                        + " segments, " + seconds(lasts) + " of traffic; " + number(sizing.needed()) + " are needed.",
                "--spool-max " + spoolText() + " of disk",
                "--memory-max " + memoryText(),
                "an outage of at most " + seconds(Math.max(0, lasts / Sizing.MARGIN - Sizing.PROBE_SECONDS)),
                "an acceptable loss of "
                        + share(Math.min(1, outage == null ? 1 : outage.loss().mean() * 1.1))));
    }

    private String spoolText() {
        double record = load.bodyBytes(load.documentsFull()) / load.documentsFull() + 6;
        return Math.round(Math.ceil(sizing.needed() * record / (1 << 20))) + "M";
    }

    private String memoryText() {
        int megabytes = MemoryModel.megabytes(
                load, sizing.needed(), Sizing.batches(load), sizing.settings().receivers(), Integer.MAX_VALUE);
        return megabytes + "M";
    }

    private void simulated(Trial normal, @Nullable Trial outage) {
        double lossMax = workload.target().lossMax();
        if (normal.loss().mean() > lossMax) {
            limits.add(Finding.limit(
                    "Simulated, " + share(normal.loss().mean()) + " is lost in normal operation; " + share(lossMax)
                            + " is acceptable.",
                    "what stands above",
                    "a larger socket buffer or more memory for bursts"));
        }
        double latency = normal.of(run -> run.latencySeconds(99)).mean();
        if (latency > workload.target().latencyMax()) {
            limits.add(Finding.limit(
                    "Simulated, 1 of 100 segments takes longer than " + seconds(latency) + "; "
                            + seconds(workload.target().latencyMax())
                            + " is the target.",
                    latency < 2 && workload.target().latencyMax() < 1.2
                            ? "a batch waits up to 1 s to fill: at this rate less is not possible"
                            : "a nearer region, more calls at once, a higher quota"));
        }
        if (outage != null && sizing.isMemoryEnough() && outage.loss().mean() > lossMax) {
            limits.add(Finding.limit(
                    "Simulated, " + share(outage.loss().mean()) + " is lost through the outage; " + share(lossMax)
                            + " is acceptable.",
                    outage.max(run -> run.segments().abandoned()) > 0
                            ? "the backlog grows older than --retry-max-age before it is sent: a higher quota, or disk"
                            : "more memory, or disk with --spool-max"));
        }
    }

    private void kernel() {
        long asked = sizing.settings().socketBufferBytes();
        if (asked > workload.site().rmemMax()) {
            notes.add(Finding.note("The kernel grants a socket "
                    + bytes(workload.site().rmemMax())
                    + " at most; the buffer needs net.core.rmem_max=" + asked
                    + " (sysctl, below), or a stall of " + seconds(granted()) + " drops datagrams in a burst."));
        }
    }

    private double granted() {
        return 2.0
                * workload.site().rmemMax()
                / load.footprint().kernel()
                / Math.max(1, load.peakRate() / sizing.settings().receivers());
    }

    private void notes(int memoryBefore) {
        Settings settings = sizing.settings();
        if (settings.memoryMb() > memoryBefore) {
            notes.add(Finding.note("The simulation lost segments with the " + memoryBefore
                    + " MB of the formula, so that memory was raised to " + settings.memoryMb() + " MB."));
        }
        if (workload.site().topology() == Topology.COLLECTOR) {
            long daemons = settings.daemons();
            notes.add(Finding.note((daemons == 1
                            ? "While the only collector is away"
                            : "While one of " + daemons + " collectors is away, the others carry "
                                    + share(daemons / (daemons - 1.0)) + " of their load each, and until hosts know it")
                    + " datagrams to it are lost: plan one to spare."));
        }
        if (settings.retryMaxAgeSeconds() > 300) {
            notes.add(Finding.note("Retries must go on longer than the default of 5 min: --retry-max-age "
                    + settings.retryMaxAgeSeconds() / 60 + "m."));
        }
    }
}
