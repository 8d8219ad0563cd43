package io.github.xrayd.load;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run sent.
 *
 * @param config what was asked for
 * @param sent datagrams the kernel took; one that the target's host refused afterwards counts here too
 * @param sequenceLimit the sequence number after the highest that was taken up
 * @param bytes their payload, headers included
 * @param errors failed sends and refusals by kind; kinds that did not occur are missing
 * @param otherError the first message of {@link SendError#OTHER}
 * @param lagNanosMax how late the latest datagram left; about the pacing when the machine keeps up
 * @param durationNanos from the start to the end of the last thread
 * @param isStopped whether the run was ended early
 */
public record LoadReport(
        LoadConfig config,
        long sent,
        long sequenceLimit,
        long bytes,
        Map<SendError, Long> errors,
        @Nullable String otherError,
        long lagNanosMax,
        long durationNanos,
        boolean isStopped) {
    public LoadReport {
        errors = Map.copyOf(errors);
    }

    /** Datagrams per second over the whole run. */
    public double achievedRate() {
        return durationNanos == 0 ? 0 : sent * 1e9 / durationNanos;
    }

    /** How many sends failed or were refused. */
    public long errorCount() {
        return errors.values().stream().mapToLong(Long::longValue).sum();
    }
}
