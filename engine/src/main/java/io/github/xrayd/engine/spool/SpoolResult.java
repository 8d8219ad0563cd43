package io.github.xrayd.engine.spool;

/** What became of a record that was to be stored. */
public sealed interface SpoolResult {
    /** Whether the record is in the spool. */
    default boolean isStored() {
        return this instanceof Stored;
    }

    /**
     * The record is in the spool: it survives the end of this process, however it ends.
     *
     * @param recordId what {@link Spool#acknowledge} takes
     * @param isSynced whether it survives a power loss too, already now
     */
    record Stored(long recordId, boolean isSynced) implements SpoolResult {}

    /**
     * The record is not in the spool, because the limit is reached or the disk is full.
     *
     * @param reason which of them, in words
     */
    record Full(String reason) implements SpoolResult {}

    /**
     * The record is not in the spool, because the directory does not work.
     *
     * @param reason what the system said
     */
    record Failed(String reason) implements SpoolResult {}
}
