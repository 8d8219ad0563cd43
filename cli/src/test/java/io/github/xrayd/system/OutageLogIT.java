package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonLedger;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the packaged daemon says of backends that fail: little, once for each kind, and what a client of its port gets
 * to see.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class OutageLogIT {
    private static final Duration OUTAGE = Duration.ofSeconds(12);

    @TempDir
    Path directory;

    /** A backend that answers each connection with the same bytes, with a number in place of {@code #}. */
    private static ServerSocket backend(AtomicReference<String> answer) throws IOException {
        ServerSocket server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        AtomicInteger number = new AtomicInteger();
        Thread thread = new Thread(() -> {
            while (!server.isClosed()) {
                try (Socket connection = server.accept()) {
                    connection.setSoTimeout(5_000);
                    readRequest(connection.getInputStream());
                    String text = Objects.requireNonNull(answer.get())
                            .replace("#", Integer.toString(number.incrementAndGet()));
                    connection.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
                } catch (IOException e) {
                    // The client is gone, or the test has ended.
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    private static void readRequest(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int c = in.read(); c >= 0 && head.indexOf("\r\n\r\n") < 0; c = in.read()) {
            head.append((char) c);
            if (head.indexOf("\r\n\r\n") >= 0) {
                break;
            }
        }
        String length = head.toString().replaceFirst("(?is).*\ncontent-length: *([0-9]+).*", "$1");
        if (length.matches("[0-9]+")) {
            in.readNBytes(Integer.parseInt(length));
        }
    }

    private static URI endpoint(ServerSocket server) {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** Its standard output is a pipe that is full: it uploads, answers and ends all the same. */
    @Test
    void shouldGoOnWhileNobodyReadsItsLog() throws Exception {
        Path pipe = directory.resolve("log");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        try (RandomAccessFile reader = new RandomAccessFile(pipe.toFile(), "rw");
                Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build())) {
            // All of a pipe's 64 KB but a few lines.
            reader.write(new byte[(64 << 10) - 2_000]);
            Arrived arrived = Arrived.at(sandbox);
            Installed.Host host = Installed.Host.by("sh", "-c", "exec \"$0\" \"$@\" >'" + pipe + "'");
            try (DaemonProcess daemon = Installed.start(host, sandbox.endpoint())) {
                daemon.awaitReady();
                List<String> sent = new ArrayList<>();
                for (int i = 0; i < 5; i++) {
                    // Ten lines on batches in each second.
                    sent.addAll(Datagrams.send(daemon, "unsaid", 500));
                    TimeUnit.SECONDS.sleep(1);
                }
                arrived.awaitAll(sent, daemon);
                HttpResponse<String> health = daemon.pageOrNull("/healthz");
                assertEquals(200, health == null ? 0 : health.statusCode());
                DaemonLedger ledger = daemon.stop();
                assertEquals(sent.size(), ledger.delivered(), ledger::toString);
            }
        }
    }

    private static String exchange(DaemonProcess daemon, String request) throws IOException {
        try (Socket socket = new Socket(daemon.tcp().getAddress(), daemon.tcp().getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static String get(DaemonProcess daemon, String path) throws IOException {
        return exchange(daemon, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    }

    @Test
    void shouldWriteALineInTenSecondsForErrorsThatDifferInTheirRequestIdOnly() throws Exception {
        String body = "{\"__type\":\"InternalFailure\",\"message\":\"request # failed\"}";
        AtomicReference<String> answer = new AtomicReference<>("HTTP/1.1 500 Error\r\nx-amzn-RequestId: 1234-#\r\n"
                + "Content-Type: application/json\r\nConnection: close\r\n\r\n" + body);
        try (ServerSocket server = backend(answer);
                DaemonProcess daemon = Installed.start(endpoint(server));
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            daemon.awaitReady();
            long startNanoTime = System.nanoTime();
            for (int i = 0; i < 500; i++) {
                datagrams.sendDocument("{\"id\":\"" + i + "\"}");
            }
            Await.until("12 s have passed", Await.LONG, () -> System.nanoTime() - startNanoTime > OUTAGE.toNanos());
            long seconds = Duration.ofNanos(System.nanoTime() - startNanoTime).toSeconds();
            List<String> lines = daemon.lines().stream()
                    .filter(line -> line.contains("Sending segment batch failed"))
                    .toList();
            assertTrue(!lines.isEmpty() && lines.size() <= 2 + seconds / 10, () -> lines + daemon.output());
            assertTrue(get(daemon, "/readyz").contains("503"), daemon::output);
            answer.set("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
                    + "{\"UnprocessedTraceSegments\":[]}");
            daemon.awaitLine(line -> line.contains("Uploads succeed again"));
            assertEquals(500, daemon.stop().delivered());
        }
    }

    @Test
    void shouldSayOnceAndOnItsPageThatThereAreNoCredentials() throws Exception {
        AtomicReference<String> answer = new AtomicReference<>("");
        Installed.Host host = new Installed.Host(
                Installed.HOME,
                List.of(),
                Map.of(
                        "AWS_ACCESS_KEY_ID", "",
                        "AWS_SECRET_ACCESS_KEY", "",
                        "AWS_EC2_METADATA_DISABLED", "true",
                        "HOME", "/nonexistent"));
        try (ServerSocket server = backend(answer);
                DaemonProcess daemon = Installed.start(host, endpoint(server), "--shutdown-timeout", "100ms");
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            daemon.awaitLine(line -> line.contains("No AWS credentials yet"));
            datagrams.sendDocument("{\"id\":\"1\"}");
            datagrams.awaitRead();
            long startNanoTime = System.nanoTime();
            Await.until("7 s have passed", Await.LONG, () -> System.nanoTime() - startNanoTime > 7_000_000_000L);
            String page = get(daemon, "/readyz");
            assertTrue(page.contains("503") && page.contains("no AWS credentials"), page);
            assertTrue(get(daemon, "/healthz").contains("200"), daemon::output);
            List<String> lines = daemon.lines().stream()
                    .filter(line -> line.toLowerCase(java.util.Locale.ROOT).contains("credentials"))
                    .toList();
            assertTrue(lines.size() <= 3, () -> lines + daemon.output());
        }
    }

    @Test
    void shouldAnswer502WhenTheBackendsHeadersAreNotHttp() throws Exception {
        AtomicReference<String> answer = new AtomicReference<>("");
        String call =
                "POST /GetSamplingRules HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n\r\n";
        try (ServerSocket server = backend(answer);
                DaemonProcess daemon = Installed.start(endpoint(server))) {
            daemon.awaitReady();
            int number = 0;
            for (String bad : List.of(
                    "HTTP/1.1 200 OK\r\nX-A: b\rX-C: d\r\nContent-Length: 2\r\n\r\n{}",
                    "HTTP/1.1 200 OK\r\nX-A\r: b\r\nContent-Length: 2\r\n\r\n{}",
                    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\n{}",
                    "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}",
                    "HTTP/1.1 2x0 OK\r\n\r\n",
                    "not HTTP\r\n\r\n",
                    "")) {
                answer.set(bad);
                // Not the same body twice: equal calls share an answer for a moment.
                String reply = exchange(daemon, call + "{" + (char) ('a' + number++));
                assertTrue(reply.startsWith("HTTP/1.1 502 "), () -> bad + " gave " + reply + daemon.output());
            }
            assertEquals(0, daemon.stop().received());
        }
    }
}
