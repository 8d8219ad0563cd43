package io.github.xrayd.chaos;

import io.github.xrayd.child.DaemonCommand;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.child.ProcessFootprint;
import io.github.xrayd.load.LoadConfig;
import io.github.xrayd.load.LoadException;
import io.github.xrayd.load.LoadReport;
import io.github.xrayd.load.Senders;
import io.github.xrayd.sandbox.LoadRun;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs the daemon for a long time under mixed documents, garbage and changing faults, with scrapes of its metrics and a
 * log that is rotated by SIGHUP, and watches what it takes of its host. For one thread.
 */
public final class Soak {
    /** Its word among the faults. */
    public static final String NAME = "soak";

    private static final int SOURCES = 64;
    private static final double RATE = 1_000;
    private static final double GARBAGE_RATE = 50;
    private static final int PHASES = 48;
    private static final int SAMPLES = 200;
    private static final int COLLECTIONS = 40;
    private static final Duration PHASE_MIN = Duration.ofSeconds(1);
    private static final Duration PHASE_MAX = Duration.ofSeconds(15);
    private static final Duration SAMPLE_MIN = Duration.ofMillis(500);
    private static final Duration SETTLE_MAX = Duration.ofSeconds(60);
    private static final Duration END_MAX = Duration.ofSeconds(75);

    private final Path xray;
    private final long seed;
    private final double ratePerSecond;
    private final Duration duration;
    private final List<String> flags;
    private final List<SoakSample> samples = new ArrayList<>();

    /**
     * A soak.
     *
     * @param xray the daemon's command
     * @param duration how long to send, at least 10 s
     * @param flags more flags for the daemon
     */
    public Soak(
            Path xray,
            long seed,
            @org.jspecify.annotations.Nullable Double ratePerSecond,
            Duration duration,
            List<String> flags) {
        if (duration.compareTo(Duration.ofSeconds(10)) < 0) {
            throw new IllegalArgumentException(
                    "a soak of " + duration.toSeconds() + " s is too short: use at least 10s");
        }
        this.xray = xray;
        this.seed = seed;
        this.ratePerSecond = ratePerSecond == null ? RATE : ratePerSecond;
        this.duration = duration;
        List<String> all = new ArrayList<>(List.of("--shutdown-timeout", "60s"));
        all.addAll(flags);
        this.flags = List.copyOf(all);
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
                TestBed bed = TestBed.start(seed, true);
                DaemonProcess daemon = DaemonCommand.of(xray, bed.endpoint())
                        .flags(rotated.flags(flags))
                        .javaOptions(heap.javaOptions())
                        .startReady()) {
            Observation seen = observe(heap, bed, daemon, progress, rotated);
            LoadPlan plan = new LoadPlan(ratePerSecond, 0, Duration.ZERO, duration, Duration.ZERO);
            Scenario scenario = Scenario.of(NAME, "all of this by turns", plan, Disruption.lasting(Disruption.NONE))
                    .losingAnswers();
            List<String> broken = InvariantCheck.broken(scenario, seen);
            SoakReport report = new SoakReport(seed, duration, samples, seen, broken);
            report.write(folder);
            progress.accept(report.text());
            return report.isGood();
        } catch (IOException | LoadException e) {
            throw new ChaosException(String.valueOf(e.getMessage()), e);
        }
    }

    private Observation observe(
            HeapLog heap, TestBed bed, DaemonProcess daemon, Consumer<String> progress, RotatedLog log)
            throws ChaosException, LoadException, IOException, InterruptedException {
        LoadConfig load = LoadConfig.to(daemon.udp())
                .ratePerSecond(ratePerSecond)
                .count(Math.max(1, Math.round(ratePerSecond * duration.toMillis() / 1e3)))
                .sources(SOURCES)
                .mix()
                .seed(seed)
                .build();
        LoadRun arrivals = bed.sandbox().runs().register(load.runIdHex(), load.plannedCount());
        BackgroundRun garbage = BackgroundRun.start(new GarbageTraffic(GARBAGE_RATE), daemon, seed, duration);
        LoadReport report;
        try (Senders senders = Senders.start(load)) {
            watch(heap, bed, daemon, progress, senders, arrivals, log);
            bed.behave();
            senders.await(TimeUnit.SECONDS.toNanos(30));
            report = senders.report();
        }
        if (report.errorCount() > 0) {
            throw new ChaosException("sending failed: " + report.errors() + daemon.output());
        }
        Map<String, Long> background = garbage.join().datagrams();
        long wellNs = System.nanoTime();
        while (arrivals.distinct() < report.sent() && System.nanoTime() - wellNs < SETTLE_MAX.toNanos()) {
            Thread.sleep(50);
        }
        long recoveryNs = System.nanoTime() - wellNs;
        long termNs = System.nanoTime();
        daemon.terminate();
        int exitCode = daemon.awaitExit(END_MAX);
        long heldPeak = samples.stream().mapToLong(SoakSample::held).max().orElse(0);
        return new Observation(
                report.sent(),
                background,
                new Observation.Arrived(arrivals.distinct(), arrivals.duplicated(), heldPeak),
                daemon.ledger(),
                Duration.ofNanos(recoveryNs),
                new Observation.End(Duration.ofNanos(System.nanoTime() - termNs), exitCode),
                bed.struck(),
                List.of());
    }

    /** Turns the phase and takes samples until the time is over. */
    private void watch(
            HeapLog heap,
            TestBed bed,
            DaemonProcess daemon,
            Consumer<String> progress,
            Senders senders,
            LoadRun arrivals,
            RotatedLog log)
            throws ChaosException, IOException, InterruptedException {
        long phaseNs = clamp(duration.dividedBy(PHASES), PHASE_MIN, PHASE_MAX).toNanos();
        long sampleNs = Math.max(SAMPLE_MIN.toNanos(), duration.toNanos() / SAMPLES);
        long collectionNs = duration.toNanos() / COLLECTIONS;
        long startNs = System.nanoTime();
        long nextCollectionNs = collectionNs;
        int phase = -1;
        for (long elapsedNs = 0; elapsedNs < duration.toNanos(); elapsedNs = System.nanoTime() - startNs) {
            daemon.requireAlive();
            int now = (int) (elapsedNs / phaseNs);
            if (now != phase) {
                phase = now;
                bed.behave();
                SoakPhase.of(phase).disruption().begin(bed);
                log.rotate(daemon);
            }
            if (elapsedNs >= nextCollectionNs) {
                nextCollectionNs += collectionNs;
                heap.collect(daemon.pid());
            }
            scrape(daemon);
            SoakSample sample = new SoakSample(
                    elapsedNs / 1e9,
                    ProcessFootprint.of(daemon.pid()),
                    heap.usedBytes(),
                    senders.progress().sent() - arrivals.distinct(),
                    SoakPhase.of(phase));
            samples.add(sample);
            if (samples.size() % 20 == 1) {
                progress.accept(line(sample));
            }
            long leftNs = sampleNs - (System.nanoTime() - startNs - elapsedNs);
            TimeUnit.NANOSECONDS.sleep(Math.max(0, leftNs));
        }
    }

    /** As Prometheus does: each must be answered, whatever goes wrong meanwhile. */
    private static void scrape(DaemonProcess daemon) throws ChaosException, InterruptedException {
        HttpResponse<String> page = daemon.pageOrNull("/metrics");
        if (page == null || page.statusCode() != 200) {
            throw new ChaosException("/metrics was not answered" + daemon.output());
        }
    }

    private static Duration clamp(Duration value, Duration min, Duration max) {
        return value.compareTo(min) < 0 ? min : value.compareTo(max) > 0 ? max : value;
    }

    private static String line(SoakSample sample) {
        return String.format(
                Locale.ROOT,
                "%6.0f s  %-12s  resident %.1f MB, heap %.1f MB, %d threads, %d descriptors, %,d held",
                sample.seconds(),
                sample.phase().name(),
                sample.footprint().residentBytes() / 1048576.0,
                sample.heapBytes() / 1048576.0,
                sample.footprint().threads(),
                sample.footprint().descriptors(),
                sample.held());
    }
}
