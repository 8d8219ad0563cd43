package io.github.xrayd.sandbox;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Takes the datagrams of X-Ray's SDKs: a header, {@code {"format": "json", "version": 1}}, a newline, and a document.
 * What has another header is dropped, as a daemon does. For tests, where no daemon is; has a thread of its own.
 */
final class SegmentReceiver implements AutoCloseable {
    private static final int DATAGRAM_LENGTH_MAX = 65_507;
    private static final int BUFFER_BYTES = 4 << 20;

    private final DatagramSocket socket;
    private final PutSegments putSegments;

    private SegmentReceiver(DatagramSocket socket, PutSegments putSegments) {
        this.socket = socket;
        this.putSegments = putSegments;
    }

    static SegmentReceiver start(InetSocketAddress address, PutSegments putSegments) throws IOException {
        DatagramSocket socket = new DatagramSocket(address);
        socket.setReceiveBufferSize(BUFFER_BYTES);
        SegmentReceiver receiver = new SegmentReceiver(socket, putSegments);
        Thread thread = new Thread(receiver::run, "sandbox-receiver");
        thread.setDaemon(true);
        thread.start();
        return receiver;
    }

    private void run() {
        DatagramPacket packet = new DatagramPacket(new byte[DATAGRAM_LENGTH_MAX], DATAGRAM_LENGTH_MAX);
        while (!socket.isClosed()) {
            try {
                packet.setLength(DATAGRAM_LENGTH_MAX);
                socket.receive(packet);
                accept(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8));
            } catch (SocketException e) {
                // Closed, or the answer to something that this socket never sent.
            } catch (IOException e) {
                return;
            }
        }
    }

    private void accept(String datagram) {
        int newline = datagram.indexOf('\n');
        if (newline > 0 && isHeader(datagram.substring(0, newline))) {
            putSegments.acceptOne(datagram.substring(newline + 1), System.currentTimeMillis() * 1_000);
        }
    }

    private static boolean isHeader(String text) {
        try {
            Map<String, Object> header = Json.object(Json.parse(text));
            return "json".equals(Json.string(header, "format")) && Json.whole(header, "version", 0) == 1;
        } catch (Json.MalformedException e) {
            return false;
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
