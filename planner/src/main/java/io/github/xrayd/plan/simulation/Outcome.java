package io.github.xrayd.plan.simulation;

import org.HdrHistogram.Histogram;

/**
 * What one run came to.
 *
 * @param offered segments that came
 * @param delivered that the backend took
 * @param kernelDropped that the socket's buffer had no room for
 * @param memoryDropped that memory had no room for
 * @param abandoned that grew older than the retry age
 * @param heldEnd received and not settled at the end, on disk too
 * @param heldPeak the most that were received and had not arrived at the backend, on disk too
 * @param usedBytesPeak the most memory that held something
 * @param spoolBytesPeak the most on disk
 * @param callsInFlightPeak the most calls at once
 * @param calls that were started
 * @param throttledCalls that the quota refused
 * @param workSeconds processor time of data path and calls
 * @param recoveredSeconds from the outage's end until nothing was left of the backlog; NaN when it was not reached, or there was no outage
 * @param latencyMicros from the application to the backend, of what was delivered
 * @param timeline how it went
 * @param events ticks, calls and answers that were simulated
 */
public record Outcome(
        long offered,
        long delivered,
        long kernelDropped,
        long memoryDropped,
        long abandoned,
        long heldEnd,
        long heldPeak,
        double usedBytesPeak,
        double spoolBytesPeak,
        int callsInFlightPeak,
        long calls,
        long throttledCalls,
        double workSeconds,
        double recoveredSeconds,
        Histogram latencyMicros,
        Timeline timeline,
        long events) {
    /** What was lost, a share of what came. */
    public double loss() {
        return offered == 0 ? 0 : (double) (kernelDropped + memoryDropped + abandoned) / offered;
    }

    /** Seconds that this percentage of what was delivered took at most. */
    public double latencySeconds(double percentile) {
        return latencyMicros.getValueAtPercentile(percentile) * 1e-6;
    }
}
