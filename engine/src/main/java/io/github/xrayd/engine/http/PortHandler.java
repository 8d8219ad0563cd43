package io.github.xrayd.engine.http;

import io.github.xrayd.engine.json.JsonText;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;

/**
 * What every port does alike: refusals as JSON, what failed, their counters, and the wait for answers at the end. Its
 * methods run on the loop's thread, where nothing else is said.
 */
public abstract class PortHandler implements HttpLoop.Handler {
    private final HttpStats stats = new HttpStats();
    /** Requests whose answer is not written yet. */
    private final AtomicInteger underWay = new AtomicInteger();

    private final Logger log;
    private final String port;
    private final String source;

    /**
     * @param log where failures are logged
     * @param port the port's name, for example {@code The TCP port}
     * @param source what an error is of, for example {@code http proxy}
     */
    protected PortHandler(Logger log, String port, String source) {
        this.log = log;
        this.port = port;
        this.source = source;
    }

    /** What was served and what was not. Any thread. */
    public final HttpStats stats() {
        return stats;
    }

    /** A request is answered later. */
    public final void begin() {
        underWay.incrementAndGet();
    }

    /** A request is answered for which {@link #begin} was called. Any thread. */
    public final void end() {
        underWay.decrementAndGet();
    }

    /** Waits until no answer is under way and no longer than that, or until the caller is interrupted. Any thread. */
    public final void awaitAnswers(HttpLoop loop, long timeoutNs) {
        long deadlineNs = System.nanoTime() + timeoutNs;
        while (underWay.get() > 0
                && loop.isAlive()
                && System.nanoTime() - deadlineNs < 0
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, 2_000_000L);
        }
    }

    /** The answer to a request that is not served, which it counts. Any thread. */
    public final Response response(Refusal refusal) {
        stats.increment(refusal.counter());
        Map<String, List<String>> headers = new LinkedHashMap<>();
        headers.put("Content-Type", List.of("application/json"));
        String allowed = refusal.allowed();
        if (allowed != null) {
            headers.put("Allow", List.of(allowed));
        }
        if (refusal.status() == 503) {
            headers.put("Retry-After", List.of("1"));
        }
        return new Response(refusal.status(), headers, JsonText.message(refusal.message()));
    }

    @Override
    public void onRefused(HttpConnection connection, Refusal refusal) throws IOException {
        connection.answer(response(refusal));
    }

    @Override
    public final void onClientGone(HttpConnection connection) {
        stats.increment(HttpCounter.CLIENT_GONE);
    }

    @Override
    public final Response onFull() {
        return response(new Refusal(503, HttpCounter.REFUSED_CONNECTION, "Too many connections are open; try again."));
    }

    @Override
    public final void onAcceptFailed(IOException e) {
        log.warn("{} cannot accept connections for a moment: {}", port, e.getMessage());
    }

    @Override
    public final void onError(Throwable e) {
        if (e instanceof IOException) {
            stats.increment(HttpCounter.CLIENT_GONE);
            log.debug("{} error: {}", source, e.toString());
        } else {
            log.warn("{} error: {}", source, e.toString(), e);
        }
    }

    @Override
    public void onTick() {}
}
