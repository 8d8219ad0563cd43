package io.github.xrayd.engine.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection: reads a request, has it served, writes the answer, and begins anew. One request at a time;
 * what a client sends before it has its answer stays in the socket, but for the rest of what was read at once.
 *
 * <p>All methods are called on the port's thread.
 */
public final class HttpConnection {
    private enum ConnectionState {
        IDLE,
        READING_HEAD,
        READING_BODY,
        SERVING,
        LINGERING,
        CLOSED
    }

    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** What is written at once: NIO copies it to a direct buffer, which it keeps. */
    private static final int WRITE_BYTES_MAX = 64 << 10;

    private final HttpLoop loop;
    private final SocketChannel channel;
    private final SelectionKey key;

    private ConnectionState state = ConnectionState.IDLE;
    private long deadlineNs;
    private @Nullable RequestReader reader;
    private @Nullable HttpRequest request;
    private @Nullable ByteBuffer unread;
    private int unreadBytesTaken;
    private @Nullable Response response;
    private ByteBuffer head = ByteBuffer.allocate(0);
    private ByteBuffer body = head;
    private boolean isClosing;
    private boolean isConsuming;

    public HttpConnection(HttpLoop loop, SocketChannel channel, SelectionKey key) {
        this.loop = loop;
        this.channel = channel;
        this.key = key;
        becomeIdle();
    }

    private void becomeIdle() {
        state = ConnectionState.IDLE;
        loop.idle().add(this);
        setDeadline(HttpLimits.IDLE_NS_MAX);
    }

    private void setDeadline(long ns) {
        deadlineNs = System.nanoTime() + ns;
        loop.wakeAt(deadlineNs);
    }

    public long deadlineNs() {
        return deadlineNs;
    }

    /**
     * Whether it may be closed for another one: it has its answer, or is idle for a while, so that no request is on its
     * way.
     */
    public boolean isSpare() {
        return state == ConnectionState.LINGERING
                || (state == ConnectionState.IDLE
                        && deadlineNs - System.nanoTime() < HttpLimits.IDLE_NS_MAX - HttpLimits.SPARE_NS_MIN);
    }

    /** Where the client calls from. */
    public InetSocketAddress remoteAddress() throws IOException {
        return (InetSocketAddress) channel.getRemoteAddress();
    }

    /** The request's body, when it is complete. */
    public byte[] bodyBytes() {
        return reader == null ? new byte[0] : reader.bytes();
    }

    public void onReady() throws IOException {
        if (key.isWritable()) {
            write();
            resume();
        }
        if (state != ConnectionState.CLOSED && key.isReadable()) {
            ByteBuffer input = loop.input();
            input.clear();
            int count = channel.read(input);
            if (count < 0) {
                onEnd();
            } else {
                consume(input.flip());
            }
        }
    }

    /** Goes on with what was read along with the request before. */
    public void resume() throws IOException {
        ByteBuffer rest = unread;
        if (rest != null && state == ConnectionState.IDLE && !isConsuming) {
            forgetUnread();
            consume(rest);
        }
    }

    /**
     * Keeps what was read behind a request until that has its answer; without room for it the connection ends with that
     * answer, and the client sends the rest again on another one.
     */
    private void keepUnread(ByteBuffer input) {
        if (loop.unread().tryTake(input.remaining())) {
            unreadBytesTaken = input.remaining();
            unread = ByteBuffer.allocate(input.remaining()).put(input).flip();
        } else {
            isClosing = true;
        }
    }

    private void forgetUnread() {
        unread = null;
        loop.unread().release(unreadBytesTaken);
        unreadBytesTaken = 0;
    }

    private void consume(ByteBuffer input) throws IOException {
        isConsuming = true;
        try {
            while (input.hasRemaining()) {
                switch (state) {
                    case IDLE -> begin();
                    case READING_HEAD -> readHead(input);
                    case READING_BODY -> readBody(input);
                    case SERVING -> {
                        keepUnread(input);
                        return;
                    }
                    case LINGERING, CLOSED -> {
                        return;
                    }
                }
            }
        } catch (RefusedException e) {
            loop.handler().onRefused(this, e.refusal());
        } finally {
            isConsuming = false;
        }
    }

    private void begin() {
        reader = loop.newReader();
        loop.idle().remove(this);
        state = ConnectionState.READING_HEAD;
        setDeadline(loop.limits().requestNsMax());
    }

    private RequestReader reader() {
        RequestReader current = reader;
        if (current == null) {
            throw new IllegalStateException("no request is being read");
        }
        return current;
    }

    private void readHead(ByteBuffer input) throws IOException {
        RequestReader current = reader();
        HttpRequest complete = current.head(input);
        if (complete == null) {
            return;
        }
        request = complete;
        isClosing = isLast(complete);
        if (!current.hasBody()) {
            state = ConnectionState.SERVING;
            loop.handler().onHead(this, complete);
            serve(complete);
            return;
        }
        loop.handler().onHead(this, complete);
        state = ConnectionState.READING_BODY;
        Header expect = complete.getFirstHeader("Expect");
        if (expect != null && !input.hasRemaining()) {
            channel.write(ByteBuffer.wrap(CONTINUE));
        }
    }

    /** Whether the client wants no other answer on this connection. */
    private static boolean isLast(HttpRequest request) {
        for (Header header : request.getHeaders("Connection")) {
            for (String option : header.getValue().toLowerCase(Locale.ROOT).split(",", -1)) {
                if (option.trim().equals("close")) {
                    return true;
                }
            }
        }
        return request.getVersion().lessEquals(HttpVersion.HTTP_1_0);
    }

    private void readBody(ByteBuffer input) throws IOException {
        if (reader().body(input) && request != null) {
            serve(request);
        }
    }

    private void serve(HttpRequest complete) throws IOException {
        state = ConnectionState.SERVING;
        key.interestOps(0);
        setDeadline(HttpLimits.RESPONSE_NS_MAX);
        loop.handler().onRequest(this, complete);
    }

    private void onEnd() throws IOException {
        if (state == ConnectionState.READING_HEAD || state == ConnectionState.READING_BODY) {
            // The client may have closed its own side only.
            loop.handler()
                    .onRefused(
                            this, new Refusal(400, HttpCounter.CLIENT_GONE, "The request ends before it is complete."));
        } else {
            close();
        }
    }

    public void onDeadline() throws IOException {
        switch (state) {
            case READING_HEAD, READING_BODY ->
                loop.handler()
                        .onRefused(
                                this, new Refusal(408, HttpCounter.CLIENT_GONE, "The request did not come in time."));
            case SERVING -> {
                loop.handler().onClientGone(this);
                close();
            }
            default -> close();
        }
    }

    /** Writes the answer; after one to a request that was not read to its end, the connection ends. */
    public void answer(Response answer) throws IOException {
        if (state == ConnectionState.CLOSED || state == ConnectionState.LINGERING || response != null) {
            answer.onSent().run();
            return;
        }
        isClosing |= state != ConnectionState.SERVING || answer.status() == 400 || loop.isStopping();
        if (state != ConnectionState.SERVING) {
            state = ConnectionState.SERVING;
            loop.idle().remove(this);
            setDeadline(HttpLimits.RESPONSE_NS_MAX);
        }
        response = answer;
        head = answer.head(isClosing);
        boolean isHead = request != null && "HEAD".equals(request.getMethod());
        body = ByteBuffer.wrap(isHead || !answer.hasBody() ? new byte[0] : answer.body());
        key.interestOps(SelectionKey.OP_WRITE);
        write();
    }

    private void write() throws IOException {
        if (response == null) {
            return;
        }
        while (head.hasRemaining() || body.hasRemaining()) {
            int position = body.position();
            ByteBuffer part = body.slice().limit(Math.min(body.remaining(), WRITE_BYTES_MAX));
            long count = channel.write(new ByteBuffer[] {head, part});
            body.position(position + part.position());
            if (count == 0) {
                return;
            }
        }
        endRequest();
        key.interestOps(SelectionKey.OP_READ);
        if (isClosing) {
            channel.shutdownOutput();
            state = ConnectionState.LINGERING;
            loop.idle().add(this);
            setDeadline(HttpLimits.LINGER_NS_MAX);
        } else {
            becomeIdle();
        }
    }

    private void endRequest() {
        if (response != null) {
            response.onSent().run();
            response = null;
        }
        if (reader != null) {
            reader.close();
            reader = null;
        }
        request = null;
        body = ByteBuffer.allocate(0);
    }

    /** Closes it, once. */
    public void close() {
        if (state == ConnectionState.CLOSED) {
            return;
        }
        state = ConnectionState.CLOSED;
        endRequest();
        forgetUnread();
        loop.idle().remove(this);
        loop.forget(this);
        key.cancel();
        try {
            channel.close();
        } catch (IOException e) {
            loop.handler().onError(e);
        }
    }
}
