package io.github.xrayd.engine.batch;

/**
 * Documents on their way to a destination, as an uploader sees them: how many, how many bytes, how old, and which are
 * settled. It knows nothing of what is in them. Which documents is a bit mask, bit i for document i.
 *
 * <p>The uploader's thread alone, which settles each document once.
 */
public interface Parcel {
    /** The documents not settled yet. */
    long unsettled();

    /** When the oldest document was received, on the engine's nanosecond clock. */
    long oldestReceivedNs();

    /** Bytes of a request body of some of its documents. */
    int length(long documents);

    /**
     * Marks documents as settled; the memory is free when they were the last.
     *
     * @throws IllegalStateException when one of them was settled before
     */
    void settle(long documents);

    /**
     * Marks documents as given up, as {@link #settle} does, except that a source which can give them again is not
     * notified that they are settled.
     */
    default void abandon(long documents) {
        settle(documents);
    }

    /**
     * Whether its source gives again what is not settled, in this process or the next one. Such documents have no age
     * limit, and are not given up when the process ends but left to their source.
     */
    default boolean isReplayable() {
        return false;
    }

    /**
     * Moves documents that stay for long into memory of their own, so that this parcel's is free, where it can be: they
     * are settled here then, and unsettled there.
     *
     * @param documents some that are unsettled; no call reads them
     * @return a parcel that has them and no others
     */
    default Parcel moved(long documents) {
        throw new UnsupportedOperationException("documents of this parcel stay where they are");
    }
}
