package io.github.xrayd.cli.log;

import java.io.IOException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * Takes events from any thread and writes them, one lock per line, to one target in one format.
 *
 * <p>A line that cannot be written is counted, and the count is said when lines can be written again. The same holds
 * for lines that come while another one has not been taken for {@link #WAIT_MS}, by a pipe that nobody reads, say:
 * whoever logs goes on.
 */
final class LogSink {
    static final long WAIT_MS = 2_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicLong missed = new AtomicLong();
    private final long waitMs;
    private volatile boolean isStuck;
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
        this(clock, format, target, isTimerUsed ? LogSink::newTimer : null, WAIT_MS);
    }

    /**
     * As above.
     *
     * @param timers makes that thread, or null for none
     * @param waitMs how long a line waits for those before it, in milliseconds
     */
    LogSink(LogClock clock, LineFormat format, LogTarget target, @Nullable ThreadFactory timers, long waitMs) {
        this.waitMs = waitMs;
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

    void log(LogEvent event) {
        if (!enter()) {
            missed.incrementAndGet();
            return;
        }
        try {
            endOldFolds();
            if (isClosed || event.level().toInt() < Level.WARN.toInt()) {
                write(event);
            } else if (folding.isWritten(event, clock.monotonicNs())) {
                write(event);
            } else {
                startTimer();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Takes the lock, or returns false where who has it does not come back; then nobody waits for it any more. */
    private boolean enter() {
        boolean isEntered = lock.tryLock();
        if (!isEntered && !isStuck) {
            boolean isInterrupted = Thread.interrupted();
            try {
                isEntered = lock.tryLock(waitMs, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
        isStuck = !isEntered;
        return isEntered;
    }

    /** Says what was folded and whose second is over. */
    void endOldFolds() {
        if (!enter()) {
            return;
        }
        try {
            if (!folding.isEmpty()) {
                folding.endOld(clock.monotonicNs(), this::write);
            }
        } finally {
            lock.unlock();
        }
    }

    void reopen() throws IOException {
        if (!enter()) {
            return;
        }
        try {
            target.reopen();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Says everything that was folded, and gives the target back. Lines that come later are written when the target
     * still can.
     */
    void close() {
        if (!enter()) {
            return;
        }
        try {
            folding.endAll(this::write);
            isClosed = true;
            if (timer != null) {
                timer.interrupt();
            }
            target.close();
        } catch (IOException e) {
            onLost(e);
        } finally {
            lock.unlock();
        }
    }

    /** Lines that could not be written, among those that the target was asked to take. */
    long lost() {
        lock.lock();
        try {
            return lost;
        } finally {
            lock.unlock();
        }
    }

    private void write(LogEvent event) {
        long nowMs = clock.epochMs();
        try {
            target.write(format.line(nowMs, event));
            long missedNow = missed.getAndSet(0);
            if (missedNow > 0) {
                lost += missedNow;
                lostUnsaid += missedNow;
                lostReason = "the log took no line for more than " + waitMs + " ms";
            }
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
                if (!enter()) {
                    continue;
                }
                try {
                    endOldFolds();
                    if (isClosed || !folding.hasCounts()) {
                        timer = null;
                        return;
                    }
                } finally {
                    lock.unlock();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
