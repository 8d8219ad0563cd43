package io.github.xrayd.engine.proxy;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * The TCP port.
 *
 * @param address where to listen, under the host name that was given; port 0 takes a free one
 * @param allowedPaths the API paths that are forwarded, for example {@code /GetSamplingRules}; a single {@code *}
 *     allows all, none at all leaves a port with pages only
 * @param hosts names by which the port may be called besides those that are always taken; {@code *} for any
 */
public record ProxySettings(InetSocketAddress address, List<String> allowedPaths, List<String> hosts) {
    /** What the X-Ray SDKs call. */
    public static final List<String> SAMPLING_PATHS = List.of("/GetSamplingRules", "/SamplingTargets");

    public ProxySettings {
        allowedPaths = List.copyOf(allowedPaths);
        hosts = List.copyOf(hosts);
    }

    /** A port that is called by the usual names only. */
    public ProxySettings(InetSocketAddress address, List<String> allowedPaths) {
        this(address, allowedPaths, List.of());
    }
}
