package io.github.xrayd.benchmarks;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.List;

/** UDP senders that take turns datagram by datagram. Sending allocates nothing. One thread. */
final class Senders implements AutoCloseable {
    private final DatagramChannel[] channels;
    private final ByteBuffer[] datagrams;
    private int next;

    /**
     * Connects to a bound socket.
     *
     * @param count senders, each with a port of its own
     */
    Senders(SocketAddress address, int count, List<byte[]> datagrams) throws IOException {
        channels = new DatagramChannel[count];
        for (int i = 0; i < count; i++) {
            channels[i] = DatagramChannel.open();
            channels[i].connect(address);
        }
        this.datagrams = datagrams.stream()
                .map(datagram -> ByteBuffer.allocateDirect(datagram.length).put(datagram))
                .toArray(ByteBuffer[]::new);
    }

    /** Sends {@code count} datagrams. */
    void send(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            next = (next + 1) & Integer.MAX_VALUE;
            ByteBuffer datagram = datagrams[next % datagrams.length];
            channels[next % channels.length].write(datagram.rewind());
        }
    }

    @Override
    public void close() throws IOException {
        for (DatagramChannel channel : channels) {
            channel.close();
        }
    }
}
