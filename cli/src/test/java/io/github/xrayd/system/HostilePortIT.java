package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonLedger;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Whatever comes to the TCP port of the packaged daemon, it lives on, says nothing raw, and UDP loses nothing
 * meanwhile.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(180)
class HostilePortIT {
    private static final int CONNECTIONS = 200;
    private static final int ROUNDS = 3;
    private static final int DOCUMENTS_A_ROUND = 2_000;

    @Test
    void shouldSurviveLongHeadsAndUnfinishedBodiesAndLoseNoDatagram() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(sandbox.endpoint(), "-m", "16", "--log-format", "json");
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            Arrived arrived = Arrived.at(sandbox);
            daemon.awaitReady();
            List<String> sent = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                List<Socket> clients = new ArrayList<>();
                for (int i = 0; i < CONNECTIONS; i++) {
                    clients.add(longHead(daemon.tcp(), i));
                    for (int j = 0; j < DOCUMENTS_A_ROUND / CONNECTIONS; j++) {
                        String document = "{\"id\":\"" + round + "-" + i + "-" + j + "\"}";
                        datagrams.sendDocument(document);
                        sent.add(document);
                    }
                }
                for (Socket client : clients) {
                    assertTrue(status(client) >= 400, daemon::output);
                    client.close();
                }
            }
            for (String method : List.of("HEAD", "OPTIONS", "BREW")) {
                assertTrue(status(open(daemon.tcp(), method + " / HTTP/1.1\r\nHost: localhost\r\n\r\n")) >= 400);
            }
            // On a busy machine a call may time out and be made again, so that a document arrives twice.
            Await.until(
                    "every document arrives", Await.LONG, () -> new HashSet<>(arrived.documents()).containsAll(sent));
            assertEquals(200, status(open(daemon.tcp(), "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")));
            assertEquals(403, status(open(daemon.tcp(), "GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n")));
            DaemonLedger ledger = daemon.stop();
            assertEquals(sent.size(), ledger.delivered());
            assertEquals(0, ledger.kernelDrops());
            assertTrue(daemon.lines().stream().allMatch(line -> line.startsWith("{")), daemon::output);
        }
    }

    /** A connection that sent 60 KB of headers and the start of a body, in two ways: as few long lines, and as one. */
    private static Socket longHead(InetSocketAddress address, int number) throws IOException {
        String headers = number % 2 == 0 ? ("X: " + "y".repeat(6_000) + "\r\n").repeat(10) : "X: " + "y".repeat(60_000);
        return open(
                address,
                "POST /SamplingTargets HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n" + headers
                        + "\r\n\r\n{");
    }

    private static Socket open(InetSocketAddress address, String request) throws IOException {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static int status(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        String start = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
        return start.startsWith("HTTP/1.1 ") ? Integer.parseInt(start.substring(9)) : 0;
    }
}
