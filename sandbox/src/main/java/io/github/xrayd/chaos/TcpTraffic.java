package io.github.xrayd.chaos;

import io.github.xrayd.child.DaemonProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Clients of the daemon's TCP port beside the load. Each has a thread; meanwhile {@code /healthz} must be answered. */
final class TcpTraffic implements BackgroundTraffic {
    private static final int CONNECT_MS_MAX = 2_000;
    private static final int ANSWER_MS_MAX = 45_000;
    private static final int PIECE_LENGTH = 1_024;
    private static final Duration PROBE_INTERVAL = Duration.ofMillis(500);
    private static final Duration CALM = Duration.ofSeconds(1);

    private final int clients;
    private final Client client;
    private final boolean isProbed;

    /** What one client does again and again. */
    private interface Client {
        /** Does it once; counts what must not be. */
        void once(InetSocketAddress address, Tally tally) throws IOException, InterruptedException;
    }

    /** What the clients count together. */
    private static final class Tally {
        final AtomicLong answered = new AtomicLong();
        final AtomicLong unanswered = new AtomicLong();
        volatile boolean isOver;
    }

    private TcpTraffic(int clients, boolean isProbed, Client client) {
        this.clients = clients;
        this.isProbed = isProbed;
        this.client = client;
    }

    /** SDKs that fetch their sampling rules and targets: each call must get an answer, be it an error. */
    static TcpTraffic samplingCallers(int clients) {
        return new TcpTraffic(clients, true, TcpTraffic::callSampling);
    }

    /** Clients that send a head, or a body, that does not end. */
    static TcpTraffic endlessRequests(int clients) {
        return new TcpTraffic(clients, true, TcpTraffic::sendEndlessly);
    }

    /** Clients that connect and say nothing. Health is asked for when they have gone. */
    static TcpTraffic idleConnections(int clients) {
        return new TcpTraffic(clients, false, TcpTraffic::connectAndWait);
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(address, CONNECT_MS_MAX);
            socket.setSoTimeout(ANSWER_MS_MAX);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static void callSampling(InetSocketAddress address, Tally tally) throws InterruptedException {
        String body = "{}";
        String head = "POST /GetSamplingRules HTTP/1.1\r\nHost: 127.0.0.1:" + address.getPort()
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                + "\r\nConnection: close\r\n\r\n";
        try (Socket socket = connect(address)) {
            socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readAllBytes();
            String text = new String(answer, StandardCharsets.ISO_8859_1);
            (text.startsWith("HTTP/1.1 ") ? tally.answered : tally.unanswered).incrementAndGet();
        } catch (IOException e) {
            tally.unanswered.incrementAndGet();
        }
        TimeUnit.MILLISECONDS.sleep(100);
    }

    private static void sendEndlessly(InetSocketAddress address, Tally tally) throws IOException, InterruptedException {
        boolean isBody = tally.answered.incrementAndGet() % 2 == 0;
        String start = "POST /GetSamplingRules HTTP/1.1\r\nHost: 127.0.0.1:" + address.getPort() + "\r\n"
                + (isBody ? "Transfer-Encoding: chunked\r\n\r\n" : "");
        String piece = isBody
                ? "400\r\n" + "x".repeat(PIECE_LENGTH) + "\r\n"
                : "X-Filler: " + "x".repeat(PIECE_LENGTH) + "\r\n";
        byte[] bytes = piece.getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = connect(address)) {
            socket.getOutputStream().write(start.getBytes(StandardCharsets.US_ASCII));
            while (!tally.isOver) {
                socket.getOutputStream().write(bytes);
                TimeUnit.MILLISECONDS.sleep(2);
            }
        }
    }

    private static void connectAndWait(InetSocketAddress address, Tally tally)
            throws IOException, InterruptedException {
        try (Socket socket = connect(address)) {
            while (!tally.isOver && socket.isConnected()) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
        }
    }

    @Override
    public Seen send(DaemonProcess daemon, long seed, Duration duration) throws IOException, InterruptedException {
        InetSocketAddress address = daemon.tcp();
        Tally tally = new Tally();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            Thread thread = new Thread(() -> repeat(address, tally), "chaos-client-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        List<String> findings = new ArrayList<>();
        long endNs = System.nanoTime() + duration.toNanos();
        long silent = 0;
        while (System.nanoTime() < endNs) {
            TimeUnit.NANOSECONDS.sleep(PROBE_INTERVAL.toNanos());
            silent += isProbed && !isHealthy(daemon) ? 1 : 0;
        }
        tally.isOver = true;
        for (Thread thread : threads) {
            thread.join(ANSWER_MS_MAX);
        }
        if (!isProbed) {
            TimeUnit.NANOSECONDS.sleep(CALM.toNanos());
            silent = isHealthy(daemon) ? 0 : 1;
        }
        if (silent > 0) {
            findings.add("/healthz was not answered with 200 for " + silent + " times");
        }
        if (tally.unanswered.get() > 0) {
            findings.add(tally.unanswered.get() + " of " + (tally.unanswered.get() + tally.answered.get())
                    + " calls to the TCP port got no answer");
        }
        return new Seen(Map.of(), findings);
    }

    private static boolean isHealthy(DaemonProcess daemon) throws InterruptedException {
        HttpResponse<String> page = daemon.pageOrNull("/healthz");
        return page != null && page.statusCode() == 200;
    }

    private void repeat(InetSocketAddress address, Tally tally) {
        while (!tally.isOver) {
            try {
                client.once(address, tally);
            } catch (IOException e) {
                // The daemon has closed the connection, as it may.
                Thread.onSpinWait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
