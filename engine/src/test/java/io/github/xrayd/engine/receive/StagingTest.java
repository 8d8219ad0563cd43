package io.github.xrayd.engine.receive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.ring.Arena;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The memory of recvmmsg, filled as the kernel does it; on every Java. */
class StagingTest {
    private static final int HEADER_LENGTH = 64;
    private static final int DATAGRAM_LENGTH_MAX = 65_507;

    private final ScriptedCalls calls = new ScriptedCalls();
    private final Staging staging = new Staging(calls, 7, true);
    private final Arena arena = new Arena(1 << 17);

    /** Writes what waits into the headers that it is given. */
    private static final class ScriptedCalls implements SocketCalls {
        final Queue<byte[]> waiting = new ArrayDeque<>();
        int systemCalls;
        int drops;
        boolean isBroken;
        boolean isDropsAsked;

        @Override
        public int receive(int descriptor, long headers, int count) throws IOException {
            assertEquals(7, descriptor);
            systemCalls++;
            if (isBroken) {
                throw new IOException("scripted fault");
            }
            int taken = 0;
            while (taken < count && !waiting.isEmpty()) {
                write(headers + (long) taken * HEADER_LENGTH, waiting.remove());
                taken++;
            }
            return taken;
        }

        @Override
        public boolean connect(int descriptor, long peerAddress, int length) {
            return true;
        }

        private void write(long header, byte[] datagram) {
            long vectors = UnsafeApi.getLong(header + 16);
            assertEquals(2, UnsafeApi.getLong(header + 24));
            int first = (int) Math.min(datagram.length, UnsafeApi.getLong(vectors + 8));
            int rest = datagram.length - first;
            assertTrue(rest <= UnsafeApi.getLong(vectors + 24));
            new UnsafeBuffer(UnsafeApi.getLong(vectors), first).putBytes(0, datagram, 0, first);
            new UnsafeBuffer(UnsafeApi.getLong(vectors + 16), rest).putBytes(0, datagram, first, rest);
            UnsafeApi.putInt(header + 56, datagram.length);
            assertEquals(28, UnsafeApi.getInt(header + 8), "room for the sender's address");
            UnsafeApi.putShort(UnsafeApi.getLong(header), (short) 2);
            new UnsafeBuffer(UnsafeApi.getLong(header) + 4, 4)
                    .putBytes(0, new byte[] {10, 0, 0, (byte) datagram.length});
            UnsafeApi.putInt(header + 8, 16);
            long control = UnsafeApi.getLong(header + 32);
            if (control != 0) {
                assertTrue(UnsafeApi.getLong(header + 40) >= 24, "room for the drops");
                UnsafeApi.putInt(control + 8, 1);
                UnsafeApi.putInt(control + 12, 40);
                UnsafeApi.putInt(control + 16, drops);
                UnsafeApi.putLong(header + 40, drops == 0 ? 0 : 24);
            }
        }

        @Override
        public boolean setOption(int descriptor, int level, int option, long valueAddress) {
            isDropsAsked = level == 1 && option == 40 && UnsafeApi.getInt(valueAddress) == 1;
            return isDropsAsked;
        }
    }

    @AfterEach
    void free() {
        staging.close();
        arena.close();
    }

    private byte[] receive() throws IOException {
        int length = staging.receive(arena.address());
        assertTrue(length >= 0);
        byte[] datagram = new byte[length];
        new UnsafeBuffer(arena.address(), length).getBytes(0, datagram);
        return datagram;
    }

    private static byte[] datagram(int length) {
        byte[] datagram = new byte[length];
        for (int i = 0; i < length; i++) {
            datagram[i] = (byte) (i * 31 + i / 251 + length);
        }
        return datagram;
    }

    @Test
    void shouldGiveOutDatagramsOfEveryLengthWholeAndInOrder() throws IOException {
        int[] lengths = {
            0, 1, Staging.FIRST_LENGTH - 1, Staging.FIRST_LENGTH, Staging.FIRST_LENGTH + 1, DATAGRAM_LENGTH_MAX, 2
        };
        for (int round = 0; round < 40; round++) {
            for (int length : lengths) {
                calls.waiting.add(datagram(length));
            }
        }
        for (int round = 0; round < 40; round++) {
            for (int length : lengths) {
                assertArrayEquals(datagram(length), receive());
            }
        }
        assertEquals(DatagramSource.NOTHING, staging.receive(arena.address()));
    }

    @Test
    void shouldNotAskAgainWhenACallBroughtFewerThanItCould() throws IOException {
        calls.waiting.add(datagram(3));
        assertEquals(3, staging.receive(0));
        assertEquals(DatagramSource.NOTHING, staging.receive(0));
        assertEquals(1, calls.systemCalls);
        calls.waiting.add(datagram(4));
        assertEquals(4, staging.receive(0), "but the next time");
    }

    @Test
    void shouldSayWhatWaitsHere() throws IOException {
        for (int i = 0; i < Staging.COUNT + 5; i++) {
            calls.waiting.add(datagram(9));
        }
        staging.receive(0);
        assertEquals(Staging.COUNT - 1, staging.waiting());
        assertEquals(5, calls.waiting.size());
    }

    @Test
    void shouldTellTheSenderOfEachDatagram() throws IOException {
        SenderAddress sender = new SenderAddress();
        for (int round = 0; round < 3; round++) {
            for (int i = 1; i < 6; i++) {
                calls.waiting.add(datagram(i));
            }
            for (int i = 1; i < 6; i++) {
                staging.receive(arena.address());
                sender.set(staging.senderAddress());
                assertEquals("10.0.0." + i, Networks.text(sender.high(), sender.low()));
            }
            assertEquals(DatagramSource.NOTHING, staging.receive(0));
        }
    }

    @Test
    void shouldAddUpDropsBeyondTheKernelsCounter() throws IOException {
        assertTrue(calls.isDropsAsked);
        calls.waiting.add(datagram(1));
        staging.receive(0);
        assertEquals(0, staging.drops());
        assertEquals(0, staging.droppedAtMs());
        for (int drops : new int[] {10, 10, Integer.MAX_VALUE, -5, 20}) {
            staging.receive(0);
            calls.drops = drops;
            calls.waiting.add(datagram(1));
            staging.receive(0);
        }
        assertEquals((1L << 32) + 20, staging.drops());
        assertTrue(staging.droppedAtMs() > 0);
    }

    @Test
    void shouldGoOnAfterACallThatFailed() throws IOException {
        calls.waiting.add("x".getBytes(StandardCharsets.UTF_8));
        assertEquals(1, staging.receive(0));
        assertEquals(DatagramSource.NOTHING, staging.receive(0));
        calls.isBroken = true;
        assertThrows(IOException.class, () -> staging.receive(0));
        assertEquals(0, staging.waiting());
        calls.isBroken = false;
        calls.waiting.addAll(Arrays.asList(datagram(2), datagram(3)));
        assertEquals(2, staging.receive(0));
        assertEquals(3, staging.receive(0));
    }
}
