package io.github.xrayd.cli.doctor;

import io.github.xrayd.child.PortHolder;
import io.github.xrayd.engine.aws.Finding;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.Locale;

/** Whether the daemon's addresses can be bound, or a running daemon has them. Binds for a moment what is free. */
public final class Ports {
    private Ports() {}

    /** The address for datagrams. */
    public static Finding udp(InetSocketAddress address) {
        String check = "UDP " + text(address);
        try (DatagramSocket socket = new DatagramSocket(null)) {
            socket.bind(address);
            return Finding.ok(check, "free: no daemon runs there, and one can be started");
        } catch (SocketException e) {
            return taken(check, "-b", true, address, e);
        }
    }

    /** The address for sampling calls; the daemon does without it, as the reference does. */
    public static Finding tcp(InetSocketAddress address) {
        return tcp(address, "-t");
    }

    /** The address for documents by HTTP. */
    public static Finding http(InetSocketAddress address) {
        return tcp(address, "--http-bind");
    }

    private static Finding tcp(InetSocketAddress address, String flag) {
        String check = "TCP " + text(address);
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
            return Finding.ok(check, "free: no daemon runs there, and one can be started");
        } catch (IOException e) {
            return taken(check, flag, false, address, e);
        }
    }

    private static Finding taken(
            String check, String flag, boolean isUdp, InetSocketAddress address, IOException failure) {
        String reason = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        boolean isBusy = failure instanceof BindException && reason.contains("in use");
        if (!isBusy) {
            return Finding.failed(
                    check, "cannot be bound: " + reason, "Name another address with " + flag + " HOST:PORT.");
        }
        PortHolder holder = isUdp ? PortHolder.udp(address.getPort()) : PortHolder.tcp(address.getPort());
        if (holder == null) {
            return Finding.warning(
                    check,
                    "in use by a process that this user cannot see",
                    "When it is not the daemon, name another port with " + flag
                            + "; run the doctor as root to see which process it is.");
        }
        if (holder.isDaemon()) {
            return Finding.ok(check, "held by a running X-Ray daemon, process " + holder.pid());
        }
        return Finding.failed(
                check,
                "in use by process " + holder.pid() + ": " + holder.command(),
                "Stop that process, or name another port with " + flag + " HOST:PORT and configure the SDKs"
                        + " (AWS_XRAY_DAEMON_ADDRESS).");
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
