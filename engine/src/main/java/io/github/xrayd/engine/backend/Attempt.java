package io.github.xrayd.engine.backend;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * One call through the typed client: brings a body that is already encoded in, and takes note of what the client would hide.
 *
 * <p>Made, used and read by the thread that makes the call.
 */
final class Attempt {
    /** How an attempt reaches {@link Interceptor}. */
    static final ExecutionAttribute<Attempt> ATTRIBUTE = new ExecutionAttribute<>("XrayDaemonAttempt");

    private final @Nullable EncodedBody body;
    private @Nullable String malformation;
    private int statusCode;
    private boolean isWhole;

    /** @param body what to send, or null for what the client marshalled */
    Attempt(@Nullable EncodedBody body) {
        this.body = body;
    }

    /** What is wrong with the body of a 200 answer, or null when it is a whole JSON object. */
    @Nullable
    String malformation() {
        return malformation;
    }

    /** The answer's HTTP status, or 0 when there was none. */
    int statusCode() {
        return statusCode;
    }

    /** Whether the answer's body was read to its end. */
    boolean isWhole() {
        return isWhole;
    }

    private byte[] onAnswer(SdkHttpResponse response, InputStream in) throws IOException {
        byte[] bytes = readAll(response, in);
        isWhole = true;
        if (response.statusCode() == 200) {
            malformation = malformation(response, bytes);
        }
        return bytes;
    }

    /** As {@code readAllBytes}, but without its 8 KiB of garbage for the usual answer of 31 bytes that says its length. */
    private static byte[] readAll(SdkHttpResponse response, InputStream in) throws IOException {
        String length = response.firstMatchingHeader("Content-Length").orElse("");
        if (length.isEmpty() || length.length() > 4 || !length.chars().allMatch(Character::isDigit)) {
            return in.readAllBytes();
        }
        byte[] bytes = new byte[Integer.parseInt(length)];
        int count = in.readNBytes(bytes, 0, bytes.length);
        if (count < bytes.length || in.read() >= 0) {
            throw new EOFException("unexpected EOF: the answer does not have the length it says");
        }
        return bytes;
    }

    /**
     * Whether a 200 answer may be believed. A cut one must not count as delivered, and the client would take an empty or an HTML
     * body of some kinds for a success. An empty body is believed only when it says so ({@code Content-Length: 0}), as some
     * stand-ins for the service answer.
     */
    private static @Nullable String malformation(SdkHttpResponse response, byte[] bytes) {
        int first = 0;
        while (first < bytes.length && bytes[first] <= ' ' && bytes[first] >= 0) {
            first++;
        }
        int last = bytes.length - 1;
        while (last > first && bytes[last] <= ' ' && bytes[last] >= 0) {
            last--;
        }
        if (first == bytes.length) {
            return response.firstMatchingHeader("Content-Length")
                            .orElse("")
                            .trim()
                            .equals("0")
                    ? null
                    : "unexpected end of JSON input";
        }
        if (bytes[first] != '{') {
            char found = (char) (bytes[first] & 0xff);
            return "invalid character '" + (found < 0x7f ? found : '?') + "' looking for beginning of value";
        }
        return bytes[last] == '}' ? null : "unexpected end of JSON input";
    }

    /** Serves all attempts of a client; has no state of its own. */
    static final class Interceptor implements ExecutionInterceptor {
        private final Clock clock;

        Interceptor(Clock clock) {
            this.clock = clock;
        }

        @Override
        public SdkHttpRequest modifyHttpRequest(Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
            SdkHttpRequest.Builder request = context.httpRequest().toBuilder();
            request.putHeader("X-Amzn-Xray-Timestamp", timestamp(clock.instant()));
            EncodedBody body = body(attributes);
            if (body != null) {
                request.putHeader("Content-Length", Integer.toString(body.length()));
            }
            return request.build();
        }

        @Override
        public Optional<RequestBody> modifyHttpContent(
                Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
            EncodedBody body = body(attributes);
            return body == null
                    ? context.requestBody()
                    : Optional.of(RequestBody.fromContentProvider(body::openStream, body.length(), "application/json"));
        }

        @Override
        public Optional<InputStream> modifyHttpResponseContent(
                Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
            Attempt attempt = attributes.getAttribute(ATTRIBUTE);
            if (attempt == null) {
                return context.responseBody();
            }
            attempt.statusCode = context.httpResponse().statusCode();
            try (InputStream in = context.responseBody().orElse(InputStream.nullInputStream())) {
                return Optional.of(new ByteArrayInputStream(attempt.onAnswer(context.httpResponse(), in)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Epoch seconds with all nine decimals; not String.format, which costs as much as building the request. */
        private static String timestamp(Instant now) {
            String nanos = Integer.toString(1_000_000_000 + now.getNano());
            return now.getEpochSecond() + "." + nanos.substring(1);
        }

        private static @Nullable EncodedBody body(ExecutionAttributes attributes) {
            Attempt attempt = attributes.getAttribute(ATTRIBUTE);
            return attempt == null ? null : attempt.body;
        }
    }
}
