package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.client.CredentialsUnavailableException;
import io.github.xrayd.engine.client.ErrorText;
import io.github.xrayd.engine.client.HttpReply;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.function.Function;

/**
 * Turns what came of a call into an {@link Answer}, worded as the reference daemon words it. Pure but for the clock.
 */
final class Answers {
    private final URI endpoint;
    private final Function<Throwable, String> reason;
    private final Clock clock;

    /** @param reason says why a call had no reply, as {@link AwsClient#reason} */
    Answers(URI endpoint, Function<Throwable, String> reason, Clock clock) {
        this.endpoint = endpoint;
        this.reason = reason;
        this.clock = clock;
    }

    /** A call that no reply came to. {@code path} is the API call's own. */
    Answer ofNoReply(Throwable failure, String operation, String path) {
        String prefix = prefix(operation);
        CredentialsUnavailableException unavailable = ErrorText.find(failure, CredentialsUnavailableException.class);
        if (unavailable != null) {
            return Answer.failed(
                    AnswerKind.DENIED,
                    ConnectionError.OTHER,
                    0,
                    null,
                    prefix + "get identity: " + ErrorText.text(unavailable));
        }
        return Answer.failed(
                AnswerKind.TRANSIENT,
                ErrorText.kind(failure),
                0,
                null,
                prefix + "https response error StatusCode: 0, RequestID: , request send failed, Post \"" + endpoint
                        + path + "\": " + reason.apply(failure));
    }

    /** A whole reply, of the service or of something on the way. */
    Answer ofReply(HttpReply reply, String operation) {
        if (reply.status() / 100 != 2) {
            return ofFailure(reply, ReplyReader.failure(reply), prefix(operation));
        }
        try {
            return Answer.delivered(ReplyReader.unprocessed(reply));
        } catch (IOException e) {
            return Answer.failed(
                    AnswerKind.TRANSIENT,
                    ConnectionError.OTHER,
                    reply.status(),
                    null,
                    prefix(operation) + "https response error StatusCode: " + reply.status()
                            + ", RequestID: , deserialization failed, failed to decode response body, "
                            + ErrorText.text(e));
        }
    }

    private static String prefix(String operation) {
        return "operation error XRay: " + operation + ", ";
    }

    private Answer ofFailure(HttpReply reply, ReplyReader.Failure failure, String prefix) {
        int status = reply.status();
        String code = failure.error().code();
        String text = failure.error().text();
        String error = code == null
                ? "api error UnknownError: " + (text == null ? "UnknownError" : text)
                : (code.endsWith("Exception") ? "" : "api error ") + code + ": " + (text == null ? "" : text);
        return new Answer(
                failure.error().outcome(status, failure.isFromService()),
                ConnectionError.ofStatus(status),
                status,
                code,
                ErrorText.oneLine(prefix + "https response error StatusCode: " + status + ", RequestID: "
                        + failure.requestId() + ", " + error
                        + (failure.isFromService() || text != null
                                ? ""
                                : "; the answer is not from X-Ray: check the endpoint and the proxies on the way")),
                reply.retryAfterMs(clock),
                List.of());
    }
}
