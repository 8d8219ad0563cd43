package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.client.Environment;
import io.github.xrayd.engine.client.ErrorText;
import io.github.xrayd.engine.client.ForwardProxy;
import io.github.xrayd.engine.client.SetupException;
import io.github.xrayd.engine.client.TlsTrust;
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
 * The AWS SDK's default order of credential providers, and the role assumed with them. What calls STS goes through our
 * own proxy, region and TLS settings.
 *
 * <p>Each provider is made when it is first asked, because most of them are never needed, and keeps what it got until
 * that expires; {@link Credentials} makes a new chain when there may be something else to get. Thread-safe.
 */
final class CredentialChain implements AwsCredentialsProvider, AutoCloseable {
    /** The reference's session name, which shows up in CloudTrail. */
    static final String SESSION_NAME = "xray-daemon";

    private static final Duration STS_TIMEOUT = Duration.ofSeconds(5);

    private final String region;
    private final Environment environment;
    private final Profiles profiles;
    private final ForwardProxy proxy;
    private final TlsTrust trust;
    /** Guarded by itself; the last one made is closed first. */
    private final List<AutoCloseable> resources = new ArrayList<>();

    private final NamedProvider profile;
    private final List<NamedProvider> providers;
    private final @Nullable NamedProvider role;
    private volatile AwsCredentialsProvider base;
    private volatile String source = "";

    CredentialChain(
            AwsSettings settings,
            String region,
            Environment environment,
            Profiles profiles,
            ForwardProxy proxy,
            TlsTrust trust) {
        this.region = region;
        this.environment = environment;
        this.profiles = profiles;
        this.proxy = proxy;
        this.trust = trust;
        profile = named("ProfileCredentialsProvider", () -> ProfileCredentialsProvider.builder()
                .profileFile(profiles.file())
                .profileName(profiles.name())
                .build());
        providers = inOrder();
        base = chain();
        String roleArn = settings.roleArn();
        role = roleArn == null ? null : named("role " + roleArn, () -> role(roleArn));
    }

    private List<NamedProvider> inOrder() {
        return List.of(
                named("SystemPropertyCredentialsProvider", SystemPropertyCredentialsProvider::create),
                named("EnvironmentVariableCredentialsProvider", () -> new EnvironmentCredentials(environment)),
                named("WebIdentityTokenFileCredentialsProvider", this::webIdentity),
                profile,
                named("ContainerCredentialsProvider", () -> ContainerCredentialsProvider.builder()
                        .build()),
                named("InstanceProfileCredentialsProvider", this::instance));
    }

    /** The credentials that calls are signed with; asks the provider that gave them last first. */
    @Override
    public AwsCredentials resolveCredentials() {
        AwsCredentialsProvider assumed = role;
        return assumed != null ? assumed.resolveCredentials() : base.resolveCredentials();
    }

    /**
     * Has every provider asked again in order, not the one that gave credentials last alone. The profile's is made
     * anew: the SDK's remembers what it could not find when it was made.
     */
    void startOver() {
        profile.forget();
        base = chain();
    }

    private AwsCredentialsProvider chain() {
        return AwsCredentialsProviderChain.builder()
                .reuseLastProviderEnabled(true)
                .credentialsProviders(providers)
                .build();
    }

    /** The provider that gave credentials last, with the role assumed by them; empty while none did. */
    String source() {
        return source;
    }

    private AwsCredentialsProvider role(String roleArn) {
        return StsAssumeRoleCredentialsProvider.builder()
                .stsClient(sts(() -> base.resolveCredentials()))
                .refreshRequest(r -> r.roleArn(roleArn).roleSessionName(SESSION_NAME))
                .build();
    }

    private AwsCredentialsProvider webIdentity() {
        String tokenFile = environment.setting("aws.webIdentityTokenFile", "AWS_WEB_IDENTITY_TOKEN_FILE");
        String role = environment.setting("aws.roleArn", "AWS_ROLE_ARN");
        if (tokenFile == null || role == null) {
            return none("AWS_WEB_IDENTITY_TOKEN_FILE or AWS_ROLE_ARN is not set");
        }
        String session = environment.setting("aws.roleSessionName", "AWS_ROLE_SESSION_NAME");
        return StsWebIdentityTokenFileCredentialsProvider.builder()
                .stsClient(sts(AnonymousCredentialsProvider.create()))
                .webIdentityTokenFile(Path.of(tokenFile))
                .roleArn(role)
                .roleSessionName(session == null ? SESSION_NAME : session)
                .build();
    }

    private AwsCredentialsProvider instance() {
        if (environment.isSet("aws.disableEc2Metadata", Metadata.DISABLED_VARIABLE)) {
            return none("instance metadata is disabled by " + Metadata.DISABLED_VARIABLE);
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

    private static AwsCredentialsProvider none(String reason) {
        return () -> {
            throw SdkClientException.create(reason);
        };
    }

    /** A client of the region's own STS endpoint. */
    private StsClient sts(AwsCredentialsProvider caller) {
        URI override;
        try {
            override = EndpointFinder.ofService("sts", environment, profiles);
        } catch (SetupException e) {
            throw SdkClientException.create(String.valueOf(e.getMessage()), e);
        }
        SdkHttpClient http = new PooledHttpClient(proxy, trust, 2, STS_TIMEOUT);
        StsClientBuilder builder = StsClient.builder()
                .region(Region.of(region))
                .credentialsProvider(caller)
                .httpClient(http)
                .overrideConfiguration(o -> o.retryStrategy(RetryMode.STANDARD));
        if (override != null) {
            builder.endpointOverride(override);
        }
        StsClient sts = builder.build();
        synchronized (resources) {
            resources.add(http);
            resources.add(sts);
        }
        return sts;
    }

    private NamedProvider named(String name, Supplier<AwsCredentialsProvider> maker) {
        NamedProvider provider = new NamedProvider(name, maker);
        synchronized (resources) {
            resources.add(provider);
        }
        return provider;
    }

    @Override
    public void close() {
        List<AutoCloseable> all;
        synchronized (resources) {
            all = List.copyOf(resources);
        }
        for (int i = all.size() - 1; i >= 0; i--) {
            IoUtils.closeQuietlyV2(all.get(i), null);
        }
    }

    /** Makes its provider when it is first asked, and leaves its name when that one had credentials. */
    private final class NamedProvider implements AwsCredentialsProvider, SdkAutoCloseable {
        private final String name;
        private final Supplier<AwsCredentialsProvider> maker;
        private @Nullable AwsCredentialsProvider created;

        NamedProvider(String name, Supplier<AwsCredentialsProvider> maker) {
            this.name = name;
            this.maker = maker;
        }

        @Override
        public AwsCredentials resolveCredentials() {
            try {
                AwsCredentials credentials = provider().resolveCredentials();
                source = name;
                return credentials;
            } catch (RuntimeException e) {
                // The chain tells what each provider says, and some say only that they failed.
                throw SdkClientException.create(ErrorText.textWithRoot(e), e);
            }
        }

        private synchronized AwsCredentialsProvider provider() {
            AwsCredentialsProvider provider = created;
            if (provider == null) {
                provider = maker.get();
                created = provider;
            }
            return provider;
        }

        /** Has it made anew when it is asked again. */
        synchronized void forget() {
            close();
            created = null;
        }

        @Override
        public synchronized void close() {
            if (created instanceof SdkAutoCloseable closeable) {
                closeable.close();
            }
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
