package io.github.xrayd.engine.aws;

import java.io.IOException;
import java.io.InputStream;
import org.apache.http.HttpException;
import org.apache.http.HttpResponse;
import org.apache.http.config.MessageConstraints;
import org.apache.http.entity.ContentLengthStrategy;
import org.apache.http.impl.conn.DefaultManagedHttpClientConnection;
import org.apache.http.impl.io.ChunkedInputStream;
import org.apache.http.impl.io.DefaultHttpResponseParser;
import org.apache.http.io.HttpTransportMetrics;
import org.apache.http.io.SessionInputBuffer;
import org.apache.http.util.CharArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A connection that does not believe what it reads without end: limits on each line, on a whole head, on the number of interim
 * answers (1xx) and on trailers. Logs nothing of what goes over the wire. Used by one call at a time.
 */
final class LimitedConnection extends DefaultManagedHttpClientConnection {
    /** The most characters of one line of a head or of a chunk's size with its extensions. */
    static final int LINE_LENGTH_MAX = 16 << 10;

    /** The most characters of a whole head. */
    static final int HEAD_LENGTH_MAX = 32 << 10;

    /** The most fields of a head. */
    static final int HEADERS_MAX = 128;

    /** The most interim answers before the real one. */
    static final int INTERIM_ANSWERS_MAX = 16;

    private static final MessageConstraints HEAD_LIMITS = MessageConstraints.custom()
            .setMaxLineLength(LINE_LENGTH_MAX)
            .setMaxHeaderCount(HEADERS_MAX)
            .build();
    private static final MessageConstraints TRAILER_LIMITS = MessageConstraints.custom()
            .setMaxLineLength(1 << 10)
            .setMaxHeaderCount(16)
            .build();
    private static final int BUFFER_BYTES = 8 << 10;

    /** @param id tells connections apart */
    LimitedConnection(String id) {
        super(
                id,
                BUFFER_BYTES,
                BUFFER_BYTES,
                null,
                null,
                HEAD_LIMITS,
                null,
                null,
                null,
                (buffer, constraints) -> new HeadParser(new CountedLines(buffer)));
    }

    @Override
    protected InputStream createInputStream(long length, SessionInputBuffer buffer) {
        return length == ContentLengthStrategy.CHUNKED
                ? new ChunkedInputStream(buffer, TRAILER_LIMITS)
                : super.createInputStream(length, buffer);
    }

    private static final class HeadParser extends DefaultHttpResponseParser {
        private final CountedLines lines;
        private int interimAnswers;

        HeadParser(CountedLines lines) {
            super(lines, HEAD_LIMITS);
            this.lines = lines;
        }

        @Override
        public HttpResponse parse() throws IOException, HttpException {
            lines.length = 0;
            HttpResponse head = super.parse();
            int status = head.getStatusLine().getStatusCode();
            interimAnswers = status < 200 ? interimAnswers + 1 : 0;
            if (interimAnswers > INTERIM_ANSWERS_MAX) {
                throw new IOException("more than " + INTERIM_ANSWERS_MAX + " interim answers (status " + status + ")");
            }
            return head;
        }
    }

    /** Adds up the lines of a head. */
    private static final class CountedLines implements SessionInputBuffer {
        private final SessionInputBuffer buffer;
        private int length;

        CountedLines(SessionInputBuffer buffer) {
            this.buffer = buffer;
        }

        @Override
        public int readLine(CharArrayBuffer line) throws IOException {
            int count = buffer.readLine(line);
            length += Math.max(0, count);
            if (length > HEAD_LENGTH_MAX) {
                throw new IOException("the answer's head is longer than " + HEAD_LENGTH_MAX + " characters");
            }
            return count;
        }

        @Override
        public @Nullable String readLine() throws IOException {
            CharArrayBuffer line = new CharArrayBuffer(64);
            return readLine(line) < 0 ? null : line.toString();
        }

        @Override
        public int read(byte[] target, int offset, int count) throws IOException {
            return buffer.read(target, offset, count);
        }

        @Override
        public int read(byte[] target) throws IOException {
            return buffer.read(target);
        }

        @Override
        public int read() throws IOException {
            return buffer.read();
        }

        @Override
        @SuppressWarnings("deprecation") // The interface still has it.
        public boolean isDataAvailable(int timeoutMs) throws IOException {
            return buffer.isDataAvailable(timeoutMs);
        }

        @Override
        public HttpTransportMetrics getMetrics() {
            return buffer.getMetrics();
        }
    }
}
