package io.github.xrayd.engine.export;

/**
 * What one call is to deliver: documents, and the body that the destination's encoder made of them. Read by the thread
 * that makes the call, until it ends.
 */
public interface DocumentBatch extends EncodedBody {
    /** How many documents it holds, at least 1. */
    int documentCount();

    /**
     * A copy of one document as it was received; where the encoder had to replace bytes that are no text, with what it
     * put in their place.
     *
     * @param number 0 to {@link #documentCount()} - 1, in the order of the body
     */
    byte[] document(int number);

    /**
     * Whether documents may be put off ({@link Unprocessed#putOff}): not those that were before, nor those that come
     * from the disk.
     */
    default boolean mayPutOff() {
        return false;
    }

    /** When the oldest document of the batch was received, on {@link System#nanoTime()}'s clock. */
    long oldestReceivedNs();
}
