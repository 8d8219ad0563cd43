package io.github.xrayd.engine.spool;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;

/**
 * What a scan finds in one spool file: where its good records are (20 bytes each, by ordinal; at most
 * {@link SpoolFileLayout#RECORDS_MAX}), which of them wait or are in flight, and what is wrong with the file.
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
    /** One more than the highest ordinal. */
    int capacity;
    /** Good records that were acknowledged when the file was read. */
    int acknowledgedRecords;
    /** Records that wait to be handed out. */
    final BitSet waiting = new BitSet();
    /** Records that were handed out, and neither settled nor given back. */
    final BitSet taken = new BitSet();

    /** For each ordinal: offset, or 0 where no good record has it, body length, document count, receive time. */
    private int[] records = new int[16 * INTS];

    /** Adds the record at {@code offset} in the file, whose header is at {@code at} in {@code bytes}; it waits. */
    void add(long offset, ByteBuffer bytes, int at) {
        int ordinal = bytes.getInt(at + 32);
        int first = ordinal * INTS;
        if (first >= records.length) {
            records = Arrays.copyOf(records, Math.max(first + INTS, 2 * records.length));
        }
        records[first] = (int) offset;
        records[first + 1] = bytes.getInt(at + 24);
        records[first + 2] = bytes.getInt(at + 28);
        records[first + 3] = bytes.getInt(at + 16);
        records[first + 4] = bytes.getInt(at + 20);
        capacity = Math.max(capacity, ordinal + 1);
        waiting.set(ordinal);
    }

    void take(int ordinal) {
        waiting.clear(ordinal);
        taken.set(ordinal);
    }

    /** Gives a taken record back. */
    void release(int ordinal) {
        taken.clear(ordinal);
        waiting.set(ordinal);
    }

    /** Neither hands a record out again nor takes it back. */
    void settle(int ordinal) {
        waiting.clear(ordinal);
        taken.clear(ordinal);
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

    /** When the oldest of its documents arrived, epoch milliseconds. */
    long receivedMs(int ordinal) {
        int at = ordinal * INTS + 3;
        return (long) records[at + 1] << Integer.SIZE | Integer.toUnsignedLong(records[at]);
    }

    /** How many records are missing, for messages. */
    String missing() {
        return (missingRecords == 0 ? "an unknown number of" : "at least " + missingRecords) + " records are missing";
    }

    /** What the torn tail is, for messages. */
    String torn() {
        return "the last " + tornBytes + " bytes are no whole record";
    }
}
