package io.github.xrayd.cli;

import io.github.xrayd.engine.StartException;
import org.jspecify.annotations.Nullable;

/**
 * The memory limit for segments beside what the JVM needs in the same control group. Pure.
 *
 * @param megabytes the limit for segments
 * @param warning why it is less than was asked for, and what to do; null when it is not
 */
record MemoryPlan(long megabytes, @Nullable String warning) {
    /**
     * What the JVM needs beside its heap, in MB, unless the launcher says otherwise: classes, code, compilers, threads.
     */
    private static final long JVM_MEGABYTES = 56;

    private static final long HEAP_MEGABYTES = 64;

    /** What class data takes more where the launcher's archive is missing or was refused, in MB. */
    private static final long NO_ARCHIVE_MEGABYTES = 6;

    /** What batches on their way to a spool and back take beside the limit, in MB. */
    private static final long SPOOL_MEGABYTES = 8;

    /**
     * Divides what the process may have.
     *
     * @param wanted MB asked for with {@code -m}, or 0 for 1 % of {@code hostBytes}
     * @param least MB below which no engine starts
     * @param hostBytes the memory of the host or of its control groups, or 0 when unknown
     * @param groupBytes the lowest limit of the control groups, or 0 for none
     * @param jvmMegabytes what the JVM needs
     * @throws StartException when the control group has no room for {@code least}
     */
    static MemoryPlan of(long wanted, long least, long hostBytes, long groupBytes, long jvmMegabytes)
            throws StartException {
        long megabytes = wanted > 0 ? wanted : Math.max(least, (hostBytes / 100) >> 20);
        if (groupBytes <= 0) {
            return new MemoryPlan(megabytes, null);
        }
        long group = groupBytes >> 20;
        long room = group - jvmMegabytes;
        if (room < least) {
            throw new StartException("The memory limit of this control group (container), " + group
                    + " MB, is too small: the JVM needs up to " + jvmMegabytes + " MB, segments at least " + least
                    + " MB. Raise the limit to at least " + (jvmMegabytes + least) + " MB.");
        }
        if (megabytes <= room) {
            return new MemoryPlan(megabytes, null);
        }
        return new MemoryPlan(
                room,
                "Using " + room + " MB instead of " + megabytes + " MB: of the " + group
                        + " MB that this control group (container) may use, the JVM needs up to " + jvmMegabytes
                        + " MB. Raise the group's limit to " + (jvmMegabytes + megabytes) + " MB, or set -m " + room
                        + ".");
    }

    /**
     * What the daemon's JVM needs in MB: its heap and, as the launcher knows, all that is not heap.
     *
     * @param heapBytes the heap's limit of a running daemon, or 0 for the one that the launcher gives to daemons
     * @param hasArchive whether classes come from the launcher's archive
     * @param hasSpool whether batches go through a spool
     */
    static long jvmMegabytes(long heapBytes, boolean hasArchive, boolean hasSpool) {
        long heap = Math.max(heapMegabytes(), heapBytes >> 20);
        return heap
                + Long.getLong("xrayd.jvm.megabytes", JVM_MEGABYTES)
                + (hasArchive ? 0 : NO_ARCHIVE_MEGABYTES)
                + (hasSpool ? SPOOL_MEGABYTES : 0);
    }

    /** The heap's limit of daemons that this launcher starts here, in MB. */
    static long heapMegabytes() {
        return Long.getLong("xrayd.heap.megabytes", HEAP_MEGABYTES);
    }
}
