package io.github.xrayd.loadtest;

import io.github.xrayd.child.ProcFs;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/** Watches a process's resident memory twenty times a second, from its making to its closing. */
final class PeakMemory implements AutoCloseable {
    private static final long INTERVAL_NANOS = 50_000_000;

    private final long pid;
    private final Thread thread = new Thread(this::watch, "load-test-memory");
    private volatile boolean isRunning = true;
    private volatile long peakBytes;

    PeakMemory(long pid) {
        this.pid = pid;
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        while (isRunning) {
            sample();
            LockSupport.parkNanos(INTERVAL_NANOS);
        }
    }

    private synchronized void sample() {
        try {
            peakBytes = Math.max(peakBytes, ProcFs.residentBytes(pid));
        } catch (IOException e) {
            // The process has ended; what was seen stands.
            isRunning = false;
        }
    }

    /** The most that was seen, in bytes. */
    long peakBytes() {
        sample();
        return peakBytes;
    }

    @Override
    public void close() {
        isRunning = false;
        LockSupport.unpark(thread);
    }
}
