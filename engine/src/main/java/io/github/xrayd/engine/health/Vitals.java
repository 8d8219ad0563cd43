package io.github.xrayd.engine.health;

import io.github.xrayd.engine.http.HttpStats;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Ledger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the pages ask the daemon; answered without waiting, from any thread. */
public interface Vitals {
    /** The sum of a counter of receivers or validators over all pipelines. */
    long count(Counter counter);

    /** What there is to tell of each destination, in the order of the configuration. */
    List<DestinationVitals> destinations();

    /** What the pages ask of one destination. */
    interface DestinationVitals {
        String name();

        /** The sum of a counter of batchers or the uploader over all pipelines. */
        long count(Counter counter);

        /** Bytes the spool takes on its disk; 0 without a spool. */
        long spoolBytes();

        /** Why nothing can be delivered to it now, or null when it can as far as is known. */
        @Nullable
        String readinessProblem();
    }

    /** What sources count besides the counters, by kind of source and event. */
    Map<String, Map<String, Long>> sourceEvents();

    /** Where every datagram is. */
    Ledger ledger();

    /** Datagrams the kernel dropped since the sockets were bound, or -1 when this system does not tell. */
    long kernelDrops();

    /** What may hold segments, in bytes. */
    long memoryLimitBytes();

    /** What the TCP port did. */
    HttpStats proxy();

    /**
     * Datagrams by source, of those that sent most in the last second in which some were dropped; empty unless sources are counted
     * ({@code --count-sources}, {@code --fair}).
     */
    Map<String, Long> topSources();

    /** Why the daemon must be restarted, or null while it works. */
    @Nullable
    String livenessProblem();

    /** Why what is received cannot be delivered now, or null when it can as far as is known. */
    @Nullable
    String readinessProblem();
}
