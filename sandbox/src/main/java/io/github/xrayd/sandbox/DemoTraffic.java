package io.github.xrayd.sandbox;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends lifelike traces to a daemon's UDP address from sockets of its own, at an even rate, until closed. It has one
 * thread; the methods may be called from any.
 */
public final class DemoTraffic implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DemoTraffic.class);
    private static final byte[] HEADER = "{\"format\": \"json\", \"version\": 1}\n".getBytes(StandardCharsets.US_ASCII);
    private static final int SOCKETS = 4;
    private static final double RATE_MAX = 100_000;

    /** Traces begin a little in the past, so that they are over when they are sent. */
    private static final double STARTED_AGO_SECONDS = 2;

    private final InetSocketAddress daemon;
    private final long intervalNanos;
    private final Random random;
    private final DatagramSocket[] sockets = new DatagramSocket[SOCKETS];
    private final AtomicLong traces = new AtomicLong();
    private final AtomicLong datagrams = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final Thread thread = new Thread(this::run, "demo-traffic");
    private volatile boolean isClosed;

    private DemoTraffic(InetSocketAddress daemon, double tracesPerSecond, long seed) throws IOException {
        if (!(tracesPerSecond > 0 && tracesPerSecond <= RATE_MAX)) {
            throw new IllegalArgumentException("Demo traffic must have a rate above 0 and up to " + (int) RATE_MAX
                    + " traces per second, not " + tracesPerSecond);
        }
        this.daemon = daemon;
        this.intervalNanos = Math.round(1e9 / tracesPerSecond);
        this.random = new Random(seed);
        for (int i = 0; i < SOCKETS; i++) {
            sockets[i] = new DatagramSocket();
        }
        thread.setDaemon(true);
    }

    /**
     * Starts to send.
     *
     * @param daemon where to
     * @param tracesPerSecond the rate; a trace is one to four datagrams
     * @param seed the same seed makes the same traces, but for their times
     * @throws IOException when no socket can be opened
     */
    public static DemoTraffic start(InetSocketAddress daemon, double tracesPerSecond, long seed) throws IOException {
        DemoTraffic traffic = new DemoTraffic(daemon, tracesPerSecond, seed);
        traffic.thread.start();
        return traffic;
    }

    private void run() {
        long dueNanos = System.nanoTime();
        while (!isClosed) {
            long waitNanos = dueNanos - System.nanoTime();
            if (waitNanos > 0) {
                LockSupport.parkNanos(waitNanos);
                continue;
            }
            send();
            dueNanos += intervalNanos;
        }
    }

    private void send() {
        for (String document : DemoTrace.documents(random, System.currentTimeMillis() / 1e3 - STARTED_AGO_SECONDS)) {
            byte[] text = document.getBytes(StandardCharsets.UTF_8);
            byte[] datagram = new byte[HEADER.length + text.length];
            System.arraycopy(HEADER, 0, datagram, 0, HEADER.length);
            System.arraycopy(text, 0, datagram, HEADER.length, text.length);
            try {
                sockets[(int) (datagrams.get() % SOCKETS)].send(new DatagramPacket(datagram, datagram.length, daemon));
                datagrams.incrementAndGet();
            } catch (IOException | RuntimeException e) {
                if (!isClosed && failures.getAndIncrement() == 0) {
                    LOG.warn("Demo traffic cannot reach {}: {}", daemon, e.toString());
                }
            }
        }
        traces.incrementAndGet();
    }

    /** Traces sent so far. */
    public long traces() {
        return traces.get();
    }

    /** Datagrams sent so far. */
    public long datagrams() {
        return datagrams.get();
    }

    /** Datagrams that could not be sent. */
    public long failures() {
        return failures.get();
    }

    /** Stops sending, after the trace that is under way. */
    @Override
    public void close() {
        isClosed = true;
        LockSupport.unpark(thread);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (DatagramSocket socket : sockets) {
            socket.close();
        }
    }
}
