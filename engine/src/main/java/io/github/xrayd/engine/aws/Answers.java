package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns what came of a call into an {@link Answer}, worded as the reference daemon words it. Pure but for the clock.
 */
final class Answers {
    /** Error codes that ask for fewer calls, whatever the status: the SDKs' list and the one X-Ray documents. */
    private static final Set<String> THROTTLING_CODES = Set.of(
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "RequestThrottledException",
            "RequestThrottled",
            "TooManyRequestsException",
            "ProvisionedThroughputExceededException",
            "TransactionInProgressException",
            "RequestLimitExceeded",
            "BandwidthLimitExceeded",
            "LimitExceededException",
            "SlowDown",
            "PriorRequestNotComplete",
            "EC2ThrottledException");

    /** Error codes that a 4xx may carry though the same request can succeed later. */
    private static final Set<String> TRANSIENT_CODES = Set.of(
            "RequestTimeout",
            "RequestTimeoutException",
            "InternalError",
            "InternalFailure",
            "InternalServerError",
            "ServiceUnavailable",
            "ServiceUnavailableException");

    /** Error codes about who calls and when, which some services send with 400. */
    private static final Set<String> DENIAL_CODES = Set.of(
            "ExpiredToken",
            "ExpiredTokenException",
            "TokenRefreshRequired",
            "UnrecognizedClientException",
            "InvalidClientTokenId",
            "InvalidAccessKeyId",
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            "IncompleteSignature",
            "IncompleteSignatureException",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "MissingSecurityHeader",
            "AccessDenied",
            "AccessDeniedException",
            "NotAuthorized",
            "OptInRequired",
            "AuthFailure",
            "RequestExpired",
            "RequestTimeTooSkewed",
            "RequestInTheFuture");

    /** Statuses by which the service says that something in the batch will never be accepted. */
    private static final Set<Integer> REFUSALS = Set.of(400, 413, 422);

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
        String code = failure.code();
        String text = failure.text();
        String error = code == null
                ? "api error UnknownError: " + (text == null ? "UnknownError" : text)
                : (code.endsWith("Exception") ? "" : "api error ") + code + ": " + (text == null ? "" : text);
        return new Answer(
                outcome(status, code, failure.isFromService()),
                status >= 400 && status < 500
                        ? ConnectionError.HTTP_CODE_4XX
                        : status >= 500 ? ConnectionError.HTTP_CODE_5XX : ConnectionError.OTHER,
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

    /**
     * What the uploader is to do about an answer that is not a success.
     *
     * @param code the service's code, or null
     * @param isFromService whether the service wrote it: nobody else's answer says anything about a document
     */
    static AnswerKind outcome(int status, @Nullable String code, boolean isFromService) {
        if (status == 429 || (code != null && THROTTLING_CODES.contains(code))) {
            return AnswerKind.THROTTLED;
        }
        if (status == 401 || status == 403 || status == 407 || (code != null && DENIAL_CODES.contains(code))) {
            return AnswerKind.DENIED;
        }
        if (status == 408 || status == 425 || (code != null && TRANSIENT_CODES.contains(code))) {
            return AnswerKind.TRANSIENT;
        }
        return isFromService && REFUSALS.contains(status) ? AnswerKind.REFUSED : AnswerKind.TRANSIENT;
    }
}
