package io.github.xrayd.benchmarks;

import io.github.xrayd.engine.receive.UdpSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A socket of the engine's on a free loopback port, and its senders. One thread. */
final class Loopback implements AutoCloseable {
    private static final long PAUSE_NS = 20_000;
    private static final long PATIENCE_NS = 5_000_000_000L;

    private final UdpSocket socket;
    private final Senders senders;

    /**
     * Connects senders to a socket and owns it from then on.
     *
     * @param sources senders, which take turns
     */
    Loopback(UdpSocket socket, int sources, List<byte[]> datagrams) throws IOException {
        this.socket = socket;
        senders = new Senders(socket.localAddress(), sources, datagrams);
    }

    static UdpSocket bind(boolean isNativeAllowed) throws IOException {
        return UdpSocket.bind(freePort(), 0, false, isNativeAllowed);
    }

    /**
     * A socket that is read by the C library's recvmmsg.
     *
     * @throws IllegalStateException where this Java or system has none
     */
    static UdpSocket bindNative() throws IOException {
        UdpSocket socket = bind(true);
        if (!socket.isNative()) {
            socket.close();
            throw new IllegalStateException(
                    "no native receive: " + socket.whyNotNative() + "; leave it out with -e (?i)recvmmsg");
        }
        return socket;
    }

    static InetSocketAddress freePort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    UdpSocket socket() {
        return socket;
    }

    /** Sends {@code count} datagrams, few enough for the socket's buffer. */
    void send(int count) throws IOException {
        senders.send(count);
    }

    /**
     * Reads until {@code count} datagrams are in the ring; on loopback a sent one is mostly there when the send
     * returns.
     */
    static void receive(Stages stages, int count) {
        int missing = count - stages.receive();
        if (missing > 0) {
            awaitLate(stages, missing);
        }
    }

    private static void awaitLate(Stages stages, int count) {
        int missing = count;
        long startNs = System.nanoTime();
        while (missing > 0) {
            LockSupport.parkNanos(PAUSE_NS);
            missing -= stages.receive();
            if (System.nanoTime() - startNs > PATIENCE_NS) {
                throw new IllegalStateException(missing + " datagrams were lost");
            }
        }
    }

    @Override
    public void close() throws IOException {
        senders.close();
        socket.close();
    }
}
