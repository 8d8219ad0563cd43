package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.client.Transport;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where and as whom to call the X-Ray API; what is null is found out at start (region) or by the default chain
 * (credentials).
 *
 * @param region the AWS region, or null to look it up
 * @param endpoint the X-Ray endpoint, with an optional path prefix, or null for the region's own
 * @param roleArn the role to assume for uploads, or null
 * @param isLocalMode whether instance and task metadata must not be asked
 * @param version the daemon's version, for the user agent
 * @param transport how the endpoint is reached
 */
public record AwsSettings(
        @Nullable String region,
        @Nullable URI endpoint,
        @Nullable String roleArn,
        boolean isLocalMode,
        String version,
        Transport transport) {}
