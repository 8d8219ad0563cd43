package io.github.xrayd.engine.proxy;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * The TCP port.
 *
 * @param address where to listen; port 0 takes a free one
 * @param allowedPaths the API paths that are forwarded, for example {@code /GetSamplingRules}; a single {@code *} allows all
 */
public record ProxySettings(InetSocketAddress address, List<String> allowedPaths) {
    /** What the X-Ray SDKs call. */
    public static final List<String> SAMPLING_PATHS = List.of("/GetSamplingRules", "/SamplingTargets");

    public ProxySettings {
        allowedPaths = List.copyOf(allowedPaths);
    }
}
