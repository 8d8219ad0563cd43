package io.github.xrayd.engine.upload;

import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Whether the backend answers, and when it may be asked again: state in, decision out.
 *
 * <p>After a call that failed with none succeeding since, nothing is sent for a jittered, growing while, and then one
 * call at a time as a probe, until one succeeds. A Retry-After lengthens that wait, to at most
 * {@link #RETRY_AFTER_NS_MAX} and half of the retry age, so that every batch is tried again before it is too old.
 */
public final class BackendHealth {
    /** The longest wait that an answer may ask for, in nanoseconds. */
    static final long RETRY_AFTER_NS_MAX = 60_000_000_000L;

    private final UploadPolicy policy;
    private final RandomGenerator random;
    private int failures;
    /** Failures of which each was started after the last: calls in flight together fail together. */
    private int rounds;

    private long roundNs;
    private long openNs;
    private boolean isAsked;
    private long askedNs;
    private boolean isDraining;
    private @Nullable Answer lastFailure;

    /** A backend that has not failed yet; {@code random} draws the waits. */
    public BackendHealth(UploadPolicy policy, RandomGenerator random) {
        this.policy = policy;
        this.random = random;
    }

    /** A call succeeded. */
    public void onSuccess() {
        failures = 0;
        rounds = 0;
        isAsked = false;
        lastFailure = null;
    }

    /**
     * A call failed in a way that says something about the backend.
     *
     * @param startedNs when the call started
     */
    public void onFailure(Answer answer, long startedNs, long nowNs) {
        if (rounds == 0 || startedNs - roundNs >= 0) {
            rounds++;
            roundNs = nowNs;
            boolean isSlow = answer.outcome() == AnswerKind.DENIED && !isDraining;
            RetryPolicy retry = isSlow ? policy.deniedRetry() : policy.backendRetry();
            openNs = nowNs + retry.delayNs(rounds, random);
        }
        failures++;
        lastFailure = answer;
        if (answer.retryAfterMs() > 0) {
            long mostNs = Math.min(RETRY_AFTER_NS_MAX, policy.retryAgeNsMax() / 2);
            long untilNs = nowNs + Math.min(mostNs, answer.retryAfterMs() * 1_000_000L);
            askedNs = isAsked ? Math.max(askedNs, untilNs) : untilNs;
            isAsked = true;
        }
    }

    /** The process ends: from now on probes follow soon, whatever the service has asked for. */
    public void onDrain(long nowNs) {
        isDraining = true;
        rounds = Math.min(rounds, 1);
        openNs = Math.min(openNs, nowNs);
    }

    /** Whether no call has succeeded since the last one failed. */
    public boolean isFailing() {
        return failures > 0;
    }

    /** Whether more than one call in a row has failed. */
    public boolean isDown() {
        return failures > 1;
    }

    /** When the next call may start while {@link #isFailing()}, on the engine's nanosecond clock. */
    public long openNs() {
        return isAsked && !isDraining ? Math.max(openNs, askedNs) : openNs;
    }

    /** Why the last call failed, or null when it did not. */
    public @Nullable Answer lastFailure() {
        return lastFailure;
    }
}
