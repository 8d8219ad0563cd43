package io.github.xrayd.engine.proxy;

import com.sun.net.httpserver.HttpExchange;
import io.github.xrayd.engine.backend.BackendConnection;
import io.github.xrayd.engine.backend.CredentialsUnavailableException;
import io.github.xrayd.engine.backend.HttpCall;
import io.github.xrayd.engine.backend.HttpReply;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one API call through to X-Ray: body and unknown fields verbatim both ways, signed anew, never unsigned.
 *
 * <p>Called from many worker threads. One attempt per call, as the SDKs retry themselves.
 */
final class Forwarder {
    /** How long a request waits for the backend while the daemon starts. */
    private static final long READY_WAIT_NS = 2_000_000_000L;

    /** A little more than the backend's own limit for one attempt, for those who wait for another one's answer. */
    private static final long SHARED_WAIT_NS = 10_000_000_000L;

    private static final String SHARED_PATH = "/GetSamplingRules";
    private static final int SHARED_BODY_BYTES_MAX = 1024;
    private static final Logger LOGGER = LoggerFactory.getLogger(Forwarder.class);

    private final CompletableFuture<BackendConnection> backend;
    private final ProxyStats stats;
    private final SharedAnswers shared;

    Forwarder(CompletableFuture<BackendConnection> backend, ProxyStats stats) {
        this.backend = backend;
        this.stats = stats;
        this.shared = new SharedAnswers(System::nanoTime, () -> stats.increment(ProxyCounter.SHARED));
    }

    /**
     * The API's answer.
     *
     * @throws RefusedException when there is none to give
     */
    HttpReply forward(HttpExchange exchange, byte[] body) throws RefusedException {
        BackendConnection connection = connection();
        HttpCall call = call(exchange, body);
        try {
            if (call.path().equals(SHARED_PATH) && body.length <= SHARED_BODY_BYTES_MAX) {
                return shared.get(key(call), SHARED_WAIT_NS, () -> send(connection, call));
            }
            return send(connection, call);
        } catch (CredentialsUnavailableException e) {
            LOGGER.error("Unable to retrieve credentials: {}", e.getMessage());
            throw new RefusedException(new Refusal(
                    503, ProxyCounter.NO_CREDENTIALS, "There are no credentials to sign with: " + e.getMessage()));
        } catch (SocketTimeoutException e) {
            throw refused(504, ProxyCounter.UPSTREAM_TIMEOUT, "X-Ray did not answer in time: " + connection.reason(e));
        } catch (IOException | RuntimeException e) {
            throw refused(
                    502,
                    ProxyCounter.UPSTREAM_FAILED,
                    "X-Ray cannot be reached at " + connection.endpoint() + ": " + connection.reason(e));
        }
    }

    private RefusedException refused(int status, ProxyCounter counter, String message) {
        // The reference writes these to standard error at every level; the log folds what repeats.
        LOGGER.warn("http: proxy error: {}", message);
        return new RefusedException(new Refusal(status, counter, message));
    }

    private HttpReply send(BackendConnection connection, HttpCall call) throws IOException {
        HttpReply reply = connection.send(call);
        stats.increment(ProxyCounter.FORWARDED);
        return reply;
    }

    private BackendConnection connection() throws RefusedException {
        try {
            return backend.get(READY_WAIT_NS, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw refused(503, ProxyCounter.NOT_READY, "The daemon is still starting; try again.");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw refused(503, ProxyCounter.NOT_READY, "The daemon has no backend: " + cause.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refused(503, ProxyCounter.NOT_READY, "The daemon is stopping.");
        }
    }

    private static HttpCall call(HttpExchange exchange, byte[] body) {
        URI uri = exchange.getRequestURI();
        String query = uri.getRawQuery();
        String connection = Gate.first(exchange.getRequestHeaders(), "Connection");
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (Gate.isForwarded(name, connection)) {
                headers.put(name, values);
            }
        });
        return new HttpCall(exchange.getRequestMethod(), uri.getRawPath(), query == null ? "" : query, headers, body);
    }

    /** Everything that X-Ray's answer may depend on. */
    private static String key(HttpCall call) {
        return call.query()
                + '\n'
                + call.headers().get("Accept")
                + '\n'
                + call.headers().get("Accept-Encoding")
                + '\n'
                + call.headers().get("Content-Type")
                + '\n'
                + new String(call.body(), StandardCharsets.ISO_8859_1);
    }
}
