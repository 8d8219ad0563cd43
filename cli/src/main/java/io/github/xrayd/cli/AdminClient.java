package io.github.xrayd.cli;

import io.github.xrayd.engine.StartException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Asks the pages of a running daemon, at the address that its settings give. */
final class AdminClient {
    private static final int CONNECT_MS_MAX = 2_000;
    private static final int ANSWER_MS_MAX = 5_000;
    /** More than any page has. */
    private static final int PAGE_BYTES_MAX = 16 << 20;

    private final String base;

    private AdminClient(InetSocketAddress address) {
        InetAddress host = address.getAddress();
        // A daemon that listens everywhere is asked on this machine.
        String name = host.isAnyLocalAddress() ? "127.0.0.1" : host.getHostAddress();
        base = "http://" + (name.indexOf(':') >= 0 ? "[" + name + "]" : name) + ":" + address.getPort();
    }

    /**
     * A page.
     *
     * @param status the HTTP status
     * @param body its text
     */
    record Page(int status, String body) {}

    /**
     * The pages of the daemon that has these settings: at {@code --admin-bind}, else at the TCP port.
     *
     * @throws StartException when the address is none, or the settings turn the pages off
     */
    static AdminClient of(Settings settings) throws StartException {
        InetSocketAddress own = EngineSettings.adminAddress(settings);
        if (own == null && !settings.text(Setting.ADMIN_BIND).isEmpty()) {
            throw new StartException("the daemon's pages are off (--admin-bind off): give it an address to ask");
        }
        InetSocketAddress address = own == null ? HostPort.resolve(settings.text(Setting.BIND_TCP)) : own;
        if (address.getPort() == 0) {
            throw new StartException(
                    "the daemon's pages are on a port that it chose itself: set --admin-bind HOST:PORT");
        }
        return new AdminClient(address);
    }

    /**
     * Asks for a page.
     *
     * @param path for example {@code /healthz}
     * @throws IOException when nobody answers, worded for users
     */
    Page get(String path) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(base + path).toURL().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout(CONNECT_MS_MAX);
        connection.setReadTimeout(ANSWER_MS_MAX);
        connection.setInstanceFollowRedirects(false);
        try {
            int status = connection.getResponseCode();
            try (InputStream in = status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
                return new Page(
                        status, in == null ? "" : new String(in.readNBytes(PAGE_BYTES_MAX), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new IOException("no daemon answers at " + base + ": " + e.getMessage(), e);
        } finally {
            connection.disconnect();
        }
    }

    /** Where it asks, as {@code http://127.0.0.1:2000}. */
    @Override
    public String toString() {
        return base;
    }
}
