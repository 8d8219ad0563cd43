package io.github.xrayd.plan.host;

import io.github.xrayd.engine.run.WaitPolicy;
import io.github.xrayd.engine.upload.UploadPolicy;
import io.github.xrayd.plan.input.Sizes;
import io.github.xrayd.plan.input.Workload;
import io.github.xrayd.plan.model.DaemonLoad;
import io.github.xrayd.plan.model.MemoryModel;
import io.github.xrayd.plan.model.Plan;
import io.github.xrayd.plan.model.Scenarios;
import io.github.xrayd.plan.model.Settings;
import io.github.xrayd.plan.simulation.Arrivals;
import io.github.xrayd.plan.simulation.Scenario;
import java.util.ArrayList;
import java.util.List;

/**
 * A plan's load, scaled to what this machine carries together with generator and endpoint, and what the model says of
 * it.
 *
 * @param rate segments per second
 * @param size of each document, in bytes
 * @param lead seconds before the outage
 * @param outage seconds, 0 for none
 * @param seconds of sending
 * @param settings of the daemon
 * @param load one daemon's share at that rate
 */
record VerifiedLoad(
        double rate, int size, double lead, double outage, double seconds, Settings settings, DaemonLoad load) {
    private static final double RATE_MAX_PER_CORE = 4_000;
    private static final double BYTES_MAX_PER_CORE = 8e6;
    private static final double OUTAGE_MAX = 8;
    private static final double LEAD = 3;
    private static final double QUIET = 12;
    private static final double RECOVERY_MAX = 15;
    private static final int SIZE_LEAST = 200;
    /** What escaping adds to each byte of the generator's documents. */
    private static final double ESCAPES = 0.112;

    private static final double SPOOL_LEAST = 16 << 20;

    /** Seconds of the same load before what is measured: calls at once find what the backend needs. */
    static final double BEFORE = 3;

    static VerifiedLoad of(Plan plan) {
        Workload workload = plan.workload();
        int cores = Runtime.getRuntime().availableProcessors();
        int size = (int) Math.max(
                SIZE_LEAST,
                Math.min(60_000, Math.round(workload.traffic().sizes().mean())));
        double most = cores * Math.min(RATE_MAX_PER_CORE, BYTES_MAX_PER_CORE / size);
        double planned = plan.load().sustainedRate();
        double rate = Math.max(1, Math.rint(Math.min(planned, most)));
        double outage = Math.min(workload.backend().outage(), OUTAGE_MAX);
        Sizes sent = new Sizes(size, 0, size, ESCAPES, "the load generator's");
        DaemonLoad load = new DaemonLoad(
                workload.withSizes(sent), plan.profile(), plan.load().daemons());
        Settings settings = settings(plan, rate / planned, outage);
        double drain = Math.max(1, load.drainRate(settings.callsMax()) - rate);
        double recovery = outage == 0 ? 0 : Math.min(RECOVERY_MAX, 2 + rate * outage / drain);
        double seconds = outage == 0 ? QUIET : LEAD + outage + recovery;
        return new VerifiedLoad(rate, size, LEAD, outage, seconds, settings, load);
    }

    /** Memory holds the same part of the outage as planned. */
    private static Settings settings(Plan plan, double rateScale, double outage) {
        Settings planned = plan.settings();
        double plannedOutage = plan.workload().backend().outage();
        double scale = rateScale * (plannedOutage == 0 ? 1 : outage / plannedOutage);
        int least = planned.receivers() == 1 ? 3 : planned.memoryMb();
        int megabytes = (int) Math.max(least, Math.min(1_024, Math.rint(planned.memoryMb() * scale)));
        return new Settings(
                1,
                megabytes,
                planned.concurrency(),
                1,
                planned.socketBufferBytes(),
                planned.retryMaxAgeSeconds(),
                planned.spoolBytes() == 0 ? 0 : (long) Math.max(SPOOL_LEAST, planned.spoolBytes() * scale),
                planned.cpuCores(),
                planned.containerBytes());
    }

    /** Whether the daemon spools. */
    boolean hasSpool() {
        return settings.spoolBytes() > 0;
    }

    /** The daemon's flags; {@code spool} is the folder of its spool, when it has one. */
    List<String> flags(String spool) {
        List<String> flags = new ArrayList<>(flags());
        if (hasSpool()) {
            flags.addAll(List.of("--spool-dir", spool, "--spool-limit"));
            flags.add(Long.toString((settings.spoolBytes() + (1 << 20) - 1) >> 20));
        }
        return flags;
    }

    private List<String> flags() {
        return List.of(
                "-m",
                Integer.toString(settings.memoryMb()),
                "--concurrency",
                Integer.toString(settings.concurrency()),
                "--socket-buffer",
                Long.toString(settings.socketBufferBytes()),
                "--retry-max-age",
                settings.retryMaxAgeSeconds() + "s");
    }

    /**
     * What the model simulates: an even load, an endpoint that has the documents at once and answers late.
     *
     * @param socketBufferBytes that the kernel grants
     */
    Scenario scenario(int socketBufferBytes) {
        Scenario planned = Scenarios.normal(load, settings);
        Workload.Backend backend = load.workload().backend();
        long spanNs = Math.round((BEFORE + seconds + 20) * 1e9);
        double cores = Runtime.getRuntime().availableProcessors();
        return new Scenario(
                new Arrivals.EvenUntil(rate, Math.round((BEFORE + seconds) * 1e9)),
                MemoryModel.room(load, settings),
                planned.seal(),
                UploadPolicy.of(settings.callsMax(), planned.upload().retryAgeNsMax()),
                new Scenario.BackendModel(
                        Math.round(backend.roundTripP50() * 1e9),
                        Math.round(backend.roundTripP99() * 1e9),
                        0,
                        planned.backend().timeoutNs(),
                        quota(),
                        Math.round(BEFORE * 1e9),
                        Math.round((BEFORE + lead) * 1e9),
                        Math.round((BEFORE + lead + outage) * 1e9)),
                new Scenario.Work(
                        cores,
                        planned.work().segmentNs(),
                        1,
                        planned.work().callNs(),
                        planned.work().callColdNs(),
                        planned.work().callFailedNs(),
                        planned.work().callDocumentNs(),
                        planned.work().wakeUpNs(),
                        WaitPolicy.gatherNsMax(socketBufferBytes)),
                planned.spool(),
                spanNs,
                Scenario.TICK_NS);
    }

    /** The account's quota, scaled as the rate was; 0 for none. */
    double quota() {
        double planned = load.quota();
        return Double.isInfinite(planned) ? 0 : planned * rate / load.sustainedRate();
    }
}
