package io.github.xrayd.engine.intake;

import io.github.xrayd.engine.receive.Networks;
import io.github.xrayd.engine.source.Source;
import io.github.xrayd.engine.source.SourceConfig;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP source.
 *
 * @param address where to listen; port 0 takes a free one
 * @param hosts names by which the port may be called besides those that are always taken; {@code *} for any
 * @param allowed the networks that requests may come from, or null for all
 * @param paths what it serves, each path once
 */
public record HttpSourceConfig(
        InetSocketAddress address, List<String> hosts, @Nullable Networks allowed, List<IntakePath> paths)
        implements SourceConfig {
    public HttpSourceConfig {
        hosts = List.copyOf(hosts);
        paths = List.copyOf(paths);
    }

    @Override
    public Source bind() throws IOException {
        try {
            return new HttpSource(this);
        } catch (IOException e) {
            String reason = String.valueOf(e.getMessage());
            throw new IOException(
                    "listen tcp " + text(address.getHostString(), address.getPort()) + ": "
                            + (e instanceof BindException ? "bind: " + reason.toLowerCase(Locale.ROOT) : reason)
                            + ". It is the address of --http-bind.",
                    e);
        }
    }

    /** An address as it is written in the log. */
    static String text(String host, int port) {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
