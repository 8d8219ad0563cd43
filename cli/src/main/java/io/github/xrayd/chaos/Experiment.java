package io.github.xrayd.chaos;

import io.github.xrayd.load.LoadConfig;
import io.github.xrayd.load.LoadException;
import io.github.xrayd.load.LoadReport;
import io.github.xrayd.load.Senders;
import io.github.xrayd.sandbox.LoadRun;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Runs one scenario: daemon, endpoint and load, the trouble in its time, and an orderly end. */
final class Experiment {
    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int SOURCES = 64;
    /** How long nothing may arrive before the daemon is told to end (what it holds then, it still delivers): longer than a batch's back-off. */
    private static final Duration STILL_MAX = Duration.ofSeconds(16);

    /** The same where not all can arrive. */
    private static final Duration STILL_LOSSY_MAX = Duration.ofSeconds(4);

    private static final Duration SETTLE_MAX = Duration.ofSeconds(90);
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration END_MAX = Duration.ofSeconds(75);

    private final Path xray;
    private final Scenario scenario;
    private final long seed;
    private final List<String> moreFlags;

    private long heldPeak;
    private long lastArrived;
    private long lastArrivalNs;

    Experiment(Path xray, Scenario scenario, long seed, List<String> moreFlags) {
        this.xray = xray;
        this.scenario = scenario;
        this.seed = seed;
        this.moreFlags = List.copyOf(moreFlags);
    }

    /**
     * Runs it to its end.
     *
     * @throws ChaosException when something that belongs to no fault fails
     */
    Observation run() throws ChaosException, InterruptedException {
        try (Rig rig = Rig.start(seed, scenario.isProxied());
                DaemonUnderTest daemon = DaemonUnderTest.start(xray, rig.endpoint(), flags(), "")) {
            return run(rig, daemon);
        } catch (IOException | LoadException e) {
            throw new ChaosException(String.valueOf(e.getMessage()), e);
        }
    }

    private List<String> flags() {
        List<String> flags = new ArrayList<>(scenario.flags());
        Duration timeout = Objects.requireNonNullElse(scenario.shutdownTimeout(), SHUTDOWN_TIMEOUT);
        flags.addAll(List.of("--shutdown-timeout", timeout.toMillis() + "ms"));
        flags.addAll(moreFlags);
        return flags;
    }

    private Observation run(Rig rig, DaemonUnderTest daemon)
            throws ChaosException, LoadException, IOException, InterruptedException {
        Plan plan = scenario.plan();
        LoadConfig load = LoadConfig.to(daemon.udp())
                .ratePerSecond(plan.ratePerSecond())
                .count(plan.count())
                .sources(SOURCES)
                .seed(seed)
                .build();
        LoadRun arrivals = rig.sandbox().runs().register(load.runIdHex(), (int) plan.count());
        if (plan.lead().isZero()) {
            scenario.trouble().begin(rig);
        }
        CompletableFuture<Map<String, Long>> companion = companion(daemon);
        LoadReport report;
        long wellNs;
        try (Senders senders = Senders.start(load)) {
            wellNs = passTrouble(rig, daemon, senders, arrivals);
            if (!scenario.isEndedInTrouble()) {
                while (!senders.await(TICK_NS)) {
                    sample(senders.progress().sent(), arrivals);
                }
            }
            senders.stop();
            senders.await(TimeUnit.SECONDS.toNanos(10));
            report = senders.report();
        }
        if (report.errorCount() > 0) {
            throw new ChaosException("sending failed: " + report.errors() + daemon.lastWords());
        }
        Map<String, Long> companions = join(companion);
        if (!scenario.isEndedInTrouble()) {
            settle(daemon, report.sent(), arrivals);
        }
        long recoveryNs = Math.max(0, lastArrivalNs - wellNs);
        long termNs = System.nanoTime();
        daemon.terminate();
        int exitCode = daemon.awaitExit(END_MAX);
        Duration shutdown = Duration.ofNanos(System.nanoTime() - termNs);
        DaemonLedger ledger = daemon.ledger();
        // What was never kept was not held either.
        long neverHeld = ledger.total("dropped") + ledger.kernelDrops();
        return new Observation(
                report.sent(),
                companions,
                arrivals.distinct(),
                arrivals.duplicated(),
                ledger,
                Math.max(0, heldPeak - neverHeld),
                Duration.ofNanos(recoveryNs),
                shutdown,
                exitCode,
                rig.struck());
    }

    /** Lets the trouble begin and end in its time; returns when it ended, in {@code nanoTime}. */
    private long passTrouble(Rig rig, DaemonUnderTest daemon, Senders senders, LoadRun arrivals)
            throws ChaosException, IOException, InterruptedException {
        Plan plan = scenario.plan();
        long startNs = System.nanoTime();
        long beginNs = startNs + plan.lead().toNanos();
        long endNs = beginNs + plan.trouble().toNanos();
        boolean isBegun = plan.lead().isZero();
        while (System.nanoTime() < endNs) {
            if (!isBegun && System.nanoTime() >= beginNs) {
                isBegun = true;
                scenario.trouble().begin(rig);
            }
            if (!daemon.isAlive()) {
                throw new ChaosException("the daemon ended by itself" + daemon.lastWords());
            }
            sample(senders.progress().sent(), arrivals);
            pause();
        }
        // What is there throughout stays until the last document has been sent.
        while (plan.tail().isZero() && !scenario.isEndedInTrouble() && !senders.await(TICK_NS)) {
            sample(senders.progress().sent(), arrivals);
        }
        if (!scenario.isEndedInTrouble()) {
            scenario.trouble().end(rig);
        }
        return System.nanoTime();
    }

    private void settle(DaemonUnderTest daemon, long sent, LoadRun arrivals)
            throws ChaosException, InterruptedException {
        Duration stillMax = scenario.promise() == Promise.LOSES_NOTHING ? STILL_MAX : STILL_LOSSY_MAX;
        long startNs = System.nanoTime();
        while (arrivals.distinct() < sent) {
            if (!daemon.isAlive()) {
                throw new ChaosException("the daemon ended by itself" + daemon.lastWords());
            }
            sample(sent, arrivals);
            long nowNs = System.nanoTime();
            long stillNs = nowNs - Math.max(lastArrivalNs, startNs);
            boolean isStill = stillNs > stillMax.toNanos();
            if (isStill || nowNs - startNs > SETTLE_MAX.toNanos()) {
                return;
            }
            pause();
        }
        sample(sent, arrivals);
    }

    private void sample(long sent, LoadRun arrivals) {
        long arrived = arrivals.distinct();
        heldPeak = Math.max(heldPeak, sent - arrived);
        if (arrived != lastArrived) {
            lastArrived = arrived;
            lastArrivalNs = System.nanoTime();
        }
    }

    private static void pause() throws InterruptedException {
        LockSupport.parkNanos(TICK_NS);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private CompletableFuture<Map<String, Long>> companion(DaemonUnderTest daemon) {
        CompletableFuture<Map<String, Long>> sent = new CompletableFuture<>();
        Plan plan = scenario.plan();
        Duration duration = plan.lead().plus(plan.trouble()).plus(plan.tail());
        Thread thread = new Thread(
                () -> {
                    try {
                        sent.complete(scenario.companion().send(daemon.udp(), seed, duration));
                    } catch (IOException | InterruptedException | RuntimeException e) {
                        sent.completeExceptionally(e);
                    }
                },
                "chaos-companion");
        thread.setDaemon(true);
        thread.start();
        return sent;
    }

    private static Map<String, Long> join(CompletableFuture<Map<String, Long>> companion) throws ChaosException {
        try {
            return companion.join();
        } catch (CompletionException e) {
            throw new ChaosException("sending beside the load failed: " + e.getCause(), e);
        }
    }
}
