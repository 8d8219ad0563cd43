package io.github.xrayd.engine.spool;

/**
 * What a spool holds, and what it did since it was opened. Exact:
 * {@code recovered + stored = acknowledged + lost + held}, for records and for documents.
 *
 * @param held what waits for its acknowledgement, in flight or not
 * @param recovered what was found on disk
 * @param stored what was appended
 * @param acknowledged what was acknowledged
 * @param lost what was held, and the disk no longer gives back
 * @param usedBytes bytes of the directory that count against the limit, room for acknowledgements included
 * @param faults what went wrong
 */
public record SpoolCounts(
        Amount held, Amount recovered, Amount stored, Amount acknowledged, Amount lost, long usedBytes, Faults faults) {

    /**
     * What went wrong with the files.
     *
     * @param missingRecords records that are missing in damaged files; a lower bound, never held by this process
     * @param leftAlone files that are not read: of another kind, version or encoding, or unreadable at this moment
     * @param failures operations that the disk failed
     */
    public record Faults(long missingRecords, int leftAlone, long failures) {}

    /** Records, and the documents in them. */
    public record Amount(long records, long documents) {
        static final Amount NONE = new Amount(0, 0);

        Amount plus(long moreRecords, long moreDocuments) {
            return new Amount(records + moreRecords, documents + moreDocuments);
        }
    }
}
