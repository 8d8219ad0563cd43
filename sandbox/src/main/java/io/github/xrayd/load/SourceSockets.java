package io.github.xrayd.load;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;

/** The run's connected, non-blocking sockets, one for each source port. */
final class SourceSockets implements AutoCloseable {
    private final List<DatagramChannel> sockets = new ArrayList<>();

    /**
     * Opens {@code count} sockets connected to {@code target}.
     *
     * @throws LoadException when the process may not have so many, or the target has no route
     */
    SourceSockets(InetSocketAddress target, int count) throws LoadException {
        ProtocolFamily family = target.getAddress() instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6;
        for (int i = 0; i < count; i++) {
            try {
                DatagramChannel socket = DatagramChannel.open(family);
                sockets.add(socket);
                socket.configureBlocking(false);
                socket.connect(target);
            } catch (IOException e) {
                close();
                throw new LoadException(
                        "could not open source socket " + (i + 1) + " of " + count + " to " + target + ": "
                                + e.getMessage()
                                + ": raise the limit of open files (ulimit -n), ask for fewer sources, or check the address",
                        e);
            }
        }
    }

    /** Returns every {@code stride}-th socket from {@code first} on: one thread's share. */
    DatagramChannel[] share(int first, int stride) {
        List<DatagramChannel> share = new ArrayList<>();
        for (int i = first; i < sockets.size(); i += stride) {
            share.add(sockets.get(i));
        }
        return share.toArray(DatagramChannel[]::new);
    }

    @Override
    public void close() {
        for (DatagramChannel socket : sockets) {
            try {
                socket.close();
            } catch (IOException ignored) {
                // Nothing was buffered in it, and the kernel has released the port either way.
            }
        }
    }
}
