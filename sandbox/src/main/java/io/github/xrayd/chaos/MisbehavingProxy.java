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
 * A TCP proxy on loopback that misbehaves as it is told: between the daemon and its endpoint.
 *
 * <p>What happens to which piece of which connection comes from a seed, one generator per connection and direction; which connection
 * carries which batch is the daemon's. Thread-safe.
 */
final class MisbehavingProxy implements AutoCloseable {
    private static final Duration REOPEN_MAX = Duration.ofSeconds(5);
    private static final int CONNECTIONS_WAITING_MAX = 256;
    private static final Mischief[] MIXTURE = {
        Mischief.DELAY, Mischief.TRUNCATE, Mischief.CORRUPT_ANSWERS, Mischief.RESET, Mischief.BLACKHOLE
    };

    private final InetSocketAddress upstream;
    private final long seed;
    private final int port;
    private final Set<ProxyLink> links = ConcurrentHashMap.newKeySet();
    private final AtomicLong struck = new AtomicLong();
    private final AtomicLong linkNumber = new AtomicLong();
    private volatile Setting setting = new Setting(Mischief.NONE, 0);
    private volatile Duration dateShift = Duration.ZERO;
    private @Nullable ServerSocket server;
    private @Nullable Thread acceptor;

    /**
     * What happens now.
     *
     * @param share to which part of the pieces it can happen to, 0 to 1
     */
    private record Setting(Mischief mischief, double share) {}

    private MisbehavingProxy(InetSocketAddress upstream, long seed) throws IOException {
        this.upstream = upstream;
        this.seed = seed;
        port = listen(0);
    }

    /** Starts one that passes everything on. */
    static MisbehavingProxy start(InetSocketAddress upstream, long seed) throws IOException {
        return new MisbehavingProxy(upstream, seed);
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
    void misbehave(Mischief mischief, double share) {
        setting = new Setting(mischief, share);
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
        setting = new Setting(Mischief.NONE, 0);
        dateShift = Duration.ZERO;
        long deadlineNs = System.nanoTime() + REOPEN_MAX.toNanos();
        while (!isOpen()) {
            try {
                listen(port);
            } catch (IOException e) {
                if (System.nanoTime() > deadlineNs) {
                    throw new IOException("port " + port + " was taken by somebody else meanwhile: " + e, e);
                }
                Thread.sleep(20);
            }
        }
    }

    private synchronized boolean isOpen() {
        return server != null;
    }

    /** What happens to the next piece; counts it when it is not nothing. */
    Mischief choose(RandomGenerator random, Mischief.Direction direction) {
        Setting now = setting;
        if (!now.mischief().appliesTo(direction) || random.nextDouble() >= now.share()) {
            return Mischief.NONE;
        }
        Mischief chosen = now.mischief() == Mischief.MIXED ? MIXTURE[random.nextInt(MIXTURE.length)] : now.mischief();
        if (!chosen.appliesTo(direction)) {
            return Mischief.NONE;
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
