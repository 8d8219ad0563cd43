package io.github.xrayd.loadtest;

import io.github.xrayd.child.DaemonLedger;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.child.ProcFs;
import io.github.xrayd.load.LoadConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Measures the cases that need a daemon, each with a daemon of its own from its start to its end. */
final class DaemonCases {
    /** How long a daemon has nothing to do before its idleness is measured. */
    static final Duration IDLE_QUIET = Duration.ofSeconds(30);

    private static final int BATCH = 50;
    private static final Duration SETTLE = Duration.ofSeconds(3);
    private static final Duration OUTAGE_SETTLE = Duration.ofSeconds(15);
    private static final Duration FIRST_DELIVERY_MAX = Duration.ofSeconds(30);
    private static final double LOSSLESS_RATE_MIN = 250;
    private static final double LOSSLESS_RATE_MAX = 1_000_000;
    private static final double LOSSLESS_PRECISION = 0.06;
    private static final int LOSSLESS_TRIES = 2;
    private static final long PROBE_PAUSE_NANOS = 500_000_000;

    private final Backend backend;
    private final Traffic traffic;
    private final Duration warmUp;
    private final double warmUpRate;
    private final Duration idleQuiet;
    private final Histograms histograms;
    private final Progress progress;

    /**
     * @param warmUp how long each warm case's daemon is warmed up; zero leaves it out
     * @param warmUpRate at how many 1 KB datagrams per second
     * @param idleQuiet how long an idle daemon is left alone before it is watched
     */
    DaemonCases(
            Backend backend,
            Duration warmUp,
            double warmUpRate,
            Duration idleQuiet,
            Histograms histograms,
            Progress progress) {
        this.backend = backend;
        this.traffic = new Traffic(backend);
        this.warmUp = warmUp;
        this.warmUpRate = warmUpRate;
        this.idleQuiet = idleQuiet;
        this.histograms = histograms;
        this.progress = progress;
    }

    /**
     * Measures one case of one daemon.
     *
     * @throws LoadTestException when the daemon does not start or ends too early
     */
    Map<String, Object> run(Subject subject, Case theCase, int round)
            throws LoadTestException, IOException, InterruptedException {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("subject", subject.label());
        result.put("round", round);
        result.putAll(theCase.toJson());
        List<String> flags =
                new ArrayList<>(List.of("-m", Integer.toString(theCase.daemon().memoryMb())));
        flags.addAll(theCase.daemon().flags());
        backend.latency(0);
        try (DaemonProcess daemon = subject.start(backend.endpoint(), flags)) {
            result.put("listeningMs", daemon.timeToBound().toNanos() / 1e6);
            result.put("firstDeliveryMs", firstDeliveryNanos(daemon) / 1e6);
            result.put("rssIdleBytes", ProcFs.residentBytes(daemon.pid()));
            if (theCase.daemon().isWarm() && !warmUp.isZero()) {
                progress.step("warm-up");
                LoadConfig load = LoadConfig.to(daemon.udp())
                        .ratePerSecond(warmUpRate)
                        .duration(warmUp)
                        .sources(theCase.sending().sources())
                        .build();
                result.put(
                        "warmUpLost",
                        traffic.send(daemon, load, SETTLE, () -> {}).lost());
            }
            backend.latency(theCase.backendMs());
            switch (theCase.kind()) {
                case LOAD -> load(daemon, theCase, SETTLE, () -> {}, result, subject.label() + "-" + round);
                case OUTAGE -> outage(daemon, theCase, result, subject.label() + "-" + round);
                case LOSSLESS -> lossless(daemon, theCase, result);
                case IDLE -> idle(daemon, theCase, result);
                case START -> {}
                case RECEIVE -> throw new IllegalArgumentException("no daemon receives alone");
            }
            backend.latency(0);
            DaemonLedger ledger = Subject.stop(daemon);
            if (ledger != null) {
                result.put("ledger", ledger.toString());
            }
        } finally {
            backend.latency(0);
        }
        return result;
    }

    /**
     * A whole batch is sent at once, so that no batch's age is waited for; returns the time from the start to its
     * arrival.
     */
    private long firstDeliveryNanos(DaemonProcess daemon) throws LoadTestException, IOException, InterruptedException {
        long before = backend.sandbox().arrivals().documents();
        LoadConfig load = LoadConfig.to(daemon.udp()).burst(BATCH).build();
        long[] deliveredNanoTime = new long[1];
        Thread watch = new Thread(
                () -> {
                    try {
                        if (backend.sandbox().arrivals().await(before + 1, FIRST_DELIVERY_MAX)) {
                            deliveredNanoTime[0] = System.nanoTime();
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "load-test-first-delivery");
        watch.start();
        traffic.send(daemon, load, FIRST_DELIVERY_MAX, () -> {});
        watch.join();
        if (deliveredNanoTime[0] == 0) {
            throw new LoadTestException("nothing was delivered within " + FIRST_DELIVERY_MAX.toSeconds()
                    + " s after the start: does the daemon take -c, -o, -n, -b and -t as the official one does?");
        }
        return deliveredNanoTime[0] - daemon.startNanoTime();
    }

    private static LoadConfig config(DaemonProcess daemon, Case theCase, double rate) {
        LoadConfig.LoadBuilder builder = LoadConfig.to(daemon.udp())
                .ratePerSecond(rate)
                .count(theCase.sending().count())
                .duration(theCase.sending().duration())
                .sources(theCase.sending().sources());
        return (theCase.sending().sizeBytes() == 0
                        ? builder.mix()
                        : builder.sizeBytes(theCase.sending().sizeBytes()))
                .build();
    }

    private Traffic.Outcome load(
            DaemonProcess daemon,
            Case theCase,
            Duration settle,
            Runnable afterSending,
            Map<String, Object> result,
            String histogramName)
            throws LoadTestException, IOException, InterruptedException {
        progress.step("load");
        long dropsBefore = ProcFs.udpDrops(daemon.udp().getPort());
        try (PeakMemory memory = new PeakMemory(daemon.pid())) {
            Usage before = Usage.of(daemon, backend);
            Traffic.Outcome outcome = traffic.send(
                    daemon, config(daemon, theCase, theCase.sending().rate()), settle, afterSending);
            Usage after = Usage.of(daemon, backend);
            long delivered = outcome.run().distinct();
            result.put("offered", outcome.report().config().plannedCount());
            result.put("sent", outcome.report().sent());
            result.put("sentBytes", outcome.report().bytes());
            result.put("sendingSeconds", outcome.report().durationNanos() / 1e9);
            result.put("achievedRate", outcome.report().achievedRate());
            result.put("isOnSchedule", outcome.isOnSchedule());
            result.put("delivered", delivered);
            result.put("lost", outcome.lost());
            result.put("duplicated", outcome.run().duplicated());
            result.put("kernelDrops", ProcFs.udpDrops(daemon.udp().getPort()) - dropsBefore);
            result.putAll(after.since(before));
            result.put("cpuMicrosPerSegment", delivered == 0 ? 0 : after.cpuSecondsSince(before) * 1e6 / delivered);
            result.put("rssPeakBytes", memory.peakBytes());
            histograms.put(result, outcome.run().latencyMicros(), theCase.name() + "-" + histogramName);
            return outcome;
        }
    }

    /** The backend refuses while datagrams come and takes everything afterwards: what then arrives was held. */
    private void outage(DaemonProcess daemon, Case theCase, Map<String, Object> result, String histogramName)
            throws LoadTestException, IOException, InterruptedException {
        backend.fail();
        long[] residentBytes = new long[1];
        IOException[] failure = new IOException[1];
        Runnable end = () -> {
            try {
                residentBytes[0] = ProcFs.residentBytes(daemon.pid());
            } catch (IOException e) {
                failure[0] = e;
            }
            backend.latency(0);
        };
        Traffic.Outcome outcome = load(daemon, theCase, OUTAGE_SETTLE, end, result, histogramName);
        if (failure[0] != null) {
            throw failure[0];
        }
        result.put("heldSegments", outcome.run().distinct());
        result.put("rssOutageBytes", residentBytes[0]);
    }

    private void lossless(DaemonProcess daemon, Case theCase, Map<String, Object> result)
            throws LoadTestException, IOException, InterruptedException {
        LosslessSearch search = new LosslessSearch(
                Math.max(theCase.sending().rate(), LOSSLESS_RATE_MIN),
                LOSSLESS_RATE_MIN,
                LOSSLESS_RATE_MAX,
                LOSSLESS_PRECISION,
                LOSSLESS_TRIES);
        List<Map<String, Object>> probes = new ArrayList<>();
        boolean isGeneratorTheLimit = false;
        while (!search.isDone() && !isGeneratorTheLimit) {
            double rate = search.next();
            Traffic.Outcome outcome = traffic.send(daemon, config(daemon, theCase, rate), SETTLE, () -> {});
            Map<String, Object> probe = new LinkedHashMap<>();
            probe.put("rate", rate);
            probe.put("achievedRate", outcome.report().achievedRate());
            probe.put("sent", outcome.report().sent());
            probe.put("lost", outcome.lost());
            probes.add(probe);
            progress.step(String.format(
                    "%.0f/s: %d of %d lost",
                    rate, outcome.lost(), outcome.report().sent()));
            // A generator that cannot keep up bursts when it can again; what that loses is not the daemon's rate.
            isGeneratorTheLimit = !outcome.isOnSchedule() && search.best() > 0;
            if (!isGeneratorTheLimit) {
                search.onResult(outcome.lost() == 0);
            }
            LockSupport.parkNanos(PROBE_PAUSE_NANOS);
        }
        result.put("losslessRate", search.best());
        result.put("isGeneratorTheLimit", isGeneratorTheLimit);
        result.put("probes", probes);
    }

    private void idle(DaemonProcess daemon, Case theCase, Map<String, Object> result)
            throws LoadTestException, IOException, InterruptedException {
        progress.step("waiting until it is quiet");
        Thread.sleep(idleQuiet.toMillis());
        Usage before = Usage.of(daemon, backend);
        Thread.sleep(theCase.sending().duration().toMillis());
        daemon.requireAlive();
        Usage after = Usage.of(daemon, backend);
        result.putAll(after.since(before));
        result.put("idleCpuPercent", after.cpuSecondsSince(before) / after.windowSecondsSince(before) * 100);
        result.put("rssIdleBytes", ProcFs.residentBytes(daemon.pid()));
    }
}
