package io.github.xrayd.chaos;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A {@link Companion} at work, on a thread of its own. */
final class SideTraffic {
    private final CompletableFuture<Map<String, Long>> sent = new CompletableFuture<>();

    private SideTraffic() {}

    /** Begins to send. */
    static SideTraffic start(Companion companion, InetSocketAddress target, long seed, Duration duration) {
        SideTraffic traffic = new SideTraffic();
        Thread thread = new Thread(() -> traffic.send(companion, target, seed, duration), "chaos-companion");
        thread.setDaemon(true);
        thread.start();
        return traffic;
    }

    private void send(Companion companion, InetSocketAddress target, long seed, Duration duration) {
        try {
            sent.complete(companion.send(target, seed, duration));
        } catch (IOException | InterruptedException | RuntimeException e) {
            sent.completeExceptionally(e);
        }
    }

    /** Waits for its end; what the ledger must have of it. */
    Map<String, Long> join() throws ChaosException {
        try {
            return sent.join();
        } catch (CompletionException e) {
            throw new ChaosException("sending beside the load failed: " + e.getCause(), e);
        }
    }
}
