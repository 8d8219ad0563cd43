package io.github.xrayd.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on loopback that injects network faults as configured: between the daemon and its endpoint.
 *
 * <p>What happens to which piece of which connection comes from a seed, one generator per connection and direction;
 * which connection carries which batch is the daemon's. Thread-safe.
 */
final class FaultyProxy implements AutoCloseable {
    private static final Duration REOPEN_MAX = Duration.ofSeconds(5);
    private static final int CONNECTIONS_WAITING_MAX = 256;
    private static final NetworkFault[] MIXTURE = {
        NetworkFault.DELAY,
        NetworkFault.TRUNCATE,
        NetworkFault.CORRUPT_ANSWERS,
        NetworkFault.RESET,
        NetworkFault.BLACKHOLE
    };

    private final InetSocketAddress upstream;
    private final long seed;
    private final int port;
    private final Set<ProxyLink> links = ConcurrentHashMap.newKeySet();
    private final AtomicLong struck = new AtomicLong();
    private final AtomicLong linkNumber = new AtomicLong();
    private volatile Setting setting = new Setting(NetworkFault.NONE, 0);
    private volatile Duration dateShift = Duration.ZERO;
    private @Nullable ServerSocket server;
    private @Nullable Thread acceptor;

    /**
     * What happens now.
     *
     * @param share to which part of the pieces it can happen to, 0 to 1
     */
    private record Setting(NetworkFault fault, double share) {}

    private FaultyProxy(InetSocketAddress upstream, long seed) throws IOException {
        this.upstream = upstream;
        this.seed = seed;
        port = listen(0);
    }

    /** Starts one that passes everything on. */
    static FaultyProxy start(InetSocketAddress upstream, long seed) throws IOException {
        return new FaultyProxy(upstream, seed);
    }

    private synchronized int listen(int wantedPort) throws IOException {
        ServerSocket opened = new ServerSocket();
        opened.setReuseAddress(true);
        try {
            opened.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wantedPort), CONNECTIONS_WAITING_MAX);
        } catch (IOException e) {
            opened.close();
            throw e;
        }
        server = opened;
        Thread started = new Thread(() -> accept(opened), "chaos-proxy-accept");
        started.setDaemon(true);
        started.start();
        acceptor = started;
        return opened.getLocalPort();
    }

    private void accept(ServerSocket from) {
        while (!from.isClosed()) {
            try {
                Socket client = from.accept();
                ProxyLink link = new ProxyLink(this, client, upstream, seed + 2 * linkNumber.getAndIncrement());
                links.add(link);
                link.start();
                if (from.isClosed()) {
                    link.close();
                }
            } catch (IOException expected) {
                // Closed on purpose, or one connection came to nothing: its peer sees it.
            }
        }
    }

    /** Where clients send to. */
    URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** From now on something happens to a part of what comes through. */
    void inject(NetworkFault fault, double share) {
        setting = new Setting(fault, share);
    }

    /** Answers bear a date that is ahead by this much. */
    void shiftDates(Duration ahead) {
        dateShift = ahead;
    }

    /** Closes the port and every connection: whoever connects is refused. */
    synchronized void refuse() throws IOException {
        struck.incrementAndGet();
        ServerSocket open = server;
        Thread accepting = acceptor;
        server = null;
        if (open != null) {
            open.close();
        }
        if (accepting != null) {
            // The kernel goes on listening until the thread that waits in accept has left it.
            try {
                accepting.join(REOPEN_MAX.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        links.forEach(ProxyLink::close);
    }

    /** Passes everything on again, at the same port. */
    void behave() throws IOException, InterruptedException {
        setting = new Setting(NetworkFault.NONE, 0);
        dateShift = Duration.ZERO;
        long deadlineNs = System.nanoTime() + REOPEN_MAX.toNanos();
        while (!isOpen()) {
            try {
                listen(port);
            } catch (IOException e) {
                if (System.nanoTime() > deadlineNs) {
                    throw new IOException("port " + port + " was taken by another process meanwhile: " + e, e);
                }
                Thread.sleep(20);
            }
        }
    }

    private synchronized boolean isOpen() {
        return server != null;
    }

    /** What happens to the next piece; counts it when it is not nothing. */
    NetworkFault choose(RandomGenerator random, NetworkFault.Direction direction) {
        Setting now = setting;
        if (!now.fault().appliesTo(direction) || random.nextDouble() >= now.share()) {
            return NetworkFault.NONE;
        }
        NetworkFault chosen = now.fault() == NetworkFault.MIXED ? MIXTURE[random.nextInt(MIXTURE.length)] : now.fault();
        if (!chosen.appliesTo(direction)) {
            return NetworkFault.NONE;
        }
        onStruck();
        return chosen;
    }

    Duration dateShift() {
        return dateShift;
    }

    /** Something was done to a piece. */
    void onStruck() {
        struck.incrementAndGet();
    }

    /** How often something was done. */
    long struck() {
        return struck.get();
    }

    void onClosed(ProxyLink link) {
        links.remove(link);
    }

    @Override
    public void close() {
        try {
            refuse();
        } catch (IOException e) {
            // The port goes with the process.
            return;
        }
    }
}
