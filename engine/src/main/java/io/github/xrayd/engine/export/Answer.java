package io.github.xrayd.engine.export;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came back for one attempt to upload a batch. Immutable; made by the thread that made the call.
 *
 * @param outcome what the uploader is to do about it
 * @param connectionError the kind that telemetry records count, or null when the call succeeded
 * @param statusCode the HTTP status, or 0 when there was no answer
 * @param errorCode the service's or the client's code, for example {@code ThrottledException}
 * @param message one line for the log, without the request's body; empty on success
 * @param retryAfterMs how long the service asks to wait, in milliseconds; 0 when it does not say
 * @param unprocessed what the service did not take of a delivered batch; empty otherwise
 */
public record Answer(
        AnswerKind outcome,
        @Nullable ConnectionError connectionError,
        int statusCode,
        @Nullable String errorCode,
        String message,
        long retryAfterMs,
        List<Unprocessed> unprocessed) {

    private static final Answer DELIVERED = new Answer(AnswerKind.DELIVERED, null, 200, null, "", 0, List.of());

    /** HTTP 200 with nothing left unprocessed. */
    public static Answer delivered() {
        return DELIVERED;
    }

    /** HTTP 200 with some documents left unprocessed. */
    public static Answer delivered(List<Unprocessed> unprocessed) {
        return unprocessed.isEmpty()
                ? DELIVERED
                : new Answer(AnswerKind.DELIVERED, null, 200, null, "", 0, List.copyOf(unprocessed));
    }

    /**
     * Documents that were settled without a call, because none of them had to be sent: it says nothing about the
     * service.
     */
    public static Answer settled(List<Unprocessed> unprocessed) {
        return new Answer(AnswerKind.DELIVERED, null, 0, null, "", 0, List.copyOf(unprocessed));
    }

    /** Whether the service was called and answered. */
    public boolean isFromService() {
        return statusCode > 0;
    }

    /** A call that failed. */
    public static Answer failed(
            AnswerKind outcome,
            ConnectionError connectionError,
            int statusCode,
            @Nullable String errorCode,
            String message) {
        return new Answer(outcome, connectionError, statusCode, errorCode, message, 0, List.of());
    }
}
