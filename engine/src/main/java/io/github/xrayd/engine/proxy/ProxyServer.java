package io.github.xrayd.engine.proxy;

import com.dslplatform.json.DslJson;
import com.dslplatform.json.JsonWriter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.xrayd.engine.backend.BackendConnection;
import io.github.xrayd.engine.backend.HttpReply;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TCP port: forwards sampling calls, and answers the daemon's own pages.
 *
 * <p>Listens as soon as it is made; calls that come before the backend is there wait for it briefly. Runs on the JDK's HTTP server,
 * whose one dispatcher thread and few workers share nothing with the data path. Thread-safe.
 */
public final class ProxyServer implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final Logger LOGGER = LoggerFactory.getLogger(ProxyServer.class);

    private final HttpServer server;
    private final Workers workers = new Workers();
    private final RequestBodies bodies = new RequestBodies();
    private final ProxyStats stats = new ProxyStats();
    private final Map<String, Route> routes = new ConcurrentHashMap<>();
    private final DslJson<Object> json = new DslJson<>();
    private final Gate gate;
    private final Forwarder forwarder;
    private volatile boolean isStopping;

    private ProxyServer(HttpServer server, ProxySettings settings, CompletableFuture<BackendConnection> backend) {
        this.server = server;
        this.gate = new Gate(settings.allowedPaths());
        this.forwarder = new Forwarder(backend, stats);
    }

    /**
     * Listens and serves.
     *
     * @param backend completed when the backend is there, or exceptionally with the reason why it cannot be
     * @throws IOException when the port cannot be bound; the message is worded as the reference's
     */
    public static ProxyServer start(ProxySettings settings, CompletableFuture<BackendConnection> backend)
            throws IOException {
        HttpLimits.apply();
        InetSocketAddress address = settings.address();
        HttpServer http;
        try {
            http = HttpServer.create(address, BACKLOG);
        } catch (BindException e) {
            throw new IOException(
                    "listen tcp " + text(address) + ": bind: "
                            + String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT),
                    e);
        } catch (IOException | RuntimeException e) {
            throw new IOException("listen tcp " + text(address) + ": " + e.getMessage(), e);
        }
        ProxyServer proxy = new ProxyServer(http, settings, backend);
        http.createContext("/", proxy::handle);
        http.setExecutor(proxy.workers::execute);
        http.start();
        return proxy;
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

    /** The address that is bound. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** What was served and what was not. */
    public ProxyStats stats() {
        return stats;
    }

    private void handle(HttpExchange exchange) {
        stats.increment(ProxyCounter.REQUESTS);
        try {
            String path = exchange.getRequestURI().getRawPath();
            LOGGER.debug("Received request on HTTP Proxy server : {}", path);
            serve(exchange, path == null ? "" : path);
        } catch (RefusedException e) {
            refuse(exchange, e.refusal());
        } catch (IOException e) {
            stats.increment(ProxyCounter.CLIENT_GONE);
            LOGGER.debug("http proxy error: {}", e.toString());
        } catch (RuntimeException e) {
            // The worker lives on; the client sees its connection closed.
            LOGGER.warn("http proxy error: {}", e.toString(), e);
        } finally {
            exchange.close();
        }
    }

    private void serve(HttpExchange exchange, String path) throws IOException, RefusedException {
        Refusal webPage = Gate.refuseWebPage(exchange.getRequestHeaders());
        if (webPage != null) {
            throw new RefusedException(webPage);
        }
        Route route = routes.get(path);
        if (route != null) {
            page(exchange, route);
            return;
        }
        Refusal refusal = gate.refuseCall(exchange.getRequestMethod(), path);
        if (refusal != null) {
            throw new RefusedException(refusal);
        }
        if (isStopping) {
            throw new RefusedException(new Refusal(503, ProxyCounter.NOT_READY, "The daemon is stopping."));
        }
        String length = Gate.first(exchange.getRequestHeaders(), "Content-Length");
        try (RequestBodies.Body body = bodies.read(length, exchange.getRequestBody());
                HttpReply reply = forwarder.forward(exchange, body.bytes())) {
            answer(exchange, reply);
        }
    }

    private static void answer(HttpExchange exchange, HttpReply reply) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        reply.headers().forEach((name, values) -> {
            if (Gate.isReturned(name)) {
                values.forEach(value -> headers.add(name, value));
            }
        });
        send(exchange, reply.status(), reply.body());
    }

    private static void page(HttpExchange exchange, Route route) throws IOException, RefusedException {
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            throw new RefusedException(
                    new Refusal(405, ProxyCounter.REFUSED_METHOD, "This page is read with GET or HEAD."));
        }
        Route.Page page = route.page();
        exchange.getResponseHeaders().set("Content-Type", page.contentType());
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        byte[] bytes = page.bytes();
        if (method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
            exchange.sendResponseHeaders(page.status(), -1);
        } else {
            send(exchange, page.status(), bytes);
        }
    }

    private void refuse(HttpExchange exchange, Refusal refusal) {
        stats.increment(refusal.counter());
        try {
            Headers headers = exchange.getResponseHeaders();
            headers.set("Content-Type", "application/json");
            if (refusal.status() == 413 || isStopping) {
                headers.set("Connection", "close");
            }
            if (refusal.status() == 405 && !headers.containsKey("Allow")) {
                headers.set("Allow", "POST");
            }
            if (refusal.status() == 503) {
                headers.set("Retry-After", "1");
            }
            send(exchange, refusal.status(), json(refusal.message()));
        } catch (IOException e) {
            stats.increment(ProxyCounter.CLIENT_GONE);
            LOGGER.debug("http proxy error: {}", e.toString());
        }
    }

    private byte[] json(@Nullable String message) throws IOException {
        JsonWriter writer = json.newWriter(256);
        json.serializeMap(Map.of("message", message == null ? "" : message), writer);
        return writer.toByteArray();
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        boolean hasBody = body.length > 0 && status != 204 && status != 304 && status >= 200;
        exchange.sendResponseHeaders(status, hasBody ? body.length : -1);
        if (hasBody) {
            exchange.getResponseBody().write(body);
            // Closing reads what is left of the request first, which a client that waits for the answer never sends.
            exchange.getResponseBody().flush();
        }
    }

    /**
     * Refuses new calls, lets those under way finish, and closes the port.
     *
     * <p>Not the server's own delayed stop: on Java 17 that waits its whole delay even when there is nothing to wait for.
     *
     * @param timeout how long to wait for calls under way
     */
    public void shutdown(Duration timeout) {
        isStopping = true;
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        while (workers.busy() > 0
                && System.nanoTime() - deadlineNs < 0
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, 2_000_000L);
        }
        server.stop(0);
        workers.close();
    }

    /** Closes the port and what is open on it, at once. */
    @Override
    public void close() {
        shutdown(Duration.ZERO);
    }
}
