package io.github.xrayd.plan.host;

import io.github.xrayd.child.ProcFs;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What Linux reports of a process: processor time by thread, resident memory. See proc(5).
 *
 * <p>What a thread used is gone when it ends, so a thread of this looks every {@value #LOOK_SECONDS} s: threads of
 * calls end after 10 idle seconds, and what they used before is then known.
 */
final class ProcessStat implements AutoCloseable {
    private static final int LOOK_SECONDS = 2;
    private static final int DATA_PATH = 0;
    private static final int CALLS = 1;
    private static final int OTHER = 2;
    private static final int COMPILERS = 3;

    private final long pid;
    /** Kind and seconds of every thread that ever lived here, as far as it was seen. */
    private final Map<Long, Use> seen = new ConcurrentHashMap<>();

    private final ScheduledExecutorService watcher = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "process-stat");
        thread.setDaemon(true);
        return thread;
    });

    private record Use(int kind, double seconds) {}

    ProcessStat(long pid) {
        this.pid = pid;
        var unused = watcher.scheduleWithFixedDelay(this::lookQuietly, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    private void lookQuietly() {
        try {
            look();
        } catch (IOException e) {
            // The process has ended; asking for its times reports that.
        }
    }

    /** Looks no more. */
    @Override
    public void close() {
        watcher.shutdownNow();
    }

    /**
     * Processor time of each kind of thread, in seconds.
     *
     * @param dataPath of receivers, validators, batchers, uploader
     * @param calls of upload calls
     * @param other of the JVM and the rest
     * @param compilers of the JVM's compilers, which end when the code is warm
     */
    record Times(double dataPath, double calls, double other, double compilers) {
        /** All that goes on: without the compilers. */
        double lasting() {
            return dataPath + calls + other;
        }

        Times minus(Times before) {
            return new Times(
                    dataPath - before.dataPath,
                    calls - before.calls,
                    other - before.other,
                    compilers - before.compilers);
        }
    }

    /** Looks at all threads; what one that has ended used until it was last looked at stays counted. */
    Times times() throws LoadTestException {
        try {
            look();
        } catch (IOException e) {
            throw new LoadTestException("the daemon's threads cannot be read: " + e.getMessage(), e);
        }
        double[] sums = new double[4];
        seen.values().forEach(use -> sums[use.kind()] += use.seconds());
        return new Times(sums[DATA_PATH], sums[CALLS], sums[OTHER], sums[COMPILERS]);
    }

    private void look() throws IOException {
        for (ProcFs.ThreadTime thread : ProcFs.threadTimes(pid)) {
            seen.put(thread.id(), new Use(kind(thread.name()), thread.cpuNanos() * 1e-9));
        }
    }

    private static int kind(String name) {
        if (name.startsWith("receiver") || name.startsWith("batcher") || name.equals("uploader")) {
            return DATA_PATH;
        }
        return name.startsWith("upload-") ? CALLS : name.contains("CompilerThre") ? COMPILERS : OTHER;
    }

    /** Resident memory at its highest since the process began or {@link #resetPeak} was called, in bytes. */
    long residentPeak() throws LoadTestException {
        return bytes(ProcFs::residentPeakBytes);
    }

    /** Resident memory now, in bytes. */
    long resident() throws LoadTestException {
        return bytes(ProcFs::residentBytes);
    }

    /** Lets the highest begin anew, where the system allows it. */
    void resetPeak() {
        try {
            ProcFs.resetResidentPeak(pid);
        } catch (IOException e) {
            // Then the highest of the whole life counts; it is rarely that of the start.
        }
    }

    private interface Reading {
        long of(long pid) throws IOException;
    }

    private long bytes(Reading reading) throws LoadTestException {
        try {
            return reading.of(pid);
        } catch (IOException e) {
            throw new LoadTestException("the daemon's memory cannot be read: " + e.getMessage(), e);
        }
    }
}
