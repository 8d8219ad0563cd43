package io.github.xrayd.sandbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An X-Ray API endpoint on loopback: takes segments, keeps the last traces, reads them back in the service's shapes,
 * verifies signatures, and injects faults as configured. A page at its address shows the traces.
 *
 * <p>An unmodified AWS SDK client works against {@link #endpoint()} with {@link SandboxConfig#ACCESS_KEY} and
 * {@link SandboxConfig#SECRET_KEY}. Under {@code /sandbox/} the same server takes faults, load runs and sampling rules,
 * and shows stats and telemetry; {@code /} and {@code /page/} are the page. All methods may be called from any thread.
 */
public final class Sandbox implements AutoCloseable {
    private static final int CONNECTIONS_WAITING_MAX = 1_024;

    private final SandboxConfig config;
    private final HttpServer server;
    private final ExecutorService workers;
    private final ScheduledExecutorService holder;
    private final Faults faults = new Faults(System::nanoTime);
    private final Arrivals arrivals = new Arrivals();
    private final LoadRuns runs = new LoadRuns();
    private final TelemetryLog telemetry = new TelemetryLog();
    private final SandboxStats stats = new SandboxStats();
    private final TraceStore traces;
    private final PutSegments putSegments;
    private final PageQueries pageQueries;
    private final DaemonView daemon = new DaemonView();
    private final PageEvents events;
    private final Sampling sampling;

    private final @Nullable SignatureCheck signatures;
    private @Nullable SegmentReceiver receiver;

    private Sandbox(SandboxConfig config) throws IOException {
        this.config = config;
        this.traces = new TraceStore(config.limits().memoryBytesMax());
        this.events = new PageEvents(traces, named("sandbox-events-"));
        Account account = new Account(config.region());
        ResourceTags tags = new ResourceTags();
        Groups groups = new Groups(account, tags);
        this.pageQueries = new PageQueries(traces, groups);
        this.sampling = new Sampling(account, tags, Clock.systemUTC());
        this.signatures = config.signatures() == SignatureMode.VERIFY
                ? new SignatureCheck(config.credentials(), config.region(), config.clock())
                : null;
        setServerDefaults();
        this.server = HttpServer.create(config.address(), CONNECTIONS_WAITING_MAX);
        this.workers = Executors.newFixedThreadPool(config.limits().threads(), named("sandbox-worker-"));
        this.holder = Executors.newScheduledThreadPool(1, named("sandbox-holder-"));
        server.setExecutor(workers);
        HttpHandler page =
                BrowserGuard.ofPage(new PageHandler(new TraceQueries(traces, groups), pageQueries, events, daemon));
        putSegments = new PutSegments(config, faults, arrivals, runs, traces, stats);
        HttpHandler api = BrowserGuard.ofApi(new ApiHandler(
                config.limits().bodyBytesMax(),
                signatures,
                faults,
                new ApiOperations(putSegments, telemetry, sampling, traces, groups, tags),
                new OtlpTraces(config.limits().bodyBytesMax(), putSegments),
                stats,
                holder));
        server.createContext("/", exchange -> (isOfPage(exchange) ? page : api).handle(exchange));
        server.createContext(PageHandler.PATH, page);
    }

    private static boolean isOfPage(HttpExchange exchange) {
        return exchange.getRequestURI().getPath().equals("/")
                && !exchange.getRequestMethod().equals("POST");
    }

    /**
     * Starts an endpoint.
     *
     * @throws IOException when the address cannot be bound
     */
    public static Sandbox start(SandboxConfig config) throws IOException {
        Sandbox sandbox = new Sandbox(config);
        sandbox.handle(AdminHandler.PATH, BrowserGuard.ofPage(new AdminHandler(sandbox)));
        sandbox.server.start();
        return sandbox;
    }

    /**
     * The server reads these once in a process, when its classes load. Without TCP_NODELAY an answer's second write
     * waits up to 44 ms for the client's delayed acknowledgement; an idle interval below the SDK's 60 s would close
     * connections that it is about to reuse.
     */
    private static void setServerDefaults() {
        setDefault("sun.net.httpserver.nodelay", "true");
        setDefault("sun.net.httpserver.idleInterval", "90");
        setDefault("sun.net.httpserver.maxIdleConnections", "1024");
        setDefault("sun.net.httpserver.maxReqTime", "60");
    }

    private static void setDefault(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }

    private static ThreadFactory named(String prefix) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Where clients send to, for example {@code http://127.0.0.1:41234}. */
    public URI endpoint() {
        InetSocketAddress address = server.getAddress();
        String host = address.getAddress().isAnyLocalAddress()
                ? "127.0.0.1"
                : address.getAddress().getHostAddress();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort());
    }

    /** This sandbox's configuration. */
    public SandboxConfig config() {
        return config;
    }

    /** From now on refuses what is signed with this access key as expired; nothing when signatures are not verified. */
    public void revoke(String accessKey) {
        if (signatures != null) {
            signatures.revoke(accessKey);
        }
    }

    /** How it misbehaves. */
    public Faults faults() {
        return faults;
    }

    /** What arrives. */
    public Arrivals arrivals() {
        return arrivals;
    }

    /**
     * Has the page show what a daemon says of itself.
     *
     * @param address of its TCP port, such as {@code http://127.0.0.1:2000}
     * @throws IllegalArgumentException when it is no HTTP address
     */
    public void watchDaemon(URI address) {
        if (address.getHost() == null || !"http".equals(address.getScheme())) {
            throw new IllegalArgumentException(
                    "\"" + address + "\" is not the address of a daemon's TCP port, such as http://127.0.0.1:2000");
        }
        daemon.watch(address);
    }

    /**
     * Takes datagrams of SDKs too, as a daemon does, at the UDP port of the same number as the endpoint's. With ignored
     * signatures the endpoint serves the SDKs' sampling calls as well, so that an SDK needs no daemon. Done once; ends
     * with the sandbox.
     *
     * @throws IOException when that UDP port cannot be bound
     */
    public synchronized void receiveDatagrams() throws IOException {
        if (receiver == null) {
            receiver = SegmentReceiver.start(server.getAddress(), putSegments);
        }
    }

    /**
     * The ids of the kept traces that match a filter expression, oldest first.
     *
     * @throws IllegalArgumentException when the expression is wrong
     */
    public List<String> traceIds(String filter) {
        try {
            return pageQueries.traceIds(filter);
        } catch (ApiException e) {
            throw new IllegalArgumentException(e.text(), e);
        }
    }

    /** The kept documents. */
    public TraceStore traces() {
        return traces;
    }

    PageQueries pageQueries() {
        return pageQueries;
    }

    /** The registered load runs. */
    public LoadRuns runs() {
        return runs;
    }

    /** The telemetry records that came. */
    public TelemetryLog telemetry() {
        return telemetry;
    }

    /** The sampling rules. */
    public Sampling sampling() {
        return sampling;
    }

    /** Counts of requests by operation and status. */
    public SandboxStats stats() {
        return stats;
    }

    /**
     * Serves a path and everything below it by a handler of its own, a page for example; the longest path that fits
     * wins.
     */
    public void handle(String path, HttpHandler handler) {
        server.createContext(path, handler);
    }

    Map<String, Object> statsJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("requests", stats.requestsJson());
        json.put("bodyBytes", stats.bodyBytes());
        json.put("batches", arrivals.batches());
        json.put("documents", arrivals.documents());
        json.put("unprocessed", stats.unprocessed());
        json.put("keptTraces", traces.traceIds().size());
        json.put("keptBytes", traces.bytes());
        json.put("evictedTraces", traces.evictedTraces());
        json.put("evictedDocuments", traces.evictedDocuments());
        json.put("telemetryRecords", telemetry.received());
        json.put("samplingRuleCalls", sampling.ruleCalls());
        json.put("samplingTargetCalls", sampling.targetCalls());
        return json;
    }

    /** Closes the port and every connection at once; answers that are held up are never given. */
    @Override
    public synchronized void close() {
        if (receiver != null) {
            receiver.close();
        }
        events.close();
        server.stop(0);
        holder.shutdownNow();
        workers.shutdownNow();
    }
}
