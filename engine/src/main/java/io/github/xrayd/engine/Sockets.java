package io.github.xrayd.engine;

import io.github.xrayd.engine.EngineConfig.ReceivePath;
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
        InetSocketAddress address = config.udpAddress();
        try {
            for (int i = 0; i < config.receivers(); i++) {
                UdpSocket socket = UdpSocket.bind(
                        address,
                        config.receiveBufferBytes(),
                        config.receivers() > 1,
                        config.receivePath() != ReceivePath.NIO,
                        config.admission() != null);
                sockets.add(socket);
                address = socket.localAddress();
            }
        } catch (IOException | RuntimeException e) {
            close(sockets);
            throw new StartException("listen udp " + text(address) + ": " + reason(e), e);
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

    private static void logBuffer(EngineConfig.ReceiveConfig config, UdpSocket socket) {
        int granted = socket.grantedBufferBytes();
        LOG.debug("Receiving by {}", socket.isNative() ? "recvfrom" : "NIO: " + socket.whyNotNative());
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
        String host = address.isUnresolved()
                ? address.getHostString()
                : address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private static String reason(Exception e) {
        String message = String.valueOf(e.getMessage());
        return e instanceof BindException ? "bind: " + message.toLowerCase(Locale.ROOT) : message;
    }
}
