package io.github.xrayd.engine.spool;

/** The result of {@link Spool#append}. */
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

    /** The record is not in the spool; {@link Spool#state} says why, as of this moment. */
    record Refused(SpoolState state) implements SpoolResult {}
}
