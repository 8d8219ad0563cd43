package io.github.xrayd.engine.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.xrayd.engine.ring.Arena;
import io.github.xrayd.engine.ring.SlotRing;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UdpSocketTest {
    private static final byte[] DATAGRAM = "datagram".getBytes(StandardCharsets.UTF_8);

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 127.0.0.1, false",
        "0.0.0.0, ::1, false",
        "::, 127.0.0.1, false",
        "::, ::1, false",
        "0.0.0.0, 127.0.0.1, true",
        "0.0.0.0, ::1, true",
        "::, 127.0.0.1, true",
        "::, ::1, true"
    })
    void shouldTakeBothFamiliesOnAWildcardAndTellTheSender(String bind, String to, boolean isNative)
            throws IOException {
        assumeTrue(hasIpv6(), "no IPv6 on this machine");
        assumeTrue(!isNative || NativeReceive.instance().isAvailable(), "this Java has no native receive path");
        Arena arena = new Arena(SlotRing.CAPACITY_MIN);
        SlotRing ring = new SlotRing(arena, 1);
        try (UdpSocket socket = UdpSocket.bind(new InetSocketAddress(bind, 0), 0, false, isNative, true)) {
            assertEquals(isNative, socket.isNative());
            send(to, socket.localAddress().getPort());
            socket.await(10_000);
            assertEquals(DATAGRAM.length, socket.receive(ring, ring.claim()));
            assertTrue(Networks.parse(to).contains(socket.senderHigh(), socket.senderLow()));
            assertEquals(
                    InetAddress.getByName(to).getHostAddress(), Networks.text(socket.senderHigh(), socket.senderLow()));
        } finally {
            arena.close();
        }
    }

    @Test
    void shouldNotTakeIpv6OnAnIpv4Address() throws IOException {
        assumeTrue(hasIpv6(), "no IPv6 on this machine");
        try (UdpSocket socket = UdpSocket.bind(new InetSocketAddress("127.0.0.1", 0), 0, false, false);
                DatagramSocket sender = new DatagramSocket()) {
            sender.connect(new InetSocketAddress("::1", socket.localAddress().getPort()));
            sender.setSoTimeout(10_000);
            assertThrows(SocketException.class, () -> {
                sender.send(new DatagramPacket(DATAGRAM, DATAGRAM.length));
                sender.receive(new DatagramPacket(new byte[1], 1));
            });
        }
    }

    @Test
    void shouldRefuseAWildcardWhosePortIsInUseOnOneAddress() throws IOException {
        try (UdpSocket first = UdpSocket.bind(new InetSocketAddress("127.0.0.1", 0), 0, false, false)) {
            InetSocketAddress any =
                    new InetSocketAddress("0.0.0.0", first.localAddress().getPort());
            assertThrows(BindException.class, () -> UdpSocket.bind(any, 0, false, false));
        }
    }

    private static void send(String to, int port) throws IOException {
        try (DatagramSocket sender = new DatagramSocket()) {
            sender.send(new DatagramPacket(DATAGRAM, DATAGRAM.length, InetAddress.getByName(to), port));
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
