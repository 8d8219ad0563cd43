package io.github.xrayd.engine.spool;

/**
 * What a spool holds: what waits for its acknowledgement, in flight or not.
 *
 * @param records batches
 * @param documents documents in them
 * @param usedBytes bytes of the directory that count against the limit, room for acknowledgements included
 * @param oldestReceivedMs when the oldest document arrived in a file that holds some, epoch milliseconds; 0 when none
 *     does
 */
public record SpoolCounts(long records, long documents, long usedBytes, long oldestReceivedMs) {
    static final SpoolCounts NONE = new SpoolCounts(0, 0, 0, 0);
}
