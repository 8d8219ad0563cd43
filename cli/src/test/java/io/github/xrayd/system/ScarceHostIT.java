package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonLedger;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.child.DaemonProcessException;
import io.github.xrayd.sandbox.Fault;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;

/**
 * The packaged daemon with few descriptors, few threads, or jars that are rewritten while it runs: uploads go on, and
 * it ends well.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(240)
class ScarceHostIT {
    private static final String SLOW_BODY =
            "POST /SamplingTargets HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{";
    private static final Path PIDS_V1 = Path.of("/sys/fs/cgroup/pids");
    private static final Path V2 = Path.of("/sys/fs/cgroup");

    @TempDir
    Path directory;

    private static Installed.Host descriptors(int count) {
        return Installed.Host.by("prlimit", "--nofile=" + count + ":" + count);
    }

    private static Sandbox sandbox() throws IOException {
        return Sandbox.start(SandboxConfig.builder().build());
    }

    private static Socket open(DaemonProcess daemon, String request) throws IOException {
        Socket socket = new Socket(daemon.tcp().getAddress(), daemon.tcp().getPort());
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** The status of the answer; 0 when the connection ends without one. */
    private static int status(Socket socket) {
        try {
            InputStream in = socket.getInputStream();
            String start = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
            return start.startsWith("HTTP/1.1 ") ? Integer.parseInt(start.substring(9)) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private static int get(DaemonProcess daemon, String path) throws IOException {
        try (Socket socket =
                open(daemon, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")) {
            return status(socket);
        }
    }

    private static void closeAll(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void shouldDeliverAllWhenConnectionsTakeTheDescriptorsRightAfterTheStart() throws Exception {
        try (Sandbox sandbox = sandbox();
                DaemonProcess daemon = Installed.start(descriptors(256), sandbox.endpoint())) {
            Arrived arrived = Arrived.at(sandbox);
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 256; i++) {
                clients.add(new Socket(daemon.tcp().getAddress(), daemon.tcp().getPort()));
            }
            List<String> sent = new ArrayList<>(Datagrams.send(daemon, "among", 22));
            arrived.awaitAll(sent, daemon);
            closeAll(clients);
            sent.addAll(Datagrams.send(daemon, "after", 22));
            arrived.awaitAll(sent, daemon);
            Await.until("the port is free again", Await.LONG, () -> isHealthy(daemon));
            assertEquals(sent.size(), daemon.stop().delivered());
        }
    }

    private static boolean isHealthy(DaemonProcess daemon) {
        try {
            return get(daemon, "/healthz") == 200;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void shouldAnswerEveryConnectionBeyondItsLimit() throws Exception {
        try (Sandbox sandbox = sandbox();
                DaemonProcess daemon = Installed.start(descriptors(256), sandbox.endpoint())) {
            Arrived arrived = Arrived.at(sandbox);
            daemon.awaitReady();
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 256; i++) {
                clients.add(open(daemon, SLOW_BODY));
            }
            List<String> sent = Datagrams.send(daemon, "slow", 100);
            arrived.awaitAll(sent, daemon);
            List<Integer> statuses = clients.stream().map(ScarceHostIT::status).toList();
            assertTrue(statuses.stream().allMatch(status -> status == 503 || status == 408), statuses::toString);
            closeAll(clients);
            assertEquals(sent.size(), daemon.stop().delivered());
        }
    }

    @Test
    void shouldSpoolAndDeliverWithEightyDescriptors() throws Exception {
        int port;
        try (ServerSocket reserved = new ServerSocket(0)) {
            port = reserved.getLocalPort();
        }
        URI endpoint = URI.create("http://127.0.0.1:" + port);
        List<String> sent;
        String[] flags = {"--spool-dir", directory.toString(), "--shutdown-timeout", "100ms"};
        try (DaemonProcess daemon = Installed.start(descriptors(80), endpoint, flags)) {
            daemon.awaitReady();
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 80; i++) {
                clients.add(open(daemon, SLOW_BODY));
            }
            sent = Datagrams.send(daemon, "spool", 500);
            DaemonLedger ledger = daemon.stop();
            assertEquals(sent.size(), ledger.total("spooled"), () -> ledger + daemon.output());
            closeAll(clients);
        }
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().port(port).build());
                DaemonProcess daemon =
                        Installed.start(descriptors(80), endpoint, "--spool-dir", directory.toString())) {
            Arrived.at(sandbox).awaitAll(sent, daemon);
            assertEquals(sent.size(), daemon.stop().delivered());
        }
    }

    /**
     * What an upgrade does that copies over the files instead of replacing them; before the first call, so nothing of
     * one is loaded.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldDeliverAndEndWellAfterItsJarsAreRewritten(boolean isArchived) throws Exception {
        Path home = copy(Installed.HOME, directory.resolve("xray"), isArchived);
        Installed.Host host = new Installed.Host(home, List.of(), Map.of());
        try (Sandbox sandbox = sandbox();
                DaemonProcess daemon = Installed.start(host, sandbox.endpoint(), "-l", "debug")) {
            Arrived arrived = Arrived.at(sandbox);
            daemon.awaitLine(line -> line.contains("Rehearsed calls"));
            daemon.awaitLine(line -> line.endsWith("Warmed up"));
            SplittableRandom random = new SplittableRandom(1);
            try (Stream<Path> jars = Files.list(home.resolve("lib"))) {
                for (Path jar :
                        jars.filter(path -> path.toString().endsWith(".jar")).toList()) {
                    byte[] junk = new byte[(int) Files.size(jar)];
                    random.nextBytes(junk);
                    Files.write(jar, junk);
                }
            }
            sandbox.faults().set(Fault.status(500, "InternalFailure"));
            List<String> sent = Datagrams.send(daemon, "rewritten", 60);
            daemon.awaitLine(line -> line.contains("StatusCode: 500"));
            sandbox.faults().set(Fault.none());
            arrived.awaitAll(sent, daemon);
            assertEquals(200, get(daemon, "/healthz"));
            assertEquals(200, get(daemon, "/metrics"));
            String rules = "POST /GetSamplingRules HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}";
            try (Socket socket = open(daemon, rules)) {
                assertEquals(200, status(socket), daemon::output);
            }
            assertEquals(sent.size(), daemon.stop().delivered());
            assertTrue(daemon.lines().stream().noneMatch(line -> line.contains("NoClassDef")), daemon::output);
        }
    }

    private static Path copy(Path from, Path to, boolean isArchived) throws IOException, InterruptedException {
        Process copy = new ProcessBuilder("cp", "-a", from.toString(), to.toString())
                .inheritIO()
                .start();
        assertEquals(0, copy.waitFor());
        if (!isArchived) {
            try (Stream<Path> files = Files.list(to.resolve("lib"))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".jsa")).toList()) {
                    Files.delete(file);
                }
            }
        }
        return to;
    }

    /** A control group that allows so many threads; it needs the right to make one (root). */
    private static Path threadGroup(int threads) {
        Path parent = Files.isDirectory(PIDS_V1) ? PIDS_V1 : V2;
        try {
            Path group = Files.createDirectory(parent.resolve("xrayd-test-" + System.nanoTime()));
            Files.writeString(group.resolve("pids.max"), Integer.toString(threads));
            return group;
        } catch (IOException | UnsupportedOperationException e) {
            throw new TestAbortedException("no control group for threads can be made here: " + e);
        }
    }

    private static Installed.Host in(Path group) {
        return Installed.Host.by("sh", "-c", "echo $$ >\"$0/cgroup.procs\" && exec \"$@\"", group.toString());
    }

    private static void remove(Path group) throws IOException {
        Await.until("the group is empty", Await.LONG, () -> {
            try {
                return Files.readString(group.resolve("cgroup.procs")).isEmpty();
            } catch (IOException e) {
                return false;
            }
        });
        Files.delete(group);
    }

    @Test
    void shouldLoseNothingWithAHundredThreadsAndMoreSlowBodies() throws Exception {
        Path group = threadGroup(100);
        try (Sandbox sandbox = sandbox();
                DaemonProcess daemon = Installed.start(in(group), sandbox.endpoint())) {
            Arrived arrived = Arrived.at(sandbox);
            daemon.awaitReady();
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 130; i++) {
                clients.add(open(daemon, SLOW_BODY));
            }
            List<String> sent = new ArrayList<>(Datagrams.send(daemon, "threads", 1_000));
            arrived.awaitAll(sent, daemon);
            sandbox.faults().set(Fault.hang(Duration.ofSeconds(2)).between(Duration.ZERO, Duration.ofSeconds(4)));
            sent.addAll(Datagrams.send(daemon, "hanging", 2_000));
            assertEquals(sent.size(), daemon.stop().delivered(), daemon::output);
            closeAll(clients);
        } finally {
            remove(group);
        }
    }

    /** Fewer threads than it would like: it works with those it has, or says at once that it cannot start. */
    @ParameterizedTest
    @ValueSource(ints = {40, 28, 27, 26, 25, 22, 12})
    void shouldHoldOrRefuseWithVeryFewThreads(int threads) throws Exception {
        Path group = threadGroup(threads);
        try (Sandbox sandbox = sandbox()) {
            DaemonProcess daemon;
            try {
                daemon = Installed.start(in(group), sandbox.endpoint(), "--shutdown-timeout", "20s");
            } catch (DaemonProcessException e) {
                assertTrue(threads < 40, e.toString());
                assertTrue(String.valueOf(e.getMessage()).contains("the daemon ended"), e.toString());
                return;
            }
            try (daemon) {
                List<String> sent = new ArrayList<>();
                sandbox.faults().set(Fault.hang(Duration.ofSeconds(1)).between(Duration.ZERO, Duration.ofSeconds(3)));
                try {
                    sent.addAll(Datagrams.send(daemon, "few", 1_000));
                } catch (IOException | AssertionError e) {
                    assertTrue(threads < 40 && !daemon.isAlive(), e + daemon.output());
                }
                if (daemon.isAlive()) {
                    daemon.signal("TERM");
                }
                int code = daemon.awaitExit(Duration.ofSeconds(60));
                assertTrue(code == 0 || threads < 40, () -> code + daemon.output());
                if (code == 0) {
                    assertEquals(sent.size(), daemon.ledger().delivered(), daemon::output);
                }
            }
        } finally {
            remove(group);
        }
    }
}
