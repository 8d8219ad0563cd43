package io.github.xrayd.engine.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Reads request bodies within a limit for each and one for all together. Thread-safe. */
final class RequestBodies {
    /** The most bytes of one body; what SDKs send stays below 10 kB. */
    static final int BODY_BYTES_MAX = 1 << 20;

    /** The most bytes of all bodies that are being read or forwarded. */
    static final int TOTAL_BYTES_MAX = 8 << 20;

    private static final int CHUNK_BYTES = 8 << 10;

    private final Semaphore room = new Semaphore(TOTAL_BYTES_MAX);

    /** A body, and the room it takes until it is closed. */
    final class Body implements AutoCloseable {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        private int taken;

        byte[] bytes() {
            return bytes.toByteArray();
        }

        private void add(byte[] chunk, int length) throws RefusedException {
            if (bytes.size() + length > BODY_BYTES_MAX) {
                throw tooLong();
            }
            if (!room.tryAcquire(length)) {
                throw new RefusedException(new Refusal(
                        503, ProxyCounter.OVERLOADED, "Too many request bodies are being read; try again."));
            }
            taken += length;
            bytes.write(chunk, 0, length);
        }

        @Override
        public void close() {
            room.release(taken);
            taken = 0;
        }
    }

    /**
     * Reads a body to its end.
     *
     * @param contentLength the value of Content-Length, or null
     * @throws RefusedException when it is too long
     * @throws IOException when the client leaves or takes too long
     */
    Body read(@Nullable String contentLength, InputStream in) throws RefusedException, IOException {
        if (contentLength != null && (contentLength.length() > 10 || Long.parseLong(contentLength) > BODY_BYTES_MAX)) {
            throw tooLong();
        }
        Body body = new Body();
        boolean isRead = false;
        try {
            byte[] chunk = new byte[CHUNK_BYTES];
            int length;
            while ((length = in.read(chunk)) >= 0) {
                body.add(chunk, length);
            }
            isRead = true;
            return body;
        } finally {
            if (!isRead) {
                body.close();
            }
        }
    }

    private static RefusedException tooLong() {
        return new RefusedException(
                new Refusal(413, ProxyCounter.REFUSED_BODY, "The body is longer than " + BODY_BYTES_MAX + " bytes."));
    }
}
