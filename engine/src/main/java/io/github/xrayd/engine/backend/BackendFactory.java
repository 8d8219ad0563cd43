package io.github.xrayd.engine.backend;

import java.net.URI;
import java.time.Clock;
import software.amazon.awssdk.http.SdkHttpClient;

/**
 * Builds the backend: finds region, endpoint and forward proxy, and makes the clients.
 *
 * <p>Takes 0.3 to 0.9 s, most of it class loading and the TLS context, and longer where the region must be asked of metadata services;
 * so it runs beside the receiving, not before it. Credentials are not asked for yet.
 */
public final class BackendFactory {
    /** Connections kept for proxied calls and telemetry, beside those for uploads. */
    private static final int CONNECTIONS_EXTRA = 64;

    private BackendFactory() {}

    /**
     * Builds the backend for this process.
     *
     * @throws BackendException when it cannot be; the message says what to mend
     */
    public static XRayBackend create(BackendSettings settings) throws BackendException {
        Environment environment = Environment.system();
        ForwardProxy.of(settings.proxyAddress(), environment).publish();
        return create(settings, environment, Clock.systemUTC());
    }

    /**
     * Builds the backend for a given environment and clock.
     *
     * @throws BackendException when it cannot be; the message says what to mend
     */
    public static XRayBackend create(BackendSettings settings, Environment environment, Clock clock)
            throws BackendException {
        Profiles profiles = Profiles.read(environment);
        ForwardProxy proxy = ForwardProxy.of(settings.proxyAddress(), environment);
        String region;
        try (Metadata metadata = new Metadata(environment)) {
            region =
                    RegionFinder.find(settings, environment, profiles, metadata).region();
        }
        URI endpoint = EndpointFinder.find(settings, region, environment, profiles);
        Credentials credentials = new Credentials(new CredentialChain(settings, region, environment, profiles, proxy));
        SdkHttpClient http = HttpClients.create(
                proxy.configurationFor(endpoint),
                settings.isVerifySsl(),
                settings.connectionsMax() + CONNECTIONS_EXTRA,
                settings.attemptTimeout());
        BackendConnection connection = new BackendConnection(region, endpoint, credentials, http, clock);
        return new XRayBackend(
                connection,
                UserAgent.suffix(settings.version(), environment),
                clock,
                () -> HostIdentity.find(environment, settings.isLocalMode()));
    }
}
