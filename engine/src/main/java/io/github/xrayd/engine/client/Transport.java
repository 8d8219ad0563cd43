package io.github.xrayd.engine.client;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How an HTTP endpoint is reached.
 *
 * @param proxyAddress the forward proxy, {@link #DIRECT} for none, or null for {@code HTTPS_PROXY}
 * @param isVerifySsl whether the endpoint's certificate is checked
 * @param caBundle a PEM file of the authorities to trust, or null for {@code AWS_CA_BUNDLE} and the profile's (the
 *     X-Ray API only), or Java's own
 * @param timeout how long one attempt may take, connecting and the answer's body included
 * @param connectionsMax most connections held to the endpoint
 */
public record Transport(
        @Nullable URI proxyAddress,
        boolean isVerifySsl,
        @Nullable Path caBundle,
        Duration timeout,
        int connectionsMax) {
    /** No forward proxy, whatever the environment says. */
    public static final URI DIRECT = URI.create("direct:///");
}
