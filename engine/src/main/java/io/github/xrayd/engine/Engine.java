package io.github.xrayd.engine;

import io.github.xrayd.engine.EngineConfig.DestinationConfig;
import io.github.xrayd.engine.aws.AwsClient;
import io.github.xrayd.engine.aws.AwsSettings;
import io.github.xrayd.engine.aws.ExporterFactory;
import io.github.xrayd.engine.client.SetupException;
import io.github.xrayd.engine.http.ProcessLimits;
import io.github.xrayd.engine.proxy.ProxyServer;
import io.github.xrayd.engine.proxy.ProxySettings;
import io.github.xrayd.engine.report.LedgerText;
import io.github.xrayd.engine.report.Reporter;
import io.github.xrayd.engine.run.DutyThread;
import io.github.xrayd.engine.run.Parts;
import io.github.xrayd.engine.run.Role;
import io.github.xrayd.engine.run.Shutdown;
import io.github.xrayd.engine.run.Waiter;
import io.github.xrayd.engine.run.WakeUps;
import io.github.xrayd.engine.source.SourceReport;
import io.github.xrayd.engine.spool.Spool;
import io.github.xrayd.engine.spool.SpoolLockedException;
import io.github.xrayd.engine.spool.SpoolSettings;
import io.github.xrayd.engine.telemetry.Counters;
import io.github.xrayd.engine.telemetry.DestinationLedger;
import io.github.xrayd.engine.telemetry.FinalReport;
import io.github.xrayd.engine.telemetry.Ledger;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.agrona.concurrent.SystemNanoClock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running daemon: sockets, pipelines, backend and TCP port.
 *
 * <p>Made by {@link #start}, which returns when the UDP port is bound and receiving; the backend is built beside it.
 * Ended once by {@link #shutdown(Duration)}. All methods may be called from any thread.
 */
public final class Engine {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final long CONNECT_STACK_SIZE = 1024 * 1024;
    private static final long CALLS_END_MS_MAX = 500;
    /** How long the disk may take at the end for what is left in memory; after that it is abandoned. */
    private static final long SPOOL_END_NS_MAX = 5_000_000_000L;

    private static final long ABANDON_NS_MAX = 1_000_000_000L;
    private static final long REPORTER_END_MS_MAX = 2_000;
    private static final Duration PROXY_END_MAX = Duration.ofMillis(500);

    private final MemoryBudget budget;
    private final BoundSources bound;
    private final InetSocketAddress udpAddress;
    private final Shutdown shutdown = new Shutdown();
    private final WakeUps wakeUps = new WakeUps();
    private final Parts parts = new Parts();
    private final Reporter reporter;
    private final List<Pipeline> pipelines = new ArrayList<>();
    private final DataPathThreads threads;
    private final List<RunningDestination> destinations = new ArrayList<>();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private final @Nullable ProxyServer proxy;
    private final @Nullable ProxyServer pages;
    private final EngineConfig config;
    private final EngineVitals vitals;
    private final CountDownLatch lingerEnd = new CountDownLatch(1);
    private volatile boolean isStopping;
    private volatile boolean isHurried;
    /** Until when the end may take; set by the thread that shuts down. */
    private long endNs;

    /** Written by the reporter's thread. */
    private volatile Map<String, Long> topSources = Map.of();

    private volatile @Nullable FinalReport finalReport;

    private Engine(EngineConfig config, MemoryBudget budget, BoundSources bound, long blockMsMax)
            throws StartException {
        this.config = config;
        this.budget = budget;
        this.bound = bound;
        udpAddress = bound.udpAddress();
        reporter = new Reporter(
                wakeUps,
                config.destinations().stream().map(DestinationConfig::name).toList());
        threads = new DataPathThreads(config, bound.sources(), wakeUps, blockMsMax, this::onFailure);
        parts.add("memory", this::freeMemory);
        parts.add("sources", this::closeSources);
        makePipelines();
        parts.add("reporter", () -> reporter.stop(REPORTER_END_MS_MAX));
        RunningDestination.Host host = new RunningDestination.Host(
                pipelines,
                threads.uploaderClock(),
                wakeUps,
                reporter.events(),
                parts,
                this::telemetryMsMax,
                this::onFailure);
        for (int i = 0; i < config.destinations().size(); i++) {
            destinations.add(new RunningDestination(config.destinations().get(i), i, host));
        }
        proxy = startProxy(config);
        if (proxy != null) {
            parts.add("TCP port", () -> proxy.shutdown(PROXY_END_MAX));
        }
        pages = startPages(config);
        if (pages != null && pages != proxy) {
            parts.add("pages", () -> pages.shutdown(PROXY_END_MAX));
        }
        vitals = EngineVitals.publish(this, threads, reporter, pages, parts);
    }

    /** What serves the daemon's own pages: the TCP port, another one, or null for nobody. */
    private @Nullable ProxyServer startPages(EngineConfig config) throws StartException {
        EngineConfig.AdminConfig admin = config.admin();
        InetSocketAddress address = admin.address();
        if (admin.place() != EngineConfig.AdminPlace.OWN_PORT || address == null) {
            return admin.place() == EngineConfig.AdminPlace.TCP_PORT ? proxy : null;
        }
        ProxySettings settings = config.proxy();
        try {
            ProxyServer started = ProxyServer.startPages(address, settings == null ? List.of() : settings.hosts());
            LOG.info(
                    "Health, metrics and status pages on {}",
                    Sockets.text(address.getHostString(), started.address().getPort()));
            return started;
        } catch (IOException e) {
            throw new StartException("The pages of --admin-bind cannot be served: " + e.getMessage(), e);
        }
    }

    private void makePipelines() throws StartException {
        try {
            for (int i = 0; i < bound.sources().size(); i++) {
                pipelines.add(new Pipeline(
                        bound.sources().get(i),
                        budget,
                        config,
                        shutdown,
                        new Pipeline.Clocks(threads.sourceClock(i), threads.batcherClock(i), SystemNanoClock.INSTANCE),
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
        try {
            ProxyServer started =
                    ProxyServer.start(settings, portClient(config).thenApply(AwsClient::port), bound.portLimits());
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

    /** The AWS client that the TCP port calls with: that of the first destination to X-Ray, else one of its own. */
    private CompletableFuture<AwsClient> portClient(EngineConfig config) {
        AwsSettings own = config.proxyBackend();
        if (own != null) {
            CompletableFuture<AwsClient> client = new CompletableFuture<>();
            parts.add("port's client", () -> {
                // Also one that is only there later.
                CompletableFuture<?> unusedClosed = client.thenAccept(AwsClient::close);
            });
            daemon("connect", () -> connectPort(own, client)).start();
            return client;
        }
        for (int i = 0; i < destinations.size(); i++) {
            if (config.destinations().get(i).kind().aws() != null) {
                return destinations.get(i).client();
            }
        }
        return CompletableFuture.failedFuture(new IllegalStateException("no destination has an AWS client to share"));
    }

    /** That it fails is no reason to end: the port answers each call with the reason. */
    private static void connectPort(AwsSettings settings, CompletableFuture<AwsClient> client) {
        try {
            AwsClient built = ExporterFactory.client(settings);
            LOG.info("Using region: {}", built.region());
            LOG.info("HTTP Proxy server using X-Ray Endpoint : {}", built.endpoint());
            client.complete(built);
        } catch (SetupException | RuntimeException | Error e) {
            LOG.error("The TCP port cannot forward calls: {}", e.getMessage());
            client.completeExceptionally(e);
        }
    }

    /**
     * Binds the sockets and starts receiving.
     *
     * @throws StartException when the address cannot be bound, the memory limit is too small, or the system gives too
     *     little
     */
    public static Engine start(EngineConfig config) throws StartException {
        return start(config, destination -> null, Waiter.BLOCK_MS_MAX);
    }

    static Engine start(EngineConfig config, ExporterConnector connector) throws StartException {
        return start(config, destination -> connector, Waiter.BLOCK_MS_MAX);
    }

    /**
     * As above, with exporters in place of those that the kinds of destinations make (null for none), and with threads
     * of the data path that rest for at most {@code blockMsMax} milliseconds when nobody wakes them.
     */
    static Engine start(
            EngineConfig config, Function<DestinationConfig, @Nullable ExporterConnector> standIns, long blockMsMax)
            throws StartException {
        String shortage = ProcessLimits.shortage();
        if (shortage != null) {
            throw new StartException(shortage);
        }
        int bytesMax = 0;
        for (DestinationConfig destination : config.destinations()) {
            bytesMax = Math.max(bytesMax, destination.batch().bytesMax());
            SpoolSettings spool = destination.spool();
            if (spool != null) {
                checkFree(spool);
            }
        }
        MemoryBudget budget = MemoryBudget.of(
                config.memoryLimitBytes(),
                config.receive().receivers() + config.sources().size(),
                config.destinations().size(),
                bytesMax);
        BoundSources bound = BoundSources.of(config);
        Engine engine = null;
        try {
            engine = new Engine(config, budget, bound, blockMsMax);
            engine.run(standIns);
            return engine;
        } catch (Throwable e) {
            if (engine != null) {
                engine.shutdown(Duration.ZERO);
            }
            bound.close();
            throw StartException.of(e);
        }
    }

    private static void checkFree(SpoolSettings spool) throws StartException {
        try {
            Spool.checkFree(spool);
        } catch (SpoolLockedException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    private void run(Function<DestinationConfig, @Nullable ExporterConnector> standIns) {
        LOG.info("{} segment buffers allocated", budget.largestSegments());
        LOG.info("Memory: {}", budget);
        threads.start(
                pipelines,
                destinations.stream().map(RunningDestination::uploader).toList(),
                shutdown);
        destinations.forEach(RunningDestination::start);
        reporter.start(pipelines, udpAddress.getPort(), this::everySecond);
        for (int i = 0; i < destinations.size(); i++) {
            RunningDestination destination = destinations.get(i);
            ExporterConnector standIn = standIns.apply(config.destinations().get(i));
            daemon("connect", () -> destination.connect(standIn, config.telemetry()))
                    .start();
        }
        if (ProcessLimits.ofThisProcess().isScarce()) {
            LOG.debug("Not warmed up, few descriptors or threads are allowed");
            return;
        }
        try {
            daemon("warm-up", this::warmUp).start();
        } catch (OutOfMemoryError e) {
            LOG.debug("Not warmed up, the system gives no thread now: {}", e.toString());
        }
    }

    private void warmUp() {
        new WarmUp(config, destinations.get(0)::isFirstDeliveryUnderWay).run();
        if (proxy != null) {
            proxy.rehearse();
        }
        for (Pipeline pipeline : pipelines) {
            pipeline.source().rehearse();
        }
        if (pages != null && pages != proxy) {
            pages.rehearse();
        }
        LOG.debug("Warmed up");
    }

    static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(null, task, name, CONNECT_STACK_SIZE);
        thread.setDaemon(true);
        return thread;
    }

    private void everySecond() {
        vitals.everySecond();
        destinations.forEach(RunningDestination::everySecond);
        Map<String, Long> busiest = new LinkedHashMap<>();
        for (Pipeline pipeline : pipelines) {
            SourceReport report = pipeline.source().takeReport();
            if (report != null) {
                LOG.warn("{}", report);
                report.busiest().forEach((source, count) -> busiest.merge(source, count, Long::sum));
            }
        }
        if (!busiest.isEmpty()) {
            topSources = Collections.unmodifiableMap(busiest);
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
     * Waits until the backend of every destination is there (region found, client built).
     *
     * @throws StartException when one cannot be, for example without a region
     */
    public void awaitBackend() throws StartException, InterruptedException {
        for (RunningDestination destination : destinations) {
            try {
                destination.backend().get();
            } catch (ExecutionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                String where = destinations.size() == 1 ? "" : "Destination " + destination.name() + ": ";
                throw new StartException(where + cause.getMessage(), cause);
            }
        }
    }

    /** Completed when the backend of every destination is there, or exceptionally with the reason why one cannot be. */
    public CompletableFuture<?> backend() {
        return CompletableFuture.allOf(
                destinations.stream().map(RunningDestination::backend).toArray(CompletableFuture<?>[]::new));
    }

    /** Completed when an invariant breaks and the data path has stopped; the daemon must end then. */
    public CompletableFuture<Throwable> failure() {
        return failure.copy();
    }

    /** The UDP address that is bound. */
    public InetSocketAddress udpAddress() {
        return udpAddress;
    }

    /** Where the sources besides UDP can be reached that have an address, in the order of the configuration. */
    public List<InetSocketAddress> sourceAddresses() {
        return bound.addresses();
    }

    /** The TCP address that is bound, or null when the TCP port is off or could not be bound. */
    public @Nullable InetSocketAddress tcpAddress() {
        return proxy == null ? null : proxy.address();
    }

    /** The address of the daemon's own pages, or null when there are none. */
    public @Nullable InetSocketAddress pagesAddress() {
        return pages == null ? null : pages.address();
    }

    /**
     * A report of this engine for a bug report, as {@code /diagnostics} shows it: no secrets, no documents. Any thread.
     */
    public String diagnostics() {
        return vitals.diagnostics().page().body();
    }

    EngineConfig config() {
        return config;
    }

    /** What the TCP port did and holds, or null when it is not there. */
    @Nullable
    ProxyServer proxy() {
        return proxy;
    }

    /** How the memory limit is divided. */
    public MemoryBudget memoryBudget() {
        return budget;
    }

    /** What is done for each destination, in the order of the configuration. */
    List<RunningDestination> destinations() {
        return destinations;
    }

    /** One for each source, in the order of the configuration, those of the UDP port first. */
    List<Pipeline> pipelines() {
        return pipelines;
    }

    /** Where every datagram is, at this moment. */
    public Ledger ledger() {
        Map<String, List<Counters>> byDestination = new LinkedHashMap<>();
        destinations.forEach(destination -> byDestination.put(destination.name(), destination.counters()));
        Map<String, List<Counters>> bySource = new LinkedHashMap<>();
        for (Pipeline pipeline : pipelines) {
            bySource.computeIfAbsent(pipeline.source().name(), name -> new ArrayList<>())
                    .add(pipeline.counters());
        }
        return Ledger.of(bySource, byDestination);
    }

    /**
     * Datagrams the kernel dropped for want of buffer since the sockets were bound, or -1 when this system does not
     * tell.
     */
    public long kernelDrops() {
        return bound.kernelDrops();
    }

    /** What it receives from. */
    BoundSources sources() {
        return bound;
    }

    /** Datagrams by source, of those that sent most in the last second in which some were dropped. */
    Map<String, Long> topSources() {
        return topSources;
    }

    /** Whether {@link #shutdown(Duration)} has begun. */
    boolean isStopping() {
        return isStopping;
    }

    /** What is wrong with the data path, as text for a health check, or null while it makes progress. Any thread. */
    public @Nullable String livenessProblem() {
        if (failure.isDone()) {
            return "The data path has stopped: " + failure.join();
        }
        String stalled = threads.stalled(System.nanoTime());
        if (stalled != null) {
            return "The " + stalled + " has made no progress for " + DutyThread.STALLED_NS / 1_000_000_000 + " s.";
        }
        String problem = isStopping ? null : bound.problem();
        if (problem != null) {
            return problem;
        }
        for (RunningDestination destination : destinations) {
            LinkageError broken = destination.brokenBy();
            if (broken != null) {
                return "Calls fail until the daemon is started anew, a class cannot be loaded: " + broken;
            }
        }
        return null;
    }

    /** As {@link #shutdown(Duration, Duration)}, at once. */
    public Ledger shutdown(Duration timeout) {
        return shutdown(timeout, Duration.ZERO);
    }

    /**
     * Goes on for {@code linger}; then drains what the kernel still holds, closes the UDP sockets, flushes, uploads
     * until done or until {@code timeout} has passed, and frees everything. A second call returns the first one's
     * result.
     *
     * <p>What threads held that have ended by a failure, and whatever is left for any other reason, is spooled or
     * counted as abandoned.
     *
     * @return the final ledger, in which nothing is held
     */
    public synchronized Ledger shutdown(Duration timeout, Duration linger) {
        FinalReport earlier = finalReport;
        if (earlier != null) {
            return earlier.ledger();
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
        FinalReport last = new FinalReport(
                ledger(),
                drops,
                destinations.stream().map(RunningDestination::resent).toList());
        finalReport = last;
        LedgerText.of(last).forEach(line -> LOG.info("{}", line));
        return last.ledger();
    }

    /** What was counted in all, or null until {@link #shutdown(Duration)} has ended. Any thread. */
    public @Nullable FinalReport finalReport() {
        return finalReport;
    }

    private void endDataPath(Duration timeout, Duration linger) throws InterruptedException {
        if (!linger.isZero() && lingerEnd.await(linger.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.debug("Not lingering any longer");
        }
        endNs = System.nanoTime() + timeout.toNanos();
        shutdown.drain();
        threads.finishUntil(endNs);
        if (hasSpool()) {
            shutdown.spool();
            threads.finishUntil(System.nanoTime() + SPOOL_END_NS_MAX);
        }
        shutdown.abandon();
        threads.finishUntil(System.nanoTime() + ABANDON_NS_MAX);
    }

    /**
     * What no thread could settle, because it ended by a failure or hangs, is counted here: no document is only
     * missing.
     */
    private void abandonRest() {
        for (DestinationLedger left : ledger().destinations()) {
            if (left.held() > 0) {
                destinations.stream()
                        .filter(destination -> destination.name().equals(left.destination()))
                        .forEach(destination -> destination.abandon(left.held()));
                LOG.error("Abandoned {} segments: the threads that held them ended or do not respond", left.held());
            }
        }
    }

    private boolean hasSpool() {
        return destinations.stream().anyMatch(RunningDestination::hasSpool);
    }

    private void freeMemory() throws InterruptedException {
        boolean isQuiet = !threads.isAnyAlive();
        for (RunningDestination destination : destinations) {
            isQuiet &= destination.isQuiet(CALLS_END_MS_MAX);
        }
        if (isQuiet) {
            pipelines.forEach(Pipeline::free);
        }
    }

    /** Not while a thread may still read from one: its descriptor would become another file's. */
    private void closeSources() {
        if (!threads.isAnyAlive()) {
            bound.close();
        }
    }

    private long telemetryMsMax() {
        return isHurried ? 0 : Math.max(0, (endNs - System.nanoTime()) / 1_000_000);
    }

    /**
     * Ends the linger and the wait of a running {@link #shutdown(Duration, Duration)} now, as a second SIGTERM does:
     * what is left goes to the spool. Without one, and when it is called once more, what is left is abandoned and
     * counted.
     */
    public void hurry() {
        if (!hasSpool() || isHurried) {
            shutdown.abandon();
        } else {
            shutdown.spool();
        }
        isHurried = true;
        lingerEnd.countDown();
        wakeUps.all(Role.ENDING);
    }
}
