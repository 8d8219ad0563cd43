package io.github.xrayd.engine;

import io.github.xrayd.engine.health.MetricsPage;
import io.github.xrayd.engine.health.StatusPage;
import io.github.xrayd.engine.health.Vitals;
import io.github.xrayd.engine.http.HttpStats;
import io.github.xrayd.engine.proxy.ProxyServer;
import io.github.xrayd.engine.spool.SpoolCounts;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import io.github.xrayd.engine.telemetry.Ledger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an engine tells about itself on its TCP port. */
final class EngineVitals implements Vitals {
    private final Engine engine;
    private final ProxyServer proxy;

    private EngineVitals(Engine engine, ProxyServer proxy) {
        this.engine = engine;
        this.proxy = proxy;
    }

    /** Serves {@code /healthz}, {@code /readyz} and {@code /metrics} on {@code proxy}. */
    static void publish(Engine engine, ProxyServer proxy) {
        EngineVitals vitals = new EngineVitals(engine, proxy);
        proxy.register("/healthz", new StatusPage(vitals::livenessProblem));
        proxy.register("/readyz", new StatusPage(vitals::readinessProblem));
        proxy.register("/metrics", new MetricsPage(vitals));
    }

    @Override
    public long count(Counter counter) {
        return sum(engine.pipelines().stream().map(Pipeline::counters).toList(), counter);
    }

    private static long sum(List<Counters> counters, Counter counter) {
        long sum = 0;
        for (Counters each : counters) {
            sum += each.get(counter);
        }
        return sum;
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
        for (RunningDestination destination : engine.destinations()) {
            all.add(new DestinationVitals() {
                @Override
                public String name() {
                    return destination.name();
                }

                @Override
                public long count(Counter counter) {
                    return sum(destination.counters(), counter);
                }

                @Override
                public long spoolBytes() {
                    SpoolCounts counts = destination.spoolCounts();
                    return counts == null ? 0 : counts.usedBytes();
                }

                @Override
                public @Nullable String readinessProblem() {
                    return destination.readinessProblem();
                }
            });
        }
        return all;
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
    public HttpStats proxy() {
        return proxy.stats();
    }

    @Override
    public Map<String, Long> topSources() {
        return engine.topSources();
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
                problems.add(destinations.size() == 1 ? problem : destination.name() + ": " + problem);
            }
        }
        return problems.isEmpty() ? null : String.join("\n", problems);
    }
}
