package io.github.xrayd.engine.upload;

import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;

/**
 * Whether a failure is the fault of the documents that were sent, and not of the backend: state in, decision out.
 *
 * <p>A gateway may turn away a single document with any answer. The proof is that other calls, started after the batch
 * failed, succeed, and that it then fails again. Such a batch is halved until the culprit stands alone, and holds up
 * nobody else. A document that stands alone is given up after {@value #PROOFS_LONE} proofs, and not before the retry
 * age.
 */
final class Isolation {
    /** Proofs after which a batch is under suspicion when time-outs, resets and 5xx may as well be chance. */
    static final int PROOFS_CHANCE = 3;

    static final int PROOFS_LONE = 8;
    /**
     * Failures of a batch, each time, after which it is halved though nothing else is there whose success could be a
     * proof.
     */
    static final int ATTEMPTS_ALONE = 4;
    /** Uploads in memory up to which that is done. */
    static final int ALONE_MAX = 3;

    private static final int TOO_LARGE = 413;

    private boolean hasSucceeded;
    private long successStartedNs;

    /** A call that was started at {@code startedNs} succeeded. */
    void onSuccess(long startedNs) {
        successStartedNs = hasSucceeded ? Math.max(successStartedNs, startedNs) : startedNs;
        hasSucceeded = true;
    }

    /** A call with this upload failed: notes it, and returns whether the fault is known to be the upload's own. */
    boolean onFailure(Upload upload, Answer answer, long nowNs) {
        boolean isBetweenSuccesses = upload.attempts > 0 && hasSucceeded && successStartedNs - upload.failedNs >= 0;
        if (isBetweenSuccesses && hasReachedSomebody(answer)) {
            upload.proofs++;
        }
        // Half of what was too large is something new.
        upload.attempts = answer.statusCode() == TOO_LARGE ? 0 : upload.attempts + 1;
        upload.failedNs = nowNs;
        boolean isChance = answer.outcome() == AnswerKind.TRANSIENT
                && (answer.statusCode() == 0 || answer.statusCode() >= 500 || answer.statusCode() == 408);
        return upload.proofs >= (isChance ? PROOFS_CHANCE : 1);
    }

    /**
     * Whether a batch that failed is to be halved.
     *
     * @param isSuspect what {@link #onFailure} has said of it
     * @param others uploads beside it that are not settled
     */
    static boolean isHalved(Upload upload, Answer answer, boolean isSuspect, int others) {
        if (upload.documentCount() == 1) {
            return false;
        }
        return isSuspect
                || answer.statusCode() == TOO_LARGE
                || (others < ALONE_MAX && upload.attempts % ATTEMPTS_ALONE == 0 && hasReachedSomebody(answer));
    }

    /** Whether somebody had the documents before the call failed, so that they may be the reason. */
    private static boolean hasReachedSomebody(Answer answer) {
        return answer.statusCode() != 0
                || (answer.outcome() == AnswerKind.TRANSIENT
                        && (answer.connectionError() == ConnectionError.TIMEOUT
                                || answer.connectionError() == ConnectionError.OTHER));
    }

    /**
     * Whether a document that stands alone is given up.
     *
     * @param isLastChance whether it is too old, or cannot wait any longer
     */
    static boolean isGivenUp(Upload upload, boolean isLastChance) {
        return isLastChance && upload.rejection != null && upload.proofs >= PROOFS_LONE;
    }
}
