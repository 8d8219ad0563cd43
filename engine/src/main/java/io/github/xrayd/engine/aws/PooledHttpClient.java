package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.client.AnswerReader;
import io.github.xrayd.engine.client.ErrorText;
import io.github.xrayd.engine.client.ForwardProxy;
import io.github.xrayd.engine.client.HttpPool;
import io.github.xrayd.engine.client.HttpReply;
import io.github.xrayd.engine.client.Origin;
import io.github.xrayd.engine.client.PooledConnection;
import io.github.xrayd.engine.client.TlsTrust;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * An {@link HttpPool} as the AWS SDK wants its HTTP client, with the forward proxy where it is used. Answers are read
 * whole before they are handed over. Thread-safe.
 */
final class PooledHttpClient implements SdkHttpClient {
    /** The most bytes of one answer that are read for the SDK; real ones stay below 100 kB. */
    static final long ANSWER_BYTES_MAX = 4L << 20;
    /** What is written from the address and the body. */
    private static final Set<String> NOT_COPIED = Set.of("host", "content-length", "transfer-encoding");

    private static final int CHUNK_BYTES = 8 << 10;

    private final HttpPool pool;
    private final ForwardProxy proxy;
    private final AnswerReader answers = new AnswerReader(ANSWER_BYTES_MAX, 2 * ANSWER_BYTES_MAX);

    /**
     * @param proxy the forward proxy, used where it says so
     * @param connectionsMax the most connections at one time
     * @param timeout how long one call may take
     */
    PooledHttpClient(ForwardProxy proxy, TlsTrust trust, int connectionsMax, Duration timeout) {
        this.proxy = proxy;
        pool = new HttpPool(trust, connectionsMax, timeout);
    }

    /** A client for metadata, which is never asked through a forward proxy. */
    static SdkHttpClient direct(Duration timeout) {
        return new PooledHttpClient(ForwardProxy.NONE, TlsTrust.javas(), 2, timeout);
    }

    HttpPool pool() {
        return pool;
    }

    /** Makes a call that the SDK described; see {@link HttpPool#call}. */
    HttpReply call(
            SdkHttpRequest request, @Nullable ContentStreamProvider content, AnswerReader reader, boolean isDecoded)
            throws IOException {
        URI address = request.getUri();
        Origin origin = Origin.of(address, proxy);
        return pool.call(origin, new Described(origin, address, request, content), reader, isDecoded);
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return new ExecutableCall(request);
    }

    @Override
    public String clientName() {
        return "HttpCore";
    }

    @Override
    public void close() {
        pool.close();
    }

    private final class ExecutableCall implements ExecutableHttpRequest {
        private final HttpExecuteRequest execute;

        ExecutableCall(HttpExecuteRequest execute) {
            this.execute = execute;
        }

        @Override
        public HttpExecuteResponse call() throws IOException {
            ContentStreamProvider content = execute.contentStreamProvider().orElse(null);
            try (HttpReply reply = PooledHttpClient.this.call(execute.httpRequest(), content, answers, false)) {
                return HttpExecuteResponse.builder()
                        .response(SdkHttpFullResponse.builder()
                                .statusCode(reply.status())
                                .headers(reply.headers())
                                .build())
                        .responseBody(AbortableInputStream.create(new ByteArrayInputStream(reply.body())))
                        .build();
            }
        }

        @Override
        public void abort() {
            // A call ends by its deadline; nobody aborts one.
        }
    }

    private record Described(
            Origin origin, URI address, SdkHttpRequest request, @Nullable ContentStreamProvider content)
            implements HttpPool.Request {
        @Override
        public String method() {
            return request.method().name();
        }

        @Override
        public void writeTo(PooledConnection connection) throws IOException {
            ByteArrayOutputStream first = new ByteArrayOutputStream(CHUNK_BYTES);
            OutputStream out = connection.out();
            if (content == null) {
                first.writeBytes(head(null));
                first.writeTo(out);
                return;
            }
            String length = request.firstMatchingHeader("Content-Length").orElse(null);
            try (InputStream body = content.newStream()) {
                // In one write with the head, when it is short.
                byte[] start = length == null ? body.readAllBytes() : body.readNBytes(CHUNK_BYTES);
                first.writeBytes(head(length == null ? Integer.toString(start.length) : length));
                first.writeBytes(start);
                first.writeTo(out);
                body.transferTo(out);
            }
        }

        private byte[] head(@Nullable String length) {
            String path = address.getRawPath();
            StringBuilder head = new StringBuilder(512)
                    .append(method())
                    .append(' ')
                    .append(origin.targetPrefix())
                    .append(path.isEmpty() ? "/" : path)
                    .append(address.getRawQuery() == null ? "" : "?" + address.getRawQuery())
                    .append(" HTTP/1.1\r\n");
            append(head, "Host", request.firstMatchingHeader("Host").orElse(address.getRawAuthority()));
            request.forEachHeader((name, values) -> {
                if (!NOT_COPIED.contains(name.toLowerCase(Locale.ROOT))) {
                    values.forEach(value -> append(head, name, value));
                }
            });
            if (length != null) {
                append(head, "Content-Length", length);
            }
            head.append(origin.isTls() ? "" : origin.proxyAuthorization()).append("\r\n");
            return head.toString().getBytes(StandardCharsets.ISO_8859_1);
        }

        /** A line end inside a field would begin another one. */
        private static void append(StringBuilder head, String name, String value) {
            int start = head.length();
            head.append(name).append(": ").append(value);
            for (int i = start; i < head.length(); i++) {
                if (head.charAt(i) < ' ' && head.charAt(i) != '\t') {
                    throw new IllegalArgumentException(
                            "the request's header " + ErrorText.oneLine(name) + " has a control character");
                }
            }
            head.append("\r\n");
        }
    }
}
