package io.github.xrayd.engine.spool;

/**
 * What a spool holds and what it did since it was opened. Exact:
 * {@code recovered + stored = acknowledged + lost + held}, for records and for documents.
 *
 * @param heldRecords records that wait for their acknowledgement, in flight or not
 * @param heldDocuments documents in them
 * @param heldBytes bytes of their bodies
 * @param usedBytes bytes of the directory that count against the limit, room for acknowledgements included
 * @param files segment files
 * @param oldestReceivedMs when the oldest held document arrived, epoch milliseconds; 0 when nothing is held
 * @param recoveredRecords records found on disk
 * @param recoveredDocuments documents in them
 * @param storedRecords records appended
 * @param storedDocuments documents in them
 * @param acknowledgedRecords records acknowledged
 * @param acknowledgedDocuments documents in them
 * @param lostRecords records that were held and that the disk no longer gives back
 * @param lostDocuments documents in them
 * @param corruptRecords records found damaged in files of an earlier process, never held by this one
 * @param tornTails files whose unfinished last write was cut off
 * @param quarantinedFiles damaged files put aside
 * @param refusedFiles files that this version cannot read and leaves alone
 * @param refusedRecords records turned away because the spool was full or failed
 * @param failures operations that the disk failed
 */
public record SpoolCounts(
        long heldRecords,
        long heldDocuments,
        long heldBytes,
        long usedBytes,
        int files,
        long oldestReceivedMs,
        long recoveredRecords,
        long recoveredDocuments,
        long storedRecords,
        long storedDocuments,
        long acknowledgedRecords,
        long acknowledgedDocuments,
        long lostRecords,
        long lostDocuments,
        long corruptRecords,
        long tornTails,
        long quarantinedFiles,
        long refusedFiles,
        long refusedRecords,
        long failures) {}
