package io.github.xrayd.engine.spool;

/**
 * Whether the spool takes records at this moment.
 *
 * @param status what it can do
 * @param reason why, in words for the log; empty when it can do everything
 */
public record SpoolState(Status status, String reason) {
    static final SpoolState OK = new SpoolState(Status.OK, "");

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
