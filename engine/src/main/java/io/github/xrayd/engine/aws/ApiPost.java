package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.client.Addresses;
import io.github.xrayd.engine.client.AnswerReader;
import io.github.xrayd.engine.client.HttpPool;
import io.github.xrayd.engine.client.HttpReply;
import io.github.xrayd.engine.client.Origin;
import io.github.xrayd.engine.client.PooledConnection;
import io.github.xrayd.engine.export.EncodedBody;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * One of the daemon's own operations as a request that is the same each time but for body, time and signature, so that
 * a call writes prepared text, with the headers that the SDK's client and the reference daemon send. Thread-safe.
 */
final class ApiPost {
    private static final DateTimeFormatter DATE_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final String SDK_REQUEST = "attempt=1; max=1";
    private static final String CONTENT_TYPE = "application/json";

    /** Each is in alphabetical order, as is what {@link PreparedCall#canonical} writes. */
    private static final String SIGNED_HEADERS =
            "amz-sdk-invocation-id;amz-sdk-request;content-length;content-type;host;"
                    + "x-amz-content-sha256;x-amz-date;x-amzn-xray-timestamp";

    private static final String SIGNED_HEADERS_WITH_TOKEN =
            SIGNED_HEADERS.replace("x-amz-date", "x-amz-date;x-amz-security-token");

    /** Before the body in a call's buffer, so that both leave in one write. */
    private static final int HEAD_BYTES = 8 << 10;

    private static final int BUFFER_BYTES = HEAD_BYTES + (64 << 10);
    /** More calls than this at one time make their buffers each time. */
    private static final int BUFFERS_KEPT = 8;

    private final Origin origin;
    private final String region;
    private final Clock clock;
    private final String head;
    private final String canonicalPath;
    private final String host;
    /** Guarded by itself. */
    private final Deque<PreparedCall> calls = new ArrayDeque<>(BUFFERS_KEPT);

    /**
     * @param endpoint with its path prefix
     * @param path the API's own path, beginning with a slash
     * @param clock for the header X-Amzn-Xray-Timestamp
     */
    ApiPost(URI endpoint, String path, Origin origin, String region, String userAgent, Clock clock) {
        this.origin = origin;
        this.region = region;
        this.clock = clock;
        String target = endpoint.getRawPath() + path;
        URI address = URI.create(endpoint.getScheme() + "://" + endpoint.getRawAuthority() + target);
        String encoded = SdkHttpUtils.urlEncodeIgnoreSlashes(address.normalize().getRawPath());
        canonicalPath = encoded.startsWith("/") ? encoded : "/" + encoded;
        boolean isUsualPort = Addresses.port(endpoint) == ("https".equalsIgnoreCase(endpoint.getScheme()) ? 443 : 80);
        host = isUsualPort ? endpoint.getHost() : endpoint.getHost() + ":" + endpoint.getPort();
        head = "POST " + origin.targetPrefix() + target + " HTTP/1.1\r\nHost: " + host + "\r\nContent-Type: "
                + CONTENT_TYPE + "\r\nUser-Agent: " + userAgent
                // Bodies come as they are, because decoding costs more than a loopback or VPC saves.
                + "\r\nAccept-Encoding: identity\r\namz-sdk-request: " + SDK_REQUEST + "\r\n"
                + (origin.isTls() ? "" : origin.proxyAuthorization());
        // Now, because the JDK reads files for its first HMAC, and where no descriptor is left it never makes one
        // again.
        calls.addFirst(new PreparedCall());
    }

    /**
     * Makes the call once, signed.
     *
     * @param signingClock the service's clock
     * @throws IOException as {@link HttpPool#call}
     */
    HttpReply call(HttpPool pool, EncodedBody body, AwsCredentials identity, Clock signingClock, AnswerReader answers)
            throws IOException {
        PreparedCall call = take();
        try {
            call.begin(body, identity, signingClock);
            return pool.call(origin, call, answers, true);
        } finally {
            call.end();
            synchronized (calls) {
                if (calls.size() < BUFFERS_KEPT) {
                    calls.addFirst(call);
                }
            }
        }
    }

    private PreparedCall take() {
        synchronized (calls) {
            if (!calls.isEmpty()) {
                return calls.removeFirst();
            }
        }
        return new PreparedCall();
    }

    /** A random UUID; it only has to differ, not to be hard to guess. */
    private static String invocation() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = (random.nextLong() & ~0xf000L) | 0x4000L;
        long low = (random.nextLong() >>> 2) | Long.MIN_VALUE;
        return new UUID(high, low).toString();
    }

    /** Epoch seconds with all nine decimals; not String.format, which costs as much as building the request. */
    private static String timestamp(Instant now) {
        String nanos = Integer.toString(1_000_000_000 + now.getNano());
        return now.getEpochSecond() + "." + nanos.substring(1);
    }

    /** A call's buffer and hash functions; of one thread at a time, kept for the next call. */
    final class PreparedCall implements HttpPool.Request {
        private static final EncodedBody NO_BODY = new EncodedBody() {
            @Override
            public int length() {
                return 0;
            }

            @Override
            public InputStream openStream() {
                return InputStream.nullInputStream();
            }
        };

        private final ApiSigner signer = new ApiSigner(region);
        private final byte[] buffer = new byte[BUFFER_BYTES];
        private EncodedBody body = NO_BODY;
        private @Nullable AwsCredentials identity;
        private Clock signingClock = clock;
        private long second = Long.MIN_VALUE;
        private String dateTime = "";

        void begin(EncodedBody content, AwsCredentials as, Clock at) {
            body = content;
            identity = as;
            signingClock = at;
            signer.reset();
        }

        /** Holds on to nothing of the call. */
        void end() {
            body = NO_BODY;
            identity = null;
        }

        @Override
        public String method() {
            return "POST";
        }

        @Override
        public void writeTo(PooledConnection connection) throws IOException {
            OutputStream out = connection.out();
            int length = body.length();
            int first = Math.min(length, buffer.length - HEAD_BYTES);
            InputStream hashed = body.openStream();
            read(hashed, first);
            signer.update(buffer, HEAD_BYTES, first);
            update(hashed, length - first);
            byte[] text = head(signer.hash(), length, Objects.requireNonNull(identity))
                    .getBytes(StandardCharsets.ISO_8859_1);
            InputStream sent = body.openStream();
            if (first < length) {
                // Hashing has overwritten it.
                read(sent, first);
            }
            if (text.length > HEAD_BYTES) {
                out.write(text);
                out.write(buffer, HEAD_BYTES, first);
            } else {
                int start = HEAD_BYTES - text.length;
                System.arraycopy(text, 0, buffer, start, text.length);
                out.write(buffer, start, text.length + first);
            }
            for (int left = length - first; left > 0; ) {
                int count = Math.min(left, buffer.length - HEAD_BYTES);
                read(sent, count);
                out.write(buffer, HEAD_BYTES, count);
                left -= count;
            }
        }

        private void update(InputStream stream, int length) throws IOException {
            for (int left = length; left > 0; ) {
                int count = Math.min(left, buffer.length - HEAD_BYTES);
                read(stream, count);
                signer.update(buffer, HEAD_BYTES, count);
                left -= count;
            }
        }

        private void read(InputStream stream, int count) throws IOException {
            if (stream.readNBytes(buffer, HEAD_BYTES, count) < count) {
                throw new EOFException("the body is shorter than its length");
            }
        }

        /** The signed head, to its empty line. */
        String head(String bodyHash, int length, AwsCredentials as) {
            Instant now = signingClock.instant();
            if (now.getEpochSecond() != second) {
                second = now.getEpochSecond();
                dateTime = DATE_TIME.format(now);
            }
            String token = as instanceof AwsSessionCredentials session ? session.sessionToken() : "";
            String invocation = invocation();
            String timestamp = timestamp(clock.instant());
            String signedHeaders = token.isEmpty() ? SIGNED_HEADERS : SIGNED_HEADERS_WITH_TOKEN;
            String canonical = "POST\n" + canonicalPath + "\n\namz-sdk-invocation-id:" + invocation
                    + "\namz-sdk-request:" + SDK_REQUEST + "\ncontent-length:" + length + "\ncontent-type:"
                    + CONTENT_TYPE + "\nhost:" + host + "\nx-amz-content-sha256:" + bodyHash + "\nx-amz-date:"
                    + dateTime + (token.isEmpty() ? "" : "\nx-amz-security-token:" + token)
                    + "\nx-amzn-xray-timestamp:" + timestamp + "\n\n" + signedHeaders + "\n" + bodyHash;
            return head + "amz-sdk-invocation-id: " + invocation + "\r\nContent-Length: " + length
                    + "\r\nx-amz-content-sha256: " + bodyHash + "\r\nX-Amz-Date: " + dateTime
                    + (token.isEmpty() ? "" : "\r\nX-Amz-Security-Token: " + token) + "\r\nX-Amzn-Xray-Timestamp: "
                    + timestamp + "\r\nAuthorization: "
                    + signer.authorization(as, dateTime, canonical, signedHeaders) + "\r\n\r\n";
        }
    }
}
