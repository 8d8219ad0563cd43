package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.opentest4j.TestAbortedException;

/** The packaged daemon in a memory control group of its own: needs a Linux machine and the right to make one (root). */
class MemoryGroupIT {
    private static final Path V1 = Path.of("/sys/fs/cgroup/memory");
    private static final Path V2 = Path.of("/sys/fs/cgroup");
    private static final String HEADER = "{\"format\": \"json\", \"version\": 1}\n";

    @TempDir
    private Path directory;

    private final List<Path> groups = new ArrayList<>();

    /** A group with that limit, in another group without one, so that limits are also looked for above. */
    private Path group(long megabytes) {
        boolean isV1 = Files.exists(V1.resolve("memory.limit_in_bytes"));
        try {
            Path group = Files.createDirectory((isV1 ? V1 : V2).resolve("xrayd-test-" + System.nanoTime()));
            groups.add(group);
            Path limit = group.resolve(isV1 ? "memory.limit_in_bytes" : "memory.max");
            Files.writeString(limit, Long.toString(megabytes << 20));
            Path swap = group.resolve(isV1 ? "memory.memsw.limit_in_bytes" : "memory.swap.max");
            if (Files.exists(swap)) {
                Files.writeString(swap, isV1 ? Long.toString(megabytes << 20) : "0");
            }
            Path inner = isV1 ? Files.createDirectory(group.resolve("inner")) : group;
            if (isV1) {
                groups.add(0, inner);
            }
            return inner;
        } catch (IOException | UnsupportedOperationException e) {
            throw new TestAbortedException("no memory control group can be made here: " + e);
        }
    }

    @AfterEach
    void removeGroups() throws IOException {
        for (Path group : groups) {
            long deadlineNs = System.nanoTime() + 10_000_000_000L;
            while (!Files.readString(group.resolve("cgroup.procs")).isEmpty() && System.nanoTime() < deadlineNs) {
                Thread.onSpinWait();
            }
            Files.delete(group);
        }
    }

    private XrayProcess start(Path group, String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of("-o", "-n", "us-east-1", "-t", "127.0.0.1:0"));
        all.addAll(List.of(words));
        List<String> before = List.of("sh", "-c", "echo $$ >\"$0/cgroup.procs\" && exec \"$@\"", group.toString());
        return XrayProcess.start(directory, Map.of(), before, all);
    }

    /** The limit and the buffer of the official daemon's published DaemonSet, through an outage of 22 s at 1,400/s. */
    @Test
    void shouldLiveThroughAnOutageInTheDaemonSetsLimit() throws Exception {
        Path group = group(64);
        int backendPort;
        int udpPort;
        try (ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                DatagramSocket udp = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            backendPort = tcp.getLocalPort();
            udpPort = udp.getLocalPort();
        }
        String endpoint = "http://127.0.0.1:" + backendPort;
        try (XrayProcess daemon = start(
                group, "-b", "127.0.0.1:" + udpPort, "-m", "24", "--endpoint", endpoint, "--shutdown-timeout", "25s")) {
            daemon.awaitOut("Memory: ");
            long used = Math.min(24, 64 - jvmMegabytes(64));
            String limit = "Using buffer memory limit of " + used + " MB";
            assertTrue(daemon.out().stream().anyMatch(l -> l.contains(limit)), () -> "" + daemon.out());
            send(udpPort, 22 * 1_400, 1_400);
            HttpServer backend = backend(backendPort);
            try {
                send(udpPort, 5 * 1_400, 1_400);
                daemon.signal("TERM");
                assertEquals(0, daemon.end(), () -> "" + daemon.err());
            } finally {
                backend.stop(0);
            }
            String ledger = daemon.out().stream()
                    .filter(l -> l.contains("Ledger: "))
                    .findFirst()
                    .orElse("none");
            assertTrue(ledger.contains(" 0 held") && ledger.contains(" 0 abandoned"), ledger);
            long delivered = Long.parseLong(ledger.replaceFirst(".*= (\\d+) delivered.*", "$1"));
            assertTrue(delivered > 10_000, ledger);
        }
    }

    @ParameterizedTest
    @CsvSource({"200, 1000", "64, 50", "55, 24"})
    void shouldUseLessThanAskedForAndSayWhy(long group, long wanted) throws Exception {
        try (XrayProcess daemon = start(group(group), "-b", "127.0.0.1:0", "-m", "" + wanted)) {
            daemon.awaitOut("Memory: ");
            String out = "" + daemon.out();
            long used = group - jvmMegabytes(group);
            assertTrue(out.contains("[Warn] Using " + used + " MB instead of " + wanted + " MB: of the " + group), out);
            assertTrue(out.contains("[Info] Using buffer memory limit of " + used + " MB"), out);
            daemon.signal("TERM");
            assertEquals(0, daemon.end());
        }
    }

    /** What docs/INSTALL.md says of this Java and this installation. */
    private static long jvmMegabytes(long group) {
        String archive = "target/xray/lib/xray-" + System.getProperty("java.version") + ".jsa";
        long missing = Files.exists(Path.of(archive)) ? 0 : 6;
        if (group > 192) {
            return 120 + missing;
        }
        return (Runtime.version().feature() > 17 ? 44 : 40) + missing;
    }

    @Test
    void shouldRefuseAGroupThatIsTooSmall() throws Exception {
        Path group = group(42);
        try (XrayProcess daemon = start(group, "-b", "127.0.0.1:0")) {
            assertEquals(1, daemon.end());
            String out = "" + daemon.out();
            assertTrue(
                    out.contains("[Error] The memory limit of this control group (container), 42 MB, is too small"),
                    out);
        }
    }

    private static HttpServer backend(int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 64);
        byte[] answer = "{\"UnprocessedTraceSegments\":[]}".getBytes(StandardCharsets.UTF_8);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static void send(int port, int count, int perSecond) throws IOException {
        byte[] datagram = (HEADER + "{\"text\":\"" + "x".repeat(1_000) + "\"}").getBytes(StandardCharsets.UTF_8);
        try (DatagramSocket socket = new DatagramSocket()) {
            DatagramPacket packet =
                    new DatagramPacket(datagram, datagram.length, InetAddress.getLoopbackAddress(), port);
            long startNs = System.nanoTime();
            for (int i = 0; i < count; i++) {
                long dueNs = startNs + i * (1_000_000_000L / perSecond);
                while (System.nanoTime() < dueNs) {
                    LockSupport.parkNanos(dueNs - System.nanoTime());
                }
                socket.send(packet);
            }
        }
    }
}
