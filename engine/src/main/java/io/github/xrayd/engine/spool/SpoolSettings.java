package io.github.xrayd.engine.spool;

import io.github.xrayd.engine.encode.BodyEncoding;
import java.nio.file.Path;

/**
 * Where batches go when memory is not enough.
 *
 * @param directory the spool's own directory; made when missing
 * @param bytesMax the most bytes of files to keep there, at least {@link #BYTES_MIN}
 * @param fileBytes length at which a spool file is closed and the next begun, 4 KiB to 64 MiB
 * @param encoding what the bodies are; files of another encoding are left alone
 */
public record SpoolSettings(Path directory, long bytesMax, int fileBytes, BodyEncoding encoding) {
    /** The smallest limit, in bytes. */
    public static final long BYTES_MIN = 64 << 10;

    private static final int FILE_BYTES = 8 << 20;
    private static final int FILE_BYTES_MIN = 4 << 10;

    public SpoolSettings {
        if (bytesMax < BYTES_MIN) {
            throw new IllegalArgumentException(
                    "The spool limit is " + bytesMax + " bytes; it must be at least " + BYTES_MIN + " bytes");
        }
        if (fileBytes < FILE_BYTES_MIN || fileBytes > SpoolFileLayout.FILE_BYTES_MAX) {
            throw new IllegalArgumentException("The spool file size is " + fileBytes + " bytes; it must be "
                    + FILE_BYTES_MIN + " to " + SpoolFileLayout.FILE_BYTES_MAX + " bytes");
        }
    }

    /** The documented defaults: files of 8 MiB (less below a limit of 128 MiB, more above 32 GiB), X-Ray JSON. */
    public SpoolSettings(Path directory, long bytesMax) {
        this(directory, bytesMax, fileBytes(bytesMax), BodyEncoding.XRAY_JSON);
    }

    /** The same for bodies of another encoding. */
    public SpoolSettings holding(BodyEncoding other) {
        return new SpoolSettings(directory, bytesMax, fileBytes, other);
    }

    /** A sixteenth of a small limit, so that room comes back in small steps; at most 4,096 files for a large one. */
    private static int fileBytes(long bytesMax) {
        long bytes = Math.max(Math.min(FILE_BYTES, bytesMax / 16), bytesMax / 4096);
        return (int) Math.max(FILE_BYTES_MIN, Math.min(SpoolFileLayout.FILE_BYTES_MAX, bytes));
    }
}
