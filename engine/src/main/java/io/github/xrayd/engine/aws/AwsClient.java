package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.client.Account;
import io.github.xrayd.engine.client.Addresses;
import io.github.xrayd.engine.client.CredentialsUnavailableException;
import io.github.xrayd.engine.client.ErrorText;
import io.github.xrayd.engine.client.ForwardProxy;
import io.github.xrayd.engine.client.HttpReply;
import io.github.xrayd.engine.client.TlsTrust;
import io.github.xrayd.engine.export.AnswerKind;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * One account in one region: endpoint, credentials, signature, forward proxy and TLS. Built once, and handed to what
 * uploads, to the TCP port and to the telemetry sender; owns what they call with. Thread-safe.
 */
public final class AwsClient implements Account {
    /** The most bytes of one answer to an upload; real ones stay below 20 kB. */
    static final long UPLOAD_ANSWER_BYTES_MAX = 1L << 20;

    /** The most bytes of all answers to uploads held at a time; less where the heap is small. */
    static final long UPLOAD_ANSWERS_BYTES_MAX =
            Math.min(8L << 20, Runtime.getRuntime().maxMemory() / 8);

    /** The most bytes of all answers to calls of the TCP port held at a time; less where the heap is small. */
    public static final long PORT_ANSWERS_BYTES_MAX =
            Math.min(4L << 20, Runtime.getRuntime().maxMemory() / 16);

    /** The most calls of the TCP port at one time; others wait for one of them to end. */
    static final int PORT_CONNECTIONS_MAX = 64;

    /** For telemetry records, beside those for uploads. */
    private static final int UPLOAD_CONNECTIONS_EXTRA = 2;

    private static final long CREDENTIALS_RETRY_MS = 5_000;
    private static final Logger LOGGER = LoggerFactory.getLogger(AwsClient.class);

    private final String region;
    private final URI endpoint;
    private final Credentials credentials;
    private final ForwardProxy proxy;
    private final TlsTrust trust;
    private final Duration attemptTimeout;
    private final ClockSkew skew;
    private final AwsConnection uploads;
    private final Object lock = new Object();
    /** Guarded by {@link #lock}; most daemons serve no sampling calls in their first seconds, or ever. */
    private @Nullable AwsConnection port;

    private boolean isClosed;

    /** @param clock what the service's clock is compared with */
    AwsClient(
            String region,
            URI endpoint,
            Credentials credentials,
            ForwardProxy proxy,
            TlsTrust trust,
            AwsSettings settings,
            Clock clock) {
        this.region = region;
        this.endpoint = endpoint;
        this.credentials = credentials;
        this.proxy = proxy;
        this.trust = trust;
        attemptTimeout = settings.transport().timeout();
        skew = new ClockSkew(clock);
        if ("https".equalsIgnoreCase(endpoint.getScheme())) {
            trust.prepare();
        }
        uploads = connection(
                settings.transport().connectionsMax() + UPLOAD_CONNECTIONS_EXTRA,
                UPLOAD_ANSWER_BYTES_MAX,
                UPLOAD_ANSWERS_BYTES_MAX);
    }

    private AwsConnection connection(int connectionsMax, long answerBytesMax, long answersBytesMax) {
        return new AwsConnection(
                this,
                new PooledHttpClient(proxy, trust, connectionsMax, attemptTimeout),
                answerBytesMax,
                answersBytesMax);
    }

    @Override
    public String region() {
        return region;
    }

    /** The X-Ray endpoint, with its path prefix and without a final slash. */
    public URI endpoint() {
        return endpoint;
    }

    /** The way that uploads and telemetry records take. */
    public AwsConnection uploads() {
        return uploads;
    }

    /** The way that calls of the TCP port take; their number and slowness leave uploads alone. */
    public AwsConnection port() {
        synchronized (lock) {
            AwsConnection portConnection = port;
            if (portConnection == null) {
                portConnection = connection(PORT_CONNECTIONS_MAX, PORT_ANSWERS_BYTES_MAX, PORT_ANSWERS_BYTES_MAX);
                if (isClosed) {
                    portConnection.close();
                }
                port = portConnection;
            }
            return portConnection;
        }
    }

    Credentials credentials() {
        return credentials;
    }

    ClockSkew skew() {
        return skew;
    }

    TlsTrust trust() {
        return trust;
    }

    ForwardProxy proxy() {
        return proxy;
    }

    /** Why a call had no answer, in one line that names the host which could not be reached. */
    String reason(Throwable failure) {
        URI through = proxy.addressFor(endpoint);
        return through == null
                ? ErrorText.network(failure, Addresses.hostAndPort(endpoint))
                : ErrorText.proxied(failure, Addresses.hostAndPort(through));
    }

    /**
     * Finds out whether there are credentials, so that the first call need not.
     *
     * @throws CredentialsUnavailableException when there are none at the moment
     */
    public void checkCredentials() {
        credentials.resolveCredentials();
    }

    @Override
    public @Nullable String credentialsProblem() {
        return credentials.problem();
    }

    /**
     * Asks for credentials until there are some or this is closed, and says in one line that there are none, and in
     * another that they were found. Blocks; for a thread that has nothing else to do.
     */
    @Override
    public void awaitCredentials() throws InterruptedException {
        boolean isMissing = false;
        while (true) {
            try {
                checkCredentials();
                if (isMissing) {
                    LOGGER.info("AWS credentials found: {}", credentials.source());
                }
                return;
            } catch (CredentialsUnavailableException e) {
                if (!isMissing) {
                    isMissing = true;
                    LOGGER.warn("No AWS credentials yet: what is received is held, and uploaded when there are some."
                            + " \"xray doctor\" shows where they were searched");
                }
                LOGGER.debug("No credentials: {}", e.getMessage());
            }
            synchronized (lock) {
                if (!isClosed) {
                    lock.wait(CREDENTIALS_RETRY_MS);
                }
                if (isClosed) {
                    return;
                }
            }
        }
    }

    /** A call that is signed and made once. */
    interface SignedCall {
        HttpReply make(AwsCredentials identity) throws IOException;
    }

    /**
     * Makes a call; once more, with other credentials, when the service refuses those it was signed with and there are
     * others by then, because a key was rotated.
     *
     * @throws CredentialsUnavailableException when there is nothing to sign with; nothing is sent then
     */
    HttpReply signed(SignedCall call) throws IOException {
        AwsCredentials identity = credentials.resolveCredentials();
        HttpReply reply = noted(call.make(identity));
        if (!isIdentityRefused(reply) || !credentials.hasOthersThan(identity)) {
            return reply;
        }
        reply.close();
        return noted(call.make(credentials.resolveCredentials()));
    }

    private HttpReply noted(HttpReply reply) {
        skew.onAnswer(reply.status(), reply.header("Date"));
        return reply;
    }

    private static boolean isIdentityRefused(HttpReply reply) {
        int status = reply.status();
        if (status != 400 && status != 401 && status != 403) {
            return false;
        }
        ReplyReader.Failure failure = ReplyReader.failure(reply);
        return failure.error().outcome(status, failure.isFromService()) == AnswerKind.DENIED;
    }

    @Override
    public HttpReply signed(URI url, Map<String, String> headers, byte[] body, Attempt attempt) throws IOException {
        SdkHttpRequest.Builder request =
                SdkHttpRequest.builder().method(SdkHttpMethod.POST).uri(url);
        headers.forEach(request::putHeader);
        SdkHttpRequest plain = request.build();
        ContentStreamProvider content = ContentStreamProvider.fromByteArrayUnsafe(body);
        return signed(identity -> {
            Map<String, String> signature = new LinkedHashMap<>();
            AwsConnection.sign(this, plain, content, identity).forEachHeader((name, values) -> {
                if (!name.equalsIgnoreCase("Host") && !headers.containsKey(name)) {
                    signature.put(name, values.get(0));
                }
            });
            return attempt.make(signature);
        });
    }

    /** When the credentials in use expire; null when they do not, or none were found yet. */
    public @Nullable Instant credentialsExpiry() {
        return credentials.expiry();
    }

    /** How far the service's clock is ahead of this one's, as learned from refused signatures; else zero. */
    public Duration clockSkew() {
        return skew.offset();
    }

    /** Ends open calls and frees connections. */
    @Override
    public void close() {
        AwsConnection portConnection;
        synchronized (lock) {
            isClosed = true;
            portConnection = port;
            lock.notifyAll();
        }
        uploads.close();
        if (portConnection != null) {
            portConnection.close();
        }
        credentials.close();
    }
}
