package io.github.xrayd.engine;

import io.github.xrayd.engine.EngineConfig.DestinationConfig;
import io.github.xrayd.engine.aws.AwsClient;
import io.github.xrayd.engine.aws.AwsSettings;
import io.github.xrayd.engine.aws.ExporterFactory;
import io.github.xrayd.engine.call.CallThreads;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.Exporter;
import io.github.xrayd.engine.health.Vitals;
import io.github.xrayd.engine.http.ProcessLimits;
import io.github.xrayd.engine.report.EventLog;
import io.github.xrayd.engine.run.Handoff;
import io.github.xrayd.engine.run.Parts;
import io.github.xrayd.engine.run.WakeUps;
import io.github.xrayd.engine.spool.DeadLetterSettings;
import io.github.xrayd.engine.spool.DeadLetters;
import io.github.xrayd.engine.spool.Spool;
import io.github.xrayd.engine.spool.SpoolSettings;
import io.github.xrayd.engine.spool.SpoolState;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import io.github.xrayd.engine.telemetry.TelemetryRecorder;
import io.github.xrayd.engine.telemetry.TelemetryReporter;
import io.github.xrayd.engine.telemetry.TelemetrySink;
import io.github.xrayd.engine.upload.SpoolThread;
import io.github.xrayd.engine.upload.UploadListener;
import io.github.xrayd.engine.upload.UploadPolicy;
import io.github.xrayd.engine.upload.UploadTimes;
import io.github.xrayd.engine.upload.Uploader;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.agrona.concurrent.CachedNanoClock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One destination of a running engine: its uploader, with call threads, spool, dead letters, counters and telemetry
 * records of its own, and the backend that it calls. Its lanes belong to the pipelines.
 *
 * <p>Made and started by the engine; adds to the engine's parts what must be closed. What it tells may be asked by any
 * thread.
 */
final class RunningDestination {
    private static final Logger LOG = LoggerFactory.getLogger(RunningDestination.class);
    /** From which part of what waiting documents may take it is said that memory runs short. */
    private static final double NEARLY_FULL = 0.9;

    private static final long SPOOL_CLOSE_MS_MAX = 2_000;
    private static final long DEAD_LETTERS_END_MS_MAX = 1_000;
    private static final long TELEMETRY_END_MS_MAX = 2_000;
    private static final long TELEMETRY_END_MS_MIN = 100;

    private final DestinationConfig config;
    /** The end of each line of the log; its name, where there are several. */
    private final String suffix;

    private final List<BatchLane> lanes;
    private final List<Counters> sources = new ArrayList<>();
    private final Counters uploadCounters = new Counters();
    private final List<Counters> counters = new ArrayList<>();
    private final Uploader uploader;
    private final CallThreads calls;
    private final @Nullable SpoolThread spool;
    private final CompletableFuture<Exporter> backend = new CompletableFuture<>();
    private final CompletableFuture<AwsClient> client = new CompletableFuture<>();
    private final long startNs = System.nanoTime();
    private final long startMs = System.currentTimeMillis();
    private final @Nullable DeadLetterBox deadLetters;
    /** Sends telemetry records: a thread while there are some to send. */
    private final ThreadPoolExecutor telemetryThread = new ThreadPoolExecutor(
            0, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> Engine.daemon("telemetry", task));

    private volatile @Nullable TelemetryReporter telemetry;
    private volatile boolean isSpoolEnded = true;

    /**
     * What the engine gives each of its destinations.
     *
     * @param pipelines in the order of their receivers
     * @param clock the clock of the thread that runs the uploaders
     * @param events carries what becomes of uploads to the log
     * @param parts closed at the engine's end, the last one added first
     * @param telemetryMsMax asked at the end for how long the last telemetry record may take, in milliseconds
     * @param onFailure called when a spool fails for good
     */
    record Host(
            List<Pipeline> pipelines,
            CachedNanoClock clock,
            WakeUps wakeUps,
            EventLog events,
            Parts parts,
            LongSupplier telemetryMsMax,
            Consumer<Throwable> onFailure) {}

    /** A destination; {@code index} is its place in the configuration, from 0. */
    RunningDestination(DestinationConfig config, int index, Host host) {
        this.config = config;
        int destinations = host.pipelines().get(0).lanes().size();
        suffix = destinations > 1 ? " [" + config.name() + "]" : "";
        lanes = host.pipelines().stream()
                .map(pipeline -> pipeline.lanes().get(index))
                .toList();
        host.pipelines().forEach(pipeline -> sources.add(pipeline.counters()));
        counters.add(uploadCounters);
        lanes.forEach(lane -> counters.add(lane.counters()));
        Parts parts = host.parts();
        parts.add("backend", this::closeBackend);
        parts.add("telemetry", () -> finishTelemetry(host.telemetryMsMax().getAsLong()));
        int callsMax = Math.min(config.callsMax(), ProcessLimits.ofThisProcess().uploadsMax(destinations));
        calls = new CallThreads(config.name(), callsMax, host.wakeUps().of(Handoff.CALL_RESULTS));
        parts.add("calls", calls::close);
        SpoolSettings spoolSettings = config.spool();
        spool = spoolSettings == null
                ? null
                : new SpoolThread(spoolSettings, config.kind().encoder(), host.wakeUps(), host.onFailure());
        if (spool != null) {
            parts.add("spool", () -> isSpoolEnded = spool.stop(SPOOL_CLOSE_MS_MAX));
        }
        UploadListener events = host.events().of(config.name());
        DeadLetterSettings letterSettings = config.deadLetters();
        DeadLetterBox box = letterSettings == null
                ? null
                : new DeadLetterBox(letterSettings, config.kind().encoder(), events);
        deadLetters = box;
        if (box != null) {
            parts.add("dead letters", () -> box.close(DEAD_LETTERS_END_MS_MAX));
        }
        uploader = new Uploader(
                lanes,
                calls,
                UploadPolicy.of(callsMax, config.retryAgeMax().toNanos()),
                uploadCounters,
                box == null ? events : box,
                host.clock(),
                new SplittableRandom(),
                spool == null ? null : spool.worker());
    }

    /** Starts the spool's thread, when there is a spool. */
    void start() {
        if (spool != null) {
            spool.start();
        }
    }

    /**
     * Makes the exporter and lets calls begin; then has it prepare what it can. Blocks; for a thread of its own.
     *
     * @param standIn makes the exporter in place of the kind of destination, or null
     * @param telemetryConfig whether and as what telemetry records are sent
     */
    void connect(@Nullable ExporterConnector standIn, EngineConfig.TelemetryConfig telemetryConfig) {
        try {
            Exporter built = standIn == null ? connect() : connected(standIn);
            built.introduction().forEach(line -> LOG.info("{}{}", line, suffix));
            TelemetrySink sink =
                    built.telemetrySink(telemetryConfig.resourceArn()).orElse(null);
            if (sink != null && telemetryConfig.isEnabled()) {
                List<Counters> all = new ArrayList<>(sources);
                all.addAll(counters);
                telemetry = new TelemetryReporter(new TelemetryRecorder(all), sink, telemetryThread, startNs);
            }
            backend.complete(built);
            calls.ready(built);
            if (hasClient() && !ProcessLimits.ofThisProcess().isScarce()) {
                Rehearsal.run(client.join());
            }
            built.prepare();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(e);
        } catch (Throwable e) {
            fail(e);
        }
    }

    private Exporter connect() throws Exception {
        DestinationKind kind = config.kind();
        AwsSettings aws = kind.aws();
        if (aws == null) {
            return kind.connect();
        }
        AwsClient built = ExporterFactory.client(aws);
        Exporter exporter = kind.connect(built);
        client.complete(built);
        return exporter;
    }

    private Exporter connected(ExporterConnector standIn) throws Exception {
        client.completeExceptionally(new IllegalStateException("a stand-in has no AWS client"));
        return standIn.connect();
    }

    private boolean hasClient() {
        return client.isDone() && !client.isCompletedExceptionally();
    }

    private void fail(Throwable reason) {
        backend.completeExceptionally(reason);
        client.completeExceptionally(reason);
    }

    /** What has to be done once a second, on the reporter's thread. */
    void everySecond() {
        TelemetryReporter current = telemetry;
        if (current != null) {
            current.doWork(System.nanoTime(), System.currentTimeMillis());
        }
        long withoutThread = calls.takeWithoutThread();
        if (withoutThread > 0) {
            LOG.warn(
                    "{} calls waited for others to end, because the system gives this process no more threads. Raise the limit: "
                            + "pids.max of its control group, TasksMax of its unit, or ulimit -u",
                    withoutThread);
        }
    }

    String name() {
        return config.name();
    }

    Uploader uploader() {
        return uploader;
    }

    /** Completed when the backend is there, or exceptionally with the reason why it cannot be. */
    CompletableFuture<Exporter> backend() {
        return backend;
    }

    /** Completed with the AWS client of a kind that has one, or exceptionally as {@link #backend}. */
    CompletableFuture<AwsClient> client() {
        return client;
    }

    /** The counters of its batchers and its uploader. */
    List<Counters> counters() {
        return counters;
    }

    /** Which part of the arenas that it may hold up is taken in the fullest pipeline, 0 to 1. */
    double arenaUsed() {
        return lanes.stream().mapToDouble(BatchLane::arenaUsed).max().orElse(0);
    }

    boolean hasSpool() {
        return spool != null;
    }

    /** Whether documents are on their way and none has come through yet. */
    boolean isFirstDeliveryUnderWay() {
        return uploadCounters.get(Counter.DELIVERED) == 0
                && lanes.stream().anyMatch(lane -> lane.counters().get(Counter.BATCHED) > 0);
    }

    /** Documents sent again, which may have arrived twice. */
    long resent() {
        return uploadCounters.get(Counter.RESENT);
    }

    /** The class that cannot be loaded and without which no call succeeds, or null. */
    @Nullable
    LinkageError brokenBy() {
        return calls.brokenBy();
    }

    /**
     * Why nothing can be delivered to it now, or soon, in a line for each reason, or null when it can as far as is
     * known.
     */
    @Nullable
    String readinessProblem() {
        List<String> problems = new ArrayList<>();
        String delivery = deliveryProblem();
        if (delivery != null) {
            problems.add(delivery);
        }
        double used = arenaUsed();
        if (used >= NEARLY_FULL) {
            problems.add(
                    "Memory is nearly full: " + (int) (100 * used) + " % of what waiting documents may take is taken.");
        }
        Vitals.SpoolVitals state = spoolState();
        if (state.problem() != null) {
            problems.add("The spool takes no documents: " + state.problem() + ".");
        }
        return problems.isEmpty() ? null : String.join("\n", problems);
    }

    private @Nullable String deliveryProblem() {
        if (!backend.isDone()) {
            return "The backend is being set up.";
        }
        if (backend.isCompletedExceptionally()) {
            return "The destination could not be set up; the log gives the reason.";
        }
        String problem = backend.join().problem();
        if (problem != null) {
            return problem;
        }
        Answer last = uploader.lastFailure();
        if (last == null) {
            return null;
        }
        long sinceMs = toEpochMs(uploader.times().failingNs());
        return "The last upload failed: " + last.message()
                + (sinceMs == 0
                        ? ""
                        : " (none has succeeded since "
                                + Instant.ofEpochMilli(sinceMs).truncatedTo(ChronoUnit.SECONDS) + ")");
    }

    /** A time of the uploader's as epoch milliseconds; 0 for none. */
    long toEpochMs(long ns) {
        return ns == UploadTimes.NONE ? 0 : startMs + TimeUnit.NANOSECONDS.toMillis(ns - startNs);
    }

    DestinationConfig config() {
        return config;
    }

    List<BatchLane> lanes() {
        return lanes;
    }

    /** What the directory of rejected documents holds. */
    DeadLetters.Held deadLetters() {
        return deadLetters == null ? new DeadLetters.Held(0, 0) : deadLetters.held();
    }

    /** Its exporter; null until it is there. */
    @Nullable
    Exporter exporter() {
        return backend.isDone() && !backend.isCompletedExceptionally() ? backend.join() : null;
    }

    /** What the spool takes and whether it takes more. */
    Vitals.SpoolVitals spoolState() {
        SpoolSettings settings = config.spool();
        if (settings == null) {
            return Vitals.SpoolVitals.NONE;
        }
        Spool open = spool == null ? null : spool.worker().spool();
        if (open == null) {
            return new Vitals.SpoolVitals(0, settings.bytesMax(), 0, false, null);
        }
        SpoolState state = open.state();
        double ageSeconds = state.oldestReceivedMs() == 0
                ? 0
                : Math.max(0, System.currentTimeMillis() - state.oldestReceivedMs()) / 1e3;
        return new Vitals.SpoolVitals(
                state.usedBytes(), settings.bytesMax(), ageSeconds, state.isOk(), state.isOk() ? null : state.reason());
    }

    /** Counts documents that no thread could settle. Only when every thread that counts for it has ended, or hangs. */
    void abandon(long documents) {
        uploadCounters.add(Counter.ABANDONED_SHUTDOWN, documents);
    }

    /** Whether, after its parts are closed, no thread of it can still read a batch. */
    boolean isQuiet(long timeoutMs) throws InterruptedException {
        return calls.awaitEnd(timeoutMs) && isSpoolEnded;
    }

    private void closeBackend() {
        if (backend.isDone() && !backend.isCompletedExceptionally()) {
            backend.join().close();
        }
    }

    /** The last record goes when every count is final, within what is left of the deadline. */
    private void finishTelemetry(long leftMs) {
        TelemetryReporter current = telemetry;
        if (current != null) {
            current.finish(
                    System.currentTimeMillis(), Math.min(TELEMETRY_END_MS_MAX, Math.max(TELEMETRY_END_MS_MIN, leftMs)));
        }
        telemetryThread.shutdownNow();
    }
}
