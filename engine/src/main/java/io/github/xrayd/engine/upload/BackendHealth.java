package io.github.xrayd.engine.upload;

import io.github.xrayd.engine.backend.Answer;
import io.github.xrayd.engine.backend.Outcome;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Whether the backend answers, and when it may be asked again: state in, decision out.
 *
 * <p>After a call that failed with none succeeding since, nothing is sent for a jittered, growing while, and then one call at a time as a
 * probe, until one succeeds.
 */
public final class BackendHealth {
    private final UploadPolicy policy;
    private final RandomGenerator random;
    private int failures;
    private long openNs;
    private @Nullable Answer lastFailure;

    /** A backend that has not failed yet; {@code random} draws the waits. */
    public BackendHealth(UploadPolicy policy, RandomGenerator random) {
        this.policy = policy;
        this.random = random;
    }

    /** A call succeeded. */
    public void onSuccess() {
        failures = 0;
        lastFailure = null;
    }

    /** A call failed in a way that says something about the backend. */
    public void onFailure(Answer answer, long nowNs) {
        failures++;
        lastFailure = answer;
        RetryPolicy retry = answer.outcome() == Outcome.DENIED ? policy.deniedRetry() : policy.backendRetry();
        long delayNs = Math.max(retry.delayNs(failures, random), answer.retryAfterMs() * 1_000_000L);
        openNs = failures == 1 ? nowNs + delayNs : Math.max(openNs, nowNs + delayNs);
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
        return openNs;
    }

    /** Why the last call failed, or null when it did not. */
    public @Nullable Answer lastFailure() {
        return lastFailure;
    }
}
