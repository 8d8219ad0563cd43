package io.github.xrayd.chaos;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;

/** Sends something else beside the load, and knows what must become of it. */
interface Companion {
    /** Sends nothing. */
    Companion NONE = (target, seed, duration) -> Map.of();

    /**
     * Sends all of it; called on a thread of its own.
     *
     * @param duration about how long the load lasts
     * @return how many datagrams the ledger must have under each reason, such as {@code rejected.header}
     */
    Map<String, Long> send(InetSocketAddress target, long seed, Duration duration)
            throws IOException, InterruptedException;
}
