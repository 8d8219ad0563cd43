package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the packaged daemon starts: the addresses that it binds and prints, and a port that another daemon has. */
class BindIT {
    private static final String DATAGRAM = "{\"format\": \"json\", \"version\": 1}\n{}";

    @TempDir
    private Path directory;

    private XrayProcess start(Map<String, String> environment, String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of("-o", "-n", "us-east-1", "--endpoint", "http://127.0.0.1:9"));
        all.addAll(List.of("--shutdown-timeout", "0s", "--no-telemetry"));
        all.addAll(List.of(words));
        return XrayProcess.start(directory, environment, all);
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0:, 1", "[::]:, 1", ":, 1", "0.0.0.0:, 2"})
    void shouldTakeIpv4AndIpv6OnAWildcard(String host, int receivers) throws Exception {
        assumeTrue(hasIpv6(), "no IPv6 on this machine");
        int port = freePort();
        String networks = "127.0.0.1,::1";
        try (XrayProcess daemon = start(
                Map.of(),
                "-b",
                host + port,
                "-t",
                host + port,
                "--receivers",
                "" + receivers,
                "--allow-from",
                networks)) {
            daemon.awaitOut("Starting proxy http server on " + host + port);
            daemon.awaitOut("Memory: ");
            for (String to : List.of("127.0.0.1", "::1")) {
                send(to, port);
                try (Socket socket = new Socket(to, port)) {
                    assertTrue(socket.isConnected());
                }
            }
            assertReceived(daemon, "Ledger: 2 received = 0 delivered + 0 rejected + 0 dropped");
        }
    }

    @Test
    void shouldTakeIpv4WhereIpv6IsOff() throws Exception {
        int port = freePort();
        Map<String, String> ipv4Only = Map.of("XRAY_JAVA_OPTS", "-Djava.net.preferIPv4Stack=true");
        try (XrayProcess daemon = start(ipv4Only, "-b", "0.0.0.0:" + port, "-t", "0.0.0.0:" + port)) {
            daemon.awaitOut("Memory: ");
            send("127.0.0.1", port);
            assertReceived(daemon, "Ledger: 1 received");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0:", "[::1]:", "localhost:", "127.0.0.1:", ":"})
    void shouldPrintTheTcpAddressAsItWasGiven(String host) throws Exception {
        assumeTrue(hasIpv6(), "no IPv6 on this machine");
        int port = freePort();
        try (XrayProcess daemon = start(Map.of(), "-b", "127.0.0.1:0", "-t", host + port)) {
            daemon.awaitOut("Memory: ");
            daemon.signal("TERM");
            assertEquals(0, daemon.end());
            assertTrue(
                    daemon.out().stream()
                            .anyMatch(l -> l.endsWith("[Info] Starting proxy http server on " + host + port)),
                    () -> "" + daemon.out());
        }
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1:, 2, 2", "127.0.0.1:, 2, 1", "127.0.0.1:, 1, 2", "0.0.0.0:, 2, 1", ":, 1, 2"})
    void shouldRefuseAPortThatAnotherDaemonHas(String host, int receivers, int receiversThere) throws Exception {
        int port = freePort();
        try (XrayProcess first =
                start(Map.of(), "-b", "127.0.0.1:" + port, "-t", "127.0.0.1:0", "--receivers", "" + receiversThere)) {
            first.awaitOut("Memory: ");
            try (XrayProcess second =
                    start(Map.of(), "-b", host + port, "-t", "127.0.0.1:0", "--receivers", "" + receivers)) {
                assertEquals(1, second.end());
                assertTrue(
                        second.out().stream()
                                .anyMatch(l -> l.endsWith(
                                        "[Error] listen udp " + host + port + ": bind: address already in use")),
                        () -> "" + second.out());
                assertTrue(
                        second.out().stream().anyMatch(l -> l.contains("perhaps the official X-Ray daemon")),
                        () -> "" + second.out());
            }
            send("127.0.0.1", port);
            assertReceived(first, "Ledger: 1 received");
        }
    }

    /** What was sent before the signal is read before the end. */
    private static void assertReceived(XrayProcess daemon, String ledger) throws Exception {
        daemon.signal("TERM");
        assertEquals(0, daemon.end(), () -> "" + daemon.err());
        assertTrue(daemon.out().stream().anyMatch(l -> l.contains(ledger)), () -> "" + daemon.out());
    }

    private static void send(String to, int port) throws IOException {
        byte[] bytes = DATAGRAM.getBytes(StandardCharsets.UTF_8);
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getByName(to), port));
        }
    }

    private static int freePort() throws IOException {
        try (DatagramSocket udp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                ServerSocket tcp = new ServerSocket(udp.getLocalPort(), 1, InetAddress.getLoopbackAddress())) {
            return tcp.getLocalPort();
        }
    }

    private static boolean hasIpv6() {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress("::1", 0))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
