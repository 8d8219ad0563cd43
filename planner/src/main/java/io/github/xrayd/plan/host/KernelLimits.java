package io.github.xrayd.plan.host;

import static io.github.xrayd.plan.model.Text.bytes;

import io.github.xrayd.child.ProcFs;
import io.github.xrayd.plan.model.CostProfile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/**
 * What the kernel allows a socket.
 *
 * @param rmemMax {@code net.core.rmem_max}, in bytes; 0 when the system does not report it
 * @param grantedBytes what a socket that asks for 4 MiB was granted, as the kernel counts
 * @param trueSize1Kb what a datagram of 1 KB and its header takes of that, in bytes
 */
public record KernelLimits(long rmemMax, long grantedBytes, double trueSize1Kb) {
    private static final int ASKED = 4 << 20;
    private static final int DATAGRAM = 1_024 + 33;
    private static final int SENT_MAX = 200_000;

    /** Fills a socket's buffer over loopback, and counts what it held. */
    static KernelLimits measure() throws IOException {
        try (DatagramChannel receiver = DatagramChannel.open();
                DatagramChannel sender = DatagramChannel.open()) {
            receiver.setOption(StandardSocketOptions.SO_RCVBUF, ASKED);
            receiver.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            receiver.configureBlocking(false);
            sender.connect(receiver.getLocalAddress());
            // Java reports half of what the kernel counts.
            long granted = 2L * receiver.getOption(StandardSocketOptions.SO_RCVBUF);
            ByteBuffer datagram = ByteBuffer.allocateDirect(DATAGRAM);
            long fits = granted / 512;
            for (long i = 0; i < Math.min(SENT_MAX, fits); i++) {
                datagram.clear();
                sender.write(datagram);
            }
            long held = 0;
            datagram.clear();
            while (receiver.receive(datagram) != null) {
                held++;
                datagram.clear();
            }
            return new KernelLimits(
                    Math.max(0, ProcFs.kernelSetting("net.core.rmem_max")),
                    granted,
                    held == 0 ? 0 : (double) granted / held);
        }
    }

    /** What Java says of the granted buffer: half of what the kernel counts. */
    int socketBufferBytes() {
        return (int) (grantedBytes / 2);
    }

    /** Lines for the operator. */
    String text(CostProfile profile) {
        return String.format(
                "  kernel: net.core.rmem_max %d; 4 MiB asked, %s granted as it counts; 1 KB costs %.0f bytes (formula: %.0f)%n",
                rmemMax, bytes(grantedBytes), trueSize1Kb, profile.trueSize(DATAGRAM));
    }
}
