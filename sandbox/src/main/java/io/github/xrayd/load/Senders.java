package io.github.xrayd.load;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The sending threads of one run with their sockets: started together on one schedule, read at any time, stopped once.
 *
 * <p>For a caller that does other work meanwhile, such as a load test; {@link LoadGenerator} is the simple way.
 */
public final class Senders implements AutoCloseable {
    private static final long START_DELAY_NANOS = 2_000_000;

    private final LoadConfig config;
    private final SourceSockets sockets;
    private final Sender[] senders;
    private final Thread[] threads;
    private volatile boolean isStopped;

    private Senders(LoadConfig config, SourceSockets sockets, Sender[] senders, Thread[] threads) {
        this.config = config;
        this.sockets = sockets;
        this.senders = senders;
        this.threads = threads;
    }

    /**
     * Opens the sockets, makes the documents and starts the threads.
     *
     * @throws LoadException when the sockets cannot be opened
     */
    public static Senders start(LoadConfig config) throws LoadException {
        SourceSockets sockets = new SourceSockets(config.target(), config.sources());
        int count = config.threads();
        long startEpochMillis = System.currentTimeMillis();
        DatagramLibrary[] libraries = new DatagramLibrary[count];
        for (int i = 0; i < count; i++) {
            libraries[i] = DatagramLibrary.of(config, startEpochMillis, i);
        }
        SendSchedule schedule =
                new SendSchedule(config.ratePerSecond(), config.pacing().toNanos());
        // With a rate the count alone ends the run: ending by the clock as well would cut off what is late.
        long durationLimitNanos = config.isLineRate() && !config.duration().isZero()
                ? config.duration().toNanos()
                : Long.MAX_VALUE;
        long startNanoTime = System.nanoTime() + START_DELAY_NANOS * count;
        Sender[] senders = new Sender[count];
        Thread[] threads = new Thread[count];
        for (int i = 0; i < count; i++) {
            senders[i] = new Sender(
                    schedule,
                    libraries[i],
                    sockets.share(i, count),
                    i,
                    count,
                    config.plannedCount(),
                    startNanoTime,
                    durationLimitNanos);
            threads[i] = new Thread(senders[i], "load-" + i);
            threads[i].setDaemon(true);
        }
        for (Thread thread : threads) {
            thread.start();
        }
        return new Senders(config, sockets, senders, threads);
    }

    /** Waits until all threads have ended, at most {@code timeoutNanos}; returns whether they have. */
    public boolean await(long timeoutNanos) throws InterruptedException {
        long deadline = System.nanoTime() + timeoutNanos;
        for (Thread thread : threads) {
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            thread.join(Math.max(1, leftMillis));
            if (thread.isAlive()) {
                return false;
            }
        }
        return true;
    }

    /** Lets the run end early; what was sent is still reported. Any thread. */
    public void stop() {
        isStopped = true;
        for (Sender sender : senders) {
            sender.stop();
        }
    }

    /** Where the run is now; any thread. */
    public LoadProgress progress() {
        long sent = 0;
        long lagNanos = 0;
        long errors = 0;
        long elapsedNanos = 0;
        for (Sender sender : senders) {
            sent += sender.sent();
            lagNanos = Math.max(lagNanos, sender.lagNanos());
            elapsedNanos = Math.max(elapsedNanos, sender.elapsedNanos());
            for (SendError kind : SendError.values()) {
                errors += sender.errors(kind);
            }
        }
        return new LoadProgress(config, sent, errors, lagNanos, elapsedNanos);
    }

    /** What the run did; complete once {@link #await} returned true. */
    public LoadReport report() {
        long sent = 0;
        long sequenceLimit = 0;
        long bytes = 0;
        long lagNanosMax = 0;
        long durationNanos = 0;
        String otherError = null;
        Map<SendError, Long> errors = new EnumMap<>(SendError.class);
        for (Sender sender : senders) {
            sent += sender.sent();
            sequenceLimit = Math.max(sequenceLimit, sender.sequenceLimit());
            bytes += sender.sentBytes();
            lagNanosMax = Math.max(lagNanosMax, sender.lagNanosMax());
            durationNanos = Math.max(durationNanos, sender.elapsedNanos());
            otherError = firstNonNull(otherError, sender.otherError());
            for (SendError kind : SendError.values()) {
                if (sender.errors(kind) > 0) {
                    errors.merge(kind, sender.errors(kind), Long::sum);
                }
            }
        }
        return new LoadReport(
                config, sent, sequenceLimit, bytes, errors, otherError, lagNanosMax, durationNanos, isStopped);
    }

    /** Stops the threads and closes the sockets. */
    @Override
    public void close() {
        stop();
        boolean isInterrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    isInterrupted = true;
                }
            }
        }
        sockets.close();
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static @Nullable String firstNonNull(@Nullable String first, @Nullable String second) {
        return first != null ? first : second;
    }
}
