package io.github.xrayd.engine.upload;

/**
 * What governs retries.
 *
 * @param callsMax most calls in flight, at least 1
 * @param retryAgeNsMax how long after its oldest document arrived a batch is still tried, in nanoseconds
 * @param batchRetry waits of a batch that failed
 * @param backendRetry waits of all batches while the backend fails every call
 * @param deniedRetry waits of all batches while credentials are missing or refused
 */
public record UploadPolicy(
        int callsMax, long retryAgeNsMax, RetryPolicy batchRetry, RetryPolicy backendRetry, RetryPolicy deniedRetry) {
    private static final long MS = 1_000_000L;

    /** The documented waits: 100 ms to 10 s for a batch, 50 ms to 2 s for the backend, 1 s to 15 s for credentials. */
    public static UploadPolicy of(int callsMax, long retryAgeNsMax) {
        return new UploadPolicy(
                callsMax,
                retryAgeNsMax,
                new RetryPolicy(100 * MS, 10_000 * MS),
                new RetryPolicy(50 * MS, 2_000 * MS),
                new RetryPolicy(1_000 * MS, 15_000 * MS));
    }
}
