package io.github.xrayd.engine.proxy;

import io.github.xrayd.engine.aws.AwsConnection;
import io.github.xrayd.engine.aws.HttpCall;
import io.github.xrayd.engine.client.CredentialsUnavailableException;
import io.github.xrayd.engine.client.HttpReply;
import io.github.xrayd.engine.client.NoRoomException;
import io.github.xrayd.engine.http.HttpCounter;
import io.github.xrayd.engine.http.HttpStats;
import io.github.xrayd.engine.http.ProcessLimits;
import io.github.xrayd.engine.http.Refusal;
import io.github.xrayd.engine.http.RefusedException;
import io.github.xrayd.engine.http.Workers;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes API calls through to X-Ray: body and unknown fields verbatim both ways, signed anew, never unsigned. One
 * attempt per call, as the SDKs retry themselves.
 *
 * <p>{@link #forward} is called on the port's thread and gives the answer there; the call itself is made on a worker.
 */
final class Forwarder {
    /** How long a request waits for the backend while the daemon starts. */
    private static final long READY_WAIT_NS = 2_000_000_000L;

    private static final String SHARED_PATH = "/GetSamplingRules";
    private static final int SHARED_BODY_BYTES_MAX = 1024;
    private static final Logger LOGGER = LoggerFactory.getLogger(Forwarder.class);
    /** Made at the start, because there may be no memory for it when it is needed. */
    private static final ProxyAnswer FAILED = ProxyAnswer.of(
            new Refusal(502, HttpCounter.UPSTREAM_FAILED, "The call failed inside the daemon, which cannot say why."));

    private final CompletableFuture<AwsConnection> backend;
    private final HttpStats stats;
    private final SharedAnswers shared;
    private final Consumer<Runnable> portThread;
    private @Nullable Workers workers;

    /** {@code portThread}: runs a task on the port's thread. */
    Forwarder(CompletableFuture<AwsConnection> backend, HttpStats stats, Consumer<Runnable> portThread) {
        this.backend = backend;
        this.stats = stats;
        this.portThread = portThread;
        this.shared = new SharedAnswers(System::nanoTime, () -> stats.increment(HttpCounter.SHARED));
    }

    /**
     * Makes a call, or shares another one's answer.
     *
     * @param onAnswer is given the answer, now or later, and must release it
     */
    void forward(HttpRequest request, String target, byte[] body, Consumer<ProxyAnswer> onAnswer) {
        HttpCall call = call(request, target, body);
        if (call.path().equals(SHARED_PATH) && body.length <= SHARED_BODY_BYTES_MAX) {
            shared.get(key(call), onAnswer, whenThere -> start(call, whenThere));
        } else {
            start(call, onAnswer);
        }
    }

    /** Forgets shared answers that are too old; returns whether there are others. */
    boolean expire() {
        return shared.expire();
    }

    /** Bytes of answers that are held. */
    long bytesHeld() {
        AwsConnection connection = backend.isDone() && !backend.isCompletedExceptionally() ? backend.join() : null;
        return connection == null ? 0 : connection.answerBytesHeld();
    }

    private void start(HttpCall call, Consumer<ProxyAnswer> onAnswer) {
        try {
            workers().execute(() -> {
                ProxyAnswer answer = FAILED;
                try {
                    answer = answer(call);
                } finally {
                    ProxyAnswer made = answer;
                    portThread.accept(() -> onAnswer.accept(made));
                }
            });
        } catch (RejectedExecutionException e) {
            onAnswer.accept(ProxyAnswer.of(
                    new Refusal(503, HttpCounter.OVERLOADED, "Too many calls are under way; try again.")));
        }
    }

    private synchronized Workers workers() {
        if (workers == null) {
            workers = new Workers(ProcessLimits.ofThisProcess().workersMax());
        }
        return workers;
    }

    /** Calls under way or waiting for a worker; from any thread. */
    synchronized int busy() {
        return workers == null ? 0 : workers.busy();
    }

    /** Ends the workers; from any thread. */
    synchronized void close() {
        if (workers != null) {
            workers.close();
        }
    }

    /** Makes the call on this thread. Whatever happens there is an answer, as others may wait for it too. */
    private ProxyAnswer answer(HttpCall call) {
        try {
            HttpReply reply = send(connection(), call);
            stats.increment(HttpCounter.FORWARDED);
            return ProxyAnswer.of(reply);
        } catch (RefusedException e) {
            return ProxyAnswer.of(e.refusal());
        } catch (Throwable e) {
            LOGGER.warn("http proxy error: {}", e.toString(), e);
            return ProxyAnswer.of(
                    new Refusal(502, HttpCounter.UPSTREAM_FAILED, "The call failed inside the daemon: " + e));
        }
    }

    private static HttpReply send(AwsConnection connection, HttpCall call) throws RefusedException {
        try {
            return connection.send(call);
        } catch (NoRoomException e) {
            throw refused(503, HttpCounter.OVERLOADED, "Too many answers of the API are held; try again.");
        } catch (CredentialsUnavailableException e) {
            LOGGER.error("Unable to retrieve credentials: {}", e.getMessage());
            throw new RefusedException(new Refusal(
                    503, HttpCounter.NO_CREDENTIALS, "There are no credentials to sign with: " + e.getMessage()));
        } catch (SocketTimeoutException e) {
            throw refused(504, HttpCounter.UPSTREAM_TIMEOUT, "X-Ray did not answer in time: " + connection.reason(e));
        } catch (IOException | RuntimeException e) {
            throw refused(
                    502,
                    HttpCounter.UPSTREAM_FAILED,
                    "X-Ray cannot be reached at " + connection.endpoint() + ": " + connection.reason(e));
        }
    }

    private static RefusedException refused(int status, HttpCounter counter, String message) {
        // The reference writes these to standard error at every level; the log folds what repeats.
        LOGGER.warn("http: proxy error: {}", message);
        return new RefusedException(new Refusal(status, counter, message));
    }

    private AwsConnection connection() throws RefusedException {
        try {
            return backend.get(READY_WAIT_NS, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw refused(503, HttpCounter.NOT_READY, "The daemon is still starting; try again.");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw refused(503, HttpCounter.NOT_READY, "The daemon has no backend: " + cause.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refused(503, HttpCounter.NOT_READY, "The daemon is stopping.");
        }
    }

    private static HttpCall call(HttpRequest request, String target, byte[] body) {
        String connection = Stream.of(request.getHeaders("Connection"))
                .map(Header::getValue)
                .collect(Collectors.joining(","));
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Header header : request.getHeaders()) {
            if (RequestFilter.isForwarded(header.getName(), connection)) {
                headers.computeIfAbsent(header.getName(), name -> new ArrayList<>(1))
                        .add(header.getValue());
            }
        }
        int query = target.indexOf('?');
        return new HttpCall(
                request.getMethod(),
                query < 0 ? target : target.substring(0, query),
                query < 0 ? "" : target.substring(query + 1),
                headers,
                body);
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
