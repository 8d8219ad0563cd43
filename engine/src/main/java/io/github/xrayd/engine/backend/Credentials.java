package io.github.xrayd.engine.backend;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * As whom the API is called.
 *
 * <p>Nothing is asked until the first call needs it; the AWS providers keep and refresh what they got. A failure is remembered for
 * {@link #FAILURE_KEPT_NS}, so that a burst of calls does not ask the metadata service once each. Thread-safe.
 */
final class Credentials implements AwsCredentialsProvider, AutoCloseable {
    private static final long FAILURE_KEPT_NS = 1_000_000_000L;

    private record Failure(CredentialsUnavailableException exception, long atNs) {}

    private final CredentialChain chain;
    private final AwsCredentialsProvider provider;
    private volatile @Nullable Failure failure;

    Credentials(CredentialChain chain) {
        this.chain = chain;
        this.provider = chain.provider();
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

    /** Which provider gave them last; empty while none did. */
    String source() {
        return chain.source();
    }

    @Override
    public void close() {
        chain.close();
    }
}
