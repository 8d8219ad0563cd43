package io.github.xrayd.engine.batch;

/**
 * When a batch is complete: by count, by bytes, or by age.
 *
 * @param documentsMax documents, 1 to {@link Batch#DOCUMENTS_MAX}
 * @param bytesMax bytes of the body from which on nothing is added
 * @param ageNsMax how long the oldest document may wait, in nanoseconds
 */
public record SealPolicy(int documentsMax, int bytesMax, long ageNsMax) {
    public SealPolicy {
        if (documentsMax < 1 || documentsMax > Batch.DOCUMENTS_MAX) {
            throw new IllegalArgumentException("documentsMax must be 1 to 50: " + documentsMax);
        }
    }

    /**
     * Whether a batch takes no more.
     *
     * @param length of its body, in bytes
     */
    public boolean isFull(int documentCount, int length) {
        return documentCount >= documentsMax || length >= bytesMax;
    }

    /** Whether its oldest document has waited long enough. */
    public boolean isOld(long oldestReceivedNs, long nowNs) {
        return nowNs - oldestReceivedNs >= ageNsMax;
    }
}
