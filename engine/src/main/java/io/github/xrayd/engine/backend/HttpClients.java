package io.github.xrayd.engine.backend;

import java.time.Duration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpConfigurationOption;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.http.apache.ProxyConfiguration;
import software.amazon.awssdk.utils.AttributeMap;

/** Builds the HTTP clients: one for the endpoint, one for STS, one for instance and task metadata. */
final class HttpClients {
    /** Idle connections are closed before load balancers (60 s) and most servers do, so that few calls meet a dead one. */
    private static final Duration IDLE_MAX = Duration.ofSeconds(20);

    /** The most bytes of one answer that are read; real ones stay below 100 kB. */
    static final long ANSWER_BYTES_MAX = 4L << 20;

    private HttpClients() {}

    static SdkHttpClient create(ProxyConfiguration proxy, boolean isVerifySsl, int connectionsMax, Duration timeout) {
        return new DeadlineHttpClient(
                () -> apache(proxy, isVerifySsl, connectionsMax, timeout), timeout, ANSWER_BYTES_MAX);
    }

    private static SdkHttpClient apache(
            ProxyConfiguration proxy, boolean isVerifySsl, int connectionsMax, Duration timeout) {
        AttributeMap options = isVerifySsl
                ? AttributeMap.empty()
                : AttributeMap.builder()
                        .put(SdkHttpConfigurationOption.TRUST_ALL_CERTIFICATES, true)
                        .build();
        return ApacheHttpClient.builder()
                .proxyConfiguration(proxy)
                .maxConnections(connectionsMax)
                .connectionTimeout(timeout)
                .socketTimeout(timeout)
                .connectionAcquisitionTimeout(timeout)
                .connectionMaxIdleTime(IDLE_MAX)
                .connectionTimeToLive(Duration.ofMinutes(5))
                .expectContinueEnabled(false)
                .tcpKeepAlive(true)
                .buildWithDefaults(options);
    }

    /** A client that never goes through a forward proxy. */
    static SdkHttpClient direct(Duration timeout) {
        return create(
                ProxyConfiguration.builder()
                        .useSystemPropertyValues(false)
                        .useEnvironmentVariableValues(false)
                        .build(),
                true,
                2,
                timeout);
    }
}
