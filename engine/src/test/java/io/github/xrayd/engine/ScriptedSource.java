package io.github.xrayd.engine;

import io.github.xrayd.engine.receive.DatagramSource;
import io.github.xrayd.engine.ring.SlotRing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import org.agrona.concurrent.UnsafeBuffer;

/** A socket whose datagrams are put there by hand. */
final class ScriptedSource implements DatagramSource {
    final Queue<String> waiting = new ArrayDeque<>();
    final Queue<String> taken = new ArrayDeque<>();
    long discarded;
    boolean isBroken;

    @Override
    public int receive(SlotRing ring, long claimedAddress) throws IOException {
        if (isBroken) {
            throw new IOException("scripted fault");
        }
        String next = waiting.poll();
        if (next == null) {
            return NOTHING;
        }
        byte[] bytes = next.getBytes(StandardCharsets.UTF_8);
        new UnsafeBuffer(claimedAddress, SlotRing.DATAGRAM_LENGTH_MAX).putBytes(0, bytes);
        taken.add(next);
        return bytes.length;
    }

    @Override
    public int discard() {
        String next = waiting.poll();
        if (next == null) {
            return NOTHING;
        }
        discarded++;
        return next.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Bytes that wait, about. */
    long waitingBytes() {
        return waiting.stream().mapToLong(String::length).sum();
    }

    @Override
    public int lastSource() {
        return 0;
    }
}
