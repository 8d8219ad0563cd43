package io.github.xrayd.engine.spool;

/**
 * One record read back.
 *
 * @param recordId what {@link Spool#acknowledge} and {@link Spool#release} take
 * @param body the sealed request body, the caller's to use
 * @param starts where each document begins in the body
 * @param oldestReceivedMs when the oldest of them arrived, epoch milliseconds
 */
@SuppressWarnings("ArrayRecordComponent") // Read once, by the one who asked for it.
public record SpooledBatch(long recordId, byte[] body, int[] starts, long oldestReceivedMs) {}
