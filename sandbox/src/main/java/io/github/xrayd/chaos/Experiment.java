package io.github.xrayd.chaos;

import io.github.xrayd.child.ChildDaemon;
import io.github.xrayd.child.ChildDaemonException;
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
    private static final String KILLED = "in_memory_when_killed";

    /** More than 3 MB hold of documents of 1 KB, those in the socket's buffer included. */
    private static final long MEMORY_DOCUMENTS_MAX = 3_100;

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
                SpoolFolder folder = new SpoolFolder();
                ChildDaemon daemon = start(rig, folder)) {
            return run(rig, folder, daemon);
        } catch (IOException | LoadException e) {
            throw new ChaosException(String.valueOf(e.getMessage()), e);
        }
    }

    private boolean isEndedInTrouble() {
        return scenario.isEndedInTrouble() || scenario.restart() != Restart.NONE;
    }

    private ChildDaemon start(Rig rig, SpoolFolder folder) throws ChaosException, InterruptedException {
        try {
            return ChildDaemon.start(xray, rig.endpoint(), flags(folder), "");
        } catch (ChildDaemonException e) {
            throw new ChaosException(String.valueOf(e.getMessage()), e);
        }
    }

    private List<String> flags(SpoolFolder folder) {
        List<String> flags = new ArrayList<>();
        for (String flag : scenario.flags()) {
            flags.add(flag.replace(SpoolFolder.PLACE, folder.path().toString()));
        }
        Duration timeout = Objects.requireNonNullElse(scenario.shutdownTimeout(), SHUTDOWN_TIMEOUT);
        flags.addAll(List.of("--shutdown-timeout", timeout.toMillis() + "ms"));
        flags.addAll(moreFlags);
        return flags;
    }

    private Observation run(Rig rig, SpoolFolder folder, ChildDaemon daemon)
            throws ChaosException, LoadException, IOException, InterruptedException {
        Plan plan = scenario.plan();
        LoadConfig load = LoadConfig.to(daemon.udp())
                .ratePerSecond(plan.ratePerSecond())
                .count(plan.count())
                .sources(SOURCES)
                .seed(seed)
                .build();
        LoadRun arrivals = rig.sandbox().runs().register(load.runIdHex(), plan.count());
        if (plan.lead().isZero()) {
            scenario.trouble().begin(rig);
        }
        Duration duration = plan.lead().plus(plan.trouble()).plus(plan.tail());
        SideTraffic companion = SideTraffic.start(scenario.companion(), daemon.udp(), seed, duration);
        LoadReport report;
        long wellNs;
        try (Senders senders = Senders.start(load)) {
            wellNs = passTrouble(rig, daemon, senders, arrivals);
            if (!isEndedInTrouble()) {
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
        Map<String, Long> companions = companion.join();
        if (scenario.restart() != Restart.NONE) {
            return restart(rig, folder, daemon, report.sent(), arrivals);
        }
        if (!isEndedInTrouble()) {
            settle(daemon, report.sent(), arrivals);
        }
        long recoveryNs = Math.max(0, lastArrivalNs - wellNs);
        long termNs = System.nanoTime();
        int exitCode = end(daemon);
        Duration shutdown = Duration.ofNanos(System.nanoTime() - termNs);
        return observation(
                rig,
                report.sent(),
                companions,
                arrivals,
                DaemonLedger.of(daemon),
                recoveryNs,
                shutdown,
                exitCode,
                List.of());
    }

    private static int end(ChildDaemon daemon) throws ChaosException, InterruptedException {
        daemon.terminate();
        try {
            return daemon.awaitExit(END_MAX);
        } catch (ChildDaemonException e) {
            throw new ChaosException(String.valueOf(e.getMessage()), e);
        }
    }

    private Observation observation(
            Rig rig,
            long sent,
            Map<String, Long> companions,
            LoadRun arrivals,
            DaemonLedger ledger,
            long recoveryNs,
            Duration shutdown,
            int exitCode,
            List<String> findings) {
        // What was never kept was not held either.
        long neverHeld = ledger.total("dropped") + ledger.kernelDrops();
        return new Observation(
                sent,
                companions,
                arrivals.distinct(),
                arrivals.duplicated(),
                ledger,
                Math.max(0, heldPeak - neverHeld),
                Duration.ofNanos(recoveryNs),
                shutdown,
                exitCode,
                rig.struck(),
                findings);
    }

    /** Ends the daemon while it still goes wrong, and has another one deliver what it left on disk. */
    private Observation restart(Rig rig, SpoolFolder folder, ChildDaemon daemon, long sent, LoadRun arrivals)
            throws ChaosException, IOException, InterruptedException {
        List<String> findings = new ArrayList<>();
        long termNs = System.nanoTime();
        int exitCode = 0;
        if (scenario.restart() == Restart.TERM) {
            exitCode = end(daemon);
            if (!DaemonLedger.of(daemon).isBalanced()) {
                findings.add("the first daemon's ledger does not balance: " + DaemonLedger.of(daemon));
            }
        } else {
            daemon.kill();
        }
        Duration shutdown = Duration.ofNanos(System.nanoTime() - termNs);
        if (scenario.restart() == Restart.KILL_AND_DAMAGE && !folder.damage(seed)) {
            findings.add("there was no spool to damage");
        }
        scenario.trouble().end(rig);
        long wellNs = System.nanoTime();
        try (ChildDaemon next = start(rig, folder)) {
            settle(next, sent, arrivals);
            exitCode = Math.max(exitCode, end(next));
            DaemonLedger second = DaemonLedger.of(next);
            if (!second.isBalanced() || second.recovered() == 0 || second.delivered() != second.recovered()) {
                findings.add("the second daemon did not deliver all that was on disk: " + second);
            }
            DaemonLedger both = scenario.restart() == Restart.TERM
                    ? DaemonLedger.of(daemon).followedBy(second)
                    : ofKilled(sent, arrivals, second);
            if (both.total(KILLED) > MEMORY_DOCUMENTS_MAX) {
                findings.add(both.total(KILLED) + " were lost, more than memory holds");
            }
            return observation(
                    rig,
                    sent,
                    Map.of(),
                    arrivals,
                    both,
                    Math.max(0, lastArrivalNs - wellNs),
                    shutdown,
                    exitCode,
                    findings);
        }
    }

    /** A daemon that was killed leaves no ledger: what did not arrive was in its memory. */
    private static DaemonLedger ofKilled(long sent, LoadRun arrivals, DaemonLedger second) {
        Map<String, Long> killed = Map.of(KILLED, sent - arrivals.distinct());
        // A batch whose delivery was not yet noted on disk is sent again: one for each call in flight.
        return new DaemonLedger(
                sent, 0, arrivals.distinct(), killed, Map.of(), 0, second.resent() + Scenario.IN_FLIGHT_MAX);
    }

    /** Lets the trouble begin and end in its time; returns when it ended, in {@code nanoTime}. */
    private long passTrouble(Rig rig, ChildDaemon daemon, Senders senders, LoadRun arrivals)
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
        while (plan.tail().isZero() && !isEndedInTrouble() && !senders.await(TICK_NS)) {
            sample(senders.progress().sent(), arrivals);
        }
        if (!isEndedInTrouble()) {
            scenario.trouble().end(rig);
        }
        return System.nanoTime();
    }

    private void settle(ChildDaemon daemon, long sent, LoadRun arrivals) throws ChaosException, InterruptedException {
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
}
