package io.github.xrayd.engine.backend;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.xray.XRayClient;

/**
 * Reads what the X-Ray API answered.
 *
 * <p>The usual success is known by its bytes. Everything else (segments left unprocessed, errors in whatever form) is read by the
 * SDK's typed client, to which the reply is handed as if it had just come over the network; the client is made when first needed.
 * Thread-safe.
 */
final class ReplyReader implements AutoCloseable {
    private static final byte[] ALL_PROCESSED = "{\"UnprocessedTraceSegments\":[]}".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EMPTY_OBJECT = "{}".getBytes(StandardCharsets.US_ASCII);

    /** What this thread is reading. */
    private static final ThreadLocal<HttpReply> CURRENT = new ThreadLocal<>();

    private final String region;
    private final URI endpoint;
    private @Nullable XRayClient client;

    ReplyReader(String region, URI endpoint) {
        this.region = region;
        this.endpoint = endpoint;
    }

    /** Whether this says that everything was taken, in the words the service uses. */
    static boolean isPlainSuccess(HttpReply reply) {
        return reply.status() == 200 && (isBody(reply, ALL_PROCESSED) || isBody(reply, EMPTY_OBJECT));
    }

    private static boolean isBody(HttpReply reply, byte[] expected) {
        return Arrays.equals(reply.body(), expected);
    }

    /**
     * What is wrong with a success, or null when it is a whole JSON object. An HTML page must not count as delivered, and the typed
     * client would take an empty body or one of some other kinds for a success. An empty body is believed only when it says so
     * ({@code Content-Length: 0}), as some stand-ins for the service answer.
     */
    static @Nullable String malformation(HttpReply reply) {
        if (reply.status() != 200) {
            return reply.status() / 100 == 2 ? "unexpected status " + reply.status() : null;
        }
        String text = new String(reply.body(), StandardCharsets.ISO_8859_1).strip();
        if (text.isEmpty()) {
            String length = BackendConnection.first(reply.headers(), "Content-Length");
            return length != null && length.strip().equals("0") ? null : "unexpected end of JSON input";
        }
        if (text.charAt(0) != '{') {
            char found = text.charAt(0);
            return "invalid character '" + (found < 0x7f ? found : '?') + "' looking for beginning of value";
        }
        return text.endsWith("}") ? null : "unexpected end of JSON input";
    }

    /**
     * Has the typed client read a reply.
     *
     * @param call the typed call whose reply this is; what it sends goes nowhere
     * @return what {@code call} returns
     * @throws RuntimeException the SDK's exception that stands for the reply
     */
    <T> T read(HttpReply reply, Function<XRayClient, T> call) {
        CURRENT.set(reply);
        try {
            return call.apply(client());
        } finally {
            CURRENT.remove();
        }
    }

    private synchronized XRayClient client() {
        XRayClient made = client;
        if (made == null) {
            made = XRayClient.builder()
                    .region(Region.of(region))
                    .endpointOverride(endpoint)
                    .credentialsProvider(AnonymousCredentialsProvider.create())
                    .httpClient(new Replay())
                    .overrideConfiguration(o -> o.retryStrategy(DefaultRetryStrategy.doNotRetry())
                            // Everything is given here, so nothing is looked up in files.
                            .defaultProfileFile(ProfileFile.aggregator().build()))
                    .build();
            client = made;
        }
        return made;
    }

    @Override
    public synchronized void close() {
        XRayClient made = client;
        if (made != null) {
            made.close();
        }
    }

    /** Answers each request with the reply that its thread is reading. */
    private static final class Replay implements SdkHttpClient {
        @Override
        public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
            HttpReply reply = CURRENT.get();
            HttpExecuteResponse response = HttpExecuteResponse.builder()
                    .response(SdkHttpFullResponse.builder()
                            .statusCode(reply.status())
                            .headers(reply.headers())
                            .build())
                    .responseBody(AbortableInputStream.create(new ByteArrayInputStream(reply.body())))
                    .build();
            return new ExecutableHttpRequest() {
                @Override
                public HttpExecuteResponse call() {
                    return response;
                }

                @Override
                public void abort() {
                    // Nothing is under way.
                }
            };
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
