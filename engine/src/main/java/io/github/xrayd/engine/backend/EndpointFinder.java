package io.github.xrayd.engine.backend;

import java.net.URI;
import java.util.concurrent.CompletionException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.xray.endpoints.XRayEndpointProvider;

/**
 * Finds the X-Ray endpoint: the configured one, else the region's own by the SDK's rules, which know every partition, FIPS and
 * dual-stack hosts.
 */
final class EndpointFinder {
    private EndpointFinder() {}

    /**
     * The endpoint, with its path prefix and without a final slash.
     *
     * @throws BackendException when the region has no such endpoint, for example no dual-stack one
     */
    static URI find(BackendSettings settings, String region, Environment environment, Profiles profiles)
            throws BackendException {
        URI configured = settings.endpoint();
        if (configured != null) {
            String text = Addresses.endpoint(configured.toString()).toString();
            return URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        }
        boolean isFips =
                isSet(environment, profiles, "aws.useFipsEndpoint", "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint");
        boolean isDualStack = isSet(
                environment,
                profiles,
                "aws.useDualstackEndpoint",
                "AWS_USE_DUALSTACK_ENDPOINT",
                "use_dualstack_endpoint");
        try {
            return XRayEndpointProvider.defaultProvider()
                    .resolveEndpoint(
                            p -> p.region(Region.of(region)).useFips(isFips).useDualStack(isDualStack))
                    .join()
                    .url();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new BackendException("No X-Ray endpoint for region " + region + ": " + Causes.text(cause), e);
        }
    }

    private static boolean isSet(
            Environment environment, Profiles profiles, String property, String variable, String key) {
        return environment.setting(property, variable) != null
                ? environment.isSet(property, variable)
                : "true".equalsIgnoreCase(profiles.property(key));
    }
}
