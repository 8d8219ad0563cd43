package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.client.Environment;
import io.github.xrayd.engine.client.ForwardProxy;
import io.github.xrayd.engine.client.SetupException;
import io.github.xrayd.engine.client.TlsTrust;
import io.github.xrayd.engine.client.Transport;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds the backend: finds region, endpoint and forward proxy, and makes the clients.
 *
 * <p>Takes 0.3 to 0.9 s, most of it class loading and the TLS context, and longer where the region must be asked of
 * metadata services; so it runs beside the receiving, not before it. Credentials are not asked for yet.
 */
public final class ExporterFactory {
    private static final Duration LOCAL_TIMEOUT = Duration.ofSeconds(15);

    private ExporterFactory() {}

    /** The exporter of this process that calls with a client, which it closes. */
    public static XRayExporter exporter(AwsSettings settings, AwsClient client) {
        return exporter(settings, client, Environment.system(), Clock.systemUTC());
    }

    private static XRayExporter exporter(AwsSettings settings, AwsClient client, Environment environment, Clock clock) {
        return new XRayExporter(
                client,
                UserAgent.suffix(settings.version(), environment),
                clock,
                () -> HostIdentity.find(environment, settings.isLocalMode()));
    }

    /**
     * Builds the backend for a given environment and clock.
     *
     * @throws SetupException when it cannot be; the message says what to mend
     */
    public static XRayExporter create(AwsSettings settings, Environment environment, Clock clock)
            throws SetupException {
        return exporter(settings, client(settings, environment, clock), environment, clock);
    }

    /**
     * A client for this process.
     *
     * @throws SetupException when it cannot be built; the message says what to mend
     */
    public static AwsClient client(AwsSettings settings) throws SetupException {
        return client(settings, Environment.system(), Clock.systemUTC());
    }

    private static AwsClient client(AwsSettings settings, Environment environment, Clock clock) throws SetupException {
        Profiles profiles = Profiles.read(environment);
        String region;
        try (Metadata metadata = new Metadata(environment)) {
            region =
                    RegionFinder.find(settings, environment, profiles, metadata).region();
        }
        return client(settings, region, environment, profiles, clock);
    }

    /**
     * An exporter with made-up credentials for a stand-in on loopback, whatever the environment says, that shares
     * nothing with {@code like} but the trust in certificates.
     */
    public static XRayExporter local(URI endpoint, AwsClient like) throws SetupException {
        Map<String, String> variables = Map.of(
                "AWS_ACCESS_KEY_ID", "none",
                "AWS_SECRET_ACCESS_KEY", "none",
                "AWS_CONFIG_FILE", "none",
                "AWS_SHARED_CREDENTIALS_FILE", "none");
        Environment environment = new Environment() {
            @Override
            public @Nullable String variable(String name) {
                return variables.get(name);
            }

            @Override
            public @Nullable String property(String name) {
                return null;
            }
        };
        AwsSettings settings = new AwsSettings(
                like.region(),
                endpoint,
                null,
                true,
                "rehearsal",
                new Transport(Transport.DIRECT, true, null, LOCAL_TIMEOUT, 1));
        Profiles profiles = Profiles.read(environment);
        Clock clock = Clock.systemUTC();
        Credentials credentials = new Credentials(
                environment,
                profiles,
                files -> new CredentialChain(
                        settings, like.region(), environment, files, ForwardProxy.NONE, like.trust()),
                clock);
        AwsClient client =
                new AwsClient(like.region(), endpoint, credentials, ForwardProxy.NONE, like.trust(), settings, clock);
        return new XRayExporter(client, "rehearsal", clock, () -> HostIdentity.find(environment, true));
    }

    /**
     * The client for a region.
     *
     * @throws SetupException when an address or file of the environment cannot be used
     */
    static AwsClient client(
            AwsSettings settings, String region, Environment environment, Profiles profiles, Clock clock)
            throws SetupException {
        ForwardProxy proxy = ForwardProxy.of(settings.transport().proxyAddress(), environment);
        TlsTrust trust = trust(settings, environment, profiles);
        URI endpoint = EndpointFinder.find(settings, region, environment, profiles);
        SharedHttpService.use(proxy, trust);
        Credentials credentials = new Credentials(
                environment,
                profiles,
                files -> new CredentialChain(settings, region, environment, files, proxy, trust),
                clock);
        return new AwsClient(region, endpoint, credentials, proxy, trust, settings, clock);
    }

    /**
     * Whom to trust: the authorities of the file that the setting names, else {@code AWS_CA_BUNDLE}, else the profile's
     * {@code ca_bundle}, instead of Java's own, as in the AWS SDKs.
     *
     * @throws SetupException when the file cannot be read or has no certificate
     */
    private static TlsTrust trust(AwsSettings settings, Environment environment, Profiles profiles)
            throws SetupException {
        if (!settings.transport().isVerifySsl()) {
            return TlsTrust.unchecked();
        }
        Path configured = settings.transport().caBundle();
        String variable = environment.firstVariable("AWS_CA_BUNDLE");
        String property = profiles.property("ca_bundle");
        if (configured != null) {
            return TlsTrust.ofFile(configured.toString(), "--ca-bundle");
        }
        if (variable != null) {
            return TlsTrust.ofFile(variable, "AWS_CA_BUNDLE");
        }
        return property != null && !property.isBlank()
                ? TlsTrust.ofFile(property.trim(), "ca_bundle of profile " + profiles.name())
                : TlsTrust.javas();
    }
}
