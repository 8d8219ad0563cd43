package io.github.xrayd.cli.log;

import java.io.IOException;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * Takes events from any thread and writes them, one lock per line, to one target in one format.
 *
 * <p>A line that cannot be written is counted, and the count is said when lines can be written again.
 */
final class LogSink {
    private final LogClock clock;
    private final LineFormat format;
    private final LogTarget target;
    private final Folding folding = new Folding();
    private final @Nullable ThreadFactory timers;
    private @Nullable Thread timer;
    private boolean isClosed;
    private long lost;
    private long lostUnsaid;
    private String lostReason = "";

    /** @param isTimerUsed whether a thread says what was folded when nothing else is logged */
    LogSink(LogClock clock, LineFormat format, LogTarget target, boolean isTimerUsed) {
        this(clock, format, target, isTimerUsed ? LogSink::newTimer : null);
    }

    /** @param timers makes that thread, or null for none */
    LogSink(LogClock clock, LineFormat format, LogTarget target, @Nullable ThreadFactory timers) {
        this.clock = clock;
        this.format = format;
        this.target = target;
        this.timers = timers;
    }

    private static Thread newTimer(Runnable task) {
        Thread made = new Thread(null, task, "log-folding", 128 << 10);
        made.setDaemon(true);
        return made;
    }

    synchronized void log(LogEvent event) {
        endOldFolds();
        if (isClosed || event.level().toInt() < Level.WARN.toInt()) {
            write(event);
        } else if (folding.isWritten(event, clock.monotonicNs())) {
            write(event);
        } else {
            startTimer();
        }
    }

    /** Says what was folded and whose second is over. */
    synchronized void endOldFolds() {
        if (!folding.isEmpty()) {
            folding.endOld(clock.monotonicNs(), this::write);
        }
    }

    synchronized void reopen() throws IOException {
        target.reopen();
    }

    /**
     * Says everything that was folded, and gives the target back. Lines that come later are written when the target
     * still can.
     */
    synchronized void close() {
        folding.endAll(this::write);
        isClosed = true;
        if (timer != null) {
            timer.interrupt();
        }
        try {
            target.close();
        } catch (IOException e) {
            onLost(e);
        }
    }

    /** Lines that could not be written. */
    synchronized long lost() {
        return lost;
    }

    private void write(LogEvent event) {
        long nowMs = clock.epochMs();
        try {
            target.write(format.line(nowMs, event));
            if (lostUnsaid > 0) {
                String text = lostUnsaid + " log lines could not be written: " + lostReason;
                lostUnsaid = 0;
                target.write(format.line(nowMs, new LogEvent(Level.WARN, LogSink.class.getName(), "", text, null)));
            }
        } catch (IOException | RuntimeException e) {
            onLost(e);
        }
    }

    private void onLost(Exception e) {
        lost++;
        lostUnsaid++;
        lostReason = String.valueOf(e.getMessage());
    }

    private void startTimer() {
        if (timers == null || timer != null) {
            return;
        }
        Thread made = timers.newThread(this::time);
        try {
            made.start();
            timer = made;
        } catch (OutOfMemoryError e) {
            // The system gives no thread now. What is folded is said by the next line, or at the end; whoever logs must
            // not fail by it.
            timer = null;
        }
    }

    /** Ends with the last counted event, so that a quiet daemon has no thread for this. */
    private void time() {
        try {
            while (true) {
                Thread.sleep(Folding.INTERVAL_NS / 1_000_000 / 4);
                synchronized (this) {
                    endOldFolds();
                    if (isClosed || !folding.hasCounts()) {
                        timer = null;
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
