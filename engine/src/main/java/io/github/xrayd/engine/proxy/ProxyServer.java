package io.github.xrayd.engine.proxy;

import io.github.xrayd.engine.aws.AwsConnection;
import io.github.xrayd.engine.client.HttpReply;
import io.github.xrayd.engine.http.Budget;
import io.github.xrayd.engine.http.HttpConnection;
import io.github.xrayd.engine.http.HttpCounter;
import io.github.xrayd.engine.http.HttpLimits;
import io.github.xrayd.engine.http.HttpLoop;
import io.github.xrayd.engine.http.HttpStats;
import io.github.xrayd.engine.http.PortHandler;
import io.github.xrayd.engine.http.PortLimits;
import io.github.xrayd.engine.http.Refusal;
import io.github.xrayd.engine.http.RefusedException;
import io.github.xrayd.engine.http.RequestReader;
import io.github.xrayd.engine.http.Response;
import io.github.xrayd.engine.http.Route;
import io.github.xrayd.engine.http.SenderCheck;
import io.github.xrayd.engine.json.JsonText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TCP port: forwards sampling calls, and answers the daemon's own pages.
 *
 * <p>Listens as soon as it is made; calls that come before the backend is there wait for it briefly. One thread reads
 * and writes, few workers call the API; they share nothing with the data path. Thread-safe.
 */
public final class ProxyServer implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(ProxyServer.class);

    /** One of each kind: with a length, in chunks, malformed, too new. */
    private static final List<String> REHEARSED = List.of(
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
            "POST\r\n\r\n",
            "GET / HTTP/9.9\r\n\r\n",
            "GET / HTTP/1.1\r\n" + "A: b\r\n".repeat(HttpLimits.HEADERS_MAX + 1) + "\r\n");

    /** Below it compressing saves less than it costs. */
    private static final int GZIP_BYTES_MIN = 1024;

    private final HttpLoop loop;
    private final Served served = new Served();
    private final HttpStats stats = served.stats();
    private final Map<String, Route> routes = new ConcurrentHashMap<>();
    private final SenderCheck senders;
    private final RequestFilter filter;
    private final Forwarder forwarder;
    private final boolean isForwarding;

    private ProxyServer(ProxySettings settings, CompletableFuture<AwsConnection> backend, PortLimits limits)
            throws IOException {
        loop = new HttpLoop("tcp-port", settings.address(), limits, served);
        senders = new SenderCheck(settings.address(), settings.hosts());
        filter = new RequestFilter(settings.allowedPaths());
        isForwarding = !settings.allowedPaths().isEmpty();
        forwarder = new Forwarder(backend, stats, loop::execute);
    }

    /**
     * Listens and serves.
     *
     * @param backend completed when the backend is there, or exceptionally with the reason why it cannot be
     * @throws IOException when the port cannot be bound; the message is worded as the reference's
     */
    public static ProxyServer start(ProxySettings settings, CompletableFuture<AwsConnection> backend)
            throws IOException {
        return start(settings, backend, PortLimits.TCP_PORT);
    }

    /** The same with other limits. */
    public static ProxyServer start(ProxySettings settings, CompletableFuture<AwsConnection> backend, PortLimits limits)
            throws IOException {
        try {
            ProxyServer proxy = new ProxyServer(settings, backend, limits);
            proxy.loop.start();
            return proxy;
        } catch (BindException e) {
            throw new IOException(
                    "listen tcp " + text(settings.address()) + ": bind: "
                            + String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT),
                    e);
        } catch (IOException | RuntimeException e) {
            throw new IOException("listen tcp " + text(settings.address()) + ": " + e.getMessage(), e);
        }
    }

    /**
     * Listens and serves the daemon's own pages only.
     *
     * @param hosts names by which the port may be called besides those that are always taken
     * @throws IOException when the port cannot be bound
     */
    public static ProxyServer startPages(InetSocketAddress address, List<String> hosts) throws IOException {
        return start(
                new ProxySettings(address, List.of(), hosts),
                CompletableFuture.failedFuture(new IllegalStateException("this port forwards nothing")));
    }

    private static String text(InetSocketAddress address) {
        String host = address.isUnresolved()
                ? address.getHostString()
                : address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /** Serves a page of the daemon's own at {@code path}, for example {@code /healthz}. */
    public void register(String path, Route route) {
        routes.put(path, route);
    }

    /**
     * Reads made-up requests and makes every answer and page once, so that all classes for it are loaded while the jars
     * are there for sure. Any thread; nothing of it is counted.
     */
    public void rehearse() {
        for (String text : REHEARSED) {
            try (RequestReader reader =
                    new RequestReader(new Budget(1 << 20), new Budget(1 << 20), PortLimits.TCP_PORT.bodyBytesMax())) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
                if (reader.head(bytes) != null) {
                    reader.body(bytes);
                }
            } catch (RefusedException e) {
                LOGGER.trace("refused", e);
            }
        }
        routes.values().forEach(Route::rehearse);
        gzip(new byte[1]);
        new Response(200, Map.of(), JsonText.message("")).head(true);
    }

    /** The paths of the daemon's own pages. */
    public Set<String> paths() {
        return Collections.unmodifiableSet(routes.keySet());
    }

    /** Connections that are open. */
    public int connections() {
        return loop.connectionCount();
    }

    /** The address that is bound. */
    public InetSocketAddress address() {
        return loop.address();
    }

    /** What was served and what was not. */
    public HttpStats stats() {
        return stats;
    }

    /** Bytes of requests and answers that are held. */
    long bytesHeld() {
        return loop.bytesHeld() + forwarder.bytesHeld();
    }

    /** Serves what the loop has read, on the loop's thread. */
    private final class Served extends PortHandler {
        Served() {
            super(LOGGER, "The TCP port", "http proxy");
        }

        @Override
        public void onHead(HttpConnection connection, HttpRequest request) throws RefusedException {
            stats.increment(HttpCounter.REQUESTS);
            LOGGER.debug("Received request on HTTP Proxy server : {}", request.getPath());
            String target = request.getPath();
            Refusal refusal = senders.refuse(request);
            if (refusal == null) {
                String path = SenderCheck.path(target);
                refusal = routes.containsKey(path)
                        ? refusePage(request.getMethod())
                        : isForwarding ? filter.refuseCall(request.getMethod(), path) : noSuchPage();
            }
            if (refusal == null && loop.isStopping()) {
                refusal = new Refusal(503, HttpCounter.NOT_READY, "The daemon is stopping.");
            }
            if (refusal != null) {
                throw new RefusedException(refusal);
            }
        }

        @Override
        public void onRequest(HttpConnection connection, HttpRequest request) throws IOException {
            String target = SenderCheck.originForm(request.getPath());
            Route route = routes.get(SenderCheck.path(target));
            if (route != null) {
                Response page = pageResponse(route.page(request), request);
                stats.answered(SenderCheck.path(target), page.status());
                connection.answer(page);
                return;
            }
            begin();
            String path = SenderCheck.path(target);
            forwarder.forward(request, target, connection.bodyBytes(), answer -> {
                try {
                    Response response = ProxyServer.this.response(answer);
                    stats.answered(path, response.status());
                    loop.onConnection(connection, response);
                } finally {
                    end();
                }
                loop.wakeAt(System.nanoTime() + SharedAnswers.KEPT_NS);
            });
        }

        @Override
        public void onRefused(HttpConnection connection, Refusal refusal) throws IOException {
            stats.answered(HttpStats.OTHER, refusal.status());
            super.onRefused(connection, refusal);
        }

        @Override
        public void onTick() {
            if (forwarder.expire()) {
                loop.wakeAt(System.nanoTime() + SharedAnswers.KEPT_NS);
            }
        }
    }

    private static @Nullable Refusal refusePage(String method) {
        return method.equals("GET") || method.equals("HEAD")
                ? null
                : new Refusal(405, HttpCounter.REFUSED_METHOD, "This page is read with GET or HEAD.", "GET, HEAD");
    }

    private static Response pageResponse(Route.Page page, HttpRequest request) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        headers.put("Content-Type", List.of(page.contentType()));
        headers.put("Cache-Control", List.of("no-store"));
        headers.put("Vary", List.of("Accept, Accept-Encoding"));
        byte[] body = page.bytes();
        if (body.length >= GZIP_BYTES_MIN && acceptsGzip(request)) {
            headers.put("Content-Encoding", List.of("gzip"));
            body = gzip(body);
        }
        return new Response(page.status(), headers, body);
    }

    /** Whether the client names gzip, and not with a weight of 0. */
    private static boolean acceptsGzip(HttpRequest request) {
        for (Header header : request.getHeaders("Accept-Encoding")) {
            for (String coding : header.getValue().toLowerCase(Locale.ROOT).split(",", -1)) {
                String name = coding.replaceFirst(";.*", "").strip();
                if ((name.equals("gzip") || name.equals("*")) && !coding.matches(".*;\\s*q\\s*=\\s*0(\\.0*)?\\s*")) {
                    return true;
                }
            }
        }
        return false;
    }

    private static byte[] gzip(byte[] body) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream(body.length / 4);
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return zipped.toByteArray();
    }

    private Refusal noSuchPage() {
        return new Refusal(
                404,
                HttpCounter.REFUSED_PATH,
                "There is no such page. The pages are " + String.join(", ", new TreeSet<>(routes.keySet())) + ".");
    }

    private Response response(ProxyAnswer answer) {
        HttpReply reply = answer.reply();
        Refusal refusal = answer.refusal();
        if (reply == null || refusal != null) {
            answer.release();
            return served.response(Objects.requireNonNull(refusal));
        }
        Map<String, List<String>> headers = new LinkedHashMap<>();
        reply.headers().forEach((name, values) -> {
            if (RequestFilter.isReturned(name)) {
                headers.put(name, values);
            }
        });
        return new Response(reply.status(), headers, reply.body(), answer::release);
    }

    /**
     * Refuses new calls, lets those under way finish, and closes the port.
     *
     * @param timeout how long to wait for calls under way
     */
    public void shutdown(Duration timeout) {
        loop.beginStop();
        served.awaitAnswers(loop, timeout.toNanos());
        loop.stop();
        forwarder.close();
    }

    /** Closes the port and what is open on it, at once. */
    @Override
    public void close() {
        shutdown(Duration.ZERO);
    }
}
