package io.github.xrayd.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SenderAllocationTest {
    private static final int DATAGRAMS = 100_000;

    @ParameterizedTest
    @ValueSource(ints = {0, 1_024})
    void shouldSendWithoutAllocating(int sizeBytes) throws Exception {
        try (DatagramChannel sink = DatagramChannel.open()) {
            sink.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
            LoadConfig config = LoadConfig.to((InetSocketAddress) sink.getLocalAddress())
                    .burst(DATAGRAMS)
                    .sizeBytes(sizeBytes)
                    .sources(64)
                    .build();
            try (SourceSockets sockets = new SourceSockets(config.target(), config.sources())) {
                send(config, sockets);
                long allocated = send(config, sockets);
                assertTrue(allocated < DATAGRAMS / 10, allocated + " bytes for " + DATAGRAMS + " datagrams");
            }
        }
    }

    /** Sends on this thread and returns the bytes it allocated meanwhile. */
    private static long send(LoadConfig config, SourceSockets sockets) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Sender sender = new Sender(
                new SendSchedule(0, 0),
                DatagramLibrary.of(config, System.currentTimeMillis(), 0),
                sockets.share(0, 1),
                0,
                1,
                DATAGRAMS,
                System.nanoTime(),
                Long.MAX_VALUE);
        long before = threads.getCurrentThreadAllocatedBytes();
        sender.run();
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertEquals(DATAGRAMS, sender.sent());
        return allocated;
    }
}
