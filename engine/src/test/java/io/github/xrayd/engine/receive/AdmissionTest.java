package io.github.xrayd.engine.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.receive.Admission.Verdict;
import io.github.xrayd.engine.ring.Arena;
import io.github.xrayd.engine.ring.SlotRing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdmissionTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int BYTES = 1_064;

    private static long source(int number) {
        return Networks.mapped(0x0A00_0000 + number);
    }

    private static Admission fair() {
        Admission admission = new Admission(new AdmissionSettings(null, false, true));
        admission.roll(0);
        return admission;
    }

    @Test
    void shouldDropTheFlooderFirstWhenMemoryRunsShort() {
        Admission admission = fair();
        int flooderTaken = 0;
        int othersTaken = 0;
        for (int i = 0; i < 10_000; i++) {
            flooderTaken += admission.judge(0, source(0), BYTES, 0.8) == Verdict.TAKEN ? 1 : 0;
            if (i % 100 == 0) {
                othersTaken += admission.judge(0, source(1 + i / 100 % 10), BYTES, 0.8) == Verdict.TAKEN ? 1 : 0;
            }
        }
        assertEquals(100, othersTaken);
        assertTrue(flooderTaken < 1_000, flooderTaken + " taken of the flooder's 10,000");
    }

    @Test
    void shouldDropNobodyWhileMemoryIsNotShortNorASingleSource() {
        Admission admission = fair();
        for (int i = 0; i < 1_000; i++) {
            assertEquals(Verdict.TAKEN, admission.judge(0, source(1), BYTES, 1.0));
        }
        for (int i = 0; i < 1_000; i++) {
            assertEquals(Verdict.TAKEN, admission.judge(0, source(i % 3), BYTES, 0.5));
        }
    }

    @Test
    void shouldForgetAFlood() {
        Admission admission = fair();
        for (int i = 0; i < 10_000; i++) {
            admission.judge(0, source(0), BYTES, 0.1);
        }
        for (int second = 1; second <= 20; second++) {
            admission.roll(second * SECOND);
            for (int i = 0; i < 100; i++) {
                admission.judge(0, source(1), BYTES, 0.1);
            }
        }
        assertEquals(Verdict.TAKEN, admission.judge(0, source(0), BYTES, 0.95));
    }

    @Test
    void shouldNameTheBusiestAmongFarMoreSourcesThanItCounts() {
        Admission admission = new Admission(new AdmissionSettings(null, true, false));
        admission.roll(0);
        for (int i = 0; i < 50_000; i++) {
            admission.judge(0, source(100 + i % 20_000), BYTES, 1);
            if (i % 10 == 0) {
                admission.judge(0, source(7), BYTES, 1);
            }
        }
        admission.roll(SECOND);
        assertNull(admission.takeReport(), "nothing was dropped");
        for (int i = 0; i < 300; i++) {
            admission.judge(0, source(7), BYTES, 1);
            admission.onDropped();
            admission.judge(0, source(100 + i), BYTES, 1);
        }
        admission.roll(2 * SECOND);
        String report = Objects.requireNonNull(admission.takeReport()).toString();
        assertTrue(
                report.startsWith("Dropped 300 of 600 datagrams within a second; most came from 10.0.0.7 (300), "),
                report);
        assertNull(admission.takeReport());
    }

    /**
     * The native path has found the socket empty in the call before, so its first look at it costs no call and finds
     * nothing.
     */
    private static int discard(UdpSocket socket) throws IOException {
        int length = socket.discard();
        return length == DatagramSource.NOTHING ? socket.discard() : length;
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1,127.0.0.1,true",
        "127.0.0.1,127.0.0.1,false",
        "::1,::1,true",
        "::1,::1,false",
        "::,127.0.0.1,true",
        "::,127.0.0.1,false"
    })
    void shouldTellTheSenderOfEachDatagramOnEverySocket(String bound, String target, boolean isNativeAllowed)
            throws Exception {
        Arena arena = new Arena(SlotRing.CAPACITY_MIN);
        SlotRing ring = new SlotRing(arena, 1);
        try (UdpSocket socket = UdpSocket.bind(
                        new InetSocketAddress(InetAddress.getByName(bound), 0), 0, false, isNativeAllowed, true);
                DatagramChannel sender = DatagramChannel.open()) {
            sender.connect(new InetSocketAddress(target, socket.localAddress().getPort()));
            sender.write(ByteBuffer.wrap(new byte[5]));
            socket.await(5_000);
            assertEquals(5, socket.receive(ring, ring.claim()));
            byte[] expected = InetAddress.getByName(target).getAddress();
            assertEquals(Networks.high(expected), socket.senderHigh());
            assertEquals(Networks.low(expected), socket.senderLow());
            sender.write(ByteBuffer.wrap(new byte[6]));
            socket.await(5_000);
            assertEquals(6, discard(socket));
            assertEquals(Networks.low(expected), socket.senderLow());
        } finally {
            arena.close();
        }
    }
}
