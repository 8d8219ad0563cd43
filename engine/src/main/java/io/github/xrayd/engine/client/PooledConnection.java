package io.github.xrayd.engine.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentLengthStrategy;
import org.apache.hc.core5.http.HeaderElement;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.BasicHttpTransportMetrics;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.impl.DefaultContentLengthStrategy;
import org.apache.hc.core5.http.impl.io.ChunkedInputStream;
import org.apache.hc.core5.http.impl.io.ContentLengthInputStream;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.impl.io.IdentityInputStream;
import org.apache.hc.core5.http.impl.io.SessionInputBufferImpl;
import org.apache.hc.core5.http.message.BasicHeaderElementIterator;
import org.apache.hc.core5.http.message.MessageSupport;
import org.apache.hc.core5.util.CharArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A connection to an {@link Origin}, through its proxy and with TLS as it needs, and HttpCore's reader of what comes
 * back. It does not believe an answer without end: limits on each line, on a whole head, on the number of interim
 * answers (1xx) and on trailers.
 *
 * <p>Used by one call at a time, which may not take longer than its deadline: reads have no time limit of their own,
 * and {@link #abort} from any thread ends whatever goes on.
 */
public final class PooledConnection {
    /** The most characters of one line of a head or of a chunk's size with its extensions. */
    static final int LINE_LENGTH_MAX = 16 << 10;

    /** The most characters of a whole head. */
    static final int HEAD_LENGTH_MAX = 32 << 10;

    /** The most fields of a head. */
    static final int HEADERS_MAX = 128;

    /** The most interim answers before the real one. */
    static final int INTERIM_ANSWERS_MAX = 16;

    private static final Http1Config HEAD_LIMITS = Http1Config.custom()
            .setMaxLineLength(LINE_LENGTH_MAX)
            .setMaxHeaderCount(HEADERS_MAX)
            .build();
    private static final Http1Config TRAILER_LIMITS =
            Http1Config.custom().setMaxLineLength(1 << 10).setMaxHeaderCount(16).build();
    private static final int BUFFER_BYTES = 8 << 10;

    /** Idle connections are not used again after this long: load balancers (60 s) and most servers close them later. */
    private static final long IDLE_NS_MAX = 20_000_000_000L;

    private static final long AGE_NS_MAX = 300_000_000_000L;
    /** What has been idle for longer is asked whether the other side has closed it. */
    private static final long UNASKED_NS_MAX = 20_000_000L;

    private final Origin origin;
    private final TlsTrust trust;
    private final Lines lines = new Lines();
    private final DefaultHttpResponseParser parser = new DefaultHttpResponseParser(HEAD_LIMITS);
    private InputStream in = InputStream.nullInputStream();
    private OutputStream out = OutputStream.nullOutputStream();
    private @Nullable Socket socket;
    private volatile @Nullable SocketChannel channel;
    private volatile boolean isAborted;
    private volatile boolean isLate;
    /** Written by the call before others see the connection. */
    private volatile long deadlineNs;

    private boolean isKept;
    private long openedNs;
    private long idleSinceNs;
    private long idleUntilNs;

    PooledConnection(Origin origin, TlsTrust trust) {
        this.origin = origin;
        this.trust = trust;
    }

    Origin origin() {
        return origin;
    }

    /** Begins a call, which must end by {@code deadlineNs}. */
    void begin(long deadlineNs) {
        this.deadlineNs = deadlineNs;
        isKept = false;
    }

    /**
     * Connects, when it is not connected yet: TCP, the proxy's TLS, a tunnel and the server's TLS, as far as needed.
     *
     * @throws IOException when it cannot
     */
    void open() throws IOException {
        if (isAborted) {
            throw new IOException("the HTTP client is closed");
        }
        if (socket != null) {
            return;
        }
        URI proxy = origin.proxy();
        Socket opened =
                proxy == null ? connect(origin.host(), origin.port()) : connect(proxy.getHost(), Addresses.port(proxy));
        if (proxy != null && "https".equalsIgnoreCase(proxy.getScheme())) {
            opened = secure(opened, proxy.getHost(), Addresses.port(proxy));
        }
        use(opened);
        if (origin.isTunnelled()) {
            tunnel();
        }
        if (origin.isTls()) {
            opened = secure(opened, origin.host(), origin.port());
            use(opened);
        }
        socket = opened;
        openedNs = System.nanoTime();
    }

    /**
     * Each of the host's addresses gets its share of the time, so that one which swallows packets does not take it all.
     */
    private Socket connect(String host, int port) throws IOException {
        InetAddress[] addresses = InetAddress.getAllByName(host);
        IOException failure = null;
        for (int i = 0; i < addresses.length; i++) {
            long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000 / (addresses.length - i);
            SocketChannel opened = SocketChannel.open();
            channel = opened;
            if (isAborted) {
                abort();
            }
            try {
                opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
                opened.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
                opened.socket().connect(new InetSocketAddress(addresses[i], port), (int)
                        Math.max(1, Math.min(Integer.MAX_VALUE, leftMs)));
                return opened.socket();
            } catch (IOException e) {
                opened.close();
                failure = e;
            }
        }
        throw failure == null ? new IOException("no address of " + host) : failure;
    }

    private void use(Socket opened) throws IOException {
        in = opened.getInputStream();
        out = opened.getOutputStream();
    }

    /** TLS over what there is; the certificate must be for the host unless nothing is verified. */
    private Socket secure(Socket plain, String host, int port) throws IOException {
        String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        SSLSocket tls = (SSLSocket) trust.ready().getSocketFactory().createSocket(plain, name, port, true);
        if (trust.isVerified()) {
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            tls.setSSLParameters(parameters);
        }
        tls.startHandshake();
        return tls;
    }

    private void tunnel() throws IOException {
        String head = "CONNECT " + origin.authority() + " HTTP/1.1\r\nHost: " + origin.authority() + "\r\n"
                + origin.proxyAuthorization() + "\r\n";
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        int status = readHead().getCode();
        if (status >= 300) {
            // Not the service's answer.
            throw new IOException("the proxy opens no tunnel: it answered with status " + status);
        }
        if (lines.hasBufferedData()) {
            throw new IOException("the proxy sends more than an answer before the tunnel is used");
        }
    }

    /** Where a request goes, unbuffered. */
    public OutputStream out() {
        return out;
    }

    /**
     * Reads the answer to a request with this method.
     *
     * @throws IOException when there is none, when it is cut, or more than the limits allow
     */
    HttpReply read(String method, AnswerReader answers, boolean isDecoded) throws IOException {
        ClassicHttpResponse head = readHead();
        HttpReply reply = answers.read(head, body(method, head), isDecoded);
        isKept = !lines.hasBufferedData() && DefaultConnectionReuseStrategy.INSTANCE.keepAlive(null, head, null);
        idleSinceNs = System.nanoTime();
        idleUntilNs = idleSinceNs + (isKept ? idleNsMax(head) : 0);
        return reply;
    }

    private ClassicHttpResponse readHead() throws IOException {
        for (int interim = 0; ; interim++) {
            lines.headLeft = HEAD_LENGTH_MAX;
            ClassicHttpResponse head;
            try {
                head = parser.parse(lines, in);
            } catch (HttpException e) {
                throw unreadable(e);
            }
            lines.headLeft = Integer.MAX_VALUE;
            if (head == null) {
                throw new IOException("the connection was closed without an answer");
            }
            if (head.getCode() >= 200) {
                return head;
            }
            if (interim >= INTERIM_ANSWERS_MAX) {
                throw new IOException(
                        "more than " + INTERIM_ANSWERS_MAX + " interim answers (status " + head.getCode() + ")");
            }
        }
    }

    private @Nullable InputStream body(String method, ClassicHttpResponse head) throws IOException {
        if (!MessageSupport.canResponseHaveBody(method, head)) {
            return null;
        }
        long length;
        try {
            length = DefaultContentLengthStrategy.INSTANCE.determineLength(head);
        } catch (HttpException e) {
            throw unreadable(e);
        }
        if (length == ContentLengthStrategy.CHUNKED) {
            return new ChunkedInputStream(lines, in, TRAILER_LIMITS);
        }
        return length < 0 ? new IdentityInputStream(lines, in) : new ContentLengthInputStream(lines, in, length);
    }

    /** Without the cause, whose message says less; it is in this one. */
    private static IOException unreadable(HttpException e) {
        return new IOException("the answer cannot be read: " + ErrorText.text(e));
    }

    private static long idleNsMax(ClassicHttpResponse head) {
        if (!head.containsHeader("Keep-Alive")) {
            return IDLE_NS_MAX;
        }
        long seconds = Long.MAX_VALUE;
        BasicHeaderElementIterator elements = new BasicHeaderElementIterator(head.headerIterator("Keep-Alive"));
        while (elements.hasNext()) {
            HeaderElement element = elements.next();
            String value = element.getValue();
            if ("timeout".equalsIgnoreCase(element.getName()) && value != null && value.matches("\\d{1,9}")) {
                seconds = Long.parseLong(value);
            }
        }
        return Math.min(seconds, IDLE_NS_MAX / 1_000_000_000L) * 1_000_000_000L;
    }

    /** Whether another call may use it now, because the last answer was read to its end and both sides keep it open. */
    boolean isReusable() {
        return isKept && !isAborted;
    }

    /** Whether it has been idle or open for too long. */
    boolean isExpired(long nowNs) {
        return nowNs - idleUntilNs >= 0 || nowNs - openedNs >= AGE_NS_MAX;
    }

    /** Whether the other side has closed it, or sent what nobody asked for, since its last call. */
    boolean isStale(long nowNs) {
        SocketChannel asked = channel;
        if (asked == null) {
            return true;
        }
        if (nowNs - idleSinceNs < UNASKED_NS_MAX) {
            return false;
        }
        try {
            asked.configureBlocking(false);
            boolean isQuiet = asked.read(ByteBuffer.allocate(1)) == 0;
            asked.configureBlocking(true);
            return !isQuiet;
        } catch (IOException e) {
            return true;
        }
    }

    /** Ends whatever goes on, because it takes too long. Any thread. */
    void abortIfLate(long nowNs) {
        if (nowNs - deadlineNs >= 0) {
            isLate = true;
            abort();
        }
    }

    /** Ends whatever goes on. Any thread. */
    void abort() {
        isAborted = true;
        SocketChannel open = channel;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // It is closed as far as it can be.
                return;
            }
        }
    }

    /** Closes it while no call uses it. */
    void close() {
        Socket open = socket;
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException e) {
            // The other side is gone already.
            abort();
        }
        abort();
    }

    /** What ended a call, as a time-out when that is the reason. */
    IOException inTermsOfTime(Exception e, long timeoutNs) {
        return isLate || ErrorText.find(e, SocketTimeoutException.class) != null
                ? new SocketTimeoutException("no complete answer within " + timeoutNs / 1_000_000 + " ms")
                : e instanceof IOException io ? io : new IOException(e);
    }

    /** Reads lines, and looks at those of a head. */
    private static final class Lines extends SessionInputBufferImpl {
        private int headLeft = Integer.MAX_VALUE;

        Lines() {
            super(new BasicHttpTransportMetrics(), BUFFER_BYTES, -1, LINE_LENGTH_MAX, null);
        }

        @Override
        public int readLine(CharArrayBuffer line, InputStream in) throws IOException {
            int count = super.readLine(line, in);
            if (headLeft != Integer.MAX_VALUE) {
                headLeft -= Math.max(0, count);
                if (headLeft < 0) {
                    throw new IOException("the answer's head is longer than " + HEAD_LENGTH_MAX + " characters");
                }
                checkCharacters(line);
            }
            return count;
        }

        /**
         * Another control character would be read as something else by whoever gets the field next; HttpCore makes it a
         * blank.
         */
        private static void checkCharacters(CharArrayBuffer line) throws IOException {
            for (int i = 0; i < line.length(); i++) {
                char c = line.charAt(i);
                if ((c < ' ' && c != '\t') || c == 0x7f) {
                    throw new IOException("the answer's head has a control character");
                }
            }
        }
    }
}
