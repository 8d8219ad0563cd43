package io.github.xrayd.chaos;

import io.github.xrayd.child.DaemonProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A {@link BackgroundTraffic} at work, on a thread of its own. */
final class BackgroundRun {
    private final CompletableFuture<BackgroundTraffic.Seen> sent = new CompletableFuture<>();

    private BackgroundRun() {}

    /** Begins to send. */
    static BackgroundRun start(BackgroundTraffic background, DaemonProcess daemon, long seed, Duration duration) {
        BackgroundRun traffic = new BackgroundRun();
        Thread thread = new Thread(() -> traffic.send(background, daemon, seed, duration), "chaos-background");
        thread.setDaemon(true);
        thread.start();
        return traffic;
    }

    private void send(BackgroundTraffic background, DaemonProcess daemon, long seed, Duration duration) {
        try {
            sent.complete(background.send(daemon, seed, duration));
        } catch (IOException | InterruptedException | RuntimeException e) {
            sent.completeExceptionally(e);
        }
    }

    /** Waits for its end. */
    BackgroundTraffic.Seen join() throws ChaosException {
        try {
            return sent.join();
        } catch (CompletionException e) {
            throw new ChaosException("sending beside the load failed: " + e.getCause(), e);
        }
    }
}
