package io.github.xrayd.benchmarks;

import io.github.xrayd.engine.receive.UdpSocket;
import io.github.xrayd.engine.ring.SlotReader;
import java.io.IOException;

/**
 * The engine's receiver and ring alone, without validator and batcher, beside {@code recvloop.c}: prints {@code port
 * N}, and {@code received N} when a datagram of one byte has come.
 */
public final class ReceiveLoop {
    private static final int SOCKET_BUFFER_BYTES = 4 << 20;
    private static final long WAIT_MS = 100;

    private ReceiveLoop() {}

    public static void main(String[] arguments) throws IOException {
        try (UdpSocket socket = UdpSocket.bind(Loopback.freePort(), SOCKET_BUFFER_BYTES, false, true);
                Stages stages = new Stages(socket, Stages.BATCH_DOCUMENTS, false)) {
            System.out.println("port " + socket.localAddress().getPort());
            System.out.println("received " + receive(socket, stages));
        }
    }

    private static long receive(UdpSocket socket, Stages stages) throws IOException {
        SlotReader slots = stages.validatorReader();
        long count = 0;
        boolean isEnd = false;
        while (!isEnd) {
            if (stages.receive() == 0) {
                socket.await(WAIT_MS);
            }
            while (slots.hasNext()) {
                boolean isMark = slots.length() == 1;
                isEnd |= isMark;
                count += isMark ? 0 : 1;
                slots.verdict(0);
                slots.advance();
            }
            slots.release();
            stages.releaseSlots();
        }
        return count;
    }
}
