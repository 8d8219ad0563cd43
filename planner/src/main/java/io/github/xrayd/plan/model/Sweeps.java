package io.github.xrayd.plan.model;

import io.github.xrayd.engine.upload.UploadPolicy;
import io.github.xrayd.plan.simulation.Scenario;
import io.github.xrayd.plan.simulation.Simulator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What becomes of loss and latency when settings or circumstances differ. One run for each point. */
public final class Sweeps {
    private static final int[] CALLS = {1, 2, 4, 16, 64};
    private static final double[] MEMORY = {0.125, 0.25, 0.5, 0.75, 1, 1.5};
    private static final double[] RATES = {0.25, 0.5, 1, 1.5, 2, 3, 4};
    private static final double[] ROUND_TRIPS = {1, 2, 4, 8};

    /** Seconds of each run of the second sweep. */
    private static final long SPAN_NS = 180_000_000_000L;

    private Sweeps() {}

    /** Loss through the outage, or through bursts without one, by memory and by calls at once. */
    public static Sweep memoryAndCalls(Plan plan) {
        Settings settings = plan.settings();
        boolean isOutage = plan.workload().backend().outage() > 0;
        int least = MemoryModel.leastMegabytes(settings.receivers());
        int[] megabytes = Arrays.stream(MEMORY)
                .mapToInt(part -> (int) Math.max(least, Math.round(settings.memoryMb() * part)))
                .distinct()
                .toArray();
        List<List<Double>> loss = new ArrayList<>();
        List<String> series = new ArrayList<>();
        for (int calls : CALLS) {
            series.add(calls == 1 ? "1 call at once" : calls + " calls at once");
            List<Double> row = new ArrayList<>();
            for (int size : megabytes) {
                Settings changed = settings.withMemory(size, settings.containerBytes());
                Scenario scenario =
                        isOutage ? Scenarios.outage(plan.load(), changed) : Scenarios.normal(plan.load(), changed);
                UploadPolicy upload = UploadPolicy.of(calls, scenario.upload().retryAgeNsMax());
                row.add(Simulator.run(scenario.withUpload(upload), seed(plan)).loss());
            }
            loss.add(row);
        }
        List<Double> x =
                Arrays.stream(megabytes).mapToObj(size -> size * 1048576.0).toList();
        return new Sweep(
                "memory-and-calls",
                isOutage ? "Loss through the outage, by memory and calls at once" : "Loss, by memory and calls at once",
                "memory, -m",
                x,
                series,
                loss);
    }

    /** The 99th percentile of delivery by rate and round trip, without an outage. */
    public static Sweep rateAndRoundTrip(Plan plan) {
        Scenario normal = Scenarios.normal(plan.load(), plan.settings());
        Scenario base = new Scenario(
                normal.arrivals(),
                normal.room(),
                normal.seal(),
                normal.upload(),
                normal.backend(),
                normal.work(),
                normal.spool(),
                SPAN_NS,
                Scenario.tickNs(SPAN_NS));
        List<List<Double>> latency = new ArrayList<>();
        List<String> series = new ArrayList<>();
        for (double longer : ROUND_TRIPS) {
            long p50 = (long) (base.backend().roundTripP50Ns() * longer);
            long p99 = (long) (base.backend().roundTripP99Ns() * longer);
            series.add("round trip " + Text.seconds(p50 * 1e-9));
            List<Double> row = new ArrayList<>();
            for (double factor : RATES) {
                Scenario changed = base.withArrivals(base.arrivals().scaled(factor))
                        .withBackend(base.backend().roundTrip(p50, p99));
                row.add(Simulator.run(changed, seed(plan)).latencySeconds(99));
            }
            latency.add(row);
        }
        double rate = plan.load().rate();
        return new Sweep(
                "rate-and-round-trip",
                "Time to delivery that 1 of 100 segments exceeds, by rate and round trip",
                "segments per second",
                Arrays.stream(RATES).mapToObj(factor -> factor * rate).toList(),
                series,
                latency);
    }

    private static long seed(Plan plan) {
        return plan.workload().experiment().seed();
    }
}
