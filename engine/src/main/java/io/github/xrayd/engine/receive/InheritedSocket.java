package io.github.xrayd.engine.receive;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import org.jspecify.annotations.Nullable;

/**
 * A bound UDP socket that the process was started with on descriptor 0: socket activation by systemd or an inetd.
 *
 * <p>Whoever started the process keeps the socket open, so it outlives the process, and the kernel goes on taking
 * datagrams while no daemon runs. It is never closed here: closing an inherited channel also redirects standard output
 * and standard error to {@code /dev/null}.
 */
public final class InheritedSocket {
    private final DatagramChannel channel;
    private final InetSocketAddress address;

    private InheritedSocket(DatagramChannel channel, InetSocketAddress address) {
        this.channel = channel;
        this.address = address;
    }

    /**
     * The process's inherited socket, or null when descriptor 0 is no bound UDP socket. Any thread.
     *
     * @throws IOException when it is a socket that Java cannot take over
     */
    public static @Nullable InheritedSocket find() throws IOException {
        return System.inheritedChannel() instanceof DatagramChannel channel
                        && channel.getLocalAddress() instanceof InetSocketAddress address
                        && address.getPort() != 0
                ? new InheritedSocket(channel, address)
                : null;
    }

    /** The address that it is bound to. */
    public InetSocketAddress address() {
        return address;
    }

    /** Whether it takes what a socket bound to {@code other} would take. */
    public boolean isBoundTo(InetSocketAddress other) {
        boolean isSameHost = address.getAddress().equals(other.getAddress())
                || (address.getAddress().isAnyLocalAddress()
                        && other.getAddress().isAnyLocalAddress());
        return isSameHost && address.getPort() == other.getPort();
    }

    @Override
    public String toString() {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]:" : host + ":") + address.getPort();
    }

    DatagramChannel channel() {
        return channel;
    }
}
