package io.github.xrayd.engine.receive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @CsvSource({"127.0.0.1, 127.0.0.1", "0.0.0.0, 127.0.0.1", "::, ::1", "::1, ::1"})
    void shouldTurnAwayWhatComesBeforeTheSocketIsClosedAndKeepWhatWaits(String bind, String to) throws IOException {
        assumeTrue(hasIpv6(), "no IPv6 on this machine");
        assumeTrue(NativeReceive.instance().isAvailable(), "this Java has no native receive path");
        Arena arena = new Arena(SlotRing.CAPACITY_MIN);
        SlotRing ring = new SlotRing(arena, 1);
        try (UdpSocket socket = UdpSocket.bind(new InetSocketAddress(bind, 0), 0, false, true, false);
                DatagramSocket sender = new DatagramSocket()) {
            sender.connect(new InetSocketAddress(to, socket.localAddress().getPort()));
            sender.setSoTimeout(10_000);
            sender.send(new DatagramPacket(DATAGRAM, DATAGRAM.length));
            socket.prepareStop();
            assertThrows(SocketException.class, () -> {
                sender.send(new DatagramPacket(DATAGRAM, DATAGRAM.length));
                sender.receive(new DatagramPacket(new byte[1], 1));
            });
            assertEquals(DATAGRAM.length, socket.receive(ring, ring.claim()));
            assertEquals(DatagramSource.NOTHING, socket.receive(ring, ring.claim()));
            socket.stop();
        } finally {
            arena.close();
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

    @ParameterizedTest(name = "native {0}")
    @ValueSource(booleans = {false, true})
    void shouldReadDatagramsOfEveryLengthWholeAndInOrder(boolean isNative) throws IOException {
        assumeTrue(!isNative || NativeReceive.instance().isAvailable(), "this Java has no native receive path");
        int[] lengths = {0, 1, 1_024, 2_048, 2_049, 9_000, 65_507};
        try (Arena arena = new Arena(64L * SlotRing.CAPACITY_MIN);
                UdpSocket socket =
                        UdpSocket.bind(new InetSocketAddress("127.0.0.1", 0), 4 << 20, false, isNative, true);
                DatagramSocket sender = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            SlotRing ring = new SlotRing(arena, 1);
            for (int round = 0; round < 20; round++) {
                for (int length : lengths) {
                    sender.send(new DatagramPacket(numbered(length, round), length, socket.localAddress()));
                }
                for (int length : lengths) {
                    long address = ring.claim();
                    assertEquals(length, receive(socket, ring, address));
                    byte[] datagram = new byte[length];
                    new UnsafeBuffer(address, length).getBytes(0, datagram);
                    assertArrayEquals(numbered(length, round), datagram);
                    assertEquals("127.0.0.1", Networks.text(socket.senderHigh(), socket.senderLow()));
                }
            }
            assertEquals(DatagramSource.NOTHING, socket.receive(ring, ring.claim()));
            assertEquals(0, socket.staged());
        }
    }

    @Test
    void shouldTellTheKernelsDropsWithTheData() throws IOException {
        assumeTrue(NativeReceive.instance().isAvailable(), "this Java has no native receive path");
        try (UdpSocket socket = UdpSocket.bind(new InetSocketAddress("127.0.0.1", 0), 1 << 16, false, true);
                DatagramSocket sender = new DatagramSocket()) {
            sender.connect(socket.localAddress());
            for (int i = 0; i < 1_000; i++) {
                sender.send(new DatagramPacket(DATAGRAM, DATAGRAM.length));
            }
            int taken = discardAll(socket);
            assertEquals(0, socket.kernelDrops(), "those after the last that was read are told with the next");
            sender.send(new DatagramPacket(DATAGRAM, DATAGRAM.length));
            taken += discardAll(socket);
            assertEquals(1_001 - taken, socket.kernelDrops());
            assertTrue(socket.kernelDrops() > 0);
            assertEquals(KernelDrops.ofPort(socket.localAddress().getPort()), socket.kernelDrops());
            assertTrue(socket.droppedAtMs() > 0);
        }
    }

    private static byte[] numbered(int length, int round) {
        byte[] datagram = new byte[length];
        for (int i = 0; i < length; i++) {
            datagram[i] = (byte) (i * 31 + i / 251 + round);
        }
        return datagram;
    }

    private static int receive(UdpSocket socket, SlotRing ring, long address) throws IOException {
        int length = socket.receive(ring, address);
        if (length == DatagramSource.NOTHING) {
            socket.await(10_000);
            length = socket.receive(ring, address);
        }
        return length;
    }

    private static int discardAll(UdpSocket socket) throws IOException {
        int count = 0;
        while (socket.discard() != DatagramSource.NOTHING) {
            count++;
        }
        return count;
    }
}
