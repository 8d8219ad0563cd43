package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.client.CredentialsUnavailableException;
import io.github.xrayd.engine.client.Environment;
import io.github.xrayd.engine.client.ErrorText;
import io.github.xrayd.engine.client.SetupException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/**
 * As whom the API is called.
 *
 * <p>Nothing is asked until the first call needs it; the AWS providers keep and refresh what they got. They are made
 * anew, and so asked again in their order, when a configuration or credentials file appears, changes or goes (looked at
 * once a second while there are calls), and when the service refuses what they gave ({@link #hasOthersThan}). When the
 * new ones have nothing, what the old ones gave is used until it expires. A failure is remembered for
 * {@link #FAILURE_KEPT_NS}, so that a burst of calls does not ask the metadata service once each. Thread-safe.
 */
final class Credentials implements AwsCredentialsProvider, AutoCloseable {
    private static final long FAILURE_KEPT_NS = 1_000_000_000L;
    /**
     * The providers read the environment, files and clocks each time they are asked; hundreds of calls a second need it
     * once.
     */
    private static final long KEPT_NS = 1_000_000_000L;

    private static final long LOOK_NS = 1_000_000_000L;
    /** Between two times that refused credentials have the providers made anew. */
    private static final long RENEWAL_NS_MIN = 5_000_000_000L;

    private static final Logger LOGGER = LoggerFactory.getLogger(Credentials.class);

    /** The AWS providers begin to ask for others so long before the old ones expire. */
    private static final Duration RENEWED_BEFORE = Duration.ofMinutes(6);

    private record Resolved(AwsCredentials credentials, long atNs) {}

    private record RecentFailure(CredentialsUnavailableException exception, long atNs) {}

    private final Function<Profiles, CredentialChain> maker;
    private final Environment environment;
    private final Clock clock;
    private final AtomicLong nextLookNs = new AtomicLong(System.nanoTime() + LOOK_NS);
    private final AtomicBoolean isRenewing = new AtomicBoolean();
    /** Read by every call; written while {@link #isRenewing}. */
    private volatile Profiles profiles;

    private volatile CredentialChain chain;
    private volatile @Nullable CredentialChain previous;
    private volatile @Nullable AwsCredentials last;
    /** What the chain gave a moment ago. */
    private volatile @Nullable Resolved resolved;

    private volatile @Nullable RecentFailure failure;
    private volatile boolean isFallbackSaid;
    private volatile String fileProblem = "";
    private volatile long renewedNs;
    private volatile boolean isClosed;

    /**
     * @param profiles the files as they are now
     * @param maker makes a chain of providers that have not been asked yet
     * @param clock tells whether credentials have expired
     */
    Credentials(Environment environment, Profiles profiles, Function<Profiles, CredentialChain> maker, Clock clock) {
        this.environment = environment;
        this.profiles = profiles;
        this.maker = maker;
        this.clock = clock;
        chain = maker.apply(profiles);
        renewedNs = System.nanoTime() - RENEWAL_NS_MIN;
    }

    @Override
    public AwsCredentials resolveCredentials() {
        lookAtFiles();
        Resolved kept = resolved;
        if (kept != null && System.nanoTime() - kept.atNs < KEPT_NS) {
            return kept.credentials;
        }
        RecentFailure lately = failure;
        if (lately != null && System.nanoTime() - lately.atNs < FAILURE_KEPT_NS) {
            return lastOr(lately.exception);
        }
        CredentialChain asked = chain;
        try {
            AwsCredentials credentials = asked.resolveCredentials();
            failure = null;
            isFallbackSaid = false;
            last = credentials;
            resolved =
                    asked == chain && !isRenewedSoon(credentials) ? new Resolved(credentials, System.nanoTime()) : null;
            return credentials;
        } catch (RuntimeException | StackOverflowError e) {
            // An answer of a provider that is nested too deep to be read is an answer without credentials.
            CredentialsUnavailableException unavailable =
                    new CredentialsUnavailableException("get credentials: " + ErrorText.text(e), e);
            failure = new RecentFailure(unavailable, System.nanoTime());
            asked.startOver();
            return lastOr(unavailable);
        }
    }

    private AwsCredentials lastOr(CredentialsUnavailableException unavailable) {
        AwsCredentials known = last;
        if (known == null || isExpired(known)) {
            throw unavailable;
        }
        if (!isFallbackSaid) {
            isFallbackSaid = true;
            LOGGER.warn("No new credentials; the previous ones stay in use: {}", unavailable.getMessage());
        }
        return known;
    }

    /** Whether a provider may give others at any moment, because these expire. */
    private boolean isRenewedSoon(AwsCredentials credentials) {
        return credentials
                .expirationTime()
                .map(until -> until.isBefore(clock.instant().plus(RENEWED_BEFORE)))
                .orElse(false);
    }

    private boolean isExpired(AwsCredentials credentials) {
        return credentials
                .expirationTime()
                .map(until -> !until.isAfter(clock.instant()))
                .orElse(false);
    }

    /** Once a second, whichever call comes first; the others go on with what there is. */
    private void lookAtFiles() {
        long nowNs = System.nanoTime();
        long dueNs = nextLookNs.get();
        if (nowNs - dueNs < 0 || !nextLookNs.compareAndSet(dueNs, nowNs + LOOK_NS) || !profiles.isOutdated()) {
            return;
        }
        if (isRenewing.compareAndSet(false, true)) {
            try {
                renew();
            } finally {
                isRenewing.set(false);
            }
        }
    }

    /** Makes the providers anew from the files as they are now. A file that cannot be read leaves all as it is. */
    private void renew() {
        Profiles now;
        try {
            now = Profiles.read(environment);
        } catch (SetupException e) {
            if (!fileProblem.equals(e.getMessage())) {
                fileProblem = String.valueOf(e.getMessage());
                LOGGER.warn("{}; it is tried again, and what was read before is used until then", fileProblem);
            }
            return;
        }
        fileProblem = "";
        profiles = now;
        CredentialChain old = previous;
        // A call may still be asking it; whoever asks the one before that has given up long ago.
        previous = chain;
        chain = maker.apply(now);
        resolved = null;
        failure = null;
        if (old != null) {
            old.close();
        }
        if (isClosed) {
            close();
        }
        LOGGER.debug("Credentials are asked for anew");
    }

    /**
     * Whether there are other credentials than those which the service refused: has the providers made anew, at most
     * every {@link #RENEWAL_NS_MIN}, and asks them. One thread asks; for others that come meanwhile the answer is no.
     */
    boolean hasOthersThan(AwsCredentials refused) {
        AwsCredentials known = last;
        if (known != null && !isSame(known, refused)) {
            return true;
        }
        if (!isRenewing.compareAndSet(false, true)) {
            return false;
        }
        try {
            if (System.nanoTime() - renewedNs < RENEWAL_NS_MIN) {
                return false;
            }
            renewedNs = System.nanoTime();
            renew();
            return !isSame(resolveCredentials(), refused);
        } catch (CredentialsUnavailableException e) {
            // The next call says so.
            return false;
        } finally {
            isRenewing.set(false);
        }
    }

    private static boolean isSame(AwsCredentials some, AwsCredentials others) {
        return some.accessKeyId().equals(others.accessKeyId())
                && some.secretAccessKey().equals(others.secretAccessKey())
                && token(some).equals(token(others));
    }

    private static String token(AwsCredentials credentials) {
        return credentials instanceof AwsSessionCredentials session ? session.sessionToken() : "";
    }

    /** When those that are in use expire; null when they do not, or nobody asked for any. */
    @Nullable
    Instant expiry() {
        AwsCredentials known = last;
        return known == null ? null : known.expirationTime().orElse(null);
    }

    /** Which provider gave them last; empty while none did. */
    String source() {
        return chain.source();
    }

    /** Why there are none, in the providers' words, or null while there are some or nobody asked. */
    @Nullable
    String problem() {
        RecentFailure lately = failure;
        AwsCredentials known = last;
        return lately == null || (known != null && !isExpired(known)) ? null : lately.exception.getMessage();
    }

    @Override
    public void close() {
        isClosed = true;
        CredentialChain old = previous;
        if (old != null) {
            old.close();
        }
        chain.close();
    }
}
