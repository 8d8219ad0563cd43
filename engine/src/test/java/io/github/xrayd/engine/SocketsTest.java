package io.github.xrayd.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.xrayd.engine.receive.UdpSocket;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SocketsTest {
    @ParameterizedTest
    @CsvSource({"127.0.0.1, 2, 2", "127.0.0.1, 2, 1", "127.0.0.1, 1, 2", "0.0.0.0, 2, 2", "0.0.0.0, 1, 2", "::, 2, 1"})
    void shouldNoticeAnotherDaemonOnThePort(String host, int receivers, int receiversThere) throws StartException {
        assumeTrue(!System.getProperty("os.name", "").startsWith("Windows"), "no SO_REUSEPORT");
        List<UdpSocket> there = Sockets.bind(config("127.0.0.1", 0, receiversThere));
        try {
            int port = there.get(0).localAddress().getPort();
            StartException e = assertThrows(StartException.class, () -> Sockets.bind(config(host, port, receivers)));
            assertTrue(
                    String.valueOf(e.getMessage()).endsWith(":" + port + ": bind: address already in use"),
                    e.getMessage());
        } finally {
            Sockets.close(there);
        }
    }

    @Test
    void shouldShareThePortAmongTheReceivers() throws StartException, IOException {
        List<UdpSocket> sockets = Sockets.bind(config("0.0.0.0", 0, 2));
        try {
            int port = sockets.get(0).localAddress().getPort();
            assertEquals(port, sockets.get(1).localAddress().getPort());
            boolean[] hasTaken = new boolean[2];
            // The kernel chooses by the sender's port: 64 senders that all meet one socket would be a wonder.
            for (int i = 0; i < 64; i++) {
                try (DatagramSocket sender = new DatagramSocket()) {
                    sender.send(new DatagramPacket(new byte[1], 1, InetAddress.getByName("127.0.0.1"), port));
                }
            }
            for (int i = 0; i < 2; i++) {
                hasTaken[i] = sockets.get(i).discard() == 1;
            }
            assertTrue(hasTaken[0] && hasTaken[1]);
        } finally {
            Sockets.close(sockets);
        }
    }

    private static EngineConfig.ReceiveConfig config(String host, int port, int receivers) {
        return EngineConfig.builder()
                .udpAddress(new InetSocketAddress(host, port))
                .receivers(receivers)
                .build()
                .receive();
    }
}
