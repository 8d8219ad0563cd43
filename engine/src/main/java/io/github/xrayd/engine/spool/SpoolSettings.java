package io.github.xrayd.engine.spool;

import java.nio.file.Path;

/**
 * Where batches go when memory is not enough, and how safely.
 *
 * @param directory the spool's own directory; made when missing
 * @param bytesMax the most bytes of files to keep there, at least {@link #BYTES_MIN}
 * @param sync when records are forced to the disk
 * @param syncIntervalMs milliseconds between syncs under {@link SpoolSync#INTERVAL}, 1 to 60,000
 * @param segmentBytes length at which a segment file is closed and the next begun, 4 KiB to 64 MiB
 */
public record SpoolSettings(Path directory, long bytesMax, SpoolSync sync, long syncIntervalMs, int segmentBytes) {
    /** The smallest limit, in bytes. */
    public static final long BYTES_MIN = 64 << 10;

    /** Milliseconds between syncs unless told otherwise. */
    public static final long SYNC_INTERVAL_MS = 100;

    private static final int SEGMENT_BYTES = 8 << 20;
    private static final int SEGMENT_BYTES_MIN = 4 << 10;
    private static final int SEGMENT_BYTES_MAX = 64 << 20;

    public SpoolSettings {
        check(bytesMax >= BYTES_MIN, "spool limit", bytesMax + " bytes", "at least " + BYTES_MIN + " bytes");
        check(
                syncIntervalMs >= 1 && syncIntervalMs <= 60_000,
                "sync interval",
                syncIntervalMs + " ms",
                "1 to 60000 ms");
        check(
                segmentBytes >= SEGMENT_BYTES_MIN && segmentBytes <= SEGMENT_BYTES_MAX,
                "segment size",
                segmentBytes + " bytes",
                SEGMENT_BYTES_MIN + " to " + SEGMENT_BYTES_MAX + " bytes");
    }

    /** The documented defaults: group sync, and segments of 8 MiB; less below a limit of 128 MiB, more above 32 GiB. */
    public SpoolSettings(Path directory, long bytesMax) {
        this(directory, bytesMax, SpoolSync.INTERVAL, SYNC_INTERVAL_MS, segmentBytes(bytesMax));
    }

    /** A sixteenth of a small limit, so that room comes back in small steps; at most 4,096 files for a large one. */
    private static int segmentBytes(long bytesMax) {
        long bytes = Math.max(Math.min(SEGMENT_BYTES, bytesMax / 16), bytesMax / 4096);
        return (int) Math.max(SEGMENT_BYTES_MIN, Math.min(SEGMENT_BYTES_MAX, bytes));
    }

    private static void check(boolean isValid, String what, String value, String range) {
        if (!isValid) {
            throw new IllegalArgumentException("The " + what + " is " + value + "; it must be " + range);
        }
    }
}
