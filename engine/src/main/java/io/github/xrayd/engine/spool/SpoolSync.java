package io.github.xrayd.engine.spool;

/**
 * When what was written is forced to the disk's own memory, so that it survives a power loss.
 *
 * <p>{@code kill -9} loses nothing under any policy: a stored record is in the kernel when {@link Spool#append} returns.
 */
public enum SpoolSync {
    /** Before {@link Spool#append} returns: a power loss loses no stored record. Costs one sync per batch on the owner's thread. */
    EVERY_RECORD,
    /**
     * At most {@value SpoolSettings#SYNC_INTERVAL_MS} ms after the first unsynced write, when a file is full, and on close: a power
     * loss loses at most what was stored in that time. The default, because a spool fills when the host is already in trouble and
     * one sync then serves many batches.
     */
    INTERVAL,
    /** Only when a file is full and on close: a power loss may lose the newest file. */
    ON_CLOSE
}
