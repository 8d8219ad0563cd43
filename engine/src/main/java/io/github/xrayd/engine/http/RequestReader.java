package io.github.xrayd.engine.http;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.Locale;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpRequestFactory;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.UnsupportedHttpVersionException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.BasicHttpTransportMetrics;
import org.apache.hc.core5.http.impl.nio.ChunkDecoder;
import org.apache.hc.core5.http.impl.nio.DefaultHttpRequestParser;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.SessionInputBuffer;
import org.apache.hc.core5.util.CharArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads one request as its bytes come, with HttpCore's parser and chunk decoder, within the limits of
 * {@link HttpLimits}.
 *
 * <p>Stricter than those two where a lenient reader and a strict one would disagree on where a request ends. Belongs to
 * the port's thread; {@link #close} gives back what it took of the budgets.
 */
public final class RequestReader implements SessionInputBuffer, AutoCloseable {
    private static final Http1Config CONFIG = Http1Config.custom()
            .setMaxHeaderCount(HttpLimits.HEADERS_MAX)
            .setMaxLineLength(HttpLimits.CHUNK_LINE_BYTES_MAX)
            .build();
    private static final Http1Config HEAD_CONFIG =
            Http1Config.copy(CONFIG).setMaxLineLength(HttpLimits.HEAD_BYTES_MAX).build();
    private static final ReadableByteChannel NO_CHANNEL = Channels.newChannel(java.io.InputStream.nullInputStream());
    private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);
    private static final int TAKEN_AT_ONCE = 512;
    private static final int BODY_BYTES_FIRST = 1024;

    private final Budget heads;
    private final Budget bodies;
    private final int bodyBytesMax;
    private final DefaultHttpRequestParser<HttpRequest> parser =
            new DefaultHttpRequestParser<>(HEAD_CONFIG, new RawTargets());
    private final CharArrayBuffer line = new CharArrayBuffer(64);

    private ByteBuffer input = NO_BYTES;
    private boolean isAfterCr;
    private int headBytes;
    private int headBytesTaken;

    private @Nullable ChunkDecoder chunks;
    private boolean isInTrailers;
    /** Bytes of the body that are still to come; -1 when only its chunks say so. */
    private long remaining;

    private byte[] body = new byte[0];
    private int bodyBytes;
    private int bodyBytesTaken;

    /**
     * A reader of one request.
     *
     * @param bodyBytesMax bytes that its body may have
     */
    public RequestReader(Budget heads, Budget bodies, int bodyBytesMax) {
        this.bodyBytesMax = bodyBytesMax;
        this.heads = heads;
        this.bodies = bodies;
    }

    /** Keeps each request's target as it was sent; HttpCore's own factory takes it apart. */
    private static final class RawTargets implements HttpRequestFactory<HttpRequest> {
        @Override
        public HttpRequest newHttpRequest(String method, String target) {
            return new BasicHttpRequest(method, null, null, target);
        }

        @Override
        public HttpRequest newHttpRequest(String method, URI target) {
            return new BasicHttpRequest(method, target);
        }
    }

    /**
     * Takes as much of {@code bytes} as belongs to the head.
     *
     * @return the request without its body, or null when there is more to come
     * @throws RefusedException when it cannot be served
     */
    @Nullable
    public HttpRequest head(ByteBuffer bytes) throws RefusedException {
        input = bytes;
        try {
            HttpRequest request = parser.parse(this, false);
            if (request != null) {
                check(request);
            }
            return request;
        } catch (RefusedException e) {
            throw e;
        } catch (UnsupportedHttpVersionException e) {
            throw refused(505, "This port speaks HTTP/1.1 and HTTP/1.0.");
        } catch (MessageConstraintException e) {
            throw tooLong();
        } catch (HttpException | IOException | RuntimeException e) {
            throw e.getCause() instanceof MessageConstraintException ? tooLong() : malformed("its head is not HTTP");
        } finally {
            input = NO_BYTES;
        }
    }

    private void check(HttpRequest request) throws RefusedException {
        if (request.getVersion() == null
                || request.getVersion().getMajor() != 1
                || request.getVersion().greaterEquals(HttpVersion.HTTP_2)) {
            throw refused(505, "This port speaks HTTP/1.1 and HTTP/1.0.");
        }
        if (!isToken(request.getMethod())) {
            throw malformed("its method is not a token");
        }
        if (!isTarget(request.getPath())) {
            throw malformed("its target is neither a path nor an http URL");
        }
        for (Header header : request.getHeaders()) {
            if (!isToken(header.getName())) {
                throw malformed("a header's name is not a token");
            }
        }
        Header[] lengths = request.getHeaders("Content-Length");
        Header[] codings = request.getHeaders("Transfer-Encoding");
        if (codings.length > 0) {
            if (lengths.length > 0) {
                throw malformed("it has both Content-Length and Transfer-Encoding");
            }
            if (request.getVersion().lessEquals(HttpVersion.HTTP_1_0)) {
                throw malformed("HTTP/1.0 has no Transfer-Encoding");
            }
            if (codings.length > 1
                    || !codings[0].getValue().toLowerCase(Locale.ROOT).equals("chunked")) {
                throw refused(501, "The only Transfer-Encoding of a request that this port understands is chunked.");
            }
            chunks = new ChunkDecoder(NO_CHANNEL, this, CONFIG, new BasicHttpTransportMetrics());
            remaining = -1;
        } else if (lengths.length > 0) {
            remaining = lengths.length == 1 ? length(lengths[0].getValue()) : -1;
            if (remaining < 0) {
                throw malformed("its Content-Length is not one number");
            }
            if (remaining > bodyBytesMax) {
                throw bodyTooLong();
            }
        }
    }

    /** A length of digits only, or -1; one of more than 18 digits is longer than any limit. */
    private static long length(String text) {
        if (text.isEmpty() || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        return text.length() > 18 ? Long.MAX_VALUE : Long.parseLong(text);
    }

    private static boolean isTarget(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isWrong = c <= ' ' || c >= 0x7f || c == '#';
            if (isWrong || (c == '%' && !(isHex(text, i + 1) && isHex(text, i + 2)))) {
                return false;
            }
        }
        return text.startsWith("/") || text.regionMatches(true, 0, "http://", 0, 7);
    }

    private static boolean isHex(String text, int index) {
        return index < text.length() && Character.digit(text.charAt(index), 16) >= 0;
    }

    private static boolean isToken(@Nullable String text) {
        return text != null
                && !text.isEmpty()
                && text.chars().allMatch(c -> c > ' ' && c < 0x7f && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0);
    }

    /** Whether the request has a body, which may be empty. Known when the head is complete. */
    public boolean hasBody() {
        return remaining != 0;
    }

    /**
     * Takes as much of {@code bytes} as belongs to the body.
     *
     * @return whether the body is complete
     * @throws RefusedException when it is malformed or too long, or there is no room for it now
     */
    public boolean body(ByteBuffer bytes) throws RefusedException {
        if (chunks == null) {
            int length = (int) Math.min(remaining, bytes.remaining());
            makeRoom(length);
            bytes.get(body, bodyBytes, length);
            bodyBytes += length;
            remaining -= length;
            return remaining == 0;
        }
        input = bytes;
        try {
            int length = 1;
            while (length > 0 && !chunks.isCompleted()) {
                makeRoom(Math.max(1, bytes.remaining()));
                length = chunks.read(ByteBuffer.wrap(body, bodyBytes, body.length - bodyBytes));
                bodyBytes += Math.max(0, length);
                if (bodyBytes > bodyBytesMax) {
                    throw bodyTooLong();
                }
            }
            return chunks.isCompleted();
        } catch (RefusedException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw malformed("the chunks of its body are not well-formed");
        } finally {
            input = NO_BYTES;
        }
    }

    private void makeRoom(int length) throws RefusedException {
        int needed = bodyBytes + length;
        if (needed <= body.length) {
            return;
        }
        // One read's worth beyond the limit, so that the excess is seen; an exact fit where the length is known.
        long mostEver = chunks == null ? bodyBytes + remaining : (long) bodyBytesMax + length;
        int capacity = (int) Math.min(mostEver, Math.max(BODY_BYTES_FIRST, Math.max(needed, 2L * body.length)));
        if (!bodies.tryTake(capacity - bodyBytesTaken)) {
            throw new RefusedException(
                    new Refusal(503, HttpCounter.OVERLOADED, "Too many request bodies are being read; try again."));
        }
        bodyBytesTaken = capacity;
        body = Arrays.copyOf(body, Math.max(capacity, needed));
    }

    /** The body's bytes, when it is complete. */
    public byte[] bytes() {
        return bodyBytes == body.length ? body : Arrays.copyOf(body, bodyBytes);
    }

    @Override
    public void close() {
        heads.release(headBytesTaken);
        bodies.release(bodyBytesTaken);
        headBytesTaken = 0;
        bodyBytesTaken = 0;
    }

    @Override
    public boolean readLine(CharArrayBuffer target, boolean isEndOfStream) throws IOException {
        while (input.hasRemaining()) {
            int c = input.get() & 0xff;
            if (chunks == null) {
                countHeadByte();
            }
            if (c == '\n') {
                if (chunks != null && !isAfterCr) {
                    throw malformed("a line between its chunks does not end with CR LF");
                }
                isAfterCr = false;
                if (isInTrailers && !line.isEmpty()) {
                    // Nobody reads trailers, so nothing is kept of them.
                    line.clear();
                    continue;
                }
                checkChunkLine();
                target.append(line);
                line.clear();
                return true;
            }
            if (isAfterCr) {
                throw malformed("there is a CR without LF");
            }
            if (c == '\r') {
                isAfterCr = true;
            } else if ((c < ' ' && c != '\t') || c == 0x7f) {
                throw malformed("it has a control character");
            } else {
                line.append((char) c);
                if (chunks != null && line.length() > HttpLimits.CHUNK_LINE_BYTES_MAX) {
                    throw malformed("a line between its chunks is too long");
                }
            }
        }
        return false;
    }

    private void countHeadByte() throws RefusedException {
        if (++headBytes > HttpLimits.HEAD_BYTES_MAX) {
            throw tooLong();
        }
        if (headBytes > headBytesTaken) {
            if (!heads.tryTake(TAKEN_AT_ONCE)) {
                throw new RefusedException(
                        new Refusal(503, HttpCounter.OVERLOADED, "Too many request heads are being read; try again."));
            }
            headBytesTaken += TAKEN_AT_ONCE;
        }
    }

    /** The decoder takes signs and blanks before a chunk's size. */
    private void checkChunkLine() throws RefusedException {
        if (chunks == null || line.isEmpty() || isInTrailers) {
            return;
        }
        int end = 0;
        boolean isZero = true;
        while (end < line.length() && Character.digit(line.charAt(end), 16) >= 0) {
            isZero &= line.charAt(end) == '0';
            end++;
        }
        char next = end < line.length() ? line.charAt(end) : ';';
        if (end == 0 || end > 15 || (next != ';' && next != ' ' && next != '\t')) {
            throw malformed("the size of a chunk is not a hexadecimal number");
        }
        isInTrailers = isZero;
    }

    private static RefusedException malformed(String why) {
        return refused(400, "This request is malformed: " + why + ".");
    }

    private static RefusedException refused(int status, String message) {
        return new RefusedException(new Refusal(status, HttpCounter.MALFORMED, message));
    }

    private static RefusedException tooLong() {
        return new RefusedException(new Refusal(
                431,
                HttpCounter.REFUSED_HEAD,
                "The request's head is longer than " + HttpLimits.HEAD_BYTES_MAX + " bytes or has more than "
                        + HttpLimits.HEADERS_MAX + " headers."));
    }

    private RefusedException bodyTooLong() {
        return new RefusedException(
                new Refusal(413, HttpCounter.REFUSED_BODY, "The body is longer than " + bodyBytesMax + " bytes."));
    }

    @Override
    public boolean hasData() {
        return length() > 0;
    }

    @Override
    public int length() {
        return line.length() + input.remaining();
    }

    @Override
    public int fill(ReadableByteChannel channel) {
        // The connection reads, as it alone knows how much it may.
        return 0;
    }

    @Override
    public int read() {
        return input.get() & 0xff;
    }

    @Override
    public int read(ByteBuffer target, int length) {
        int count = Math.min(Math.min(length, target.remaining()), input.remaining());
        target.put(input.slice().limit(count));
        input.position(input.position() + count);
        return count;
    }

    @Override
    public int read(ByteBuffer target) {
        return read(target, target.remaining());
    }

    @Override
    public int read(WritableByteChannel target, int length) {
        throw new UnsupportedOperationException("bodies are read into memory");
    }

    @Override
    public int read(WritableByteChannel target) {
        throw new UnsupportedOperationException("bodies are read into memory");
    }
}
