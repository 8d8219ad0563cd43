package io.github.xrayd.engine.backend;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.InstanceProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.SystemPropertyCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.StsClientBuilder;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.utils.IoUtils;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * As whom the API is called: the default chain, or a role assumed with it.
 *
 * <p>Nothing is asked until the first call needs it; the AWS providers keep and refresh what they got. A failure is remembered for
 * {@link #FAILURE_KEPT_NS}, so that a burst of calls does not ask the metadata service once each. Thread-safe.
 */
final class Credentials implements AwsCredentialsProvider, AutoCloseable {
    /** The reference's session name, which shows up in CloudTrail. */
    static final String SESSION_NAME = "xray-daemon";

    private static final long FAILURE_KEPT_NS = 1_000_000_000L;
    private static final Duration STS_TIMEOUT = Duration.ofSeconds(5);

    private record Failure(CredentialsUnavailableException exception, long atNs) {}

    private final AwsCredentialsProvider provider;
    private final List<AutoCloseable> resources;
    private volatile @Nullable Failure failure;

    private Credentials(AwsCredentialsProvider provider, List<AutoCloseable> resources) {
        this.provider = provider;
        this.resources = resources;
    }

    static Credentials create(
            BackendSettings settings, String region, Environment environment, Profiles profiles, ForwardProxy proxy) {
        List<AutoCloseable> resources = new ArrayList<>();
        AwsCredentialsProvider chain = chain(settings, region, environment, profiles, proxy, resources);
        if (settings.roleArn() == null) {
            return new Credentials(chain, resources);
        }
        String roleArn = settings.roleArn();
        LazyProvider role = new LazyProvider("RoleCredentialsProvider", () -> {
            StsClient sts = sts(settings, region, environment, proxy, chain, resources);
            return StsAssumeRoleCredentialsProvider.builder()
                    .stsClient(sts)
                    .refreshRequest(r -> r.roleArn(roleArn).roleSessionName(SESSION_NAME))
                    .build();
        });
        resources.add(0, role);
        return new Credentials(role, resources);
    }

    /** The SDK's default order, with the parts that call STS going through our own proxy, region and TLS settings. */
    private static AwsCredentialsProvider chain(
            BackendSettings settings,
            String region,
            Environment environment,
            Profiles profiles,
            ForwardProxy proxy,
            List<AutoCloseable> resources) {
        AwsCredentialsProviderChain.Builder chain = AwsCredentialsProviderChain.builder()
                .reuseLastProviderEnabled(true)
                .addCredentialsProvider(SystemPropertyCredentialsProvider.create())
                .addCredentialsProvider(new EnvironmentCredentials(environment));
        String tokenFile = environment.setting("aws.webIdentityTokenFile", "AWS_WEB_IDENTITY_TOKEN_FILE");
        String webRole = environment.setting("aws.roleArn", "AWS_ROLE_ARN");
        if (tokenFile != null && webRole != null) {
            String session = environment.setting("aws.roleSessionName", "AWS_ROLE_SESSION_NAME");
            chain.addCredentialsProvider(added(resources, "WebIdentityTokenFileCredentialsProvider", () -> {
                StsClient sts = sts(settings, region, environment, proxy, null, resources);
                return StsWebIdentityTokenFileCredentialsProvider.builder()
                        .stsClient(sts)
                        .webIdentityTokenFile(Path.of(tokenFile))
                        .roleArn(webRole)
                        .roleSessionName(session == null ? SESSION_NAME : session)
                        .build();
            }));
        }
        return chain.addCredentialsProvider(
                        added(resources, "ProfileCredentialsProvider", () -> ProfileCredentialsProvider.builder()
                                .profileFile(profiles.file())
                                .profileName(profiles.name())
                                .build()))
                .addCredentialsProvider(
                        added(resources, "ContainerCredentialsProvider", () -> ContainerCredentialsProvider.builder()
                                .build()))
                .addCredentialsProvider(
                        added(resources, "InstanceProfileCredentialsProvider", () -> instance(environment, profiles)))
                .build();
    }

    private static AwsCredentialsProvider instance(Environment environment, Profiles profiles) {
        if (environment.isSet("aws.disableEc2Metadata", Metadata.DISABLED_VARIABLE)) {
            return () -> {
                throw SdkClientException.create("instance metadata is disabled by " + Metadata.DISABLED_VARIABLE);
            };
        }
        InstanceProfileCredentialsProvider.Builder builder = InstanceProfileCredentialsProvider.builder()
                .profileFile(profiles.file())
                .profileName(profiles.name());
        String endpoint = Metadata.endpoint(environment);
        if (endpoint != null) {
            builder.endpoint(endpoint);
        }
        return builder.build();
    }

    private static LazyProvider added(
            List<AutoCloseable> resources, String name, Supplier<AwsCredentialsProvider> maker) {
        LazyProvider provider = new LazyProvider(name, maker);
        resources.add(0, provider);
        return provider;
    }

    /** A client of the region's own STS endpoint. {@code caller} is null for calls that need no credentials. */
    private static StsClient sts(
            BackendSettings settings,
            String region,
            Environment environment,
            ForwardProxy proxy,
            @Nullable AwsCredentialsProvider caller,
            List<AutoCloseable> resources) {
        String override = environment.setting("aws.endpointUrlSts", "AWS_ENDPOINT_URL_STS");
        StsClientBuilder builder = StsClient.builder()
                .region(Region.of(region))
                .credentialsProvider(caller != null ? caller : AnonymousCredentialsProvider.create())
                .overrideConfiguration(o -> o.retryStrategy(RetryMode.STANDARD));
        URI target = URI.create(
                override != null
                        ? override
                        : "https://sts." + region
                                + (region.startsWith("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com"));
        if (override != null) {
            builder.endpointOverride(target);
        }
        SdkHttpClient http = HttpClients.create(proxy.configurationFor(target), settings.isVerifySsl(), 2, STS_TIMEOUT);
        StsClient sts = builder.httpClient(http).build();
        synchronized (resources) {
            resources.add(sts);
            resources.add(http);
        }
        return sts;
    }

    @Override
    public AwsCredentials resolveCredentials() {
        Failure last = failure;
        if (last != null && System.nanoTime() - last.atNs < FAILURE_KEPT_NS) {
            throw last.exception;
        }
        try {
            AwsCredentials credentials = provider.resolveCredentials();
            failure = null;
            return credentials;
        } catch (RuntimeException e) {
            CredentialsUnavailableException unavailable =
                    new CredentialsUnavailableException("get credentials: " + Causes.text(e), e);
            failure = new Failure(unavailable, System.nanoTime());
            throw unavailable;
        }
    }

    @Override
    public void close() {
        List<AutoCloseable> all;
        synchronized (resources) {
            all = List.copyOf(resources);
        }
        all.forEach(resource -> IoUtils.closeQuietlyV2(resource, null));
    }

    /** Makes its provider when it is first asked, because most of them are never needed. */
    private static final class LazyProvider implements AwsCredentialsProvider, SdkAutoCloseable {
        private final String name;
        private final Supplier<AwsCredentialsProvider> maker;
        private @Nullable AwsCredentialsProvider made;

        LazyProvider(String name, Supplier<AwsCredentialsProvider> maker) {
            this.name = name;
            this.maker = maker;
        }

        @Override
        public AwsCredentials resolveCredentials() {
            return provider().resolveCredentials();
        }

        private synchronized AwsCredentialsProvider provider() {
            AwsCredentialsProvider provider = made;
            if (provider == null) {
                provider = maker.get();
                made = provider;
            }
            return provider;
        }

        @Override
        public synchronized void close() {
            if (made instanceof SdkAutoCloseable closeable) {
                closeable.close();
            }
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
