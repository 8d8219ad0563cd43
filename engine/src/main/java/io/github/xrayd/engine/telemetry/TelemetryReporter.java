package io.github.xrayd.engine.telemetry;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a telemetry record every 60 s once a first datagram has arrived, and sends what has gathered.
 *
 * <p>Has no thread of its own: any thread calls {@link #doWork} and {@link #finish}, and the sending runs on the
 * executor it was given. Records that cannot be sent are kept, the newest {@link #RECORDS_KEPT_MAX} of them, and tried
 * again with the next one.
 */
public final class TelemetryReporter {
    /** The time between two records, in milliseconds. */
    public static final long PERIOD_MS = 60_000;

    private static final long PERIOD_NS = PERIOD_MS * 1_000_000;

    /** The most records kept while the service is away. */
    public static final int RECORDS_KEPT_MAX = 30;

    private static final Logger LOGGER = LoggerFactory.getLogger(TelemetryReporter.class);

    private final TelemetryRecorder recorder;
    private final TelemetrySink sink;
    private final Executor executor;
    /** Held while a record is made; taken before the other locks. */
    private final Object recordLock = new Object();
    /** On the clock that never jumps; guarded by {@link #recordLock}. */
    private long nextNs;

    /** Held while sending, so that no record goes twice; never taken while {@link #lock} is held. */
    private final Object sendLock = new Object();

    private final Object lock = new Object();
    /** Guarded by {@link #lock}; oldest first. */
    private final ArrayDeque<TelemetryRecord> records = new ArrayDeque<>();
    /** Guarded by {@link #lock}. */
    private boolean isSending;

    /** @param startNs when the daemon started, as of {@link System#nanoTime}: records are made every 60 s from then */
    public TelemetryReporter(TelemetryRecorder recorder, TelemetrySink sink, Executor executor, long startNs) {
        this.recorder = recorder;
        this.sink = sink;
        this.executor = executor;
        this.nextNs = startNs + PERIOD_NS;
    }

    /**
     * Makes and sends a record when it is time.
     *
     * @param nowNs the time, as of {@link System#nanoTime}: what the wall clock says moves no record
     * @param epochMs the same in milliseconds since 1970, for the record's time stamp
     * @return the work done: 1 or 0
     */
    public int doWork(long nowNs, long epochMs) {
        synchronized (recordLock) {
            if (nowNs - nextNs < 0) {
                return 0;
            }
            nextNs += PERIOD_NS;
            if (nextNs - nowNs <= 0) {
                nextNs = nowNs + PERIOD_NS;
            }
            if (!recorder.hasReceived()) {
                return 0;
            }
            add(recorder.record(epochMs));
        }
        startSending();
        return 1;
    }

    /**
     * Makes the last record and sends all that are left; called once, when every segment is settled.
     *
     * @param epochMs milliseconds since 1970
     * @param timeoutMs how long to wait for that
     * @return whether all arrived
     */
    public boolean finish(long epochMs, long timeoutMs) {
        synchronized (recordLock) {
            if (!recorder.hasReceived()) {
                return true;
            }
            add(recorder.record(epochMs));
        }
        CountDownLatch isSent = new CountDownLatch(1);
        try {
            executor.execute(() -> {
                sendAll();
                isSent.countDown();
            });
            if (!isSent.await(timeoutMs, TimeUnit.MILLISECONDS)) {
                LOGGER.debug("Telemetry records not sent within {} ms", timeoutMs);
            }
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            // Ending, or the system gives no thread now.
            LOGGER.debug("Telemetry records not sent: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return kept() == 0;
    }

    /** Records made and not sent yet. */
    public int kept() {
        synchronized (lock) {
            return records.size();
        }
    }

    private void add(TelemetryRecord record) {
        synchronized (lock) {
            records.addLast(record);
            while (records.size() > RECORDS_KEPT_MAX) {
                records.removeFirst();
            }
        }
    }

    private void startSending() {
        synchronized (lock) {
            if (isSending) {
                return;
            }
            isSending = true;
        }
        try {
            executor.execute(() -> {
                try {
                    sendAll();
                } finally {
                    synchronized (lock) {
                        isSending = false;
                    }
                }
            });
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            synchronized (lock) {
                isSending = false;
            }
            LOGGER.debug("Telemetry records not sent: {}", e.toString());
        }
    }

    private void sendAll() {
        synchronized (sendLock) {
            sendInOrder();
        }
    }

    private void sendInOrder() {
        boolean isSent = true;
        while (isSent) {
            List<TelemetryRecord> some = new ArrayList<>(TelemetrySink.RECORDS_MAX);
            synchronized (lock) {
                for (TelemetryRecord record : records) {
                    if (some.size() < TelemetrySink.RECORDS_MAX) {
                        some.add(record);
                    }
                }
            }
            if (some.isEmpty()) {
                return;
            }
            isSent = send(some);
            if (isSent) {
                synchronized (lock) {
                    // Some may have been pushed out by newer ones meanwhile.
                    records.removeAll(some);
                }
            }
        }
    }

    private boolean send(List<TelemetryRecord> some) {
        try {
            return sink.send(some);
        } catch (Throwable e) {
            // An error too, such as a class that cannot be loaded: a record less is no reason to end the daemon.
            LOGGER.warn("Telemetry records not sent: {}", e.toString());
            return false;
        }
    }
}
