package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.client.ForwardProxy;
import io.github.xrayd.engine.client.TlsTrust;
import java.time.Duration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpService;
import software.amazon.awssdk.utils.AttributeMap;

/**
 * Makes the clients that the AWS SDK asks for by itself, inside a profile that assumes a role or logs in, so that they
 * too go through the forward proxy, believe the configured authorities and have limits.
 *
 * <p>Public because the SDK makes it by name. One setting for the process: {@link #use} is called before anything asks
 * for credentials.
 */
public final class SharedHttpService implements SdkHttpService {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int CONNECTIONS_MAX = 4;

    private static volatile ForwardProxy proxy = ForwardProxy.NONE;
    private static volatile TlsTrust trust = TlsTrust.javas();

    /** Made by the SDK. */
    public SharedHttpService() {}

    static void use(ForwardProxy forwardProxy, TlsTrust tlsTrust) {
        proxy = forwardProxy;
        trust = tlsTrust;
        System.setProperty("software.amazon.awssdk.http.service.impl", SharedHttpService.class.getName());
    }

    @Override
    public SdkHttpClient.Builder<?> createHttpClientBuilder() {
        return new SharedClientBuilder();
    }

    private static final class SharedClientBuilder implements SdkHttpClient.Builder<SharedClientBuilder> {
        @Override
        public SdkHttpClient buildWithDefaults(AttributeMap defaults) {
            return new PooledHttpClient(proxy, trust, CONNECTIONS_MAX, TIMEOUT);
        }
    }
}
