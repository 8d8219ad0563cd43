package io.github.xrayd.cli.log;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Which lines are written, where and how.
 *
 * @param level {@code dev}, {@code debug}, {@code info}, {@code warn}, {@code error} or {@code prod}, in any case; see
 *     {@link LogLevel}
 * @param file the log file, or null for standard output
 * @param isRotated whether the file is renamed at 50 MiB, with one older file kept
 * @param isJson whether each line is a JSON object
 */
public record LogSettings(String level, @Nullable Path file, boolean isRotated, boolean isJson) {
    /** What holds until something else is configured: {@code prod} on standard output. */
    public static final LogSettings DEFAULT = new LogSettings("prod", null, true, false);
}
