package io.github.xrayd.engine.aws;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;

/**
 * An HTTP client whose calls end in time and whose answers end in size, whatever the other side does.
 *
 * <p>The client's own time limits are per connect and per read, so an answer that drips a byte a second would hold a thread for
 * hours. Here every call is registered, and one watching thread aborts those past their deadline, connecting, TLS, headers and body
 * included. That thread looks now and then, a tenth of the limit apart, while there are calls and parks when there are none, so that
 * a call costs no wake-up: a limit may be exceeded by one tick. Name resolution is the system's and cannot be aborted. Thread-safe.
 */
final class DeadlineHttpClient implements SdkHttpClient {
    private static final long TICK_NS_MIN = 10_000_000L;
    private static final long TICK_NS_MAX = 500_000_000L;
    private static final int TICKS_PER_CALL = 10;
    private static final int IDLE_TICKS_MAX = 10;
    /** How long after the last call the connections are closed that nobody will use again. */
    private static final long IDLE_CLOSE_NS = 25_000_000_000L;

    private final Future<PlainHttpClient> delegate;
    private final long timeoutNs;
    private final long tickNs;
    private final long answerBytesMax;
    private final Set<TimedCall> calls = ConcurrentHashMap.newKeySet();
    private final Thread watcher;
    private volatile boolean isWatching = true;
    private volatile boolean isClosed;

    /**
     * @param maker makes the client that does the work; run beside the caller, who waits for it only when it is needed
     * @param timeout how long one call may take, its answer's body included
     * @param answerBytesMax the most bytes of an answer's body that are read
     */
    DeadlineHttpClient(Callable<PlainHttpClient> maker, Duration timeout, long answerBytesMax) {
        FutureTask<PlainHttpClient> task = new FutureTask<>(maker);
        this.delegate = task;
        // Its TLS context is a third of the whole start; the SDK client's classes load meanwhile.
        Thread making = new Thread(task, "backend-http");
        making.setDaemon(true);
        making.start();
        this.timeoutNs = timeout.toNanos();
        tickNs = Math.max(TICK_NS_MIN, Math.min(TICK_NS_MAX, timeoutNs / TICKS_PER_CALL));
        this.answerBytesMax = answerBytesMax;
        watcher = new Thread(null, this::watch, "backend-deadlines", 128 << 10);
        watcher.setDaemon(true);
        watcher.start();
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return new TimedCall(delegate().prepareRequest(request), System.nanoTime() + timeoutNs);
    }

    @Override
    public String clientName() {
        return "Apache";
    }

    /** Aborts the open calls and frees the connections. */
    @Override
    public void close() {
        isClosed = true;
        LockSupport.unpark(watcher);
        calls.forEach(TimedCall::abort);
        SdkHttpClient made;
        try {
            made = delegate();
        } catch (IllegalStateException e) {
            // It was never made, so there is nothing to free; every call has said so.
            return;
        }
        made.close();
    }

    private PlainHttpClient delegate() {
        boolean isInterrupted = false;
        try {
            while (true) {
                try {
                    return delegate.get();
                } catch (InterruptedException e) {
                    isInterrupted = true;
                } catch (ExecutionException e) {
                    throw new IllegalStateException("The HTTP client cannot be made: " + e.getCause(), e);
                }
            }
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void watch() {
        int idleTicks = 0;
        while (!isClosed) {
            if (!calls.isEmpty()) {
                idleTicks = 0;
                long nowNs = System.nanoTime();
                for (TimedCall call : calls) {
                    call.abortIfLate(nowNs);
                }
                LockSupport.parkNanos(this, tickNs);
            } else if (++idleTicks < IDLE_TICKS_MAX) {
                LockSupport.parkNanos(this, tickNs);
            } else {
                isWatching = false;
                if (calls.isEmpty() && !isClosed) {
                    LockSupport.parkNanos(this, IDLE_CLOSE_NS);
                }
                if (calls.isEmpty() && !isClosed) {
                    delegate().closeIdle();
                    LockSupport.park(this);
                }
                isWatching = true;
                idleTicks = 0;
            }
        }
    }

    private void register(TimedCall call) throws IOException {
        calls.add(call);
        if (isClosed) {
            calls.remove(call);
            throw new IOException("the HTTP client is closed");
        }
        if (!isWatching) {
            LockSupport.unpark(watcher);
        }
    }

    private final class TimedCall implements ExecutableHttpRequest {
        private final ExecutableHttpRequest call;
        private final long deadlineNs;
        private volatile boolean isLate;

        TimedCall(ExecutableHttpRequest call, long deadlineNs) {
            this.call = call;
            this.deadlineNs = deadlineNs;
        }

        @Override
        public HttpExecuteResponse call() throws IOException {
            register(this);
            boolean isOpen = false;
            try {
                HttpExecuteResponse response = call.call();
                if (response.responseBody().isEmpty()) {
                    return response;
                }
                AbortableInputStream body = response.responseBody().get();
                isOpen = true;
                return HttpExecuteResponse.builder()
                        .response(response.httpResponse())
                        .responseBody(AbortableInputStream.create(new TimedBody(body, this), () -> {
                            end();
                            body.abort();
                        }))
                        .build();
            } catch (IOException | RuntimeException e) {
                throw inTermsOfTime(e);
            } finally {
                if (!isOpen) {
                    end();
                }
            }
        }

        @Override
        public void abort() {
            call.abort();
        }

        void abortIfLate(long nowNs) {
            if (nowNs - deadlineNs >= 0) {
                isLate = true;
                end();
                call.abort();
            }
        }

        void end() {
            calls.remove(this);
        }

        IOException inTermsOfTime(Exception e) {
            if (isLate) {
                SocketTimeoutException timeout = new SocketTimeoutException("no complete answer within "
                        + Duration.ofNanos(timeoutNs).toMillis() + " ms");
                timeout.initCause(e);
                return timeout;
            }
            return e instanceof IOException io ? io : new IOException(e);
        }
    }

    private final class TimedBody extends FilterInputStream {
        private final TimedCall call;
        private long bytes;

        TimedBody(InputStream in, TimedCall call) {
            super(in);
            this.call = call;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count;
            try {
                count = in.read(target, offset, length);
            } catch (IOException | RuntimeException e) {
                call.end();
                throw call.inTermsOfTime(e);
            }
            if (count < 0) {
                call.end();
                if (call.isLate) {
                    throw call.inTermsOfTime(new IOException("aborted"));
                }
                return count;
            }
            bytes += count;
            if (bytes > answerBytesMax) {
                call.end();
                call.abort();
                throw new IOException("the answer's body is longer than " + answerBytesMax + " bytes");
            }
            return count;
        }

        @Override
        public void close() throws IOException {
            call.end();
            super.close();
        }
    }
}
