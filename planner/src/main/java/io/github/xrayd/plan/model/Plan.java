package io.github.xrayd.plan.model;

import io.github.xrayd.plan.input.Workload;
import io.github.xrayd.plan.simulation.Trial;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer.
 *
 * @param workload what was asked
 * @param profile what work costs
 * @param load one daemon's share
 * @param settings what to set
 * @param figures each with its formula
 * @param findings limits first
 * @param normal simulated normal operation of one daemon
 * @param outage the simulated outage, or null when none is planned for
 */
public record Plan(
        Workload workload,
        CostProfile profile,
        DaemonLoad load,
        Settings settings,
        List<Figure> figures,
        List<Finding> findings,
        Trial normal,
        @Nullable Trial outage) {

    /** How often memory is raised when the simulation loses segments with what the formula says. */
    private static final int RAISES_MAX = 8;

    private static final double RAISE = 1.2;

    /** Plans for a workload: formulas first, then the simulation, which may raise memory. */
    public static Plan of(Workload workload, CostProfile profile) {
        Sizing sizing = Sizing.of(workload, profile);
        int memoryBefore = sizing.settings().memoryMb();
        Trial outage = outage(sizing);
        long most = workload.site().memoryMax() >> 20;
        for (int i = 0; outage != null && i < RAISES_MAX; i++) {
            int megabytes =
                    (int) Math.min((double) most, Math.ceil(sizing.settings().memoryMb() * RAISE));
            boolean isHelped = outage.max(run -> run.segments().memoryDropped()) > 0;
            if (outage.loss().mean() <= workload.target().lossMax()
                    || !isHelped
                    || megabytes <= sizing.settings().memoryMb()) {
                break;
            }
            sizing = sizing.withMemory(megabytes);
            outage = outage(sizing);
        }
        Trial normal = run(workload, Scenarios.normal(sizing.load(), sizing.settings()));
        return new Plan(
                workload,
                profile,
                sizing.load(),
                sizing.settings(),
                Figures.of(sizing),
                Findings.of(sizing, normal, outage, memoryBefore),
                normal,
                outage);
    }

    private static @Nullable Trial outage(Sizing sizing) {
        Workload workload = sizing.load().workload();
        return workload.backend().outage() == 0
                ? null
                : run(workload, Scenarios.outage(sizing.load(), sizing.settings()));
    }

    private static Trial run(Workload workload, io.github.xrayd.plan.simulation.Scenario scenario) {
        return Trial.run(
                scenario, workload.experiment().seed(), workload.experiment().runs());
    }

    /** Whether nothing exceeds a limit. */
    public boolean isReached() {
        return findings.stream().noneMatch(Finding::isLimit);
    }
}
