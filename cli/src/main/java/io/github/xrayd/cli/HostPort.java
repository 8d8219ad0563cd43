package io.github.xrayd.cli;

import io.github.xrayd.engine.StartException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Turns {@code host:port} into an address, with Go's words for what is wrong. */
final class HostPort {
    private static final int PORT_MAX = 65_535;

    private HostPort() {}

    /**
     * The address; without a host all interfaces, without a port after the colon a free one.
     *
     * @throws StartException when it is none, or the host has no address
     */
    static InetSocketAddress resolve(String text) throws StartException {
        int colon = text.lastIndexOf(':');
        int bracket = text.indexOf(']');
        if (colon < 0 || colon < bracket) {
            throw new StartException("address " + text + ": missing port in address");
        }
        String host = text.substring(0, colon);
        boolean isBracketed = host.startsWith("[") && bracket == colon - 1;
        if (!isBracketed && host.indexOf(':') >= 0) {
            throw new StartException("address " + text + ": too many colons in address");
        }
        int port = port(text.substring(colon + 1));
        host = isBracketed ? host.substring(1, bracket) : host;
        if (host.isEmpty()) {
            return new InetSocketAddress(named(host, new InetSocketAddress(port).getAddress()), port);
        }
        try {
            return new InetSocketAddress(named(host, InetAddress.getByName(host)), port);
        } catch (UnknownHostException e) {
            throw new StartException("lookup " + host + ": no such host", e);
        }
    }

    /** The address under the name that was given, for the log. */
    private static InetAddress named(String host, InetAddress address) {
        try {
            return address instanceof Inet6Address scoped && scoped.getScopeId() != 0
                    ? Inet6Address.getByAddress(host, address.getAddress(), scoped.getScopeId())
                    : InetAddress.getByAddress(host, address.getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int port(String text) throws StartException {
        if (text.isEmpty()) {
            return 0;
        }
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= PORT_MAX) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw new StartException("address " + text + ": invalid port", e);
        }
        throw new StartException("address " + text + ": invalid port");
    }
}
