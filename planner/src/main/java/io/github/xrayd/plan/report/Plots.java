package io.github.xrayd.plan.report;

import io.github.xrayd.plan.input.Workload;
import io.github.xrayd.plan.model.Plan;
import io.github.xrayd.plan.model.Sweep;
import io.github.xrayd.plan.simulation.Outcome;
import io.github.xrayd.plan.simulation.Trial;
import io.github.xrayd.plot.Axis;
import io.github.xrayd.plot.BarChart;
import io.github.xrayd.plot.Bars;
import io.github.xrayd.plot.LineChart;
import io.github.xrayd.plot.Mark;
import io.github.xrayd.plot.Series;
import io.github.xrayd.plot.Unit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.HdrHistogram.Histogram;

/** The charts of the report. */
final class Plots {
    private static final double[] PERCENTILES = new double[100];

    static {
        // From 0 to 99.9 %, closer together towards the end.
        for (int i = 0; i < PERCENTILES.length; i++) {
            PERCENTILES[i] = 100 - Math.pow(10, 2 - 3.0 * i / (PERCENTILES.length - 1));
        }
    }

    private Plots() {}

    /** The backlog through the outage, with what memory holds. */
    static String backlog(Plan plan, Trial outage) {
        Outcome run = outage.first();
        double lead = 30;
        Workload.Backend backend = plan.workload().backend();
        double capacity = plan.figures().stream()
                .filter(figure -> figure.id().equals("outage-backlog"))
                .mapToDouble(figure -> figure.number())
                .findFirst()
                .orElse(Double.NaN);
        LineChart chart = LineChart.titled("Backlog through an outage")
                .x(Axis.linear("time", Unit.SECONDS))
                .y(Axis.linear("segments held", Unit.NUMBER))
                .add(Series.line(
                        "held, memory and disk",
                        run.timeline().seconds(),
                        run.timeline().held()))
                .mark(Mark.spanX(lead, lead + backend.outage(), "outage"))
                .mark(Mark.atY(capacity, "rate × outage"))
                .caption(
                        "One run of one daemon. What is held falls when calls succeed again, as fast as quota, calls and "
                                + "cores allow beyond what keeps coming.");
        if (outage.max(each -> each.peaks().spoolBytes()) > 0) {
            chart.add(Series.line(
                    "on disk", run.timeline().seconds(), run.timeline().spooled()));
        }
        return chart.svg();
    }

    /** How the rate went in normal operation. */
    static String arrivals(Plan plan) {
        Outcome run = plan.normal().first();
        return LineChart.titled("Segments arriving and held, normal operation")
                .x(Axis.linear("time", Unit.SECONDS))
                .y(Axis.linear("segments/s; segments", Unit.NUMBER))
                .add(Series.line(
                        "arriving per second",
                        run.timeline().seconds(),
                        run.timeline().offeredRate()))
                .add(Series.line(
                        "held at most", run.timeline().seconds(), run.timeline().held()))
                .caption("One run of one daemon, in " + run.timeline().seconds().length + " equal intervals.")
                .svg();
    }

    /** Which share is delivered within which time. */
    static String latency(Plan plan) {
        LineChart chart = LineChart.titled("Time from the application to X-Ray")
                .x(Axis.log("time to delivery", Unit.SECONDS))
                .y(Axis.linear("delivered by then", Unit.PERCENT).range(0, 1))
                .add(distribution("normal operation", plan.normal()))
                .mark(Mark.atX(plan.workload().target().latencyMax(), "target for p99"))
                .mark(Mark.atY(0.99, "p99"))
                .caption("One run of one daemon each. A batch waits up to 1 s to fill where segments are few.");
        Trial outage = plan.outage();
        if (outage != null) {
            chart.add(distribution("with the outage", outage));
        }
        return chart.svg();
    }

    private static Series distribution(String name, Trial trial) {
        Histogram all = trial.first().latencyMicros();
        double[] x = Arrays.stream(PERCENTILES)
                .map(percentile -> Math.max(1e-4, all.getValueAtPercentile(percentile) * 1e-6))
                .toArray();
        double[] y =
                Arrays.stream(PERCENTILES).map(percentile -> percentile / 100).toArray();
        return Series.line(name, x, y);
    }

    /** Loss by memory, a line for each bound of calls. */
    static String loss(Sweep sweep, Plan plan) {
        LineChart chart = LineChart.titled(sweep.title())
                .x(Axis.log(sweep.xTitle(), Unit.BYTES))
                .y(Axis.linear("lost", Unit.PERCENT))
                .mark(Mark.atX(plan.settings().memoryMb() * 1048576.0, "recommended"));
        addAll(chart, sweep);
        return chart.svg();
    }

    /** Delivery by rate, a line for each round trip. */
    static String delivery(Sweep sweep, Plan plan) {
        LineChart chart = LineChart.titled(sweep.title())
                .x(Axis.linear(sweep.xTitle(), Unit.NUMBER))
                .y(Axis.log("p99 of delivery", Unit.SECONDS))
                .mark(Mark.atX(plan.load().rate(), "planned rate"))
                .mark(Mark.atY(plan.workload().target().latencyMax(), "target"));
        addAll(chart, sweep);
        return chart.svg();
    }

    private static void addAll(LineChart chart, Sweep sweep) {
        double[] x = array(sweep.x());
        for (int i = 0; i < sweep.series().size(); i++) {
            chart.add(Series.measured(
                    sweep.series().get(i), x, array(sweep.values().get(i))));
        }
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** How much of each limit is used at the busiest time. */
    static String headroom(Plan plan) {
        double rate = plan.load().sustainedRate();
        Workload.Site site = plan.workload().site();
        Trial worst = plan.outage() == null ? plan.normal() : plan.outage();
        List<String> names = new ArrayList<>(List.of("processor", "receivers", "calls at once", "memory"));
        List<Double> used = new ArrayList<>(List.of(
                plan.load().cores(rate) / (site.cores() * site.cpuShare()),
                plan.load().peakRate()
                        / (plan.load().receiverRate() * plan.settings().receivers()),
                plan.load().callsInFlight(plan.load().peakRate())
                        / plan.settings().callsMax(),
                worst.max(run -> run.peaks().usedBytes()) / (plan.settings().memoryMb() * 1048576.0)));
        if (plan.workload().backend().quota() > 0) {
            names.add("quota");
            used.add(rate / plan.load().quota());
        }
        return BarChart.titled("Headroom: how much of each limit is used", names)
                .y(Axis.linear("used at the busiest time", Unit.PERCENT))
                .add(Bars.of("used", array(used)))
                .mark(Mark.atY(1, "limit"))
                .caption(
                        "Processor and quota at the busiest time that lasts, receivers and calls in a burst, memory at its fullest in "
                                + (plan.outage() == null ? "normal operation." : "the outage."))
                .svg();
    }
}
