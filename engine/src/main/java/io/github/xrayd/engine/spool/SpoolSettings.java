package io.github.xrayd.engine.spool;

import java.nio.file.Path;

/**
 * Where batches go when memory is not enough.
 *
 * @param directory the spool's own directory; made when missing
 * @param bytesMax the most bytes of files to keep there
 */
public record SpoolSettings(Path directory, long bytesMax) {}
