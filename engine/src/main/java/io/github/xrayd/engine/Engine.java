package io.github.xrayd.engine;

import io.github.xrayd.engine.backend.Answer;
import io.github.xrayd.engine.backend.Backend;
import io.github.xrayd.engine.backend.BackendConnection;
import io.github.xrayd.engine.backend.BackendFactory;
import io.github.xrayd.engine.backend.XRayBackend;
import io.github.xrayd.engine.batch.Batch;
import io.github.xrayd.engine.proxy.ProxyServer;
import io.github.xrayd.engine.proxy.ProxySettings;
import io.github.xrayd.engine.receive.KernelDrops;
import io.github.xrayd.engine.receive.SourceReport;
import io.github.xrayd.engine.receive.UdpSocket;
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
 * {@link #shutdown}. All methods may be called from any thread.
 */
public final class Engine {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final long CONNECT_STACK_SIZE = 1024 * 1024;
    private static final long CALLS_END_MS_MAX = 500;
    /** How long the disk may take at the end for what is left in memory; after that it is abandoned. */
    private static final long SPOOL_END_NS_MAX = 5_000_000_000L;

    private static final long SPOOL_CLOSE_MS_MAX = 2_000;
    private static final long DEAD_LETTERS_END_MS_MAX = 1_000;
    private static final long TELEMETRY_END_MS_MAX = 2_000;
    private static final long TELEMETRY_END_MS_MIN = 100;
    private static final Duration PROXY_END_MAX = Duration.ofMillis(500);

    private final MemoryBudget budget;
    private final List<UdpSocket> sockets;
    private final InetSocketAddress udpAddress;
    private final Shutdown shutdown = new Shutdown();
    private final Reporter reporter = new Reporter();
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
    private final long startMs = System.currentTimeMillis();
    /** Sends telemetry records: a thread while there are some to send. */
    private final ThreadPoolExecutor telemetryThread = new ThreadPoolExecutor(
            0, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> daemon("telemetry", task));

    private volatile @Nullable TelemetryReporter telemetry;
    private volatile boolean isHurried;
    /** Written by the reporter's thread. */
    private volatile Map<String, Long> topSources = Map.of();

    private @Nullable Ledger finalLedger;

    private Engine(EngineConfig config, MemoryBudget budget, List<UdpSocket> sockets) {
        this.config = config;
        this.budget = budget;
        this.sockets = sockets;
        udpAddress = sockets.get(0).localAddress();
        int callsMax = config.concurrencyMax() > 0 ? config.concurrencyMax() : EngineConfig.CONCURRENCY_ADAPTIVE_MAX;
        threads = new DataPathThreads(config, sockets, this::onFailure);
        List<Queue<Batch>> sealed = new ArrayList<>();
        for (int i = 0; i < sockets.size(); i++) {
            Pipeline pipeline = new Pipeline(
                    sockets.get(i),
                    budget,
                    config,
                    shutdown,
                    threads.receiverClock(i),
                    threads.batcherClock(i),
                    SystemNanoClock.INSTANCE);
            pipelines.add(pipeline);
            sealed.add(pipeline.sealed());
        }
        calls = new CallThreads(callsMax, threads::wakeUploader);
        SpoolSettings spoolSettings = config.spool();
        spool = spoolSettings == null ? null : new SpoolThread(spoolSettings, threads::wakeUploader, this::onFailure);
        DeadLetterSettings letterSettings = config.deadLetters();
        deadLetters = letterSettings == null ? null : new DeadLetterBox(letterSettings, reporter.events());
        uploader = new Uploader(
                sealed,
                calls,
                UploadPolicy.of(callsMax, config.retryAgeMax().toNanos()),
                uploadCounters,
                deadLetters == null ? reporter.events() : deadLetters,
                threads.uploaderClock(),
                new SplittableRandom(),
                spool == null ? null : spool.worker(),
                pipelines);
        proxy = startProxy(config);
        if (proxy != null) {
            EngineVitals.publish(this, proxy, counters(), backend, failure);
        }
    }

    private @Nullable ProxyServer startProxy(EngineConfig config) {
        ProxySettings settings = config.proxy();
        if (settings == null) {
            return null;
        }
        CompletableFuture<BackendConnection> connection = backend.thenApply(built -> {
            if (built instanceof XRayBackend xray) {
                return xray.connection();
            }
            throw new IllegalStateException("the backend has no connection to share");
        });
        try {
            ProxyServer started = ProxyServer.start(settings, connection);
            LOG.info(
                    "Starting proxy http server on {}",
                    Sockets.text(
                            settings.address().getHostString(),
                            started.address().getPort()));
            return started;
        } catch (IOException e) {
            LOG.error("proxy http server failed to listen: {}", e.getMessage());
            return null;
        }
    }

    /**
     * Binds the sockets and starts receiving.
     *
     * @throws StartException when the address cannot be bound, or the memory limit is too small
     */
    public static Engine start(EngineConfig config) throws StartException {
        return start(config, () -> BackendFactory.create(config.backend()));
    }

    static Engine start(EngineConfig config, BackendConnector connector) throws StartException {
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
        Engine engine;
        try {
            engine = new Engine(config, budget, sockets);
        } catch (RuntimeException | OutOfMemoryError e) {
            Sockets.close(sockets);
            throw new StartException("Cannot reserve " + (budget.totalBytes() >> 20) + " MB: " + e.getMessage(), e);
        }
        engine.run(connector);
        return engine;
    }

    private void run(BackendConnector connector) {
        LOG.info("{} segment buffers allocated", budget.largestSegments());
        LOG.info("Memory: {}", budget);
        threads.start(pipelines, uploader, shutdown);
        if (spool != null) {
            spool.start();
        }
        reporter.start(pipelines, udpAddress.getPort(), this::everySecond);
        daemon("connect", () -> connect(connector)).start();
        daemon("warm-up", new WarmUp(config)).start();
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(null, task, name, CONNECT_STACK_SIZE);
        thread.setDaemon(true);
        return thread;
    }

    private void everySecond() {
        TelemetryReporter there = telemetry;
        if (there != null) {
            there.doWork(System.currentTimeMillis());
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
            if (built instanceof XRayBackend xray) {
                LOG.info("Using region: {}", xray.connection().region());
                LOG.info(
                        "HTTP Proxy server using X-Ray Endpoint : {}",
                        xray.connection().endpoint());
                if (config.isTelemetryEnabled()) {
                    telemetry = new TelemetryReporter(
                            new TelemetryRecorder(counters()),
                            xray.telemetrySink(config.resourceArn()),
                            telemetryThread,
                            startMs);
                }
            }
            backend.complete(built);
            calls.ready(built);
            if (built instanceof XRayBackend xray) {
                // Found now, the first batch does not wait for them; why they are missing is logged with the first call
                // that needs them.
                checkCredentials(xray.connection());
            }
        } catch (Throwable e) {
            backend.completeExceptionally(e);
        }
    }

    private static void checkCredentials(BackendConnection connection) {
        try {
            connection.checkCredentials();
        } catch (RuntimeException e) {
            LOG.debug("Credentials are not there yet: {}", e.getMessage());
        }
    }

    private void onFailure(Throwable e) {
        if (e instanceof SpoolLockedException) {
            LOG.error("{}", e.getMessage());
        } else {
            LOG.error("The engine stops: {}", e.toString(), e);
        }
        failure.complete(e);
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
        return KernelDrops.ofPort(udpAddress.getPort());
    }

    /** Datagrams by source, of those that sent most in the last second in which some were dropped. */
    Map<String, Long> topSources() {
        return topSources;
    }

    /** Whether {@link #shutdown} has begun. */
    boolean isStopping() {
        return !shutdown.isRunning();
    }

    /** Why the backend cannot be reached, or null when it can as far as is known. */
    public @Nullable Answer lastFailure() {
        return uploader.lastFailure();
    }

    /**
     * Drains what the kernel still holds, stops receiving, flushes, uploads until done or until {@code timeout} has passed, and
     * frees everything. A second call returns the first one's result.
     *
     * @return the final ledger, in which nothing is held
     */
    public synchronized Ledger shutdown(Duration timeout) {
        if (finalLedger != null) {
            return finalLedger;
        }
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        shutdown.drain();
        threads.wakeAll();
        try {
            threads.joinUntil(deadlineNs);
            if (spool != null) {
                shutdown.spool();
                threads.wakeAll();
                threads.joinUntil(System.nanoTime() + SPOOL_END_NS_MAX);
            }
            shutdown.abandon();
            threads.wakeAll();
            threads.joinUntil(System.nanoTime() + 1_000_000_000L);
            if (deadLetters != null) {
                deadLetters.close(DEAD_LETTERS_END_MS_MAX);
            }
            boolean isSpoolEnded = spool == null || spool.stop(SPOOL_CLOSE_MS_MAX);
            long drops = kernelDrops();
            if (proxy != null) {
                proxy.shutdown(PROXY_END_MAX);
            }
            calls.close();
            finishTelemetry(deadlineNs);
            if (backend.isDone() && !backend.isCompletedExceptionally()) {
                backend.join().close();
            }
            reporter.stop();
            Sockets.close(sockets);
            if (calls.awaitEnd(CALLS_END_MS_MAX) && isSpoolEnded && !threads.isAnyAlive()) {
                pipelines.forEach(Pipeline::free);
            }
            finalLedger = ledger();
            LOG.info("{}; resent {}", LedgerText.of(finalLedger, drops), uploadCounters.get(Counter.RESENT));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            finalLedger = ledger();
        }
        return finalLedger;
    }

    /** The last record goes when every count is final, within what is left of the deadline. */
    private void finishTelemetry(long deadlineNs) {
        TelemetryReporter there = telemetry;
        if (there != null) {
            long leftMs = isHurried ? 0 : Math.max(0, (deadlineNs - System.nanoTime()) / 1_000_000);
            there.finish(
                    System.currentTimeMillis(), Math.min(TELEMETRY_END_MS_MAX, Math.max(TELEMETRY_END_MS_MIN, leftMs)));
        }
        telemetryThread.shutdownNow();
    }

    /**
     * Ends the wait of a running {@link #shutdown} now, as a second SIGTERM does: what is left goes to the spool. Without one, and when it is
     * called once more, what is left is abandoned and counted.
     */
    public void hurry() {
        if (spool == null || isHurried) {
            shutdown.abandon();
        } else {
            shutdown.spool();
        }
        isHurried = true;
        threads.wakeAll();
    }
}
