package io.github.xrayd.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A loopback socket drained by a thread of its own that keeps every datagram and who sent it. */
final class CountingReceiver implements AutoCloseable {
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final DatagramChannel socket;
    private final Thread thread = new Thread(this::drain, "counting-receiver");
    private final List<Arrival> arrivals = new ArrayList<>();

    record Arrival(SocketAddress source, String text) {
        String document() {
            return text.substring(text.indexOf('\n') + 1);
        }

        long sequence() {
            int start = DocumentLayout.SEQUENCE_OFFSET;
            return Long.parseLong(document().substring(start, start + 16), 16);
        }

        long sendEpochMicros() {
            int start = DocumentLayout.SEND_TIME_OFFSET;
            return Long.parseLong(document().substring(start, start + 16), 16);
        }

        int documentLength() {
            return document().getBytes(StandardCharsets.UTF_8).length;
        }
    }

    CountingReceiver() throws IOException {
        socket = DatagramChannel.open();
        socket.setOption(StandardSocketOptions.SO_RCVBUF, 4 << 20);
        socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
        thread.setDaemon(true);
        thread.start();
    }

    InetSocketAddress address() throws IOException {
        return (InetSocketAddress) socket.getLocalAddress();
    }

    /** Waits until {@code count} datagrams have come and returns all that came. */
    synchronized List<Arrival> await(long count) throws InterruptedException {
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        while (arrivals.size() < count) {
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (leftMillis <= 0) {
                throw new AssertionError("only " + arrivals.size() + " of " + count + " datagrams came");
            }
            wait(leftMillis);
        }
        return List.copyOf(arrivals);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void drain() {
        ByteBuffer buffer = ByteBuffer.allocate(65_536);
        try {
            while (true) {
                buffer.clear();
                SocketAddress source = socket.receive(buffer);
                String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
                onArrival(new Arrival(source, text));
            }
        } catch (AsynchronousCloseException e) {
            // The test is over.
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private synchronized void onArrival(Arrival arrival) {
        arrivals.add(arrival);
        notifyAll();
    }
}
