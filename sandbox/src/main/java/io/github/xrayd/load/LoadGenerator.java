package io.github.xrayd.load;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs one load: starts the senders, tells a listener how it goes, and reports. For one run; {@link #stop} may come
 * from any thread.
 */
public final class LoadGenerator {
    private static final long PROGRESS_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final LoadConfig config;
    private @Nullable Senders senders;
    private boolean isStopped;

    public LoadGenerator(LoadConfig config) {
        this.config = config;
    }

    /** Runs {@code config} to its end. */
    public static LoadReport run(LoadConfig config, LoadListener listener) throws LoadException, InterruptedException {
        return new LoadGenerator(config).run(listener);
    }

    /**
     * Sends everything and returns when the last datagram has left or {@link #stop} was called.
     *
     * @throws LoadException when the sockets cannot be opened
     */
    public LoadReport run(LoadListener listener) throws LoadException, InterruptedException {
        try (Senders running = Senders.start(config)) {
            onStarted(running);
            while (!running.await(PROGRESS_NANOS)) {
                listener.onProgress(running.progress());
            }
            listener.onProgress(running.progress());
            return running.report();
        }
    }

    /** Ends the run early; before the run starts, it ends the run at once. */
    public synchronized void stop() {
        isStopped = true;
        if (senders != null) {
            senders.stop();
        }
    }

    private synchronized void onStarted(Senders running) {
        senders = running;
        if (isStopped) {
            running.stop();
        }
    }
}
