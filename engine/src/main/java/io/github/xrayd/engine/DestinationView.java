package io.github.xrayd.engine;

import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.Exporter;
import io.github.xrayd.engine.health.Vitals;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import io.github.xrayd.engine.telemetry.Histogram;
import io.github.xrayd.engine.upload.UploadTimes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a running destination tells about itself. Any thread. */
final class DestinationView implements Vitals.DestinationVitals {
    private final RunningDestination destination;

    DestinationView(RunningDestination destination) {
        this.destination = destination;
    }

    static long sum(List<Counters> counters, Counter counter) {
        long sum = 0;
        for (Counters each : counters) {
            sum += each.get(counter);
        }
        return sum;
    }

    @Override
    public String name() {
        return destination.name();
    }

    @Override
    public long count(Counter counter) {
        return sum(destination.counters(), counter);
    }

    @Override
    public Map<String, Long> unprocessed() {
        Map<String, Long> counts = new TreeMap<>();
        destination.uploader().unprocessedCodes().counts().forEach((code, count) -> counts.put(code, count.sum()));
        return counts;
    }

    private UploadTimes times() {
        return destination.uploader().times();
    }

    @Override
    public Histogram callDurations() {
        return times().calls();
    }

    @Override
    public Histogram deliveryDelays() {
        return times().deliveries();
    }

    @Override
    public int callsInFlight() {
        return destination.uploader().inFlightCount();
    }

    @Override
    public int callLimit() {
        return destination.uploader().callLimit();
    }

    @Override
    public double oldestHeldSeconds() {
        long oldestNs = times().oldestNs();
        return oldestNs == UploadTimes.NONE ? 0 : Math.max(0, System.nanoTime() - oldestNs) / 1e9;
    }

    @Override
    public double retryAgeSeconds() {
        return destination.config().retryAgeMax().toMillis() / 1e3;
    }

    @Override
    public long lastDeliveryMs() {
        return destination.toEpochMs(times().deliveredNs());
    }

    @Override
    public long failingSinceMs() {
        return destination.toEpochMs(times().failingNs());
    }

    @Override
    public @Nullable String lastError() {
        Answer last = destination.uploader().lastFailure();
        return last == null ? null : last.message();
    }

    @Override
    public long poolBytes() {
        return destination.lanes().stream()
                .mapToLong(lane -> lane.pool().arena().capacity())
                .sum();
    }

    @Override
    public long poolUsedBytes() {
        return destination.lanes().stream()
                .mapToLong(lane -> lane.pool().usedBytes())
                .sum();
    }

    @Override
    public Vitals.SpoolVitals spool() {
        return destination.spoolState();
    }

    @Override
    public int deadLetterFiles() {
        return destination.deadLetters().files();
    }

    @Override
    public long deadLetterBytes() {
        return destination.deadLetters().bytes();
    }

    @Override
    public long credentialsExpiryMs() {
        Exporter exporter = destination.exporter();
        Instant expiry = exporter == null ? null : exporter.credentialsExpiry();
        return expiry == null ? 0 : expiry.toEpochMilli();
    }

    @Override
    public double clockSkewSeconds() {
        Exporter exporter = destination.exporter();
        return exporter == null ? 0 : exporter.clockSkew().toMillis() / 1e3;
    }

    @Override
    public List<String> target() {
        Exporter exporter = destination.exporter();
        return exporter == null ? List.of() : exporter.introduction();
    }

    @Override
    public @Nullable String readinessProblem() {
        return destination.readinessProblem();
    }
}
