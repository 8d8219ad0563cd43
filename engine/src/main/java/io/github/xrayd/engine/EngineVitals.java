package io.github.xrayd.engine;

import io.github.xrayd.engine.backend.Answer;
import io.github.xrayd.engine.health.MetricsPage;
import io.github.xrayd.engine.health.StatusPage;
import io.github.xrayd.engine.health.Vitals;
import io.github.xrayd.engine.proxy.ProxyServer;
import io.github.xrayd.engine.proxy.ProxyStats;
import io.github.xrayd.engine.spool.SpoolCounts;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import io.github.xrayd.engine.telemetry.Ledger;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What an engine tells about itself on its TCP port. */
final class EngineVitals implements Vitals {
    private final Engine engine;
    private final ProxyServer proxy;
    private final List<Counters> counters;
    private final CompletableFuture<?> backend;

    private EngineVitals(Engine engine, ProxyServer proxy, List<Counters> counters, CompletableFuture<?> backend) {
        this.engine = engine;
        this.proxy = proxy;
        this.counters = List.copyOf(counters);
        this.backend = backend;
    }

    /** Serves {@code /healthz}, {@code /readyz} and {@code /metrics} on {@code proxy}. */
    static void publish(Engine engine, ProxyServer proxy, List<Counters> counters, CompletableFuture<?> backend) {
        EngineVitals vitals = new EngineVitals(engine, proxy, counters, backend);
        proxy.register("/healthz", new StatusPage(vitals::ailment));
        proxy.register("/readyz", new StatusPage(vitals::unreadiness));
        proxy.register("/metrics", new MetricsPage(vitals));
    }

    @Override
    public long count(Counter counter) {
        long sum = 0;
        for (Counters each : counters) {
            sum += each.get(counter);
        }
        return sum;
    }

    @Override
    public Ledger ledger() {
        return Ledger.of(counters);
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
    public ProxyStats proxy() {
        return proxy.stats();
    }

    @Override
    public long spoolBytes() {
        SpoolCounts counts = engine.spoolCounts();
        return counts == null ? 0 : counts.usedBytes();
    }

    @Override
    public Map<String, Long> topSources() {
        return engine.topSources();
    }

    @Override
    public @Nullable String ailment() {
        return engine.livenessProblem();
    }

    @Override
    public @Nullable String unreadiness() {
        String ailment = ailment();
        if (ailment != null) {
            return ailment;
        }
        if (!backend.isDone()) {
            return "The backend is being set up.";
        }
        if (backend.isCompletedExceptionally()) {
            return "There is no backend; the log says why.";
        }
        if (engine.isStopping()) {
            return "The daemon is stopping.";
        }
        if (engine.credentialsProblem() != null) {
            return "There are no AWS credentials; what is received is held until there are some. \"xray doctor\" tells"
                    + " where they were looked for.";
        }
        Answer last = engine.lastFailure();
        return last == null ? null : "The last upload failed: " + last.message();
    }
}
