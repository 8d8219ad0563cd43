package io.github.xrayd.engine.spool;

import java.nio.file.Path;

/**
 * Where rejected documents are kept for inspection.
 *
 * @param directory a directory of their own; made when missing
 * @param bytesMax the most bytes of files to keep, at least 128 KiB, so that the largest document fits
 * @param filesMax the most files to keep, 1 to 100,000
 */
public record DeadLetterSettings(Path directory, long bytesMax, int filesMax) {
    /** Files kept unless told otherwise. */
    public static final int FILES_MAX = 1000;

    private static final long BYTES_MIN = 128 << 10;

    public DeadLetterSettings {
        if (bytesMax < BYTES_MIN) {
            throw new IllegalArgumentException(
                    "The dead letter limit is " + bytesMax + " bytes; it must be at least " + BYTES_MIN);
        }
        if (filesMax < 1 || filesMax > 100_000) {
            throw new IllegalArgumentException(
                    "The dead letter limit is " + filesMax + " files; it must be 1 to 100000");
        }
    }

    /** The documented defaults: 16 MiB in 1,000 files. */
    public DeadLetterSettings(Path directory) {
        this(directory, 16L << 20, FILES_MAX);
    }
}
