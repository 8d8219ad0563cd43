package io.github.xrayd.chaos;

import io.github.xrayd.child.DaemonProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Sends something else beside the load, and knows what must become of it. */
interface BackgroundTraffic {
    /** Sends nothing. */
    BackgroundTraffic NONE = (daemon, seed, duration) -> Seen.counting(Map.of());

    /**
     * What was sent, and what was seen.
     *
     * @param datagrams how many datagrams the ledger must have under each reason, such as {@code rejected.header}
     * @param findings what the daemon did that it must not do, as text
     */
    record Seen(Map<String, Long> datagrams, List<String> findings) {
        public Seen {
            datagrams = Map.copyOf(datagrams);
            findings = List.copyOf(findings);
        }

        static Seen counting(Map<String, Long> datagrams) {
            return new Seen(datagrams, List.of());
        }
    }

    /**
     * Sends all of it; called on a thread of its own.
     *
     * @param duration about how long the load lasts
     */
    Seen send(DaemonProcess daemon, long seed, Duration duration) throws IOException, InterruptedException;
}
