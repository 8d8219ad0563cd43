package io.github.xrayd.system;

import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.child.ProcFs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends datagrams to a daemon so that the kernel drops none: after a few of them it waits until the daemon has read
 * them all.
 *
 * <p>For one thread.
 */
final class Datagrams implements AutoCloseable {
    static final String HEADER = "{\"format\": \"json\", \"version\": 1}\n";
    static final String COMPACT_HEADER = "{\"format\":\"json\",\"version\":1}\n";
    /** The largest UDP payload over IPv4. */
    static final int LENGTH_MAX = 65_507;

    /**
     * The kernel charges up to twice a datagram's length and at least 768 bytes; its default buffer of 208 KiB holds
     * this.
     */
    private static final int UNREAD_MAX = 64;

    private static final int UNREAD_BYTES_MAX = 64 << 10;

    private final DatagramChannel channel;
    private final InetSocketAddress target;
    private int unread;
    private int unreadBytes;

    Datagrams(InetSocketAddress target) throws IOException {
        this.target = target;
        channel = DatagramChannel.open();
    }

    /** A document behind the header. */
    static byte[] of(String header, byte[] document) {
        ByteArrayOutputStream datagram = new ByteArrayOutputStream();
        datagram.writeBytes(header.getBytes(StandardCharsets.UTF_8));
        datagram.writeBytes(document);
        return datagram.toByteArray();
    }

    /** Sends documents of that name, numbered, and waits until the daemon has read them; returns them. */
    static List<String> send(DaemonProcess daemon, String name, int count) throws IOException {
        List<String> sent = new ArrayList<>();
        try (Datagrams datagrams = new Datagrams(daemon.udp())) {
            for (int i = 0; i < count; i++) {
                sent.add("{\"name\":\"" + name + "\",\"id\":\"" + i + "\"}");
                datagrams.sendDocument(sent.get(i));
            }
            datagrams.awaitRead();
        }
        return sent;
    }

    /** Sends a document behind the header. */
    void sendDocument(String document) throws IOException {
        send(of(HEADER, document.getBytes(StandardCharsets.UTF_8)));
    }

    /** Sends one datagram, after waiting when too many are unread. */
    void send(byte[] datagram) throws IOException {
        if (unread >= UNREAD_MAX || unreadBytes + datagram.length > UNREAD_BYTES_MAX) {
            awaitRead();
        }
        int sent = channel.send(ByteBuffer.wrap(datagram), target);
        if (sent != datagram.length) {
            throw new IOException("sent " + sent + " of " + datagram.length + " bytes");
        }
        unread++;
        unreadBytes += datagram.length;
    }

    /** Returns when the daemon has read everything. */
    void awaitRead() {
        Await.until("the daemon reads its socket", Await.LONG, () -> ProcFs.queuedBytes(target.getPort()) == 0);
        unread = 0;
        unreadBytes = 0;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
