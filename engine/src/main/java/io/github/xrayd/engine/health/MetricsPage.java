package io.github.xrayd.engine.health;

import io.github.xrayd.engine.http.HttpCounter;
import io.github.xrayd.engine.http.HttpStats;
import io.github.xrayd.engine.http.Route;
import io.github.xrayd.engine.telemetry.DestinationLedger;
import io.github.xrayd.engine.telemetry.Ledger;
import io.github.xrayd.engine.telemetry.SourceLedger;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;

/**
 * {@code /metrics} in Prometheus's text format, or in OpenMetrics' for those who ask for it: a snapshot of the daemon's
 * own counters, taken when asked for. Nothing is kept here.
 *
 * <p>The ledger's families come from one {@link Ledger}, so they balance in every scrape.
 */
public final class MetricsPage implements Route {
    private final Vitals vitals;

    public MetricsPage(Vitals vitals) {
        this.vitals = vitals;
    }

    @Override
    public Page page() {
        return page(PrometheusTextFormatWriter.create());
    }

    /** Every family with its values now, as a scrape has them. Any thread. */
    public Map<MetricFamily, List<DataPointSnapshot>> collect() {
        Samples samples = daemonSamples();
        ProcessMetrics.add(samples);
        return samples.points();
    }

    /**
     * Both formats, without the JVM's beans: those classes are the JDK's own, and cost memory and time that a start
     * need not spend.
     */
    @Override
    public void rehearse() {
        Samples samples = daemonSamples();
        ProcessMetrics.addProcess(samples);
        // In place of what the beans tell of collectors: the only family of its type.
        samples.addSummary(Metrics.JVM_GC, 0, 0, "none");
        page(PrometheusTextFormatWriter.create(), samples);
        page(OpenMetricsTextFormatWriter.create(), samples);
    }

    @Override
    public Page page(HttpRequest request) {
        for (Header header : request.getHeaders("Accept")) {
            if (header.getValue().toLowerCase(Locale.ROOT).contains("application/openmetrics-text")) {
                return page(OpenMetricsTextFormatWriter.create());
            }
        }
        return page();
    }

    private Page page(ExpositionFormatWriter writer) {
        Samples samples = daemonSamples();
        ProcessMetrics.add(samples);
        return page(writer, samples);
    }

    private static Page page(ExpositionFormatWriter writer, Samples samples) {
        try {
            ByteArrayOutputStream text = new ByteArrayOutputStream(32 << 10);
            writer.write(text, samples.snapshots(), EscapingScheme.UNDERSCORE_ESCAPING);
            return new Page(200, writer.getContentType(), text.toString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Samples daemonSamples() {
        Samples samples = new Samples();
        List<Vitals.DestinationVitals> destinations = vitals.destinations();
        // Before the ledger, so that a code is never counted for a document that the ledger has not admitted.
        List<Map<String, Long>> codes =
                destinations.stream().map(Vitals.DestinationVitals::unprocessed).toList();
        Ledger ledger = vitals.ledger();
        received(samples, ledger);
        for (int i = 0; i < destinations.size(); i++) {
            settled(samples, ledger.destinations().get(i), codes.get(i));
            destination(samples, destinations.get(i));
        }
        Metrics.ownFamilies().forEach((counter, family) -> {
            if (!counter.stage().isOfDestination()) {
                samples.add(family, vitals.count(counter));
            }
        });
        memory(samples);
        health(samples);
        requests(samples);
        samples.addInfo(
                Metrics.BUILD,
                vitals.version(),
                System.getProperty("java.version", ""),
                System.getProperty("os.name", ""),
                System.getProperty("os.arch", ""));
        return samples;
    }

    private void received(Samples samples, Ledger ledger) {
        samples.add(Metrics.RECEIVED, ledger.received());
        ledger.rejected().forEach((reason, count) -> samples.add(Metrics.REJECTED, count, Metrics.labelOf(reason)));
        ledger.dropped().forEach((reason, count) -> samples.add(Metrics.DROPPED, count, Metrics.labelOf(reason)));
        samples.add(Metrics.ADMITTED, ledger.admitted());
        for (SourceLedger source : ledger.sources()) {
            samples.add(Metrics.SOURCE_RECEIVED, source.received(), source.source());
            samples.add(Metrics.SOURCE_REJECTED, source.rejectedTotal(), source.source());
            samples.add(Metrics.SOURCE_DROPPED, source.droppedTotal(), source.source());
        }
        vitals.sourceEvents()
                .forEach((source, counts) ->
                        counts.forEach((event, count) -> samples.add(Metrics.SOURCE_EVENTS, count, source, event)));
        long kernelDrops = vitals.kernelDrops();
        if (kernelDrops >= 0) {
            samples.add(Metrics.KERNEL_DROPS, kernelDrops);
        }
    }

    /**
     * A destination's half of the ledger. The codes are what counts as unprocessed here, and what is held follows from
     * it.
     */
    private static void settled(Samples samples, DestinationLedger ledger, Map<String, Long> codes) {
        String name = ledger.destination();
        long unprocessed = 0;
        for (var code : codes.entrySet()) {
            unprocessed += code.getValue();
            samples.add(Metrics.UNPROCESSED, code.getValue(), name, code.getKey());
        }
        if (codes.isEmpty()) {
            samples.add(Metrics.UNPROCESSED, 0, name, "none");
        }
        samples.add(Metrics.RECOVERED, ledger.recovered(), name);
        samples.add(Metrics.HELD, ledger.held() + ledger.unprocessed() - unprocessed, name);
        samples.add(Metrics.DELIVERED, ledger.delivered(), name);
        samples.add(Metrics.REFUSED, ledger.refused(), name);
        samples.add(Metrics.SPOOL_DOCUMENTS, ledger.spooled(), name);
        ledger.abandoned()
                .forEach((reason, count) -> samples.add(Metrics.ABANDONED, count, name, Metrics.labelOf(reason)));
        samples.add(Metrics.SKIPPED, ledger.dropped(), name);
    }

    private static void destination(Samples samples, Vitals.DestinationVitals destination) {
        String name = destination.name();
        Metrics.sharedFamilies().forEach((counter, family) -> {
            if (family.equals(Metrics.CALLS_ENDED) || family.equals(Metrics.CALL_ERRORS)) {
                samples.add(family, destination.count(counter), name, Metrics.labelOf(counter));
            }
        });
        Metrics.ownFamilies().forEach((counter, family) -> {
            if (counter.stage().isOfDestination()) {
                samples.add(family, destination.count(counter), name);
            }
        });
        samples.add(Metrics.CALL_DURATION, destination.callDurations(), name);
        samples.add(Metrics.DELIVERY_DELAY, destination.deliveryDelays(), name);
        samples.add(Metrics.CALLS_IN_FLIGHT, destination.callsInFlight(), name);
        samples.add(Metrics.CALL_LIMIT, destination.callLimit(), name);
        samples.add(Metrics.OLDEST_HELD, destination.oldestHeldSeconds(), name);
        samples.add(Metrics.RETRY_AGE, destination.retryAgeSeconds(), name);
        samples.add(Metrics.LAST_DELIVERY, destination.lastDeliveryMs() / 1e3, name);
        samples.add(Metrics.FAILING_SINCE, destination.failingSinceMs() / 1e3, name);
        samples.add(Metrics.POOL, destination.poolBytes(), name);
        samples.add(Metrics.POOL_USED, destination.poolUsedBytes(), name);
        Vitals.SpoolVitals spool = destination.spool();
        samples.add(Metrics.SPOOL_BYTES, spool.bytes(), name);
        samples.add(Metrics.SPOOL_LIMIT, spool.limitBytes(), name);
        samples.add(Metrics.SPOOL_OLDEST, spool.oldestSeconds(), name);
        samples.add(Metrics.SPOOL_STATE, spool.isAccepting() ? 1 : 0, name);
        samples.add(Metrics.DEAD_LETTERS, destination.deadLetterFiles(), name);
        samples.add(Metrics.DEAD_LETTER_BYTES, destination.deadLetterBytes(), name);
        long expiryMs = destination.credentialsExpiryMs();
        if (expiryMs > 0) {
            samples.add(Metrics.CREDENTIALS_EXPIRY, expiryMs / 1e3, name);
        }
        samples.add(Metrics.CLOCK_SKEW, destination.clockSkewSeconds(), name);
        samples.add(Metrics.DESTINATION_READY, destination.readinessProblem() == null ? 1 : 0, name);
    }

    private void memory(Samples samples) {
        samples.add(Metrics.MEMORY_LIMIT, vitals.memoryLimitBytes());
        samples.add(Metrics.ARENA, vitals.arenaBytes());
        samples.add(Metrics.ARENA_USED, vitals.arenaUsedBytes());
        samples.add(Metrics.SOCKET_BUFFER, vitals.socketBufferBytes());
    }

    private void health(Samples samples) {
        samples.add(Metrics.READY, vitals.readinessProblem() == null ? 1 : 0);
        samples.add(Metrics.LIVE, vitals.livenessProblem() == null ? 1 : 0);
        MetricsPush.Counts exports = vitals.metricsExports();
        samples.add(Metrics.EXPORTS, exports.delivered(), "delivered");
        samples.add(Metrics.EXPORTS, exports.failed(), "failed");
        vitals.topSources().forEach((source, count) -> samples.add(Metrics.TOP_SOURCE, count, source));
    }

    private void requests(Samples samples) {
        Set<String> pages = vitals.pagePaths();
        HttpStats port = vitals.proxy();
        answers(samples, port, pages);
        if (port != vitals.pages()) {
            answers(samples, vitals.pages(), pages);
        }
        for (HttpCounter counter : HttpCounter.values()) {
            if (Metrics.isRefusal(counter)) {
                samples.add(
                        Metrics.PROXY_REFUSED, port.get(counter), counter.name().toLowerCase(Locale.ROOT));
            }
        }
        samples.add(Metrics.PROXY_FORWARDED, port.get(HttpCounter.FORWARDED));
        samples.add(Metrics.PROXY_SHARED, port.get(HttpCounter.SHARED));
        samples.add(Metrics.PROXY_CLIENT_GONE, port.get(HttpCounter.CLIENT_GONE));
        samples.add(Metrics.PROXY_CONNECTIONS, vitals.proxyConnections());
    }

    private static void answers(Samples samples, HttpStats stats, Set<String> pages) {
        stats.answers()
                .forEach((answer, count) -> samples.add(
                        pages.contains(answer.path()) ? Metrics.PAGE_REQUESTS : Metrics.PROXY_REQUESTS,
                        count.sum(),
                        answer.path(),
                        Integer.toString(answer.status())));
    }
}
