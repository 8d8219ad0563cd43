package io.github.xrayd.plan.simulation;

import org.HdrHistogram.Histogram;

/**
 * The result of one run.
 *
 * @param segments what became of them
 * @param peaks the most of what was in use at once
 * @param calls upload calls
 * @param workSeconds processor time of data path and calls
 * @param recoveredSeconds from the outage's end until nothing was left of the backlog; NaN when it was not reached, or
 *     there was no outage
 * @param latencyMicros from the application to the backend, of what was delivered
 * @param timeline how it went
 * @param events ticks, calls and answers that were simulated
 */
public record Outcome(
        Segments segments,
        Peaks peaks,
        CallCounts calls,
        double workSeconds,
        double recoveredSeconds,
        Histogram latencyMicros,
        Timeline timeline,
        long events) {

    /**
     * What became of segments.
     *
     * @param offered that came
     * @param delivered that the backend took
     * @param kernelDropped that the socket's buffer had no room for
     * @param memoryDropped that memory had no room for
     * @param abandoned that grew older than the retry age
     * @param heldEnd received and not settled at the end, on disk too
     */
    public record Segments(
            long offered, long delivered, long kernelDropped, long memoryDropped, long abandoned, long heldEnd) {}

    /**
     * The most of what was in use at once.
     *
     * @param held segments that were received and had not arrived at the backend, on disk too
     * @param usedBytes memory that held something
     * @param spoolBytes on disk
     * @param callsInFlight calls
     */
    public record Peaks(long held, double usedBytes, double spoolBytes, int callsInFlight) {}

    /**
     * Upload calls.
     *
     * @param started all of them
     * @param throttled those that the quota refused
     */
    public record CallCounts(long started, long throttled) {}

    /** Lost segments, as a share of those that came. */
    public double loss() {
        long lost = segments.kernelDropped + segments.memoryDropped + segments.abandoned;
        return segments.offered == 0 ? 0 : (double) lost / segments.offered;
    }

    /** Seconds that this percentage of what was delivered took at most. */
    public double latencySeconds(double percentile) {
        return latencyMicros.getValueAtPercentile(percentile) * 1e-6;
    }
}
