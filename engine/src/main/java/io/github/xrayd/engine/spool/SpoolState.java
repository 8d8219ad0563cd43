package io.github.xrayd.engine.spool;

/**
 * What a spool holds, and whether it takes records at this moment.
 *
 * @param status what it can do
 * @param reason why, as text for the log; empty when it can do everything
 * @param documents documents that wait for their acknowledgement, in flight or not
 * @param usedBytes bytes of the directory that count against the limit, room for acknowledgements included
 * @param oldestReceivedMs when the oldest document arrived in a file that holds some, epoch milliseconds; 0 when none
 *     does
 */
public record SpoolState(Status status, String reason, long documents, long usedBytes, long oldestReceivedMs) {
    /** What a spool can do. */
    public enum Status {
        /** Takes and gives records. */
        OK,
        /** Gives records; takes none until some are acknowledged or the disk has room. */
        FULL,
        /** Takes no records until the directory works again; gives those that can be read. */
        FAILED
    }

    /** Whether records are taken. */
    public boolean isOk() {
        return status == Status.OK;
    }
}
