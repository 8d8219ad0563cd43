package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The UDP port is there before the AWS client is, and what arrives meanwhile is delivered. */
@EnabledOnOs(OS.LINUX)
@Timeout(90)
class EarlyDatagramsIT {
    private static final int COUNT = 500;
    /** Far above what is promised (250 ms), for machines that do much else. */
    private static final Duration BOUND_MAX = Duration.ofSeconds(5);

    @Test
    void shouldDeliverWhatArrivesBeforeTheClientIsReady() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build());
                DaemonProcess daemon = Installed.start(sandbox.endpoint());
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            Arrived arrived = Arrived.at(sandbox);
            datagrams.sendDocument("first");
            boolean isBeforeClient = daemon.lines().stream().noneMatch(line -> line.contains("Using region"));
            List<String> sent = send(datagrams);
            sent.add("first");
            System.out.printf(
                    "EarlyDatagramsIT: bound after %d ms, the client %s ready at the first datagram%n",
                    daemon.timeToBound().toMillis(), isBeforeClient ? "not yet" : "already");
            assertTrue(daemon.timeToBound().compareTo(BOUND_MAX) < 0, daemon::output);
            arrived.assertSame(sent, daemon);
            assertEquals(COUNT + 1, daemon.stop().delivered());
        }
    }

    @Test
    void shouldKeepWhatArrivesBeforeTheEndpointIsThere() throws Exception {
        int port;
        try (ServerSocket reserved = new ServerSocket(0)) {
            port = reserved.getLocalPort();
        }
        try (DaemonProcess daemon = Installed.start(URI.create("http://127.0.0.1:" + port));
                Datagrams datagrams = new Datagrams(daemon.udp())) {
            List<String> sent = send(datagrams);
            daemon.awaitLine(line -> line.contains("Sending segment batch failed"));
            try (Sandbox sandbox =
                    Sandbox.start(SandboxConfig.builder().port(port).build())) {
                Arrived arrived = Arrived.at(sandbox);
                arrived.assertSame(sent, daemon);
                assertEquals(COUNT, daemon.stop().delivered());
            }
        }
    }

    private static List<String> send(Datagrams datagrams) throws Exception {
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            String document = "{\"name\":\"start\",\"id\":\"" + i + "\"}";
            sent.add(document);
            datagrams.sendDocument(document);
        }
        return sent;
    }
}
