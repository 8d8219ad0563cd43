package io.github.xrayd.engine.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.apache.hc.core5.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * The port's one thread: accepts, reads, writes and ends connections, and sleeps until the next of their deadlines, for
 * ever when there are none.
 *
 * <p>Only {@link #execute}, {@link #stop}, {@link #address} and {@link #connectionCount} may be called from other
 * threads.
 */
public final class HttpLoop implements Runnable {
    private static final int BACKLOG = 1024;
    private static final int INPUT_BYTES = 16 << 10;
    private static final int STACK_BYTES = 256 << 10;
    /** How long no connection is accepted after one could not be, for example for want of descriptors. */
    private static final long ACCEPT_PAUSE_NS = 100_000_000L;

    /** How often all deadlines are looked at, at most. */
    private static final long DEADLINES_PAUSE_NS = 100_000_000L;

    private static final int ACCEPTED_AT_ONCE = 32;

    /** What serves the requests; called on the loop's thread. */
    public interface Handler {
        /**
         * A request's head is complete; its body may not be.
         *
         * @param connection where it came from
         * @throws RefusedException when it is not served, whatever its body
         */
        void onHead(HttpConnection connection, HttpRequest request) throws RefusedException;

        /** A request is complete, and {@link HttpConnection#answer} is to be called once, now or later. */
        void onRequest(HttpConnection connection, HttpRequest request) throws IOException;

        /** A request is not served, and is to be answered with the reason. */
        void onRefused(HttpConnection connection, Refusal refusal) throws IOException;

        /** A client did not take its answer in time. */
        void onClientGone(HttpConnection connection);

        /** A connection was refused because the port has as many as it may have. */
        Response onFull();

        /** No connection can be accepted for a moment, for example for want of descriptors. */
        void onAcceptFailed(IOException e);

        /** A connection failed. */
        void onError(Throwable e);

        /** The time for which {@link #wakeAt} asked has come. */
        void onTick();
    }

    private final ServerSocketChannel server;
    private final Selector selector;
    private final SelectionKey acceptKey;
    private final InetSocketAddress address;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Set<HttpConnection> connections = new HashSet<>();
    /** Those without a request under way, longest first. */
    private final LinkedHashSet<HttpConnection> idle = new LinkedHashSet<>();

    private final ByteBuffer input = ByteBuffer.allocateDirect(INPUT_BYTES);
    private final Budget heads = new Budget(HttpLimits.HEADS_BYTES_MAX);
    private final Budget bodies;
    private final Budget unread = new Budget(HttpLimits.UNREAD_BYTES_MAX);
    private final PortLimits limits;
    private final Handler handler;
    private final Thread thread;

    private int connectionsMax;
    private volatile int connectionCount;
    private long wakeAtNs;
    private boolean isWakeSet;
    private long acceptAgainNs;
    private volatile boolean isStopping;
    private volatile boolean isStopped;

    /**
     * Binds the port.
     *
     * @param name the thread's
     * @throws IOException when it cannot be bound
     */
    public HttpLoop(String name, InetSocketAddress where, PortLimits limits, Handler handler) throws IOException {
        this.handler = handler;
        this.limits = limits;
        bodies = new Budget(limits.bodiesBytesMax());
        // The wildcard address takes IPv4 and IPv6, whichever way it is written.
        server = ServerSocketChannel.open();
        try {
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            server.bind(where, BACKLOG);
            server.configureBlocking(false);
            address = (InetSocketAddress) server.getLocalAddress();
            selector = Selector.open();
            acceptKey = server.register(selector, SelectionKey.OP_ACCEPT);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
        thread = new Thread(null, this, name, STACK_BYTES);
        thread.setDaemon(true);
    }

    /**
     * Starts the thread.
     *
     * @throws IOException when there is none to have
     */
    public void start() throws IOException {
        try {
            thread.start();
        } catch (OutOfMemoryError e) {
            selector.close();
            server.close();
            throw new IOException("there is no thread for it: " + e.getMessage(), e);
        }
    }

    public InetSocketAddress address() {
        return address;
    }

    public Handler handler() {
        return handler;
    }

    public Set<HttpConnection> idle() {
        return idle;
    }

    public ByteBuffer input() {
        return input;
    }

    public RequestReader newReader() {
        return new RequestReader(heads, bodies, limits.bodyBytesMax());
    }

    /** What this port takes. */
    PortLimits limits() {
        return limits;
    }

    /** What was sent behind requests that have no answer yet. */
    Budget unread() {
        return unread;
    }

    /** Bytes of requests that are held. */
    public int bytesHeld() {
        return heads.used() + bodies.used() + unread.used();
    }

    /** Whether its thread is there to serve; from any thread. */
    public boolean isAlive() {
        return thread.isAlive();
    }

    public boolean isStopping() {
        return isStopping;
    }

    /** How many connections are open. Any thread. */
    public int connectionCount() {
        return connectionCount;
    }

    /** Runs a task on the loop's thread; from any thread. After the end it is dropped. */
    public void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    /** Sees to it that deadlines are looked at then. */
    public void wakeAt(long ns) {
        if (!isWakeSet || ns - wakeAtNs < 0) {
            wakeAtNs = ns;
            isWakeSet = true;
        }
    }

    public void forget(HttpConnection connection) {
        connections.remove(connection);
        connectionCount = connections.size();
    }

    @Override
    public void run() {
        connectionsMax = Math.max(1, ProcessLimits.ofThisProcess().connectionsMax() / limits.portCount());
        try {
            while (!isStopped) {
                turn();
            }
        } finally {
            List.copyOf(connections).forEach(HttpConnection::close);
            try {
                selector.close();
                server.close();
            } catch (IOException e) {
                handler.onError(e);
            }
        }
    }

    /** One turn. Whatever goes wrong in it ends the connection it is about, never the loop. */
    private void turn() {
        try {
            select();
            for (SelectionKey key : selector.selectedKeys()) {
                if (key == acceptKey) {
                    guarded(null, this::accept);
                } else if (key.isValid() && key.attachment() instanceof HttpConnection connection) {
                    guarded(connection, connection::onReady);
                }
            }
            selector.selectedKeys().clear();
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                guarded(null, task::run);
            }
            if (isWakeSet && System.nanoTime() - wakeAtNs >= 0) {
                checkDeadlines();
            }
        } catch (Throwable e) {
            handler.onError(e);
            LockSupport.parkNanos(this, ACCEPT_PAUSE_NS);
        }
    }

    private void select() throws IOException {
        if (!isWakeSet) {
            selector.select();
            return;
        }
        long waitNs = wakeAtNs - System.nanoTime();
        if (waitNs <= 0) {
            selector.selectNow();
        } else {
            selector.select(waitNs / 1_000_000L + 1);
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private void guarded(@Nullable HttpConnection connection, Step step) {
        try {
            step.run();
        } catch (Throwable e) {
            if (connection != null) {
                connection.close();
            }
            handler.onError(e);
        }
    }

    /** Runs what concerns one connection and came from elsewhere, for example its answer. */
    public void onConnection(HttpConnection connection, Response answer) {
        guarded(connection, () -> {
            connection.answer(answer);
            connection.resume();
        });
    }

    private void accept() throws IOException {
        for (int i = 0; i < ACCEPTED_AT_ONCE; i++) {
            SocketChannel channel = acceptOne();
            if (channel == null) {
                return;
            }
            open(channel);
        }
    }

    private @Nullable SocketChannel acceptOne() {
        try {
            return server.accept();
        } catch (IOException e) {
            acceptKey.interestOps(0);
            acceptAgainNs = System.nanoTime() + ACCEPT_PAUSE_NS;
            wakeAt(acceptAgainNs);
            handler.onAcceptFailed(e);
            return null;
        }
    }

    private void open(SocketChannel channel) throws IOException {
        try {
            if (connections.size() >= connectionsMax && !idle.isEmpty()) {
                HttpConnection longest = idle.iterator().next();
                if (longest.isSpare()) {
                    longest.close();
                }
            }
            channel.configureBlocking(false);
            if (connections.size() >= connectionsMax) {
                Response full = handler.onFull();
                channel.write(new ByteBuffer[] {full.head(true), ByteBuffer.wrap(full.body())});
                channel.close();
                return;
            }
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            HttpConnection connection = new HttpConnection(this, channel, key);
            key.attach(connection);
            connections.add(connection);
            connectionCount = connections.size();
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void checkDeadlines() {
        long nowNs = System.nanoTime();
        isWakeSet = false;
        if (acceptKey.isValid() && acceptKey.interestOps() == 0) {
            if (nowNs - acceptAgainNs >= 0) {
                acceptKey.interestOps(SelectionKey.OP_ACCEPT);
            } else {
                wakeAt(acceptAgainNs);
            }
        }
        List<HttpConnection> late = new ArrayList<>();
        for (HttpConnection connection : connections) {
            if (nowNs - connection.deadlineNs() >= 0) {
                late.add(connection);
            } else {
                wakeAt(connection.deadlineNs());
            }
        }
        for (HttpConnection connection : late) {
            guarded(connection, connection::onDeadline);
        }
        handler.onTick();
        if (isWakeSet && wakeAtNs - nowNs < DEADLINES_PAUSE_NS) {
            wakeAtNs = nowNs + DEADLINES_PAUSE_NS;
        }
    }

    /** From now on each connection ends with its answer; from any thread. */
    public void beginStop() {
        isStopping = true;
    }

    /** Closes the port and everything on it, and ends the thread; from any thread. */
    public void stop() {
        isStopped = true;
        selector.wakeup();
        try {
            thread.join(1_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
