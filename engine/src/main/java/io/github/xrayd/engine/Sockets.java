package io.github.xrayd.engine;

import io.github.xrayd.engine.EngineConfig.ReceivePath;
import io.github.xrayd.engine.receive.InheritedSocket;
import io.github.xrayd.engine.receive.UdpSocket;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The UDP sockets of an engine: one for each receiver, all on one port. */
final class Sockets {
    private static final Logger LOG = LoggerFactory.getLogger(Sockets.class);

    private Sockets() {}

    /**
     * Binds them.
     *
     * @throws StartException worded as the reference daemon's errors
     */
    static List<UdpSocket> bind(EngineConfig.ReceiveConfig config) throws StartException {
        List<UdpSocket> sockets = new ArrayList<>();
        InheritedSocket inherited = config.inherited();
        try {
            sockets.add(inherited == null ? bind(config, config.udpAddress(), false) : adopt(config, inherited));
            share(config, sockets);
        } catch (IOException | RuntimeException e) {
            close(sockets);
            throw new StartException("listen udp " + text(config.udpAddress()) + ": " + reason(e), e);
        }
        if (config.receivePath() == ReceivePath.NATIVE && !sockets.get(0).isNative()) {
            String reason = sockets.get(0).whyNotNative();
            close(sockets);
            throw new StartException("The native receive path cannot be used: " + reason
                    + ". Use --receive-path auto, or Java 22 or later on Linux.");
        }
        logBuffer(config, sockets.get(0));
        return sockets;
    }

    /**
     * Adds the sockets that share the first one's port. The first is bound without SO_REUSEPORT, so that a port which
     * another daemon shares among its own sockets is refused, and is opened to others only then.
     */
    private static void share(EngineConfig.ReceiveConfig config, List<UdpSocket> sockets) throws IOException {
        if (config.receivers() == 1) {
            return;
        }
        UdpSocket first = sockets.get(0);
        InetSocketAddress address = new InetSocketAddress(
                config.udpAddress().getAddress(), first.localAddress().getPort());
        first.share();
        try {
            sockets.add(bind(config, address, true));
        } catch (BindException e) {
            // This system wants the option set before the first socket is bound. The port was free a moment ago.
            LOG.debug("Binding the first UDP socket again with SO_REUSEPORT: {}", e.getMessage());
            close(sockets);
            sockets.clear();
            sockets.add(bind(config, address, true));
        }
        while (sockets.size() < config.receivers()) {
            sockets.add(bind(config, address, true));
        }
    }

    private static UdpSocket adopt(EngineConfig.ReceiveConfig config, InheritedSocket inherited) throws IOException {
        LOG.info("Receiving on the inherited UDP socket {}", inherited);
        return UdpSocket.adopt(
                inherited,
                config.receiveBufferBytes(),
                config.receivePath() != ReceivePath.NIO,
                config.admission() != null);
    }

    private static UdpSocket bind(EngineConfig.ReceiveConfig config, InetSocketAddress address, boolean isShared)
            throws IOException {
        return UdpSocket.bind(
                address,
                config.receiveBufferBytes(),
                isShared,
                config.receivePath() != ReceivePath.NIO,
                config.admission() != null);
    }

    private static void logBuffer(EngineConfig.ReceiveConfig config, UdpSocket socket) {
        int granted = socket.grantedBufferBytes();
        LOG.debug("Receiving by {}", socket.isNative() ? "recvmmsg" : "NIO: " + socket.whyNotNative());
        if (granted < config.receiveBufferBytes()) {
            LOG.warn(
                    "Asked for a socket buffer of {} bytes, the kernel granted {}. To raise it: sysctl -w net.core.rmem_max={}",
                    config.receiveBufferBytes(),
                    granted,
                    config.receiveBufferBytes());
        } else {
            LOG.debug("The kernel granted a socket buffer of {} bytes", granted);
        }
    }

    static void close(List<UdpSocket> sockets) {
        for (UdpSocket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                LOG.debug("Closing a socket failed: {}", e.toString());
            }
        }
    }

    private static String text(InetSocketAddress address) {
        return text(address.getHostString(), address.getPort());
    }

    /** An address as Go prints it, its host as it was given. */
    static String text(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    private static String reason(Exception e) {
        String message = String.valueOf(e.getMessage());
        return e instanceof BindException ? "bind: " + message.toLowerCase(Locale.ROOT) : message;
    }
}
