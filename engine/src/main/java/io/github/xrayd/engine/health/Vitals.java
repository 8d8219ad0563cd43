package io.github.xrayd.engine.health;

import io.github.xrayd.engine.proxy.ProxyStats;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Ledger;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the pages ask the daemon; answered without waiting, from any thread. */
public interface Vitals {
    /** The sum of a counter over all stages that have it. */
    long count(Counter counter);

    /** Where every datagram is. */
    Ledger ledger();

    /** Datagrams the kernel dropped since the sockets were bound, or -1 when this system does not tell. */
    long kernelDrops();

    /** What may hold segments, in bytes. */
    long memoryLimitBytes();

    /** What the TCP port did. */
    ProxyStats proxy();

    /** Bytes the spool takes on its disk; 0 without a spool. */
    long spoolBytes();

    /**
     * Datagrams by source, of those that sent most in the last second in which some were dropped; empty unless sources are counted
     * ({@code --count-sources}, {@code --fair}).
     */
    Map<String, Long> topSources();

    /** Why the daemon must be restarted, or null while it works. */
    @Nullable
    String ailment();

    /** Why what is received cannot be delivered now, or null when it can as far as is known. */
    @Nullable
    String unreadiness();
}
