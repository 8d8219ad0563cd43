package io.github.xrayd.engine.aws;

import java.net.URI;
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

    /**
     * Builds the backend for this process.
     *
     * @throws AwsSetupException when it cannot be; the message says what to mend
     */
    public static XRayExporter create(AwsSettings settings) throws AwsSetupException {
        return create(settings, Environment.system(), Clock.systemUTC());
    }

    /**
     * Builds the backend for a given environment and clock.
     *
     * @throws AwsSetupException when it cannot be; the message says what to mend
     */
    public static XRayExporter create(AwsSettings settings, Environment environment, Clock clock)
            throws AwsSetupException {
        return new XRayExporter(
                client(settings, environment, clock),
                UserAgent.suffix(settings.version(), environment),
                clock,
                () -> HostIdentity.find(environment, settings.isLocalMode()));
    }

    /**
     * A client for this process that belongs to no exporter.
     *
     * @throws AwsSetupException when it cannot be built; the message says what to mend
     */
    public static AwsClient client(AwsSettings settings) throws AwsSetupException {
        return client(settings, Environment.system(), Clock.systemUTC());
    }

    private static AwsClient client(AwsSettings settings, Environment environment, Clock clock)
            throws AwsSetupException {
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
    public static XRayExporter local(URI endpoint, AwsClient like) throws AwsSetupException {
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
                new Transport(AwsSettings.DIRECT, true, null, LOCAL_TIMEOUT, 1));
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
     * @throws AwsSetupException when an address or file of the environment cannot be used
     */
    static AwsClient client(
            AwsSettings settings, String region, Environment environment, Profiles profiles, Clock clock)
            throws AwsSetupException {
        ForwardProxy proxy = ForwardProxy.of(settings.transport().proxyAddress(), environment);
        TlsTrust trust = TlsTrust.of(settings, environment, profiles);
        URI endpoint = EndpointFinder.find(settings, region, environment, profiles);
        SharedHttpService.use(proxy, trust);
        Credentials credentials = new Credentials(
                environment,
                profiles,
                files -> new CredentialChain(settings, region, environment, files, proxy, trust),
                clock);
        return new AwsClient(region, endpoint, credentials, proxy, trust, settings, clock);
    }
}
