package io.github.xrayd.engine.client;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One URL that bodies are posted to, signed by an account where there is one. It repeats nothing. Thread-safe. */
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
    private final @Nullable Account signer;
    private final AnswerReader answers = new AnswerReader(ANSWER_BYTES_MAX, ANSWERS_BYTES_MAX);
    private final byte[] start;

    private HttpEndpoint(Settings settings, ForwardProxy proxy, TlsTrust trust, @Nullable Account signer) {
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
     * @throws SetupException when a file or address cannot be used; the message says what to mend
     */
    public static HttpEndpoint open(Settings settings) throws SetupException {
        return open(settings, null);
    }

    /**
     * An endpoint whose calls are signed.
     *
     * @param signer signs the calls; closed with this
     * @throws SetupException when a file or address cannot be used; the message says what to mend
     */
    public static HttpEndpoint open(Settings settings, @Nullable Account signer) throws SetupException {
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
        Account account = signer;
        if (account == null) {
            return call(head, body);
        }
        return account.signed(settings.url(), headers, body, signature -> {
            StringBuilder signed = new StringBuilder(head);
            signature.forEach((name, value) -> append(signed, name, value));
            return call(signed, body);
        });
    }

    private HttpReply call(CharSequence head, byte[] body) throws IOException {
        byte[] end = (head + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        return pool.call(origin, new Post(start, end, body), answers, true);
    }

    /** Why a call had no answer, in one line that names the host which could not be reached. */
    public String reason(Throwable failure) {
        URI proxy = origin.proxy();
        return proxy == null
                ? ErrorText.network(failure, Addresses.hostAndPort(settings.url()))
                : ErrorText.proxied(failure, Addresses.hostAndPort(proxy));
    }

    /** Ends open calls and frees connections. */
    @Override
    public void close() {
        pool.close();
        Account account = signer;
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
