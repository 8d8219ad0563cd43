package io.github.xrayd.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes the class-data archive of a distribution: starts its daemon through its own launcher, leads it through what a
 * daemon does while all is well, and has the JVM write down at its end what was loaded.
 *
 * <p>A main class of its own for the build; {@code xray cds} calls {@link #make}. Its only argument is the
 * distribution's folder. The exit code is 1 when no archive was made; the daemon works without, it only starts slower.
 */
public final class CdsArchive {
    private static final long START_NS_MAX = 60_000_000_000L;
    private static final long WORK_NS_MAX = 30_000_000_000L;
    private static final long END_SECONDS_MAX = 180;
    private static final int ROUNDS = 40;

    private final Path home;
    private final Path work;
    private final int udpPort;
    private final int tcpPort;
    private final AtomicInteger uploads = new AtomicInteger();

    private CdsArchive(Path home, Path work) throws IOException {
        this.home = home;
        this.work = work;
        try (DatagramSocket udp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            udpPort = udp.getLocalPort();
            tcpPort = tcp.getLocalPort();
        }
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length != 1) {
            System.err.println("usage: CdsArchive FOLDER");
            System.exit(2);
        }
        System.exit(make(Path.of(args[0]), System.out, System.err) ? 0 : 1);
    }

    /**
     * Makes the archive of an installation.
     *
     * @param folder the installation's
     * @return whether one was made; if not, {@code err} says why
     */
    static boolean make(Path folder, PrintStream out, PrintStream err) throws IOException, InterruptedException {
        Path home = folder.toAbsolutePath().normalize();
        Path work = Files.createTempDirectory("xray-cds");
        boolean isMade;
        try {
            isMade = new CdsArchive(home, work).run(out);
        } catch (IOException | IllegalStateException e) {
            err.println("No class-data archive was made, starts will be slower: " + e.getMessage());
            isMade = false;
        } finally {
            for (String name : List.of("cfg.yaml", "log")) {
                Files.deleteIfExists(work.resolve(name));
            }
            Files.deleteIfExists(work);
        }
        return isMade;
    }

    private boolean run(PrintStream out) throws IOException, InterruptedException {
        Path archive = home.resolve("lib").resolve("xray-" + System.getProperty("java.version") + ".jsa");
        Files.deleteIfExists(archive);
        HttpServer backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        backend.createContext("/", this::answer);
        backend.start();
        try {
            Files.writeString(
                    work.resolve("cfg.yaml"),
                    "Version: 2\nEndpoint: http://127.0.0.1:"
                            + backend.getAddress().getPort() + "\n");
            Process daemon = start(archive);
            try {
                lead(daemon);
                daemon.destroy();
                if (!daemon.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("the daemon did not end");
                }
            } finally {
                daemon.destroyForcibly();
            }
            RuntimeArchive.make(home, archive);
            if (!Files.exists(archive)) {
                throw new IllegalStateException(
                        "this JVM wrote none; the daemon ended with " + daemon.exitValue() + output());
            }
            out.println("Class-data archive: " + archive + ", " + (Files.size(archive) >> 20) + " MB");
            return true;
        } finally {
            backend.stop(0);
        }
    }

    private Process start(Path archive) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                home.resolve("bin/xray").toString(),
                "-c",
                work.resolve("cfg.yaml").toString(),
                "-o",
                "-n",
                "us-east-1",
                "-b",
                "127.0.0.1:" + udpPort,
                "-t",
                "127.0.0.1:" + tcpPort);
        builder.directory(work.toFile());
        builder.redirectErrorStream(true).redirectOutput(work.resolve("log").toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("XRAY_") || name.startsWith("AWS_"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        // Not an option in XRAY_JAVA_OPTS, which is split at blanks: the folder's name may have some.
        environment.put("XRAY_ARCHIVE_OUT", archive.toString());
        environment.put("AWS_ACCESS_KEY_ID", "cds");
        environment.put("AWS_SECRET_ACCESS_KEY", "cds");
        return builder.start();
    }

    /**
     * Takes everything. Failures are left out on purpose: to read one takes the SDK's typed client, whose classes would
     * be 9 MB of the archive, resident in every daemon that never meets one.
     */
    private void answer(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        if (exchange.getRequestURI().getPath().endsWith("/TraceSegments")) {
            uploads.incrementAndGet();
        }
        byte[] bytes = "{\"UnprocessedTraceSegments\":[]}".getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private void lead(Process daemon) throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + START_NS_MAX;
        while (!isAccepting()) {
            if (!daemon.isAlive()) {
                throw new IllegalStateException("the daemon ended with " + daemon.exitValue() + output());
            }
            if (System.nanoTime() > deadlineNs) {
                throw new IllegalStateException("the daemon does not open its TCP port" + output());
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        deadlineNs = System.nanoTime() + WORK_NS_MAX;
        for (int round = 0; round < ROUNDS || uploads.get() < 5; round++) {
            if (System.nanoTime() > deadlineNs) {
                throw new IllegalStateException("the daemon does not upload" + output());
            }
            send(round);
            if (round % 8 == 0) {
                call("POST", "/GetSamplingRules", "{}");
                call("POST", "/SamplingTargets", "{\"SamplingStatisticsDocuments\":[]}");
                call("GET", "/healthz", "");
                call("GET", "/readyz", "");
                call("GET", "/metrics", "");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private String output() throws IOException {
        Path log = work.resolve("log");
        List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
        return lines.isEmpty()
                ? ""
                : ", and printed: " + String.join(" | ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    }

    private boolean isAccepting() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), tcpPort)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private void send(int round) throws IOException {
        List<String> datagrams = new ArrayList<>();
        String header = "{\"format\": \"json\", \"version\": 1}\n";
        String document =
                "{\"trace_id\":\"1-6b012eb6-00000000000000000000%04x\",\"id\":\"000000000000%04x\",\"name\":\"archive é\","
                        + "\"start_time\":1795239607.1,\"end_time\":1795239607.2,\"annotations\":{\"text\":\"%s\"}}";
        for (int i = 0; i < 20; i++) {
            datagrams.add(header + String.format(document, round, i, "x".repeat(100 * i)));
        }
        datagrams.add(
                "{\"version\":1,\"format\":\"JSON\",\"more\":[1]}\r\n" + String.format(document, round, 99, "\\n"));
        datagrams.add("not a header");
        datagrams.add("{\"format\": \"xml\", \"version\": 1}\n{}");
        try (DatagramSocket socket = new DatagramSocket()) {
            for (String datagram : datagrams) {
                byte[] bytes = datagram.getBytes(StandardCharsets.UTF_8);
                socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), udpPort));
            }
        }
    }

    /** One call to the TCP port, as an SDK makes it; the answer is read and not looked at. */
    private void call(String method, String path, String body) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), tcpPort)) {
            socket.setSoTimeout(10_000);
            String request = method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + tcpPort
                    + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                    + "\r\nConnection: close\r\n\r\n" + body;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            socket.getInputStream().readAllBytes();
        }
    }
}
