package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.client.AnswerReader;
import io.github.xrayd.engine.client.CredentialsUnavailableException;
import io.github.xrayd.engine.client.HttpReply;
import io.github.xrayd.engine.client.Origin;
import io.github.xrayd.engine.export.EncodedBody;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Locale;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;

/**
 * A way to the X-Ray API: the account, endpoint and signature of an {@link AwsClient}, with connections and room for
 * answers of its own, so that one user of the API cannot take them from another. Thread-safe.
 */
public final class AwsConnection implements AutoCloseable {
    private static final String SERVICE = "xray";
    private static final AwsV4HttpSigner SIGNER = AwsV4HttpSigner.create();
    /** Bodies come as they are, because decoding costs more than a loopback or VPC saves. */
    private static final String PLAIN = "identity";

    private final AwsClient client;
    private final PooledHttpClient http;
    private final AnswerReader answers;

    /**
     * @param answerBytesMax the most bytes of one answer's body
     * @param answersBytesMax the most bytes of all answers held at a time
     */
    AwsConnection(AwsClient client, PooledHttpClient http, long answerBytesMax, long answersBytesMax) {
        this.client = client;
        this.http = http;
        answers = new AnswerReader(answerBytesMax, answersBytesMax);
    }

    /** The AWS region that is called. */
    public String region() {
        return client.region();
    }

    /** The X-Ray endpoint, with its path prefix and without a final slash. */
    public URI endpoint() {
        return client.endpoint();
    }

    SdkHttpClient http() {
        return http;
    }

    /** Bytes of answers that are being read or passed on. */
    public long answerBytesHeld() {
        return answers.bytesHeld();
    }

    /**
     * Why a call failed, in one line that names the host which could not be reached: the forward proxy where there is
     * one.
     */
    public String reason(Throwable failure) {
        return client.reason(failure);
    }

    /**
     * Signs a call that somebody else wrote and makes it once; see {@link AwsClient#signed(AwsClient.SignedCall)} for
     * refused credentials.
     *
     * <p>The signature covers Host, Content-Type and the {@code x-amz-} headers only: what a mesh or a proxy adds or
     * changes on the way cannot break it.
     *
     * @throws CredentialsUnavailableException when there is nothing to sign with; nothing is sent then
     * @throws IOException when there is no complete answer; a {@link java.net.SocketTimeoutException} when it did not
     *     come in time
     */
    public HttpReply send(HttpCall call) throws IOException {
        SdkHttpRequest.Builder minimal = SdkHttpRequest.builder()
                .method(SdkHttpMethod.fromValue(call.method()))
                .uri(endpoint())
                .encodedPath(endpoint().getRawPath() + call.path());
        addQuery(minimal, call.query());
        call.headers().forEach((name, values) -> {
            if (isSigned(name)) {
                minimal.putHeader(name, values);
            }
        });
        ContentStreamProvider content = ContentStreamProvider.fromByteArray(call.body());
        boolean isEncodingChosen = HttpReply.first(call.headers(), "Accept-Encoding") != null;
        SdkHttpRequest request = minimal.build();
        return client.signed(identity -> {
            SdkHttpRequest.Builder signed = sign(client, request, content, identity).toBuilder();
            call.headers().forEach((name, values) -> {
                if (!isSigned(name)) {
                    signed.putHeader(name, values);
                }
            });
            signed.putHeader("Content-Length", Integer.toString(call.body().length));
            if (!isEncodingChosen) {
                signed.putHeader("Accept-Encoding", PLAIN);
            }
            return http.call(signed.build(), content, answers, !isEncodingChosen);
        });
    }

    /** One of the daemon's own operations, to be made with {@link #send(ApiPost, EncodedBody)}. */
    ApiPost post(String path, String userAgent, Clock clock) {
        return new ApiPost(endpoint(), path, Origin.of(endpoint(), client.proxy()), region(), userAgent, clock);
    }

    /**
     * Makes one of the daemon's own calls; see {@link AwsClient#signed(AwsClient.SignedCall)} for refused credentials.
     *
     * @throws CredentialsUnavailableException when there is nothing to sign with; nothing is sent then
     * @throws IOException when there is no complete answer; a {@link java.net.SocketTimeoutException} when it did not
     *     come in time
     */
    HttpReply send(ApiPost post, EncodedBody body) throws IOException {
        return client.signed(
                identity -> post.call(http.pool(), body, identity, client.skew().serviceClock(), answers));
    }

    /** A request to the X-Ray service, signed for an account's region by its clock. */
    static SdkHttpRequest sign(
            AwsClient client, SdkHttpRequest request, ContentStreamProvider content, AwsCredentials identity) {
        return SIGNER.sign(r -> r.identity(identity)
                        .request(request)
                        .payload(content)
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, SERVICE)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, client.region())
                        .putProperty(HttpSigner.SIGNING_CLOCK, client.skew().serviceClock()))
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

    private static boolean isSigned(String header) {
        String name = header.toLowerCase(Locale.ROOT);
        return name.equals("content-type") || name.startsWith("x-amz-");
    }

    /** Ends open calls and frees connections. */
    @Override
    public void close() {
        http.close();
    }
}
