package io.github.xrayd.connectors.otlp;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.github.xrayd.connectors.otlp.convert.ExportResponse;
import io.github.xrayd.connectors.otlp.convert.OtlpDecoder;
import io.github.xrayd.engine.client.CredentialsUnavailableException;
import io.github.xrayd.engine.client.ErrorText;
import io.github.xrayd.engine.client.HttpEndpoint;
import io.github.xrayd.engine.client.HttpReply;
import io.github.xrayd.engine.client.ServiceError;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads what an OTLP endpoint, or something on the way to it, answered. Stateless, any thread. */
final class OtlpAnswers {
    private static final int TEXT_LENGTH_MAX = 300;
    private static final int STATUS_MESSAGE = 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;

    private final HttpEndpoint endpoint;
    private final String target;

    /** @param target the URL for users */
    OtlpAnswers(HttpEndpoint endpoint, String target) {
        this.endpoint = endpoint;
        this.target = target;
    }

    /** A call that no reply came to. */
    Answer ofNoReply(Exception failure) {
        if (failure instanceof CredentialsUnavailableException) {
            return Answer.failed(
                    AnswerKind.DENIED,
                    ConnectionError.OTHER,
                    0,
                    null,
                    "OTLP request to " + target + ": no AWS credentials to sign it with: "
                            + ErrorText.oneLine(String.valueOf(failure.getMessage())));
        }
        return Answer.failed(
                AnswerKind.TRANSIENT,
                ErrorText.kind(failure),
                0,
                null,
                "OTLP request to " + target + " failed: " + endpoint.reason(failure));
    }

    /**
     * What a success says: what was not taken.
     *
     * @return null when this is not an OTLP endpoint's success
     */
    @Nullable
    ExportResponse success(HttpReply reply) {
        if (reply.status() / 100 != 2 || isPage(reply)) {
            return null;
        }
        try {
            return isJson(reply) ? ExportResponse.ofJson(reply.body()) : ExportResponse.ofProtobuf(reply.body());
        } catch (OtlpDecoder.UnreadableException e) {
            // The status says that it was taken; some servers answer with a word of their own.
            return new ExportResponse(0, "");
        }
    }

    /** A whole reply that is not a success. */
    Answer ofFailure(HttpReply reply) {
        int status = reply.status();
        boolean isFromEndpoint = !isPage(reply);
        AnswerKind outcome = status / 100 == 2
                ? AnswerKind.TRANSIENT
                : ServiceError.of(reply).outcome(status, isFromEndpoint);
        String text = text(reply);
        String hint = isFromEndpoint
                ? status == 404 || status == 405 ? "; check the endpoint's path" : ""
                : "; the answer is a page, and not from an OTLP endpoint: check the endpoint and the proxies on the way";
        return new Answer(
                outcome,
                ConnectionError.ofStatus(status),
                status,
                null,
                ErrorText.oneLine("OTLP request to " + target + " failed: status " + status
                        + (text.isEmpty() ? "" : ", " + text) + hint),
                reply.retryAfterMs(Clock.systemUTC()),
                List.of());
    }

    private static boolean isPage(HttpReply reply) {
        return type(reply).contains("html");
    }

    private static boolean isJson(HttpReply reply) {
        return type(reply).contains("json");
    }

    private static String type(HttpReply reply) {
        String type = reply.header("Content-Type");
        return type == null ? "" : type.toLowerCase(Locale.ROOT);
    }

    /** The endpoint's words: those of a {@code google.rpc.Status}, of JSON, or a short text. */
    private static String text(HttpReply reply) {
        if (isPage(reply)) {
            return "";
        }
        String text = type(reply).contains("protobuf")
                ? statusMessage(reply.body())
                : ServiceError.of(reply).message();
        if (text.isEmpty() && type(reply).startsWith("text/")) {
            text = new String(reply.body(), StandardCharsets.UTF_8);
        }
        return text.length() <= TEXT_LENGTH_MAX ? text : text.substring(0, TEXT_LENGTH_MAX) + "\u2026";
    }

    private static String statusMessage(byte[] body) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(body);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == STATUS_MESSAGE) {
                    return in.readString();
                }
                in.skipField(tag);
            }
        } catch (IOException e) {
            // Not a status; then it says nothing.
            return "";
        }
        return "";
    }
}
