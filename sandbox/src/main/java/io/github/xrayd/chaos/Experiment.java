package io.github.xrayd.chaos;

import io.github.xrayd.child.DaemonCommand;
import io.github.xrayd.child.DaemonLedger;
import io.github.xrayd.child.DaemonProcess;
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

/** Runs one scenario: daemon, endpoint and load, the disruption in its time, and an orderly end. */
final class Experiment {
    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int SOURCES = 64;
    /**
     * How long nothing may arrive before the daemon is asked to end (what it holds then, it still delivers): longer
     * than a batch's back-off.
     */
    private static final Duration STILL_MAX = Duration.ofSeconds(16);

    /** The same where not all can arrive. */
    private static final Duration STILL_LOSSY_MAX = Duration.ofSeconds(4);

    private static final Duration SETTLE_MAX = Duration.ofSeconds(90);
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(60);
    private static final String KILLED = "in_memory_when_killed";

    /** More than 3 MB hold of documents of 1 KB, those in the socket's buffer included. */
    private static final long MEMORY_DOCUMENTS_MAX = 3_100;

    /** How long documents come after SIGTERM. */
    private static final long AFTER_TERM_NS = TimeUnit.MILLISECONDS.toNanos(500);

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
        try (TestBed bed = TestBed.start(seed, scenario.isProxied());
                SpoolFolder folder = new SpoolFolder();
                DaemonProcess daemon = start(bed, folder)) {
            return run(bed, folder, daemon);
        } catch (IOException | LoadException e) {
            throw new ChaosException(String.valueOf(e.getMessage()), e);
        }
    }

    private DaemonProcess start(TestBed bed, SpoolFolder folder) throws IOException, InterruptedException {
        DaemonCommand command = DaemonCommand.of(xray, bed.endpoint()).flags(flags(folder));
        scenario.setup().apply(command, bed);
        return command.startReady();
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

    private Observation run(TestBed bed, SpoolFolder folder, DaemonProcess daemon)
            throws ChaosException, LoadException, IOException, InterruptedException {
        LoadPlan plan = scenario.plan();
        LoadConfig load = LoadConfig.to(daemon.udp())
                .ratePerSecond(plan.ratePerSecond())
                .count(plan.count())
                .sources(SOURCES)
                .seed(seed)
                .build();
        LoadRun arrivals = bed.sandbox().runs().register(load.runIdHex(), plan.count());
        if (plan.lead().isZero()) {
            scenario.disruption().begin(bed);
        }
        Duration duration = plan.lead().plus(plan.disruption()).plus(plan.tail());
        BackgroundRun traffic = BackgroundRun.start(scenario.background(), daemon, seed, duration);
        LoadReport report;
        long wellNs;
        long sentBeforeEnd = 0;
        try (Senders senders = Senders.start(load)) {
            wellNs = passDisruption(bed, daemon, senders, arrivals);
            if (scenario.isEndedUnderTraffic()) {
                sentBeforeEnd = senders.progress().sent();
                daemon.terminate();
                senders.await(AFTER_TERM_NS);
            } else if (!scenario.isEndedInDisruption()) {
                while (!senders.await(TICK_NS)) {
                    sample(senders.progress().sent(), arrivals);
                }
            }
            senders.stop();
            senders.await(TimeUnit.SECONDS.toNanos(10));
            report = senders.report();
        }
        if (report.errorCount() > 0 && !scenario.isEndedUnderTraffic()) {
            throw new ChaosException("sending failed: " + report.errors() + daemon.output());
        }
        BackgroundTraffic.Seen background = traffic.join();
        List<String> findings = new ArrayList<>(background.findings());
        if (scenario.restart() != Restart.NONE) {
            return restart(bed, folder, daemon, report.sent(), arrivals);
        }
        if (!scenario.isEndedInDisruption() && !scenario.isEndedUnderTraffic()) {
            settle(daemon, report.sent(), arrivals);
        }
        long recoveryNs = Math.max(0, lastArrivalNs - wellNs);
        long termNs = System.nanoTime();
        // A second SIGTERM would end its patience.
        int exitCode = scenario.isEndedUnderTraffic() ? daemon.awaitExit(END_MAX) : end(daemon);
        Duration shutdown = Duration.ofNanos(System.nanoTime() - termNs);
        DaemonLedger ledger = daemon.ledger();
        long received = ledger.received() + ledger.kernelDrops();
        if (received < sentBeforeEnd) {
            findings.add(sentBeforeEnd + " were sent before SIGTERM, but only " + received + " received");
        }
        return observation(
                bed, report.sent(), background.datagrams(), arrivals, ledger, recoveryNs, shutdown, exitCode, findings);
    }

    private static int end(DaemonProcess daemon) throws IOException, InterruptedException {
        daemon.terminate();
        return daemon.awaitExit(END_MAX);
    }

    private Observation observation(
            TestBed bed,
            long sent,
            Map<String, Long> background,
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
                background,
                new Observation.Arrived(arrivals.distinct(), arrivals.duplicated(), Math.max(0, heldPeak - neverHeld)),
                ledger,
                Duration.ofNanos(recoveryNs),
                new Observation.End(shutdown, exitCode),
                bed.struck(),
                findings);
    }

    /** Ends the daemon while it still goes wrong, and has another one deliver what it left on disk. */
    private Observation restart(TestBed bed, SpoolFolder folder, DaemonProcess daemon, long sent, LoadRun arrivals)
            throws ChaosException, IOException, InterruptedException {
        List<String> findings = new ArrayList<>();
        long termNs = System.nanoTime();
        int exitCode = 0;
        if (scenario.restart() == Restart.TERM) {
            exitCode = end(daemon);
            if (!daemon.ledger().isBalanced()) {
                findings.add("the first daemon's ledger does not balance: " + daemon.ledger());
            }
        } else {
            daemon.kill();
        }
        Duration shutdown = Duration.ofNanos(System.nanoTime() - termNs);
        if (scenario.restart() == Restart.KILL_AND_DAMAGE && !folder.damage(seed)) {
            findings.add("there was no spool to damage");
        }
        scenario.disruption().end(bed);
        long wellNs = System.nanoTime();
        try (DaemonProcess next = start(bed, folder)) {
            settle(next, sent, arrivals);
            exitCode = Math.max(exitCode, end(next));
            DaemonLedger second = next.ledger();
            if (!second.isBalanced() || second.recovered() == 0 || second.delivered() != second.recovered()) {
                findings.add("the second daemon did not deliver all that was on disk: " + second);
            }
            DaemonLedger both = scenario.restart() == Restart.TERM
                    ? daemon.ledger().followedBy(second)
                    : ofKilled(sent, arrivals, second);
            if (both.total(KILLED) > MEMORY_DOCUMENTS_MAX) {
                findings.add(both.total(KILLED) + " were lost, more than memory holds");
            }
            return observation(
                    bed,
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

    /** Lets the disruption begin and end in its time; returns when it ended, in {@code nanoTime}. */
    private long passDisruption(TestBed bed, DaemonProcess daemon, Senders senders, LoadRun arrivals)
            throws ChaosException, IOException, InterruptedException {
        LoadPlan plan = scenario.plan();
        long startNs = System.nanoTime();
        long beginNs = startNs + plan.lead().toNanos();
        long endNs = beginNs + plan.disruption().toNanos();
        boolean isBegun = plan.lead().isZero();
        while (System.nanoTime() < endNs) {
            if (!isBegun && System.nanoTime() >= beginNs) {
                isBegun = true;
                scenario.disruption().begin(bed);
            }
            daemon.requireAlive();
            sample(senders.progress().sent(), arrivals);
            pause();
        }
        // What is there throughout stays until the last document has been sent.
        while (plan.tail().isZero() && !scenario.isEndedInDisruption() && !senders.await(TICK_NS)) {
            sample(senders.progress().sent(), arrivals);
        }
        if (!scenario.isEndedInDisruption()) {
            scenario.disruption().end(bed);
        }
        return System.nanoTime();
    }

    private void settle(DaemonProcess daemon, long sent, LoadRun arrivals) throws IOException, InterruptedException {
        Duration stillMax = scenario.expectation() == Expectation.LOSES_NOTHING ? STILL_MAX : STILL_LOSSY_MAX;
        long startNs = System.nanoTime();
        while (arrivals.distinct() < sent) {
            daemon.requireAlive();
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
