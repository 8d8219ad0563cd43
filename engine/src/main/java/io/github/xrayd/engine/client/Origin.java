package io.github.xrayd.engine.client;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection leads: the server that is called, and the forward proxy on the way. Connections to equal origins
 * are interchangeable. Immutable.
 *
 * @param isTls whether the server is called with TLS; through a proxy this needs a tunnel
 * @param host the server's name or address, an IPv6 address in brackets
 * @param port the server's port
 * @param proxy the forward proxy, or null
 */
public record Origin(boolean isTls, String host, int port, @Nullable URI proxy) {
    private static final int HTTP_PORT = 80;

    /** The origin of an address. */
    public static Origin of(URI address, ForwardProxy proxy) {
        return new Origin(
                "https".equalsIgnoreCase(address.getScheme()),
                address.getHost(),
                Addresses.port(address),
                proxy.addressFor(address));
    }

    /** Whether TLS is spoken anywhere on the way. */
    boolean hasTls() {
        return isTls || (proxy != null && "https".equalsIgnoreCase(proxy.getScheme()));
    }

    /** Whether a proxy is asked for a tunnel. */
    boolean isTunnelled() {
        return isTls && proxy != null;
    }

    /** Host and port, as a tunnel is asked for. */
    String authority() {
        return host + ":" + port;
    }

    /** What stands before the path in a request line: nothing, but for a proxy that is given the whole address. */
    public String targetPrefix() {
        return isTls || proxy == null ? "" : "http://" + (port == HTTP_PORT ? host : authority());
    }

    /**
     * The header that says who asks the proxy, with its line end; sent unasked, as by the reference. Empty for none.
     */
    public String proxyAuthorization() {
        String user = proxy == null ? null : proxy.getUserInfo();
        if (user == null) {
            return "";
        }
        String pair = user.indexOf(':') < 0 ? user + ":" : user;
        return "Proxy-Authorization: Basic "
                + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8))
                + "\r\n";
    }
}
