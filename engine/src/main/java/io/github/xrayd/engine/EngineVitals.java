package io.github.xrayd.engine;

import io.github.xrayd.engine.health.DiagnosticsPage;
import io.github.xrayd.engine.health.HostReport;
import io.github.xrayd.engine.health.JsonPage;
import io.github.xrayd.engine.health.MetricsPage;
import io.github.xrayd.engine.health.MetricsPush;
import io.github.xrayd.engine.health.StatusPage;
import io.github.xrayd.engine.health.StatusReport;
import io.github.xrayd.engine.health.Vitals;
import io.github.xrayd.engine.http.HttpStats;
import io.github.xrayd.engine.http.Route;
import io.github.xrayd.engine.proxy.ProxyServer;
import io.github.xrayd.engine.report.Reporter;
import io.github.xrayd.engine.run.Parts;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Ledger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What an engine tells about itself on its pages. Any thread. */
final class EngineVitals implements Vitals {
    private static final HttpStats NOTHING = new HttpStats();

    private final Engine engine;
    private final DataPathThreads threads;
    private final Reporter reporter;
    private final @Nullable ProxyServer pages;
    private final StatusReport status = new StatusReport(this);
    private final MetricsPage metrics = new MetricsPage(this);
    private final Map<String, Route> parts = new LinkedHashMap<>();
    private final Route diagnostics;

    private EngineVitals(Engine engine, DataPathThreads threads, Reporter reporter, @Nullable ProxyServer pages) {
        this.engine = engine;
        this.threads = threads;
        this.reporter = reporter;
        this.pages = pages;
        put("/healthz", new StatusPage(this::livenessProblem));
        put("/readyz", new StatusPage(this::readinessProblem));
        put("/info", new JsonPage(new EngineInfo(engine, threads)));
        put("/status", new JsonPage(status));
        parts.put("stalls", text(() -> threads.stalls().text()));
        parts.put("last answers", text(() -> reporter.history().answers()));
        parts.put("distinct errors", text(() -> reporter.history().errors()));
        engine.config().admin().reports().forEach((heading, report) -> parts.put(heading, text(report)));
        parts.put("host", text(HostReport::text));
        put("/metrics", metrics);
        diagnostics = new DiagnosticsPage(parts);
    }

    /** A page of its own that is a part of the diagnostics, too. */
    private void put(String path, Route page) {
        parts.put(path.substring(1), page);
        if (pages != null) {
            pages.register(path, page);
        }
    }

    /**
     * Serves them on {@code pages}, where there are any, and has them sent where the configuration says.
     *
     * @param parts gets what must be closed
     */
    static EngineVitals publish(
            Engine engine, DataPathThreads threads, Reporter reporter, @Nullable ProxyServer pages, Parts parts)
            throws StartException {
        EngineVitals vitals = new EngineVitals(engine, threads, reporter, pages);
        if (pages != null) {
            pages.register("/diagnostics", vitals.diagnostics);
        }
        MetricsPush push = engine.config().admin().push();
        if (push != null) {
            start(push, vitals.metrics);
            parts.add("metrics export", push::close);
        }
        return vitals;
    }

    /** The page of all. */
    Route diagnostics() {
        return diagnostics;
    }

    /** Looks for stalls and losses; on the reporter's thread. */
    void everySecond() {
        threads.everySecond();
        status.onSecond(reporter.kernelDrops());
    }

    private static void start(MetricsPush push, MetricsPage metrics) throws StartException {
        try {
            push.start(metrics::collect);
        } catch (Exception e) {
            throw new StartException("Metrics cannot be exported: " + e.getMessage(), e);
        }
    }

    private static Route text(Supplier<String> content) {
        return () -> new Route.Page(200, "text/plain; charset=utf-8", content.get());
    }

    @Override
    public String version() {
        return engine.config().admin().version();
    }

    @Override
    public long count(Counter counter) {
        return DestinationView.sum(
                engine.pipelines().stream().map(Pipeline::counters).toList(), counter);
    }

    @Override
    public Map<String, Map<String, Long>> sourceEvents() {
        Map<String, Map<String, Long>> events = new LinkedHashMap<>();
        for (Pipeline pipeline : engine.pipelines()) {
            Map<String, Long> all = events.computeIfAbsent(pipeline.source().name(), name -> new LinkedHashMap<>());
            pipeline.source().events().forEach((event, count) -> all.merge(event, count, Long::sum));
        }
        return events;
    }

    @Override
    public Ledger ledger() {
        return engine.ledger();
    }

    @Override
    public List<DestinationVitals> destinations() {
        List<DestinationVitals> all = new ArrayList<>();
        engine.destinations().forEach(destination -> all.add(new DestinationView(destination)));
        return all;
    }

    @Override
    public Map<String, String> failures() {
        return reporter.history().failures();
    }

    @Override
    public long kernelDrops() {
        return engine.kernelDrops();
    }

    @Override
    public long memoryLimitBytes() {
        return engine.memoryBudget().totalBytes();
    }

    @Override
    public long arenaBytes() {
        return engine.pipelines().stream()
                .mapToLong(pipeline -> pipeline.ring().capacity())
                .sum();
    }

    @Override
    public long arenaUsedBytes() {
        return engine.pipelines().stream()
                .mapToLong(pipeline -> pipeline.ring().usedBytes())
                .sum();
    }

    @Override
    public long socketBufferBytes() {
        return engine.sources().receiveBufferBytes();
    }

    @Override
    public HttpStats proxy() {
        ProxyServer proxy = engine.proxy();
        return proxy == null ? NOTHING : proxy.stats();
    }

    @Override
    public HttpStats pages() {
        return pages == null ? NOTHING : pages.stats();
    }

    @Override
    public Set<String> pagePaths() {
        return pages == null ? Set.of() : pages.paths();
    }

    @Override
    public int proxyConnections() {
        ProxyServer proxy = engine.proxy();
        return proxy == null ? 0 : proxy.connections();
    }

    @Override
    public Map<String, Long> topSources() {
        return engine.topSources();
    }

    @Override
    public MetricsPush.Counts metricsExports() {
        MetricsPush push = engine.config().admin().push();
        return push == null ? MetricsPush.Counts.NONE : push.counts();
    }

    @Override
    public @Nullable String livenessProblem() {
        return engine.livenessProblem();
    }

    @Override
    public @Nullable String readinessProblem() {
        String liveness = livenessProblem();
        if (liveness != null) {
            return liveness;
        }
        if (engine.isStopping()) {
            return "The daemon is stopping.";
        }
        List<RunningDestination> destinations = engine.destinations();
        List<String> problems = new ArrayList<>();
        for (RunningDestination destination : destinations) {
            String problem = destination.readinessProblem();
            if (problem != null) {
                String start = destinations.size() == 1 ? "" : destination.name() + ": ";
                problems.add(start + problem.replace("\n", "\n" + start));
            }
        }
        return problems.isEmpty() ? null : String.join("\n", problems);
    }
}
