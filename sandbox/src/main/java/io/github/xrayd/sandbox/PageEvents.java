package io.github.xrayd.sandbox;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Server-sent events that tell open pages of new documents. Each stream has a thread of its own, so that a browser that
 * does not read holds up nobody else; there are at most {@value #STREAMS_MAX}.
 */
final class PageEvents implements AutoCloseable {
    /** The most pages that are notified at once. */
    static final int STREAMS_MAX = 32;

    /** At most four events a second: the page reads all changes at each. */
    private static final long INTERVAL_MS = 250;

    /** An idle stream gets a comment this often, so that one whose reader has gone is noticed. */
    private static final long KEEP_ALIVE_MS = 15_000;

    private final TraceStore store;
    private final ExecutorService threads;

    PageEvents(TraceStore store, ThreadFactory threadFactory) {
        this.store = store;
        this.threads =
                new ThreadPoolExecutor(0, STREAMS_MAX, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), threadFactory);
    }

    /** Answers with a stream that goes on after this method has returned. */
    void open(HttpExchange exchange) throws IOException, ApiException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        try {
            threads.execute(() -> stream(exchange));
        } catch (RejectedExecutionException e) {
            throw new ApiException(
                    503, "ServiceUnavailable", "More than " + STREAMS_MAX + " pages are open: close some of them");
        }
    }

    private void stream(HttpExchange exchange) {
        try {
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            long sequence = -1;
            while (!Thread.currentThread().isInterrupted()) {
                long next = store.awaitChange(sequence, KEEP_ALIVE_MS);
                String event = next == sequence ? ": idle\n\n" : "event: traces\ndata: " + next + "\n\n";
                sequence = next;
                out.write(event.getBytes(StandardCharsets.US_ASCII));
                out.flush();
                TimeUnit.MILLISECONDS.sleep(INTERVAL_MS);
            }
        } catch (IOException e) {
            // The page was closed; there is nobody to tell.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            exchange.close();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
