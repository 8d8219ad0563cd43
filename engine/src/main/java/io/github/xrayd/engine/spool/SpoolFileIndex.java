package io.github.xrayd.engine.spool;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * What a scan finds in one spool file: where its good records are (20 bytes each, by ordinal; at most
 * {@link SpoolFileLayout#RECORDS_MAX}), which of them are acknowledged or in flight, and what is wrong with the file.
 */
final class SpoolFileIndex {
    private static final int INTS = 5;

    /** Why the file is left alone; empty when it is read, and only then the rest means anything. */
    String refusal = "";
    /** Code of what its records hold; negative while nothing tells it. */
    int encoding = -1;
    /** The id of the file's records; 0 when there is none. */
    long fileId;
    /** Length of the file. */
    long bytes;
    /** Bytes of a torn tail after the last good record. */
    long tornBytes;
    /** Whether bytes were found that no crash explains. */
    boolean isDamaged;
    /** How many records are missing for that reason, at least. */
    int missingRecords;
    /** Records that were acknowledged. */
    final BitSet acknowledged = new BitSet();
    /** Records that were handed out and not given back. */
    final BitSet taken = new BitSet();

    /** For each ordinal: offset, or 0 where no good record has it, body length, document count, receive time. */
    private int[] records = new int[16 * INTS];

    private int capacity;
    /** No record before this is held and free. */
    private int freeFrom;

    /** One more than the highest ordinal. */
    int capacity() {
        return capacity;
    }

    /** Adds the record at {@code offset} in the file that begins with {@code header}. */
    void add(long offset, ByteBuffer header) {
        int ordinal = header.getInt(32);
        int first = ordinal * INTS;
        if (first >= records.length) {
            records = Arrays.copyOf(records, Math.max(first + INTS, 2 * records.length));
        }
        records[first] = (int) offset;
        records[first + 1] = header.getInt(24);
        records[first + 2] = header.getInt(28);
        records[first + 3] = header.getInt(16);
        records[first + 4] = header.getInt(20);
        capacity = Math.max(capacity, ordinal + 1);
    }

    boolean has(int ordinal) {
        return ordinal < capacity && offset(ordinal) != 0;
    }

    boolean isHeld(int ordinal) {
        return has(ordinal) && !acknowledged.get(ordinal);
    }

    /** The first ordinal that is held and not taken, or -1. */
    int nextFree() {
        while (freeFrom < capacity && (!isHeld(freeFrom) || taken.get(freeFrom))) {
            freeFrom++;
        }
        return freeFrom < capacity ? freeFrom : -1;
    }

    /** Gives a taken record back. */
    void release(int ordinal) {
        taken.clear(ordinal);
        freeFrom = Math.min(freeFrom, ordinal);
    }

    int offset(int ordinal) {
        return records[ordinal * INTS];
    }

    /** Length of the whole record. */
    int length(int ordinal) {
        return SpoolFileLayout.recordBytes(records[ordinal * INTS + 1], documentCount(ordinal));
    }

    int documentCount(int ordinal) {
        return records[ordinal * INTS + 2];
    }

    /** When the oldest document of a held record arrived, epoch milliseconds; 0 when none is held. */
    long oldestHeldMs() {
        return IntStream.range(0, capacity)
                .filter(this::isHeld)
                .map(ordinal -> ordinal * INTS)
                .mapToLong(at -> (long) records[at + 4] << Integer.SIZE | Integer.toUnsignedLong(records[at + 3]))
                .min()
                .orElse(0);
    }

    /** How many records are missing, for messages. */
    String missing() {
        return missingRecords == 0 ? "an unknown number of" : "at least " + missingRecords;
    }

    /** What the torn tail is, for messages. */
    String torn() {
        return "the last " + tornBytes + " bytes are no whole record";
    }
}
