package io.github.xrayd.engine.client;

import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.json.ForeignJson;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an answer that is not a success says: a code in a header or in JSON, as AWS's services and gateways write it,
 * and a text in JSON, as many services do. Immutable.
 *
 * @param code the service's code, or null
 * @param text what it says, on one line, or null
 */
public record ServiceError(@Nullable String code, @Nullable String text) {
    private static final Pattern CODE = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,127}");

    /** Error codes that ask for fewer calls, whatever the status: those of the AWS SDKs and the one X-Ray documents. */
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

    /** Reads an answer that is not a success; never fails. */
    public static ServiceError of(HttpReply reply) {
        Map<?, ?> body;
        try {
            body = ForeignJson.object(reply.body());
        } catch (IOException e) {
            body = Map.of();
        }
        String code = code(reply.header("x-amzn-ErrorType"));
        for (String name : List.of("__type", "code", "Code")) {
            code = code == null ? code(text(body, name)) : code;
        }
        String text = null;
        for (String name : List.of("message", "Message", "errorMessage")) {
            text = text == null ? text(body, name) : text;
        }
        return new ServiceError(code, text);
    }

    /** The code in {@code com.amazonaws.xray#InvalidRequestException:http://…}, or null. */
    private static @Nullable String code(@Nullable String text) {
        if (text == null) {
            return null;
        }
        String code = text.substring(text.indexOf('#') + 1);
        int end = code.indexOf(':');
        code = (end < 0 ? code : code.substring(0, end)).strip();
        return CODE.matcher(code).matches() ? code : null;
    }

    /** The text with this name, on one line, or null. */
    public static @Nullable String text(Map<?, ?> fields, String name) {
        return fields.get(name) instanceof String text && !text.isBlank() ? ErrorText.oneLine(text) : null;
    }

    /**
     * What the uploader is to do about the answer.
     *
     * @param status its HTTP status
     * @param isFromService whether the service wrote it: nobody else's answer says anything about a document
     */
    public AnswerKind outcome(int status, boolean isFromService) {
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

    /** Code and text, as {@code code: text}; an empty text when there is neither. */
    public String message() {
        String said = text == null ? "" : text;
        return code == null ? said : code + (said.isEmpty() ? "" : ": " + said);
    }
}
