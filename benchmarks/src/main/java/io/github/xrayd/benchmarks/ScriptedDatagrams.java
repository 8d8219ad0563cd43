package io.github.xrayd.benchmarks;

import io.github.xrayd.engine.receive.DatagramSource;
import io.github.xrayd.engine.ring.SlotRing;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** A source that has as many datagrams as configured, and costs one copy for each, as a socket's buffer does. */
final class ScriptedDatagrams implements DatagramSource {
    private final byte[][] datagrams;
    private final UnsafeBuffer target = new UnsafeBuffer(0, 0);
    private int next;
    private int waiting;

    ScriptedDatagrams(List<byte[]> datagrams) {
        this.datagrams = datagrams.toArray(new byte[0][]);
    }

    /** Lets {@code count} datagrams wait. */
    void offer(int count) {
        waiting = count;
    }

    @Override
    public int receive(SlotRing ring, long claimedAddress) {
        if (waiting == 0) {
            return NOTHING;
        }
        byte[] datagram = take();
        target.wrap(claimedAddress, datagram.length);
        target.putBytes(0, datagram);
        return datagram.length;
    }

    @Override
    public int discard() {
        return waiting == 0 ? NOTHING : take().length;
    }

    private byte[] take() {
        waiting--;
        byte[] datagram = datagrams[next];
        next = (next + 1) % datagrams.length;
        return datagram;
    }

    @Override
    public int lastSource() {
        return 0;
    }
}
