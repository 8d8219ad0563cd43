package io.github.xrayd.chaos;

import io.github.xrayd.child.DaemonProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/**
 * One well-formed document, in the middle of the load, that the endpoint refuses together with every batch it is in.
 */
final class PoisonDocument implements BackgroundTraffic {
    /** What the endpoint knows it by. */
    static final String TEXT = "poisoned-document";

    private static final byte[] DATAGRAM = ("{\"format\":\"json\",\"version\":1}\n"
                    + "{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\",\"id\":\"70de5b6f19ff9a0a\",\"name\":\""
                    + TEXT + "\",\"start_time\":1,\"end_time\":2}")
            .getBytes(StandardCharsets.US_ASCII);

    @Override
    public Seen send(DaemonProcess daemon, long seed, Duration duration) throws IOException, InterruptedException {
        Thread.sleep(duration.toMillis() / 2);
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.send(ByteBuffer.wrap(DATAGRAM), daemon.udp());
        }
        return Seen.counting(Map.of("refused", 1L));
    }
}
