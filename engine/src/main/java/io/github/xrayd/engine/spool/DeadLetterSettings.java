package io.github.xrayd.engine.spool;

import java.nio.file.Path;

/**
 * Where rejected documents are kept for inspection.
 *
 * @param directory a directory of their own; made when missing
 * @param bytesMax the most bytes of files to keep, at least 128 KiB, so that the largest document fits
 */
public record DeadLetterSettings(Path directory, long bytesMax) {
    private static final long BYTES_MIN = 128 << 10;

    public DeadLetterSettings {
        if (bytesMax < BYTES_MIN) {
            throw new IllegalArgumentException(
                    "The dead letter limit is " + bytesMax + " bytes; it must be at least " + BYTES_MIN);
        }
    }
}
