package io.github.xrayd.engine.backend;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;

/**
 * The way to the X-Ray API that uploads, telemetry records and proxied calls share: one endpoint, one set of credentials, one pool
 * of connections. Thread-safe.
 */
public final class BackendConnection implements AutoCloseable {
    private static final String SERVICE = "xray";

    private final String region;
    private final URI endpoint;
    private final Credentials credentials;
    private final SdkHttpClient http;
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
    private final ClockSkew skew;

    BackendConnection(String region, URI endpoint, Credentials credentials, SdkHttpClient http, Clock clock) {
        this.region = region;
        this.endpoint = endpoint;
        this.credentials = credentials;
        this.http = http;
        this.skew = new ClockSkew(clock);
    }

    /** The AWS region that is called. */
    public String region() {
        return region;
    }

    /** The X-Ray endpoint, with its path prefix and without a final slash. */
    public URI endpoint() {
        return endpoint;
    }

    Credentials credentials() {
        return credentials;
    }

    SdkHttpClient http() {
        return http;
    }

    /**
     * Finds out whether there are credentials, so that the first call need not.
     *
     * @throws CredentialsUnavailableException when there are none at the moment
     */
    public void checkCredentials() {
        credentials.resolveCredentials();
    }

    /** Reads an answer's body to its end, within a limit of its own. */
    public interface AnswerReader {
        byte[] read(InputStream in) throws IOException;
    }

    /** As {@link #send(HttpCall, AnswerReader)}, for an answer of any size that the client takes. */
    HttpReply send(HttpCall call) throws IOException {
        return send(call, InputStream::readAllBytes);
    }

    /**
     * Signs a call that somebody else wrote and makes it once.
     *
     * <p>The signature covers Host, Content-Type and the {@code x-amz-} headers only: what a mesh or a proxy adds or changes on the
     * way cannot break it.
     *
     * @throws CredentialsUnavailableException when there is nothing to sign with; nothing is sent then
     * @throws IOException when there is no complete answer; a {@link java.net.SocketTimeoutException} when it did not come in time
     */
    public HttpReply send(HttpCall call, AnswerReader reader) throws IOException {
        SdkHttpRequest.Builder minimal = SdkHttpRequest.builder()
                .method(SdkHttpMethod.fromValue(call.method()))
                .uri(endpoint)
                .encodedPath(endpoint.getRawPath() + call.path());
        addQuery(minimal, call.query());
        call.headers().forEach((name, values) -> {
            if (isSigned(name)) {
                minimal.putHeader(name, values);
            }
        });
        ContentStreamProvider content = ContentStreamProvider.fromByteArray(call.body());
        SdkHttpRequest.Builder request = sign(minimal.build(), content).toBuilder();
        call.headers().forEach((name, values) -> {
            if (!isSigned(name)) {
                request.putHeader(name, values);
            }
        });
        request.putHeader("Content-Length", Integer.toString(call.body().length));
        return execute(request.build(), content, (response, in) -> reader.read(in));
    }

    /**
     * Signs one of the daemon's own calls and makes it once; all its headers are signed but those that the signer leaves out.
     *
     * @throws CredentialsUnavailableException when there is nothing to sign with; nothing is sent then
     * @throws IOException when there is no complete answer; a {@link java.net.SocketTimeoutException} when it did not come in time
     */
    HttpReply send(SdkHttpRequest request, EncodedBody body) throws IOException {
        ContentStreamProvider content = body::openStream;
        return execute(sign(request, content), content, BackendConnection::readAll);
    }

    private interface BodyReader {
        byte[] read(SdkHttpResponse response, InputStream in) throws IOException;
    }

    private SdkHttpRequest sign(SdkHttpRequest request, ContentStreamProvider content) {
        AwsCredentials identity = credentials.resolveCredentials();
        return signer.sign(r -> r.identity(identity)
                        .request(request)
                        .payload(content)
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, SERVICE)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                        .putProperty(HttpSigner.SIGNING_CLOCK, skew.serviceClock()))
                .request();
    }

    private static void addQuery(SdkHttpRequest.Builder request, String query) {
        if (query.isEmpty()) {
            return;
        }
        for (String part : query.split("&", -1)) {
            int equals = part.indexOf('=');
            request.appendRawQueryParameter(
                    decode(equals < 0 ? part : part.substring(0, equals)),
                    equals < 0 ? "" : decode(part.substring(equals + 1)));
        }
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private HttpReply execute(SdkHttpRequest request, ContentStreamProvider content, BodyReader reader)
            throws IOException {
        HttpExecuteRequest execute = HttpExecuteRequest.builder()
                .request(request)
                .contentStreamProvider(content)
                .build();
        HttpExecuteResponse response = http.prepareRequest(execute).call();
        byte[] body = new byte[0];
        if (response.responseBody().isPresent()) {
            try (InputStream in = response.responseBody().get()) {
                body = reader.read(response.httpResponse(), in);
            }
        }
        HttpReply reply = new HttpReply(
                response.httpResponse().statusCode(), response.httpResponse().headers(), body);
        skew.onAnswer(reply.status(), first(reply.headers(), "Date"));
        return reply;
    }

    /** As {@code readAllBytes}, but without its 8 KiB of garbage for the usual answer of 31 bytes that says its length. */
    private static byte[] readAll(SdkHttpResponse response, InputStream in) throws IOException {
        int length = shortLength(response.firstMatchingHeader("Content-Length").orElse(""));
        if (length < 0) {
            return in.readAllBytes();
        }
        byte[] bytes = new byte[length];
        int count = in.readNBytes(bytes, 0, bytes.length);
        if (count < bytes.length || in.read() >= 0) {
            throw new EOFException("unexpected EOF: the answer does not have the length it says");
        }
        return bytes;
    }

    /** A length of up to four digits, or -1. */
    private static int shortLength(String text) {
        int length = text.isEmpty() || text.length() > 4 ? -1 : 0;
        for (int i = 0; i < text.length() && length >= 0; i++) {
            int digit = text.charAt(i) - '0';
            length = digit < 0 || digit > 9 ? -1 : 10 * length + digit;
        }
        return length;
    }

    private static boolean isSigned(String header) {
        String name = header.toLowerCase(Locale.ROOT);
        return name.equals("content-type") || name.startsWith("x-amz-");
    }

    static @Nullable String first(Map<String, List<String>> headers, String name) {
        for (Map.Entry<String, List<String>> header : headers.entrySet()) {
            if (header.getKey().equalsIgnoreCase(name) && !header.getValue().isEmpty()) {
                return header.getValue().get(0);
            }
        }
        return null;
    }

    /** Ends open calls and frees connections. */
    @Override
    public void close() {
        http.close();
        credentials.close();
    }
}
