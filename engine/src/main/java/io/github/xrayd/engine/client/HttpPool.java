package io.github.xrayd.engine.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Makes HTTP calls on connections that are kept for the next one. It repeats, follows and remembers nothing, and its
 * calls end in time, whatever the other side does.
 *
 * <p>One watching thread aborts the calls past their deadline, connecting, TLS, head and body included. It looks now
 * and then, a tenth of the limit apart, while there are calls and parks when there are none, so that a call costs no
 * wake-up: a limit may be exceeded by one tick. Name resolution is the system's and cannot be aborted. Thread-safe.
 */
public final class HttpPool implements AutoCloseable {
    private static final long TICK_NS_MIN = 10_000_000L;
    private static final long TICK_NS_MAX = 500_000_000L;
    private static final int TICKS_PER_CALL = 10;
    private static final int IDLE_TICKS_MAX = 10;
    /** How long after the last call the connections are closed that nobody will use again. */
    private static final long IDLE_CLOSE_NS = 25_000_000_000L;

    /** A request that can be written once the connection is there; by the calling thread. */
    public interface Request {
        /** The HTTP method. */
        String method();

        /** Writes head and body. */
        void writeTo(PooledConnection connection) throws IOException;
    }

    private final TlsTrust trust;
    private final int connectionsMax;
    private final long timeoutNs;
    private final long tickNs;
    private final Semaphore free;
    private final Set<PooledConnection> leased = ConcurrentHashMap.newKeySet();
    /** Guarded by itself; the one used last stands first. */
    private final Deque<PooledConnection> idle = new ArrayDeque<>();

    private final Thread watcher;
    private volatile boolean isWatching = true;
    private volatile boolean isClosed;

    /**
     * @param connectionsMax the most connections at one time
     * @param timeout how long one call may take, waiting for a connection and the answer's body included
     */
    public HttpPool(TlsTrust trust, int connectionsMax, Duration timeout) {
        this.trust = trust;
        this.connectionsMax = connectionsMax;
        timeoutNs = timeout.toNanos();
        tickNs = Math.max(TICK_NS_MIN, Math.min(TICK_NS_MAX, timeoutNs / TICKS_PER_CALL));
        free = new Semaphore(connectionsMax);
        watcher = new Thread(null, this::watch, "backend-deadlines", 128 << 10);
        watcher.setDaemon(true);
        watcher.start();
    }

    /**
     * Makes a call once.
     *
     * @param isDecoded whether a body is decoded that comes compressed
     * @throws IOException when there is no complete answer; a {@link SocketTimeoutException} when it did not come in
     *     time
     */
    public HttpReply call(Origin origin, Request request, AnswerReader answers, boolean isDecoded) throws IOException {
        if (origin.hasTls()) {
            // Made once, which takes a while: not in the call's time.
            trust.ready();
        }
        awaitFree();
        PooledConnection connection = null;
        boolean isReusable = false;
        try {
            connection = lease(origin);
            connection.open();
            request.writeTo(connection);
            HttpReply reply = connection.read(request.method(), answers, isDecoded);
            isReusable = connection.isReusable();
            return reply;
        } catch (IOException | RuntimeException e) {
            throw connection == null ? new IOException(e) : connection.inTermsOfTime(e, timeoutNs);
        } finally {
            if (connection != null) {
                release(connection, isReusable);
            }
            // Whatever was thrown, memory that is out included: what is not given back is gone for ever.
            free.release();
        }
    }

    private void awaitFree() throws IOException {
        try {
            if (!free.tryAcquire(timeoutNs, TimeUnit.NANOSECONDS)) {
                throw new SocketTimeoutException("none of the " + connectionsMax + " connections became free within "
                        + timeoutNs / 1_000_000 + " ms");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the call was ended while it waited for a connection");
        }
    }

    private PooledConnection lease(Origin origin) {
        PooledConnection kept = takeIdle(origin);
        PooledConnection connection = kept == null ? new PooledConnection(origin, trust) : kept;
        connection.begin(System.nanoTime() + timeoutNs);
        leased.add(connection);
        if (isClosed) {
            connection.abort();
        }
        if (!isWatching) {
            LockSupport.unpark(watcher);
        }
        return connection;
    }

    /** A connection of before that still stands, or null; makes room for a new one then. */
    private @Nullable PooledConnection takeIdle(Origin origin) {
        while (true) {
            long nowNs = System.nanoTime();
            PooledConnection found = null;
            PooledConnection evicted = null;
            synchronized (idle) {
                PooledConnection last = idle.peekFirst();
                if (last != null && last.origin().equals(origin)) {
                    found = idle.removeFirst();
                } else if (last != null) {
                    found = findIdle(origin);
                }
                if (found == null && leased.size() + idle.size() >= connectionsMax) {
                    evicted = idle.pollLast();
                }
            }
            if (evicted != null) {
                evicted.close();
            }
            if (found == null) {
                return null;
            }
            if (!found.isExpired(nowNs) && !found.isStale(nowNs)) {
                return found;
            }
            found.close();
        }
    }

    private @Nullable PooledConnection findIdle(Origin origin) {
        Iterator<PooledConnection> all = idle.iterator();
        while (all.hasNext()) {
            PooledConnection next = all.next();
            if (next.origin().equals(origin)) {
                all.remove();
                return next;
            }
        }
        return null;
    }

    private void release(PooledConnection connection, boolean isReusable) {
        leased.remove(connection);
        if (isReusable) {
            synchronized (idle) {
                idle.addFirst(connection);
            }
            if (isClosed) {
                closeIdle(true);
            }
        } else {
            connection.abort();
        }
    }

    private void closeIdle(boolean isAll) {
        Deque<PooledConnection> closed = new ArrayDeque<>();
        long nowNs = System.nanoTime();
        synchronized (idle) {
            for (PooledConnection connection : idle) {
                if (isAll || connection.isExpired(nowNs)) {
                    closed.add(connection);
                }
            }
            idle.removeAll(closed);
        }
        closed.forEach(PooledConnection::close);
    }

    private void watch() {
        int idleTicks = 0;
        while (!isClosed) {
            if (!leased.isEmpty()) {
                idleTicks = 0;
                long nowNs = System.nanoTime();
                for (PooledConnection connection : leased) {
                    connection.abortIfLate(nowNs);
                }
                LockSupport.parkNanos(this, tickNs);
            } else if (++idleTicks < IDLE_TICKS_MAX) {
                LockSupport.parkNanos(this, tickNs);
            } else {
                isWatching = false;
                if (leased.isEmpty() && !isClosed) {
                    LockSupport.parkNanos(this, IDLE_CLOSE_NS);
                }
                if (leased.isEmpty() && !isClosed) {
                    closeIdle(false);
                    LockSupport.park(this);
                }
                isWatching = true;
                idleTicks = 0;
            }
        }
    }

    /** Ends open calls and frees the connections. */
    @Override
    public void close() {
        isClosed = true;
        LockSupport.unpark(watcher);
        leased.forEach(PooledConnection::abort);
        closeIdle(true);
    }
}
