package io.github.xrayd.chaos;

import io.github.xrayd.child.DaemonCommand;
import io.github.xrayd.child.DaemonLedger;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.child.ProcessFootprint;
import io.github.xrayd.load.LoadConfig;
import io.github.xrayd.load.LoadException;
import io.github.xrayd.load.LoadReport;
import io.github.xrayd.load.Senders;
import io.github.xrayd.sandbox.LoadRun;
import io.github.xrayd.sandbox.LoadRuns;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs the daemon for a long time under a load that changes, mixed documents, garbage and faults by turns, with scrapes
 * of its metrics, a log that is rotated by SIGHUP and restarts that leave their rest in the spool, and watches what it
 * takes of its host. Load and faults come in cycles, all of them alike, so that each can be compared with the one
 * before. For one thread; an object runs once.
 */
public final class Soak {
    /** Its word among the faults. */
    public static final String NAME = "soak";

    /** What the rate is multiplied by in each stretch of a cycle, all of which are equally long. */
    private static final double[] LOADS = {2, 0.25, 3, 1};

    /** The cycles at the end of which the daemon ends, in twelfths of all. */
    private static final List<Integer> ENDS = List.of(1, 2, 6, 12);

    private static final int CYCLES_UNIT = 12;
    private static final int PHASES_OF_STRETCH = SoakPhase.COUNT / LOADS.length;
    private static final int SAMPLES_OF_PHASE = 2;
    private static final int RUNS_KEPT = 2 * LOADS.length;
    private static final int SOURCES = 64;
    private static final double RATE = 1_000;
    private static final double GARBAGE_RATE = 50;
    private static final Duration CYCLE_MAX = Duration.ofMinutes(5);
    private static final Duration DURATION_MIN = Duration.ofMinutes(4);
    private static final Duration SETTLE_MAX = Duration.ofSeconds(60);
    private static final Duration END_MAX = Duration.ofSeconds(75);

    private final Path xray;
    private final long seed;
    private final double ratePerSecond;
    private final Duration duration;
    private final List<String> flags;

    private final List<SoakSample> samples = new ArrayList<>();
    private final List<LoadRun> runs = new ArrayList<>();
    private final Map<String, Long> garbage = new TreeMap<>();
    private final List<String> findings = new ArrayList<>();
    private @Nullable DaemonLedger ledger;
    private final int cycles;
    private final Duration stretchTime;
    private long sent;
    private int life;
    private long liveBytes = -1;

    /** What stays the same over all lives of the daemon. */
    private record Surroundings(
            TestBed bed, DaemonCommand command, HeapLog heap, RotatedLog log, Consumer<String> progress) {}

    /**
     * A soak.
     *
     * @param xray the daemon's command
     * @param ratePerSecond documents per second on an average stretch; null is 1,000
     * @param duration how long to send, at least 4 minutes
     * @param flags more flags for the daemon
     */
    public Soak(Path xray, long seed, @Nullable Double ratePerSecond, Duration duration, List<String> flags) {
        if (duration.compareTo(DURATION_MIN) < 0) {
            throw new IllegalArgumentException("a soak of " + duration.toSeconds() + " s is too short: use at least "
                    + DURATION_MIN.toMinutes() + "m");
        }
        this.xray = xray;
        this.seed = seed;
        this.ratePerSecond = ratePerSecond == null ? RATE : ratePerSecond;
        this.duration = duration;
        this.flags = List.copyOf(flags);
        long unitMs = CYCLE_MAX.toMillis() * CYCLES_UNIT;
        cycles = CYCLES_UNIT * (int) ((duration.toMillis() + unitMs - 1) / unitMs);
        stretchTime = duration.dividedBy((long) cycles * LOADS.length);
    }

    /**
     * Runs it to its end and writes {@code soak.json} and {@code soak.svg}.
     *
     * @param folder where to, made when it is not there
     * @param progress receives a line from time to time
     * @return whether everything stayed flat and nothing was lost
     * @throws ChaosException when the daemon ends by itself or cannot be watched
     */
    public boolean run(Path folder, Consumer<String> progress) throws ChaosException, InterruptedException {
        Path log = folder.toAbsolutePath().resolve("soak.log");
        try (HeapLog heap = new HeapLog();
                RotatedLog rotated = new RotatedLog(log);
                SpoolFolder spool = new SpoolFolder();
                TestBed bed = TestBed.start(seed, true)) {
            List<String> all =
                    new ArrayList<>(List.of("--spool-dir", spool.path().toString(), "--spool-limit", "256"));
            all.addAll(List.of("--shutdown-timeout", "5s"));
            all.addAll(flags);
            DaemonCommand command = DaemonCommand.of(xray, bed.endpoint())
                    .flags(rotated.flags(all))
                    .javaOptions(heap.javaOptions());
            Observation seen = live(new Surroundings(bed, command, heap, rotated, progress));
            LoadPlan plan = new LoadPlan(ratePerSecond, 0, Duration.ZERO, duration, Duration.ZERO);
            Scenario scenario = Scenario.of(NAME, "all of this by turns", plan, Disruption.lasting(Disruption.NONE))
                    .losingAnswers();
            SoakReport report =
                    new SoakReport(seed, duration, samples, seen, InvariantCheck.violations(scenario, seen));
            report.write(folder);
            progress.accept(report.text());
            return report.isGood();
        } catch (IOException | LoadException e) {
            throw new ChaosException(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * A short life that ends in an outage, another short one, a longer one, and the longest, which delivers the rest.
     */
    private Observation live(Surroundings around)
            throws ChaosException, LoadException, IOException, InterruptedException {
        Observation.End end = new Observation.End(Duration.ZERO, 0);
        long recoveryNs = 0;
        int cycle = 0;
        for (int twelfths : ENDS) {
            int to = twelfths * cycles / CYCLES_UNIT;
            try (DaemonProcess daemon = around.command().startReady()) {
                liveBytes = -1;
                for (; cycle < to; cycle++) {
                    for (int stretch = 0; stretch < LOADS.length; stretch++) {
                        boolean isOutageLast = life == 0 && cycle == to - 1 && stretch == LOADS.length - 1;
                        pass(around, daemon, new Stretch(cycle, stretch, isOutageLast));
                    }
                }
                if (to == cycles) {
                    recoveryNs = settle();
                }
                end = end(daemon, end.exitCode());
            }
            life++;
            around.bed().behave();
        }
        if (ledger == null) {
            throw new IllegalStateException("no life was lived");
        }
        long heldPeak = samples.stream().mapToLong(SoakSample::held).max().orElse(0);
        long duplicated = runs.stream().mapToLong(LoadRun::duplicated).sum();
        return new Observation(
                sent,
                garbage,
                new Observation.Arrived(arrived(), duplicated, heldPeak),
                ledger,
                Duration.ofNanos(recoveryNs),
                end,
                around.bed().struck(),
                findings);
    }

    /**
     * A part of a cycle with one rate.
     *
     * @param cycle which one
     * @param number its place in the cycle
     * @param isOutageLast whether it ends in an outage, with documents to spool
     */
    private record Stretch(int cycle, int number, boolean isOutageLast) {
        SoakPhase phase(int index) {
            return isOutageLast && index == PHASES_OF_STRETCH - 1
                    ? SoakPhase.OUTAGE
                    : SoakPhase.of(number * PHASES_OF_STRETCH + index);
        }
    }

    /** One stretch at its rate. */
    private void pass(Surroundings around, DaemonProcess daemon, Stretch stretch)
            throws ChaosException, LoadException, IOException, InterruptedException {
        Duration time = stretchTime;
        double rate = ratePerSecond * LOADS[stretch.number()];
        LoadConfig load = LoadConfig.to(daemon.udp())
                .ratePerSecond(rate)
                .count(Math.max(1, Math.round(rate * time.toMillis() / 1e3)))
                .sources(SOURCES)
                .mix()
                .seed(seed + runs.size())
                .build();
        register(around.bed().sandbox().runs(), load);
        BackgroundRun background =
                BackgroundRun.start(new GarbageTraffic(GARBAGE_RATE), daemon, seed + runs.size(), time);
        LoadReport report;
        try (Senders senders = Senders.start(load)) {
            watch(around, daemon, senders, stretch);
            if (!stretch.isOutageLast()) {
                around.bed().behave();
            }
            senders.await(TimeUnit.SECONDS.toNanos(30));
            report = senders.report();
        }
        if (report.errorCount() > 0) {
            throw new ChaosException("sending failed: " + report.errors() + daemon.output());
        }
        sent += report.sent();
        background.join().datagrams().forEach((reason, count) -> garbage.merge(reason, count, Long::sum));
    }

    /** Has arrivals of a stretch counted; those of two cycles before are no longer waited for. */
    private void register(LoadRuns counting, LoadConfig load) {
        if (runs.size() >= RUNS_KEPT) {
            counting.forget(runs.get(runs.size() - RUNS_KEPT).id());
        }
        runs.add(counting.register(load.runIdHex(), load.plannedCount()));
    }

    private Observation.End end(DaemonProcess daemon, int worstExitCode) throws IOException, InterruptedException {
        long termNs = System.nanoTime();
        daemon.terminate();
        int exitCode = Math.max(worstExitCode, daemon.awaitExit(END_MAX));
        DaemonLedger last = daemon.ledger();
        if (!last.isBalanced()) {
            findings.add("the ledger of life " + life + " does not balance: " + last);
        }
        if (life == 1 && last.recovered() == 0) {
            findings.add("the first life left nothing in the spool");
        }
        ledger = ledger == null ? last : ledger.followedBy(last);
        return new Observation.End(Duration.ofNanos(System.nanoTime() - termNs), exitCode);
    }

    private long arrived() {
        return runs.stream().mapToLong(LoadRun::distinct).sum();
    }

    private long settle() throws InterruptedException {
        long wellNs = System.nanoTime();
        while (arrived() < sent && System.nanoTime() - wellNs < SETTLE_MAX.toNanos()) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return System.nanoTime() - wellNs;
    }

    /**
     * Turns the phase and takes samples until the stretch is over. Before each fault the heap is collected: then all
     * has been calm for a phase.
     */
    private void watch(Surroundings around, DaemonProcess daemon, Senders senders, Stretch stretch)
            throws ChaosException, IOException, InterruptedException {
        long timeNs = stretchTime.toNanos();
        long phaseNs = timeNs / PHASES_OF_STRETCH;
        long sampleNs = phaseNs / SAMPLES_OF_PHASE;
        double secondsBefore = timeNs / 1e9 * (runs.size() - 1);
        long startNs = System.nanoTime();
        int index = -1;
        for (long elapsedNs = 0; elapsedNs < timeNs; elapsedNs = System.nanoTime() - startNs) {
            daemon.requireAlive();
            int now = (int) Math.min(PHASES_OF_STRETCH - 1, elapsedNs / phaseNs);
            SoakPhase phase = stretch.phase(now);
            if (now != index) {
                index = now;
                if (!phase.isCalm()) {
                    liveBytes = around.heap().collect(daemon.pid());
                }
                around.bed().behave();
                phase.disruption().begin(around.bed());
                around.log().rotate(daemon);
            }
            scrape(daemon);
            SoakSample sample = new SoakSample(
                    secondsBefore + elapsedNs / 1e9,
                    stretch.cycle(),
                    life,
                    ProcessFootprint.of(daemon.pid()),
                    new SoakSample.Heap(liveBytes, around.heap().residentBytes(daemon.pid())),
                    sent + senders.progress().sent() - arrived(),
                    senders.progress().config().ratePerSecond(),
                    phase);
            samples.add(sample);
            if (samples.size() % 16 == 1) {
                around.progress().accept(line(sample));
            }
            long next = (elapsedNs / sampleNs + 1) * sampleNs;
            TimeUnit.NANOSECONDS.sleep(Math.max(0, next - (System.nanoTime() - startNs)));
        }
    }

    /** As Prometheus does: each must be answered, whatever goes wrong meanwhile. */
    private static void scrape(DaemonProcess daemon) throws ChaosException, InterruptedException {
        HttpResponse<String> page = daemon.pageOrNull("/metrics");
        if (page == null || page.statusCode() != 200) {
            throw new ChaosException("/metrics was not answered" + daemon.output());
        }
    }

    private static String line(SoakSample sample) {
        return String.format(
                Locale.ROOT,
                "%6.0f s  %-12s  %,d/s, resident %.1f MB, of it heap %.1f MB, live %.1f MB, %d threads, %d descriptors,"
                        + " %,d held",
                sample.seconds(),
                sample.phase().name(),
                Math.round(sample.ratePerSecond()),
                sample.footprint().residentBytes() / 1048576.0,
                sample.heap().residentBytes() / 1048576.0,
                Math.max(0, sample.heap().liveBytes()) / 1048576.0,
                sample.footprint().threads(),
                sample.footprint().descriptors(),
                sample.held());
    }
}
