package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.client.Addresses;
import io.github.xrayd.engine.client.Environment;
import io.github.xrayd.engine.client.ErrorText;
import io.github.xrayd.engine.client.SetupException;
import java.net.URI;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.xray.endpoints.XRayEndpointProvider;

/**
 * Finds the X-Ray endpoint: the configured one, else the one that the AWS environment or profile names, else the
 * region's own by the SDK's rules, which know every partition, FIPS and dual-stack hosts.
 */
final class EndpointFinder {
    private static final Logger LOGGER = LoggerFactory.getLogger(EndpointFinder.class);

    private EndpointFinder() {}

    /** An endpoint's address and the source that named it. */
    private record NamedAddress(String address, String source) {}

    /**
     * The endpoint, with its path prefix and without a final slash.
     *
     * @throws SetupException when an address is none, or the region has no such endpoint, for example no dual-stack one
     */
    static URI find(AwsSettings settings, String region, Environment environment, Profiles profiles)
            throws SetupException {
        URI configured = settings.endpoint();
        if (configured != null) {
            return withoutSlash(Addresses.endpoint(configured.toString()));
        }
        URI named = ofService("xray", environment, profiles);
        if (named != null) {
            return named;
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
            throw new SetupException("No X-Ray endpoint for region " + region + ": " + ErrorText.text(cause), e);
        }
    }

    /**
     * The endpoint of a service that the AWS environment or profile names, or null: {@code AWS_ENDPOINT_URL_<SERVICE>},
     * {@code AWS_ENDPOINT_URL}, the profile's section for services, its {@code endpoint_url}, in this order. None
     * counts when {@code AWS_IGNORE_CONFIGURED_ENDPOINT_URLS}, or the profile's
     * {@code ignore_configured_endpoint_urls}, says true.
     *
     * @param service its name in lower case
     * @throws SetupException when the first one found is not an address
     */
    static @Nullable URI ofService(String service, Environment environment, Profiles profiles) throws SetupException {
        if (isSet(
                environment,
                profiles,
                "aws.ignoreConfiguredEndpointUrls",
                "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                "ignore_configured_endpoint_urls")) {
            return null;
        }
        NamedAddress named = named(service, environment, profiles);
        if (named == null) {
            return null;
        }
        try {
            URI endpoint = withoutSlash(Addresses.endpoint(named.address().trim()));
            LOGGER.debug("Endpoint {} of {} from {}", endpoint, service, named.source());
            return endpoint;
        } catch (SetupException e) {
            throw new SetupException(e.getMessage() + " (from " + named.source() + ")", e);
        }
    }

    private static @Nullable NamedAddress named(String service, Environment environment, Profiles profiles) {
        String upper = service.toUpperCase(Locale.ROOT);
        String camel = upper.charAt(0) + service.substring(1);
        NamedAddress named = of(
                environment.setting("aws.endpointUrl" + camel, "AWS_ENDPOINT_URL_" + upper),
                "AWS_ENDPOINT_URL_" + upper);
        if (named == null) {
            named = of(environment.setting("aws.endpointUrl", "AWS_ENDPOINT_URL"), "AWS_ENDPOINT_URL");
        }
        if (named == null) {
            named = of(
                    profiles.serviceProperty(service, "endpoint_url"),
                    "the services section of profile " + profiles.name());
        }
        return named == null
                ? of(profiles.property("endpoint_url"), "endpoint_url of profile " + profiles.name())
                : named;
    }

    private static @Nullable NamedAddress of(@Nullable String address, String source) {
        return address == null || address.isBlank() ? null : new NamedAddress(address, source);
    }

    private static URI withoutSlash(URI endpoint) {
        String text = endpoint.toString();
        return text.endsWith("/") ? URI.create(text.substring(0, text.length() - 1)) : endpoint;
    }

    private static boolean isSet(
            Environment environment, Profiles profiles, String property, String variable, String key) {
        return environment.setting(property, variable) != null
                ? environment.isSet(property, variable)
                : "true".equalsIgnoreCase(profiles.property(key));
    }
}
