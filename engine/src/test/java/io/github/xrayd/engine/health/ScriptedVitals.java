package io.github.xrayd.engine.health;

import io.github.xrayd.engine.http.HttpStats;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import io.github.xrayd.engine.telemetry.Histogram;
import io.github.xrayd.engine.telemetry.Ledger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A daemon with one destination whose every value a test sets. */
final class ScriptedVitals implements Vitals, Vitals.DestinationVitals {
    final Counters counters = new Counters();
    final HttpStats proxy = new HttpStats();
    final Map<String, Long> unprocessed = new LinkedHashMap<>();
    final Histogram durations = new Histogram();
    final Histogram delays = new Histogram();
    Map<String, Long> topSources = Map.of();
    long kernelDrops = 2;
    long credentialsExpiryMs;
    SpoolVitals spool = SpoolVitals.NONE;

    @Nullable
    String readinessProblem;

    @Override
    public String version() {
        return "1.2.3";
    }

    @Override
    public long count(Counter counter) {
        return counters.get(counter);
    }

    @Override
    public List<DestinationVitals> destinations() {
        return List.of(this);
    }

    @Override
    public String name() {
        return "xray";
    }

    @Override
    public Map<String, Long> unprocessed() {
        return unprocessed;
    }

    @Override
    public Histogram callDurations() {
        return durations;
    }

    @Override
    public Histogram deliveryDelays() {
        return delays;
    }

    @Override
    public int callsInFlight() {
        return 3;
    }

    @Override
    public int callLimit() {
        return 8;
    }

    @Override
    public double oldestHeldSeconds() {
        return 1.5;
    }

    @Override
    public double retryAgeSeconds() {
        return 300;
    }

    @Override
    public long lastDeliveryMs() {
        return 1_000;
    }

    @Override
    public long failingSinceMs() {
        return 0;
    }

    @Override
    public @Nullable String lastError() {
        return readinessProblem;
    }

    @Override
    public long poolBytes() {
        return 8 << 20;
    }

    @Override
    public long poolUsedBytes() {
        return 4_096;
    }

    @Override
    public SpoolVitals spool() {
        return spool;
    }

    @Override
    public int deadLetterFiles() {
        return 5;
    }

    @Override
    public long deadLetterBytes() {
        return 500;
    }

    @Override
    public long credentialsExpiryMs() {
        return credentialsExpiryMs;
    }

    @Override
    public double clockSkewSeconds() {
        return 0;
    }

    @Override
    public List<String> target() {
        return List.of("Using region: us-east-1");
    }

    @Override
    public Ledger ledger() {
        return Ledger.of(List.of(counters));
    }

    @Override
    public Map<String, Map<String, Long>> sourceEvents() {
        return Map.of("http", Map.of("taken", 5L));
    }

    @Override
    public Map<String, String> failures() {
        return Map.of();
    }

    @Override
    public long kernelDrops() {
        return kernelDrops;
    }

    @Override
    public long memoryLimitBytes() {
        return 64 << 20;
    }

    @Override
    public long arenaBytes() {
        return 32 << 20;
    }

    @Override
    public long arenaUsedBytes() {
        return 12_345;
    }

    @Override
    public long socketBufferBytes() {
        return 4 << 20;
    }

    @Override
    public HttpStats proxy() {
        return proxy;
    }

    @Override
    public HttpStats pages() {
        return proxy;
    }

    @Override
    public Set<String> pagePaths() {
        return Set.of("/healthz", "/metrics");
    }

    @Override
    public int proxyConnections() {
        return 1;
    }

    @Override
    public Map<String, Long> topSources() {
        return topSources;
    }

    @Override
    public MetricsPush.Counts metricsExports() {
        return new MetricsPush.Counts(3, 1);
    }

    @Override
    public @Nullable String livenessProblem() {
        return null;
    }

    @Override
    public @Nullable String readinessProblem() {
        return readinessProblem;
    }
}
