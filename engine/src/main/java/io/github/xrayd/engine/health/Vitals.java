package io.github.xrayd.engine.health;

import io.github.xrayd.engine.http.HttpStats;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Histogram;
import io.github.xrayd.engine.telemetry.Ledger;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the pages ask the daemon; answered without waiting, from any thread. */
public interface Vitals {
    /** The daemon's version. */
    String version();

    /** The sum of a counter of receivers or validators over all pipelines. */
    long count(Counter counter);

    /** What there is to tell of each destination, in the order of the configuration. */
    List<DestinationVitals> destinations();

    /** What the pages ask of one destination. */
    interface DestinationVitals {
        String name();

        /** The sum of a counter of batchers or the uploader over all pipelines. */
        long count(Counter counter);

        /** Documents that the service left unprocessed for good, by its code. */
        Map<String, Long> unprocessed();

        /** How long calls took. */
        Histogram callDurations();

        /** From the receipt of a call's oldest document to the answer that took it. */
        Histogram deliveryDelays();

        int callsInFlight();

        int callLimit();

        /** Age of the oldest document in memory, in seconds; 0 without one. */
        double oldestHeldSeconds();

        /** Age at which documents are given up or spooled, in seconds. */
        double retryAgeSeconds();

        /** When an upload last succeeded, epoch milliseconds; 0 before the first. */
        long lastDeliveryMs();

        /**
         * When the first of the uploads failed that have failed since one succeeded, epoch milliseconds; 0 while they
         * succeed.
         */
        long failingSinceMs();

        /** What the last failed call was answered, or null while calls succeed. */
        @Nullable
        String lastError();

        /** Memory for batches, in bytes. */
        long poolBytes();

        /** How much of it is taken, in bytes. */
        long poolUsedBytes();

        SpoolVitals spool();

        /** Files of rejected documents. */
        int deadLetterFiles();

        long deadLetterBytes();

        /** When the credentials in use expire, epoch milliseconds; 0 when they do not, or there are none. */
        long credentialsExpiryMs();

        /** How far the service's clock is ahead, in seconds. */
        double clockSkewSeconds();

        /** Lines that say where it delivers, as the log does; empty until its backend is there. */
        List<String> target();

        /** Why nothing can be delivered to it now, or null when it can as far as is known. */
        @Nullable
        String readinessProblem();
    }

    /** What sources count besides the counters, by kind of source and event. */
    Map<String, Map<String, Long>> sourceEvents();
    /**
     * A destination's spool.
     *
     * @param bytes what it takes on its disk
     * @param limitBytes what it may take; 0 without a spool
     * @param oldestSeconds age of the oldest document in its oldest file; 0 without one
     * @param isAccepting whether it takes documents now
     * @param problem why it does not, or null
     */
    record SpoolVitals(
            long bytes, long limitBytes, double oldestSeconds, boolean isAccepting, @Nullable String problem) {
        /** There is none. */
        public static final SpoolVitals NONE = new SpoolVitals(0, 0, 0, false, null);
    }

    /** Where every datagram is. */
    Ledger ledger();

    /**
     * Time and text of the last failed call, for each destination that had one; as far as the log was told of it, and
     * also when calls succeed again.
     */
    Map<String, String> failures();

    /** Datagrams the kernel dropped since the sockets were bound, or -1 when this system does not report it. */
    long kernelDrops();

    /** What may hold segments, in bytes. */
    long memoryLimitBytes();

    /** Memory for documents that are in no batch yet, in bytes. */
    long arenaBytes();

    /** How much of it is taken, in bytes. */
    long arenaUsedBytes();

    /** The receive buffer that the kernel granted, of all sockets, in bytes. */
    long socketBufferBytes();

    /** What the TCP port did; nothing when there is none. */
    HttpStats proxy();

    /** What the port of the pages did; the same object when it is the TCP port. */
    HttpStats pages();

    /** The paths of the pages. */
    Set<String> pagePaths();

    /** Connections to the TCP port that are open. */
    int proxyConnections();

    /**
     * Datagrams by source, of those that sent most in the last second in which some were dropped; empty unless sources
     * are counted ({@code --count-sources}, {@code --fair}).
     */
    Map<String, Long> topSources();

    /** What became of the exports of metrics; nothing without {@code --otlp-metrics}. */
    MetricsPush.Counts metricsExports();

    /** Why the daemon must be restarted, or null while it works. */
    @Nullable
    String livenessProblem();

    /** Why what is received cannot be delivered now, or null when it can as far as is known. */
    @Nullable
    String readinessProblem();
}
