package io.github.xrayd.engine.aws;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where and as whom to call the X-Ray API; what is null is found out at start (region) or by the default chain (credentials).
 *
 * @param region the AWS region, or null to look it up
 * @param endpoint the X-Ray endpoint, with an optional path prefix, or null for the region's own
 * @param roleArn the role to assume for uploads, or null
 * @param isLocalMode whether instance and task metadata must not be asked
 * @param proxyAddress the forward proxy, {@link #DIRECT} for none, or null for {@code HTTPS_PROXY}
 * @param isVerifySsl whether the endpoint's certificate is checked
 * @param attemptTimeout how long one attempt may take, connecting included
 * @param connectionsMax most connections held to the endpoint
 * @param version the daemon's version, for the user agent
 * @param caBundle a PEM file of the authorities to trust, or null for {@code AWS_CA_BUNDLE}, the profile's, or Java's own
 */
public record AwsSettings(
        @Nullable String region,
        @Nullable URI endpoint,
        @Nullable String roleArn,
        boolean isLocalMode,
        @Nullable URI proxyAddress,
        boolean isVerifySsl,
        Duration attemptTimeout,
        int connectionsMax,
        String version,
        @Nullable Path caBundle) {
    /** No forward proxy, whatever the environment says. */
    public static final URI DIRECT = URI.create("direct:///");

    /** Settings that name no file of authorities. */
    public AwsSettings(
            @Nullable String region,
            @Nullable URI endpoint,
            @Nullable String roleArn,
            boolean isLocalMode,
            @Nullable URI proxyAddress,
            boolean isVerifySsl,
            Duration attemptTimeout,
            int connectionsMax,
            String version) {
        this(
                region,
                endpoint,
                roleArn,
                isLocalMode,
                proxyAddress,
                isVerifySsl,
                attemptTimeout,
                connectionsMax,
                version,
                null);
    }

    /** The same with a file of authorities. */
    public AwsSettings withCaBundle(@Nullable Path file) {
        return new AwsSettings(
                region,
                endpoint,
                roleArn,
                isLocalMode,
                proxyAddress,
                isVerifySsl,
                attemptTimeout,
                connectionsMax,
                version,
                file);
    }
}
