package io.github.xrayd.plan.model;

import io.github.xrayd.engine.batch.SealPolicy;
import io.github.xrayd.engine.run.WaitPolicy;
import io.github.xrayd.engine.upload.UploadPolicy;
import io.github.xrayd.plan.input.Workload;
import io.github.xrayd.plan.simulation.Arrivals;
import io.github.xrayd.plan.simulation.Scenario;
import io.github.xrayd.plan.simulation.TraceShape;

/** Makes the scenarios that a plan simulates. */
public final class Scenarios {
    private static final double NS = 1e9;
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long TIMEOUT_NS = 2 * SECOND_NS;
    private static final double LEAD = 30;

    /** The longest that an outage's scenario goes on after the outage, in seconds. */
    private static final double RECOVERY_MAX = 4 * 3_600;

    /** And where the backlog never goes. */
    private static final double RECOVERY_HOPELESS = 600;

    /** A record of 50 documents has a header, an offset for each document, and an acknowledgement. */
    static final int RECORD_HEAD_BYTES = 248;

    private Scenarios() {}

    /** Normal operation: the backend answers all the time. */
    public static Scenario normal(DaemonLoad load, Settings settings) {
        return scenario(
                load,
                settings,
                arrivals(load.workload(), load.rate()),
                ns(load.workload().experiment().span()),
                0,
                0);
    }

    /** The outage, at the busiest time that lasts, with a lead before it and time to recover after it. */
    public static Scenario outage(DaemonLoad load, Settings settings) {
        Workload workload = load.workload();
        double outage = workload.backend().outage();
        double rate = load.sustainedRate();
        double left = load.drainRate(settings.callsMax()) - rate;
        double recovery = left <= 0 ? RECOVERY_HOPELESS : Math.min(RECOVERY_MAX, 1.3 * rate * outage / left + 60);
        Arrivals arrivals = workload.traffic().bursts().arrivals() == Workload.ArrivalPattern.BURSTS
                ? arrivals(workload, rate)
                : new Arrivals.Poisson(rate);
        return scenario(load, settings, arrivals, ns(LEAD + outage + recovery), ns(LEAD), ns(LEAD + outage));
    }

    private static long ns(double seconds) {
        return Math.round(seconds * NS);
    }

    private static Scenario scenario(
            DaemonLoad load, Settings settings, Arrivals arrivals, long spanNs, long awayNs, long backNs) {
        Workload.Site site = load.workload().site();
        double granted = Math.max(0.05, site.cores() * site.cpuShare());
        Workload.Backend backend = load.workload().backend();
        double document = load.footprint().document();
        double hot = load.profile().callSeconds(0, Double.POSITIVE_INFINITY);
        return new Scenario(
                arrivals,
                MemoryModel.room(load, settings),
                new SealPolicy(DaemonLoad.DOCUMENTS_MAX, DaemonLoad.BODY_BYTES_MAX, SECOND_NS),
                UploadPolicy.of(settings.callsMax(), settings.retryMaxAgeSeconds() * SECOND_NS),
                new Scenario.BackendModel(
                        ns(backend.roundTripP50()),
                        ns(backend.roundTripP99()),
                        0.5,
                        TIMEOUT_NS,
                        Double.isInfinite(load.quota()) ? 0 : load.quota(),
                        0,
                        awayNs,
                        backNs),
                new Scenario.Work(
                        granted,
                        load.segmentSeconds() * NS,
                        settings.receivers(),
                        hot * NS,
                        (load.profile().callSeconds(0, 0) - hot) * NS,
                        load.profile().callFailedSeconds() * NS,
                        (load.profile().callSeconds(document, Double.POSITIVE_INFINITY) - hot) * NS,
                        load.wakeUpSeconds() * NS,
                        WaitPolicy.gatherNsMax(Sizing.SOCKET_BUFFER_LEAST)),
                new Scenario.Spool(settings.spoolBytes(), RECORD_HEAD_BYTES),
                spanNs,
                Scenario.tickNs(spanNs));
    }

    private static Arrivals arrivals(Workload workload, double rate) {
        Workload.Bursts bursts = workload.traffic().bursts();
        return switch (bursts.arrivals()) {
            case POISSON -> new Arrivals.Poisson(rate);
            case BURSTS ->
                bursts.factor() > 1
                        ? new Arrivals.BurstArrivals(rate, bursts.factor(), ns(bursts.length()), ns(bursts.every()))
                        : new Arrivals.Poisson(rate);
            case DIURNAL -> new Arrivals.Diurnal(rate, bursts.diurnalPeak());
            case TRACE -> new Arrivals.Recorded(rate, new TraceShape(bursts.trace()));
        };
    }
}
