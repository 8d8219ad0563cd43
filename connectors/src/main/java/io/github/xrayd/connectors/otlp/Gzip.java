package io.github.xrayd.connectors.otlp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Compresses bodies at the fastest level: spans repeat themselves so much that a slower one gains little. */
final class Gzip extends GZIPOutputStream {
    private static final int CHUNK_BYTES = 8 << 10;

    private Gzip(OutputStream out) throws IOException {
        super(out, CHUNK_BYTES);
        def.setLevel(Deflater.BEST_SPEED);
    }

    static byte[] compressed(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length / 4 + CHUNK_BYTES);
        try (Gzip gzip = new Gzip(out)) {
            gzip.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException("there is only memory", e);
        }
        return out.toByteArray();
    }
}
