package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Many SDKs that poll the TCP port, while slow clients hold connections open. Asserts counts, no times.
 *
 * <p>Short by default. The whole fleet, 10,000 clients that poll every 10 s: {@code -Dfleet.clients=10000
 * -Dfleet.period=10 -Dfleet.polls=3}.
 */
class SamplingFleetIT {
    private static final int CLIENTS = Integer.getInteger("fleet.clients", 1_000);
    private static final int PERIOD_S = Integer.getInteger("fleet.period", 1);
    private static final int POLLS = Integer.getInteger("fleet.polls", 2);
    private static final int SLOW_CLIENTS = 200;
    private static final int THREADS = 32;
    private static final int AGAIN_MAX = 10;
    private static final String TARGETS =
            "{\"SamplingStatisticsDocuments\":[{\"RuleName\":\"Default\",\"ClientID\":\"0123456789abcdef01234567\","
                    + "\"Timestamp\":1795239608,\"RequestCount\":10,\"SampledCount\":1,\"BorrowCount\":0}]}";

    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger reconnected = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final ConcurrentHashMap<Integer, Socket> kept = new ConcurrentHashMap<>();

    @Test
    void shouldAnswerEveryPoll() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(sandbox.endpoint())) {
            daemon.awaitReady();
            InetSocketAddress address = daemon.tcp();
            List<Socket> slow = slowClients(address);
            ExecutorService threads = Executors.newFixedThreadPool(THREADS);
            long startNs = System.nanoTime();
            AtomicInteger next = new AtomicInteger();
            for (int i = 0; i < THREADS; i++) {
                threads.execute(() -> poll(address, next, startNs));
            }
            threads.shutdown();
            assertTrue(threads.awaitTermination(10, TimeUnit.MINUTES));
            double seconds = (System.nanoTime() - startNs) / 1e9;
            System.out.printf(
                    "fleet: %d clients, %d polls answered in %.1f s (%.0f/s), %d kept connections reopened, %d failed%n",
                    CLIENTS, answered.get(), seconds, answered.get() / seconds, reconnected.get(), failures.size());
            assertEquals(List.of(), failures.stream().limit(5).toList());
            assertEquals(CLIENTS * POLLS, answered.get());
            for (Socket socket : slow) {
                socket.close();
            }
            for (Socket socket : kept.values()) {
                socket.close();
            }
            daemon.stop();
        }
    }

    /** Connections on which the half of a request's head stands, for ever. */
    private static List<Socket> slowClients(InetSocketAddress address) throws IOException {
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < SLOW_CLIENTS; i++) {
            Socket socket = new Socket(address.getAddress(), address.getPort());
            socket.getOutputStream().write("POST /GetSamplingRules HT".getBytes(StandardCharsets.US_ASCII));
            slow.add(socket);
        }
        return slow;
    }

    /** Takes polls in the order of their time, which is evenly spread, until none is left. */
    private void poll(InetSocketAddress address, AtomicInteger next, long startNs) {
        long periodNs = TimeUnit.SECONDS.toNanos(PERIOD_S);
        for (int number = next.getAndIncrement(); number < CLIENTS * POLLS; number = next.getAndIncrement()) {
            long atNs = startNs + (long) (periodNs * (double) number / CLIENTS);
            while (System.nanoTime() - atNs < 0) {
                LockSupport.parkNanos(atNs - System.nanoTime());
            }
            try {
                int status = call(address, number % CLIENTS, number % 3 == 0);
                for (int again = 0; again < AGAIN_MAX && (status == 503 || status == 504); again++) {
                    // The machine is busy: an SDK asks again at its next period.
                    status = call(address, number % CLIENTS, number % 3 == 0);
                }
                if (status == 200) {
                    answered.incrementAndGet();
                } else {
                    failures.add("status " + status);
                }
            } catch (IOException e) {
                failures.add(e.toString());
            }
        }
    }

    /**
     * One client's poll. Every other client keeps its connection, and opens another one when it finds it closed, as
     * HTTP clients do.
     */
    private int call(InetSocketAddress address, int client, boolean isRules) throws IOException {
        boolean isKept = client % 2 == 0;
        byte[] request = request(isRules, isKept);
        Socket old = isKept ? kept.remove(client) : null;
        if (old != null) {
            try {
                return exchange(old, request, client, true);
            } catch (IOException e) {
                reconnected.incrementAndGet();
                old.close();
            }
        }
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(30_000);
        socket.setTcpNoDelay(true);
        try {
            return exchange(socket, request, client, isKept);
        } finally {
            if (!isKept) {
                socket.close();
            }
        }
    }

    private static byte[] request(boolean isRules, boolean isKept) {
        String body = isRules ? "{}" : TARGETS;
        return ("POST " + (isRules ? "/GetSamplingRules" : "/SamplingTargets") + " HTTP/1.1\r\nHost: 127.0.0.1:2000\r\n"
                        + "Content-Type: application/json\r\nContent-Length: " + body.length()
                        + (isKept ? "" : "\r\nConnection: close") + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private int exchange(Socket socket, byte[] request, int client, boolean isKept) throws IOException {
        socket.getOutputStream().write(request);
        InputStream in = new BufferedInputStream(socket.getInputStream());
        String first = line(in);
        if (first.isEmpty()) {
            throw new IOException("closed without an answer");
        }
        int length = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
                length = Integer.parseInt(line.substring(15).trim());
            }
        }
        in.readNBytes(length);
        if (isKept) {
            kept.put(client, socket);
        }
        return Integer.parseInt(first.split(" ", -1)[1]);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
