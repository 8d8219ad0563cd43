package io.github.xrayd.engine.backend;

import java.net.URI;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.http.SdkHttpResponse;

/** Turns what the SDK client throws into an {@link Answer}, worded as the reference daemon words it. Pure but for the clock. */
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

    /** Longer than this is not what a service means by Retry-After. */
    private static final long RETRY_AFTER_MS_MAX = Duration.ofHours(1).toMillis();

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
        CredentialsUnavailableException unavailable = Causes.find(failure, CredentialsUnavailableException.class);
        if (unavailable != null) {
            return Answer.failed(
                    Outcome.DENIED,
                    ConnectionError.OTHER,
                    0,
                    null,
                    prefix + "get identity: " + Causes.text(unavailable));
        }
        return Answer.failed(
                Outcome.TRANSIENT,
                Causes.kind(failure),
                0,
                null,
                prefix + "https response error StatusCode: 0, RequestID: , request send failed, Post \"" + endpoint
                        + path + "\": " + reason.apply(failure));
    }

    /** A whole reply that the SDK's client turned into an exception: an error, or a success that it could not read. */
    Answer ofReply(Throwable failure, String operation) {
        AwsServiceException service = Causes.find(failure, AwsServiceException.class);
        return service != null ? ofService(service, prefix(operation)) : malformed(Causes.text(failure), operation);
    }

    /** A success whose body is not what the service sends: nothing can be taken for delivered. */
    Answer malformed(String malformation, String operation) {
        return Answer.failed(
                Outcome.TRANSIENT,
                ConnectionError.OTHER,
                200,
                null,
                prefix(operation)
                        + "https response error StatusCode: 200, RequestID: , deserialization failed, failed to decode response"
                        + " body, " + Causes.oneLine(malformation));
    }

    private static String prefix(String operation) {
        return "operation error XRay: " + operation + ", ";
    }

    private Answer ofService(AwsServiceException failure, String prefix) {
        int status = failure.statusCode();
        AwsErrorDetails details = failure.awsErrorDetails();
        String code = details == null ? null : emptyToNull(details.errorCode());
        String text = details == null ? null : emptyToNull(details.errorMessage());
        String requestId = failure.requestId() == null ? "" : failure.requestId();
        String said = code == null
                ? "api error UnknownError: " + (text == null ? "UnknownError" : text)
                : (code.endsWith("Exception") ? "" : "api error ") + code + ": " + (text == null ? "" : text);
        SdkHttpResponse response = details == null ? null : details.sdkHttpResponse();
        return new Answer(
                outcome(status, code),
                status >= 400 && status < 500
                        ? ConnectionError.HTTP_CODE_4XX
                        : status >= 500 ? ConnectionError.HTTP_CODE_5XX : ConnectionError.OTHER,
                status,
                code,
                Causes.oneLine(prefix + "https response error StatusCode: " + status + ", RequestID: " + requestId
                        + ", " + said),
                response == null ? 0 : retryAfterMs(response),
                List.of());
    }

    static Outcome outcome(int status, @Nullable String code) {
        if (status == 429 || (code != null && THROTTLING_CODES.contains(code))) {
            return Outcome.THROTTLED;
        }
        if (status == 401 || status == 403 || status == 407 || (code != null && DENIAL_CODES.contains(code))) {
            return Outcome.DENIED;
        }
        if (status == 408 || status == 425 || (code != null && TRANSIENT_CODES.contains(code))) {
            return Outcome.TRANSIENT;
        }
        return status >= 400 && status < 500 ? Outcome.REFUSED : Outcome.TRANSIENT;
    }

    /** Retry-After in either form, seconds or a date; 0 when there is none that can be read. */
    private long retryAfterMs(SdkHttpResponse response) {
        String value =
                response.firstMatchingHeader("Retry-After").map(String::trim).orElse("");
        if (value.isEmpty()) {
            return 0;
        }
        long ms;
        try {
            ms = value.chars().allMatch(Character::isDigit)
                    ? Long.parseLong(value) * 1000
                    : Duration.between(
                                    clock.instant(),
                                    ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                                            .toInstant())
                            .toMillis();
        } catch (DateTimeException | NumberFormatException e) {
            // A header that cannot be read asks for nothing; the caller backs off by its own rule.
            return 0;
        }
        return Math.max(0, Math.min(ms, RETRY_AFTER_MS_MAX));
    }

    private static @Nullable String emptyToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }
}
