package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * One URL that bodies are posted to, by the connections, deadlines and limits that the X-Ray API is called with; signed
 * with an AWS account's credentials where there is one. It repeats nothing. Thread-safe.
 */
public final class HttpEndpoint implements AutoCloseable {
    private static final long ANSWER_BYTES_MAX = 1L << 20;
    private static final long ANSWERS_BYTES_MAX =
            Math.min(4L << 20, Runtime.getRuntime().maxMemory() / 16);

    /**
     * An endpoint.
     *
     * @param url http or https, with its path and query
     * @param headers sent with each request, without line ends
     * @param identity the daemon's own certificate, or null for none
     * @param transport how it is reached
     */
    public record Settings(URI url, Map<String, String> headers, @Nullable TlsIdentity identity, Transport transport) {}

    private final Settings settings;
    private final Origin origin;
    private final HttpPool pool;
    private final @Nullable AwsClient signer;
    private final AnswerReader answers = new AnswerReader(ANSWER_BYTES_MAX, new AnswerBudget(ANSWERS_BYTES_MAX));
    private final byte[] start;

    private HttpEndpoint(Settings settings, ForwardProxy proxy, TlsTrust trust, @Nullable AwsClient signer) {
        this.settings = settings;
        this.signer = signer;
        origin = Origin.of(settings.url(), proxy);
        pool = new HttpPool(
                trust,
                settings.transport().connectionsMax(),
                settings.transport().timeout());
        start = start().getBytes(StandardCharsets.ISO_8859_1);
        if (origin.hasTls()) {
            trust.prepare();
        }
    }

    /**
     * An endpoint that is called without a signature.
     *
     * @throws AwsSetupException when a file or address cannot be used; the message says what to mend
     */
    public static HttpEndpoint open(Settings settings) throws AwsSetupException {
        return open(settings, null);
    }

    /**
     * An endpoint whose calls are signed.
     *
     * @param signer whose credentials, region and clock are used; closed with this
     * @throws AwsSetupException when a file or address cannot be used; the message says what to mend
     */
    public static HttpEndpoint open(Settings settings, @Nullable AwsClient signer) throws AwsSetupException {
        Transport transport = settings.transport();
        ForwardProxy proxy = ForwardProxy.ofScheme(transport.proxyAddress(), settings.url(), Environment.system());
        TlsTrust trust = TlsTrust.of(transport.isVerifySsl(), transport.caBundle(), settings.identity());
        return new HttpEndpoint(settings, proxy, trust, signer);
    }

    private String start() {
        URI url = settings.url();
        String path = url.getRawPath();
        StringBuilder text = new StringBuilder("POST ")
                .append(origin.targetPrefix())
                .append(path.isEmpty() ? "/" : path)
                .append(url.getRawQuery() == null ? "" : "?" + url.getRawQuery())
                .append(" HTTP/1.1\r\nHost: ")
                .append(url.getRawAuthority())
                .append("\r\n");
        settings.headers().forEach((name, value) -> append(text, name, value));
        return text.append(origin.isTls() ? "" : origin.proxyAuthorization()).toString();
    }

    private static void append(StringBuilder head, String name, String value) {
        head.append(name).append(": ").append(value).append("\r\n");
    }

    /**
     * Makes one call.
     *
     * @param headers of this call beside those of the settings; without line ends, Host and Content-Length
     * @throws CredentialsUnavailableException when there is nothing to sign with; nothing is sent then
     * @throws IOException when there is no complete answer; a {@link java.net.SocketTimeoutException} when it did not
     *     come in time
     */
    public HttpReply post(Map<String, String> headers, byte[] body) throws IOException {
        StringBuilder head = new StringBuilder(512);
        headers.forEach((name, value) -> append(head, name, value));
        append(head, "Content-Length", Integer.toString(body.length));
        AwsClient account = signer;
        if (account == null) {
            return call(head, body);
        }
        AwsCredentials identity = account.credentials().resolveCredentials();
        HttpReply reply = signed(account, identity, headers, head, body);
        boolean isRefused = reply.status() == 401 || reply.status() == 403;
        if (!isRefused || !account.credentials().hasOthersThan(identity)) {
            return reply;
        }
        // A key was rotated.
        reply.close();
        return signed(account, account.credentials().resolveCredentials(), headers, head, body);
    }

    private HttpReply call(CharSequence head, byte[] body) throws IOException {
        byte[] end = (head + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        return pool.call(origin, new Post(start, end, body), answers, true);
    }

    private HttpReply signed(
            AwsClient account, AwsCredentials identity, Map<String, String> headers, CharSequence before, byte[] body)
            throws IOException {
        StringBuilder head = new StringBuilder(before);
        sign(account, identity, headers, body, head);
        HttpReply reply = call(head, body);
        account.skew().onAnswer(reply.status(), reply.header("Date"));
        return reply;
    }

    private void sign(
            AwsClient account, AwsCredentials identity, Map<String, String> headers, byte[] body, StringBuilder head) {
        SdkHttpRequest.Builder request =
                SdkHttpRequest.builder().method(SdkHttpMethod.POST).uri(settings.url());
        headers.forEach(request::putHeader);
        ContentStreamProvider content = () -> new ByteArrayInputStream(body);
        Map<String, List<String>> signed =
                AwsConnection.sign(account, request.build(), content, identity).headers();
        signed.forEach((name, values) -> {
            if (!name.equalsIgnoreCase("Host") && !headers.containsKey(name)) {
                append(head, name, values.get(0));
            }
        });
    }

    /**
     * What an answer means that is no success, by its status and by the error code that AWS's services give.
     *
     * @param isFromEndpoint whether the endpoint wrote it: nobody else's answer says anything about a document
     */
    public static AnswerKind outcome(HttpReply reply, boolean isFromEndpoint) {
        return Answers.outcome(reply.status(), ReplyReader.failure(reply).code(), isFromEndpoint);
    }

    /** What an answer that is no success says in JSON, as {@code code: message}; an empty text when it says nothing. */
    public static String errorText(HttpReply reply) {
        ReplyReader.Failure failure = ReplyReader.failure(reply);
        String text = failure.text() == null ? "" : failure.text();
        return failure.code() == null ? text : failure.code() + (text.isEmpty() ? "" : ": " + text);
    }

    /** Why a call had no answer, in one line that names the host which could not be reached. */
    public String reason(Throwable failure) {
        URI proxy = origin.proxy();
        return proxy == null
                ? ErrorText.network(failure, Addresses.hostAndPort(settings.url()))
                : ErrorText.proxied(failure, Addresses.hostAndPort(proxy));
    }

    /** What kind of failed connection this is. */
    public static ConnectionError kind(Throwable failure) {
        return ErrorText.kind(failure);
    }

    /** Text from outside, on one line and not too long. */
    public static String oneLine(String text) {
        return ErrorText.oneLine(text);
    }

    /** Ends open calls and frees connections. */
    @Override
    public void close() {
        pool.close();
        AwsClient account = signer;
        if (account != null) {
            account.close();
        }
    }

    /** Head and body leave in one write when the body is short. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Post(byte[] start, byte[] end, byte[] body) implements HttpPool.Request {
        private static final int SHORT_BYTES = 16 << 10;

        @Override
        public String method() {
            return "POST";
        }

        @Override
        public void writeTo(PooledConnection connection) throws IOException {
            OutputStream out = connection.out();
            int first = Math.min(body.length, SHORT_BYTES);
            byte[] begin = Arrays.copyOf(start, start.length + end.length + first);
            System.arraycopy(end, 0, begin, start.length, end.length);
            System.arraycopy(body, 0, begin, start.length + end.length, first);
            out.write(begin);
            out.write(body, first, body.length - first);
        }
    }
}
