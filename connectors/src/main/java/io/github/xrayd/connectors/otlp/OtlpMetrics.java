package io.github.xrayd.connectors.otlp;

import io.github.xrayd.engine.client.HttpEndpoint;
import io.github.xrayd.engine.client.HttpReply;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.health.MetricFamily;
import io.github.xrayd.engine.health.MetricsPush;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts the daemon's metrics to an OTLP/HTTP endpoint, on a thread of its own: at the start, once in each interval, and
 * once at the end. An export that fails is counted and not repeated, because values are sums since the start, and the
 * next one has them. The first failure of each kind in a row is logged, and that it works again.
 */
public final class OtlpMetrics implements MetricsPush {
    private static final Logger LOG = LoggerFactory.getLogger(OtlpMetrics.class);
    private static final long STACK_SIZE = 512 * 1024;
    /** How long the last export may hold up the end of the daemon; the call that runs then is ended. */
    private static final long END_MS_MAX = 2_000;

    private final HttpEndpoint.Settings settings;
    private final boolean isCompressed;
    private final Duration interval;
    private final OtlpMetricsEncoder encoder;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final AtomicLong delivered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private @Nullable HttpEndpoint endpoint;
    private @Nullable Thread thread;
    private boolean isClosed;
    /** What the last export failed by; empty while exports are taken. The thread's only. */
    private String lastFailure = "";

    /**
     * An export that has not begun.
     *
     * @param settings the URL with its path, and how it is called
     * @param isCompressed whether requests are compressed with gzip
     * @param interval from one export to the next
     * @param version the daemon's version
     */
    public OtlpMetrics(HttpEndpoint.Settings settings, boolean isCompressed, Duration interval, String version) {
        this.settings = settings;
        this.isCompressed = isCompressed;
        this.interval = interval;
        encoder = new OtlpMetricsEncoder(version);
        headers.put("Content-Type", "application/x-protobuf");
        if (settings.headers().keySet().stream().noneMatch("User-Agent"::equalsIgnoreCase)) {
            headers.put("User-Agent", "xrayd/" + version);
        }
        if (isCompressed) {
            headers.put("Content-Encoding", "gzip");
        }
    }

    /** The URL without its query, which may hold a key. */
    private String target() {
        return settings.url().toString().replaceFirst("\\?.*", "");
    }

    @Override
    public void start(Supplier<Map<MetricFamily, List<DataPointSnapshot>>> metrics) throws Exception {
        HttpEndpoint opened = HttpEndpoint.open(settings);
        endpoint = opened;
        LOG.info("Sending metrics to {} every {} s", target(), interval.toMillis() / 1e3);
        Thread sender = new Thread(null, () -> run(opened, metrics), "otlp-metrics", STACK_SIZE);
        sender.setDaemon(true);
        thread = sender;
        sender.start();
    }

    private void run(HttpEndpoint opened, Supplier<Map<MetricFamily, List<DataPointSnapshot>>> metrics) {
        OtlpAnswers answers = new OtlpAnswers(opened, target());
        boolean isLast;
        do {
            isLast = isClosed();
            String failure;
            try {
                failure = export(opened, answers, metrics.get());
            } catch (RuntimeException | LinkageError e) {
                failure = e.toString();
            }
            onExport(failure);
        } while (!isLast && await());
    }

    /** Waits for the next turn; false when there is none. */
    private synchronized boolean await() {
        long untilNs = System.nanoTime() + interval.toNanos();
        try {
            while (!isClosed && untilNs - System.nanoTime() > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, untilNs - System.nanoTime());
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private synchronized boolean isClosed() {
        return isClosed;
    }

    /** Makes one export; an empty text when it was taken, else why it was not. */
    private String export(
            HttpEndpoint opened, OtlpAnswers answers, Map<MetricFamily, List<DataPointSnapshot>> metrics) {
        byte[] body = encoder.request(metrics, System.currentTimeMillis());
        HttpReply reply;
        try {
            reply = opened.post(headers, isCompressed ? Gzip.compressed(body) : body);
        } catch (IOException | RuntimeException e) {
            return answers.ofNoReply(e).message();
        }
        try (reply) {
            if (answers.success(reply) != null) {
                return "";
            }
            Answer answer = answers.ofFailure(reply);
            return answer.message();
        }
    }

    private void onExport(String failure) {
        (failure.isEmpty() ? delivered : failed).incrementAndGet();
        if (!failure.isEmpty() && !failure.equals(lastFailure)) {
            LOG.error("Metrics are not exported, the next attempt is in {} s: {}", interval.toMillis() / 1e3, failure);
        } else if (failure.isEmpty() && !lastFailure.isEmpty()) {
            LOG.info("Metrics are exported again");
        }
        lastFailure = failure;
    }

    @Override
    public Counts counts() {
        return new Counts(delivered.get(), failed.get());
    }

    @Override
    public void close() {
        synchronized (this) {
            isClosed = true;
            notifyAll();
        }
        Thread running = thread;
        HttpEndpoint opened = endpoint;
        try {
            if (running != null) {
                running.join(END_MS_MAX);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (opened != null) {
                opened.close();
            }
        }
    }
}
