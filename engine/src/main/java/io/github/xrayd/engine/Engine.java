package io.github.xrayd.engine;

import io.github.xrayd.engine.backend.Answer;
import io.github.xrayd.engine.backend.AwsClient;
import io.github.xrayd.engine.backend.Backend;
import io.github.xrayd.engine.backend.BackendConnection;
import io.github.xrayd.engine.backend.BackendFactory;
import io.github.xrayd.engine.batch.Batch;
import io.github.xrayd.engine.proxy.ProxyServer;
import io.github.xrayd.engine.proxy.ProxySettings;
import io.github.xrayd.engine.receive.KernelDrops;
import io.github.xrayd.engine.receive.SourceReport;
import io.github.xrayd.engine.receive.UdpSocket;
import io.github.xrayd.engine.run.DutyThread;
import io.github.xrayd.engine.run.Handoff;
import io.github.xrayd.engine.run.Parts;
import io.github.xrayd.engine.run.Role;
import io.github.xrayd.engine.run.Shutdown;
import io.github.xrayd.engine.run.Waiter;
import io.github.xrayd.engine.run.WakeUps;
import io.github.xrayd.engine.spool.DeadLetterSettings;
import io.github.xrayd.engine.spool.Spool;
import io.github.xrayd.engine.spool.SpoolCounts;
import io.github.xrayd.engine.spool.SpoolLockedException;
import io.github.xrayd.engine.spool.SpoolSettings;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import io.github.xrayd.engine.telemetry.Ledger;
import io.github.xrayd.engine.telemetry.TelemetryRecorder;
import io.github.xrayd.engine.telemetry.TelemetryReporter;
import io.github.xrayd.engine.telemetry.TelemetrySink;
import io.github.xrayd.engine.upload.CallThreads;
import io.github.xrayd.engine.upload.SpoolThread;
import io.github.xrayd.engine.upload.UploadPolicy;
import io.github.xrayd.engine.upload.Uploader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.SystemNanoClock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running daemon: sockets, pipelines, backend and TCP port.
 *
 * <p>Made by {@link #start}, which returns when the UDP port is bound and receiving; the backend is built beside it. Ended once by
 * {@link #shutdown(Duration)}. All methods may be called from any thread.
 */
public final class Engine {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final long CONNECT_STACK_SIZE = 1024 * 1024;
    private static final long CALLS_END_MS_MAX = 500;
    /** How long the disk may take at the end for what is left in memory; after that it is abandoned. */
    private static final long SPOOL_END_NS_MAX = 5_000_000_000L;

    private static final long ABANDON_NS_MAX = 1_000_000_000L;
    private static final long SPOOL_CLOSE_MS_MAX = 2_000;
    private static final long REPORTER_END_MS_MAX = 2_000;
    private static final long DEAD_LETTERS_END_MS_MAX = 1_000;
    private static final long TELEMETRY_END_MS_MAX = 2_000;
    private static final long TELEMETRY_END_MS_MIN = 100;
    private static final Duration PROXY_END_MAX = Duration.ofMillis(500);

    private final MemoryBudget budget;
    private final List<UdpSocket> sockets;
    private final InetSocketAddress udpAddress;
    private final Shutdown shutdown = new Shutdown();
    private final WakeUps wakeUps = new WakeUps();
    private final Parts parts = new Parts();
    private final Reporter reporter = new Reporter(wakeUps);
    private final List<Pipeline> pipelines = new ArrayList<>();
    private final DataPathThreads threads;
    private final Counters uploadCounters = new Counters();
    private final Uploader uploader;
    private final CallThreads calls;
    private final @Nullable SpoolThread spool;
    private final @Nullable DeadLetterBox deadLetters;
    private final CompletableFuture<Backend> backend = new CompletableFuture<>();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final @Nullable ProxyServer proxy;
    private final EngineConfig config;
    private final long startNs = System.nanoTime();
    /** Sends telemetry records: a thread while there are some to send. */
    private final ThreadPoolExecutor telemetryThread = new ThreadPoolExecutor(
            0, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> daemon("telemetry", task));

    private final CountDownLatch lingerEnd = new CountDownLatch(1);
    private volatile @Nullable TelemetryReporter telemetry;
    private volatile boolean isStopping;
    private volatile boolean isHurried;
    /** Until when the end may take; set by the thread that shuts down. */
    private long endNs;

    private boolean isSpoolEnded = true;
    /** Written by the reporter's thread. */
    private volatile Map<String, Long> topSources = Map.of();

    private @Nullable Ledger finalLedger;

    private Engine(EngineConfig config, MemoryBudget budget, List<UdpSocket> sockets, long blockMsMax)
            throws StartException {
        this.config = config;
        this.budget = budget;
        this.sockets = sockets;
        udpAddress = sockets.get(0).localAddress();
        int callsMax = config.concurrencyMax() > 0 ? config.concurrencyMax() : EngineConfig.CONCURRENCY_ADAPTIVE_MAX;
        threads = new DataPathThreads(config, sockets, wakeUps, blockMsMax, this::onFailure);
        parts.add("memory", this::freeMemory);
        parts.add("sockets", this::closeSockets);
        makePipelines();
        parts.add("reporter", () -> reporter.stop(REPORTER_END_MS_MAX));
        parts.add("backend", this::closeBackend);
        parts.add("telemetry", this::finishTelemetry);
        calls = new CallThreads(callsMax, wakeUps.of(Handoff.CALL_RESULTS));
        parts.add("calls", calls::close);
        proxy = startProxy(config);
        if (proxy != null) {
            parts.add("TCP port", () -> proxy.shutdown(PROXY_END_MAX));
        }
        SpoolSettings spoolSettings = config.spool();
        spool = spoolSettings == null ? null : new SpoolThread(spoolSettings, wakeUps, this::onFailure);
        if (spool != null) {
            parts.add("spool", () -> isSpoolEnded = spool.stop(SPOOL_CLOSE_MS_MAX));
        }
        DeadLetterSettings letterSettings = config.deadLetters();
        deadLetters = letterSettings == null ? null : new DeadLetterBox(letterSettings, reporter.events());
        if (deadLetters != null) {
            parts.add("dead letters", () -> deadLetters.close(DEAD_LETTERS_END_MS_MAX));
        }
        uploader = new Uploader(
                pipelines.stream().<Queue<Batch>>map(Pipeline::sealed).toList(),
                calls,
                UploadPolicy.of(callsMax, config.retryAgeMax().toNanos()),
                uploadCounters,
                deadLetters == null ? reporter.events() : deadLetters,
                threads.uploaderClock(),
                new SplittableRandom(),
                spool == null ? null : spool.worker(),
                pipelines);
        if (proxy != null) {
            EngineVitals.publish(this, proxy, counters(), backend);
        }
    }

    private void makePipelines() throws StartException {
        try {
            for (int i = 0; i < sockets.size(); i++) {
                pipelines.add(new Pipeline(
                        sockets.get(i),
                        budget,
                        config,
                        config.admission(),
                        shutdown,
                        threads.receiverClock(i),
                        threads.batcherClock(i),
                        SystemNanoClock.INSTANCE,
                        wakeUps,
                        i));
            }
        } catch (OutOfMemoryError e) {
            throw new StartException(
                    "Cannot reserve " + (budget.totalBytes() >> 20) + " MB for segments: " + e.getMessage()
                            + ". Lower --buffer-memory, or give the process more memory.",
                    e);
        }
    }

    private @Nullable ProxyServer startProxy(EngineConfig config) {
        ProxySettings settings = config.proxy();
        if (settings == null) {
            return null;
        }
        CompletableFuture<BackendConnection> connection = backend.thenApply(built -> built.client()
                .map(AwsClient::port)
                .orElseThrow(() -> new IllegalStateException("the backend has no connection to share")));
        try {
            ProxyServer started = ProxyServer.start(settings, connection);
            LOG.info("Starting proxy http server on {}", text(started.address()));
            return started;
        } catch (IOException e) {
            LOG.error("proxy http server failed to listen: {}", e.getMessage());
            return null;
        }
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    /**
     * Binds the sockets and starts receiving.
     *
     * @throws StartException when the address cannot be bound, the memory limit is too small, or the system gives too little
     */
    public static Engine start(EngineConfig config) throws StartException {
        return start(config, () -> BackendFactory.create(config.backend()));
    }

    static Engine start(EngineConfig config, BackendConnector connector) throws StartException {
        return start(config, connector, Waiter.BLOCK_MS_MAX);
    }

    /** As above, with threads of the data path that rest for at most {@code blockMsMax} milliseconds when nobody wakes them. */
    static Engine start(EngineConfig config, BackendConnector connector, long blockMsMax) throws StartException {
        SpoolSettings spool = config.spool();
        if (spool != null) {
            try {
                Spool.checkFree(spool);
            } catch (SpoolLockedException e) {
                throw new StartException(String.valueOf(e.getMessage()), e);
            }
        }
        MemoryBudget budget = MemoryBudget.of(config.memoryLimitBytes(), config.receivers(), config.batchBytesMax());
        List<UdpSocket> sockets = Sockets.bind(config);
        Engine engine = null;
        try {
            engine = new Engine(config, budget, sockets, blockMsMax);
            engine.run(connector);
            return engine;
        } catch (Throwable e) {
            if (engine != null) {
                engine.shutdown(Duration.ZERO);
            }
            Sockets.close(sockets);
            throw startFailed(e);
        }
    }

    private static StartException startFailed(Throwable e) {
        if (e instanceof StartException known) {
            return known;
        }
        String message = String.valueOf(e.getMessage());
        if (e instanceof OutOfMemoryError && message.contains("thread")) {
            return new StartException(
                    "The system gives this process no more threads (" + message
                            + "). Raise the limit: pids.max of its control group, TasksMax of its unit, or ulimit -u.",
                    e);
        }
        return new StartException("The engine cannot start: " + e, e);
    }

    private void run(BackendConnector connector) {
        LOG.info("Memory: {}", budget);
        threads.start(pipelines, uploader, shutdown);
        if (spool != null) {
            spool.start();
        }
        reporter.start(pipelines, udpAddress.getPort(), this::everySecond);
        daemon("connect", () -> connect(connector)).start();
        try {
            daemon("warm-up", new WarmUp(config)).start();
        } catch (OutOfMemoryError e) {
            LOG.debug("Not warmed up, the system gives no thread now: {}", e.toString());
        }
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(null, task, name, CONNECT_STACK_SIZE);
        thread.setDaemon(true);
        return thread;
    }

    private void everySecond() {
        TelemetryReporter there = telemetry;
        if (there != null) {
            there.doWork(System.nanoTime(), System.currentTimeMillis());
        }
        long withoutThread = calls.takeWithoutThread();
        if (withoutThread > 0) {
            LOG.warn(
                    "{} calls waited for others to end, because the system gives this process no more threads. Raise the limit: "
                            + "pids.max of its control group, TasksMax of its unit, or ulimit -u",
                    withoutThread);
        }
        Map<String, Long> busiest = new LinkedHashMap<>();
        for (Pipeline pipeline : pipelines) {
            SourceReport report = pipeline.receiver().takeReport();
            if (report != null) {
                LOG.warn("{}", report);
                report.busiest().forEach((source, count) -> busiest.merge(source, count, Long::sum));
            }
        }
        if (!busiest.isEmpty()) {
            topSources = Collections.unmodifiableMap(busiest);
        }
    }

    private void connect(BackendConnector connector) {
        try {
            Backend built = connector.connect();
            AwsClient client = built.client().orElse(null);
            if (client != null) {
                LOG.info("Using region: {}", client.region());
                LOG.info("HTTP Proxy server using X-Ray Endpoint : {}", client.endpoint());
            }
            TelemetrySink sink = built.telemetrySink(config.resourceArn()).orElse(null);
            if (sink != null && config.isTelemetryEnabled()) {
                telemetry = new TelemetryReporter(new TelemetryRecorder(counters()), sink, telemetryThread, startNs);
            }
            backend.complete(built);
            calls.ready(built);
            if (client != null) {
                // Found now, the first batch does not wait for them.
                client.awaitCredentials();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            backend.completeExceptionally(e);
        }
    }

    private void onFailure(Throwable e) {
        if (e instanceof SpoolLockedException) {
            LOG.error("{}", e.getMessage());
        } else {
            LOG.error("The engine stops: {}", e.toString(), e);
        }
        failure.complete(e);
        lingerEnd.countDown();
    }

    /**
     * Waits until the backend is there (region found, client built).
     *
     * @throws StartException when it cannot be, for example without a region
     */
    public void awaitBackend() throws StartException, InterruptedException {
        try {
            backend.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new StartException(String.valueOf(cause.getMessage()), cause);
        }
    }

    /** Completed when the backend is there, or exceptionally with the reason why it cannot be. */
    public CompletableFuture<?> backend() {
        return backend.copy();
    }

    /** Completed when an invariant breaks and the data path has stopped; the daemon must end then. */
    public CompletableFuture<Throwable> failure() {
        return failure.copy();
    }

    /** The UDP address that is bound. */
    public InetSocketAddress udpAddress() {
        return udpAddress;
    }

    /** The TCP address that is bound, or null when the TCP port is off or could not be bound. */
    public @Nullable InetSocketAddress tcpAddress() {
        return proxy == null ? null : proxy.address();
    }

    /** How the memory limit is divided. */
    public MemoryBudget memoryBudget() {
        return budget;
    }

    /** What the spool holds and did, or null without a spool and until it is open. */
    public @Nullable SpoolCounts spoolCounts() {
        Spool open = spool == null ? null : spool.worker().spool();
        return open == null ? null : open.counts();
    }

    /** Where every datagram is, at this moment. */
    public Ledger ledger() {
        return Ledger.of(counters());
    }

    private List<Counters> counters() {
        List<Counters> all = new ArrayList<>();
        all.add(uploadCounters);
        pipelines.forEach(pipeline -> all.add(pipeline.counters()));
        return all;
    }

    /** Datagrams the kernel dropped for want of buffer since the sockets were bound, or -1 when this system does not tell. */
    public long kernelDrops() {
        long lastDrops = sockets.stream().mapToLong(UdpSocket::lastDrops).max().orElse(-1);
        return lastDrops >= 0 ? lastDrops : KernelDrops.ofPort(udpAddress.getPort());
    }

    /** Datagrams by source, of those that sent most in the last second in which some were dropped. */
    Map<String, Long> topSources() {
        return topSources;
    }

    /** Whether {@link #shutdown(Duration)} has begun. */
    boolean isStopping() {
        return isStopping;
    }

    /** What is wrong with the data path, in words for a health check, or null while it makes progress. Any thread. */
    public @Nullable String livenessProblem() {
        if (failure.isDone()) {
            return "The data path has stopped: " + failure.join();
        }
        String stalled = threads.stalled(System.nanoTime());
        if (stalled != null) {
            return "The " + stalled + " has made no progress for " + DutyThread.STALLED_NS / 1_000_000_000 + " s.";
        }
        LinkageError broken = calls.brokenBy();
        return broken == null
                ? null
                : "Calls fail until the daemon is started anew, a class cannot be loaded: " + broken;
    }

    /** Why there are no AWS credentials, or null when there are some as far as is known. */
    @Nullable
    String credentialsProblem() {
        return backend.isDone() && !backend.isCompletedExceptionally()
                ? backend.join().client().map(AwsClient::credentialsProblem).orElse(null)
                : null;
    }

    /** Why the backend cannot be reached, or null when it can as far as is known. */
    public @Nullable Answer lastFailure() {
        return uploader.lastFailure();
    }

    /** As {@link #shutdown(Duration, Duration)}, at once. */
    public Ledger shutdown(Duration timeout) {
        return shutdown(timeout, Duration.ZERO);
    }

    /**
     * Goes on for {@code linger}; then drains what the kernel still holds, closes the UDP sockets, flushes, uploads until done or until
     * {@code timeout} has passed, and frees everything. A second call returns the first one's result.
     *
     * <p>What threads held that have ended by a failure, and whatever is left for any other reason, is spooled or counted as abandoned.
     *
     * @return the final ledger, in which nothing is held
     */
    public synchronized Ledger shutdown(Duration timeout, Duration linger) {
        if (finalLedger != null) {
            return finalLedger;
        }
        isStopping = true;
        try {
            endDataPath(timeout, linger);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        abandonRest();
        long drops = kernelDrops();
        parts.close();
        Ledger last = ledger();
        finalLedger = last;
        LOG.info("{}; resent {}", LedgerText.of(last, drops), uploadCounters.get(Counter.RESENT));
        return last;
    }

    private void endDataPath(Duration timeout, Duration linger) throws InterruptedException {
        if (!linger.isZero() && lingerEnd.await(linger.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.debug("Not lingering any longer");
        }
        endNs = System.nanoTime() + timeout.toNanos();
        shutdown.drain();
        threads.finishUntil(endNs);
        if (spool != null) {
            shutdown.spool();
            threads.finishUntil(System.nanoTime() + SPOOL_END_NS_MAX);
        }
        shutdown.abandon();
        threads.finishUntil(System.nanoTime() + ABANDON_NS_MAX);
    }

    /** What no thread could settle, because it ended by a failure or hangs, is counted here: no document is only missing. */
    private void abandonRest() {
        long held = ledger().held();
        if (held > 0) {
            uploadCounters.add(Counter.ABANDONED_SHUTDOWN, held);
            LOG.error("Abandoned {} segments: the threads that held them have ended or hang", held);
        }
    }

    private void freeMemory() throws InterruptedException {
        if (calls.awaitEnd(CALLS_END_MS_MAX) && isSpoolEnded && !threads.isAnyAlive()) {
            pipelines.forEach(Pipeline::free);
        }
    }

    /** Not while a thread may still read from one: its descriptor would become another file's. */
    private void closeSockets() {
        if (!threads.isAnyAlive()) {
            Sockets.close(sockets);
        }
    }

    private void closeBackend() {
        if (backend.isDone() && !backend.isCompletedExceptionally()) {
            backend.join().close();
        }
    }

    /** The last record goes when every count is final, within what is left of the deadline. */
    private void finishTelemetry() {
        TelemetryReporter current = telemetry;
        if (current != null) {
            long leftMs = isHurried ? 0 : Math.max(0, (endNs - System.nanoTime()) / 1_000_000);
            current.finish(
                    System.currentTimeMillis(), Math.min(TELEMETRY_END_MS_MAX, Math.max(TELEMETRY_END_MS_MIN, leftMs)));
        }
        telemetryThread.shutdownNow();
    }

    /**
     * Ends the linger and the wait of a running {@link #shutdown(Duration, Duration)} now, as a second SIGTERM does: what is left goes to the spool. Without one, and when it is
     * called once more, what is left is abandoned and counted.
     */
    public void hurry() {
        if (spool == null || isHurried) {
            shutdown.abandon();
        } else {
            shutdown.spool();
        }
        isHurried = true;
        lingerEnd.countDown();
        wakeUps.all(Role.ENDING);
    }
}
