package io.github.xrayd.engine.spool;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Where the good records of one spool file are: 20 bytes each, by ordinal, and which of them are acknowledged or taken.
 *
 * <p>At most {@link SpoolFileLayout#RECORDS_MAX} records.
 */
final class RecordTable {
    /** 0 where no good record has that ordinal. */
    private int[] offsets = new int[16];

    private int[] bodyLengths = new int[16];
    private int[] documentCounts = new int[16];
    private long[] oldestReceivedMs = new long[16];
    /** Records that were acknowledged. */
    final BitSet acknowledged = new BitSet();
    /** Records that were handed out and not given back. */
    final BitSet taken = new BitSet();

    private int capacity;
    /** No record before this is held and free. */
    private int freeFrom;

    /** One more than the highest ordinal. */
    int capacity() {
        return capacity;
    }

    void add(int ordinal, int offset, int bodyLength, int documentCount, long receivedMs) {
        if (ordinal >= offsets.length) {
            int length = Math.max(ordinal + 1, 2 * offsets.length);
            offsets = Arrays.copyOf(offsets, length);
            bodyLengths = Arrays.copyOf(bodyLengths, length);
            documentCounts = Arrays.copyOf(documentCounts, length);
            oldestReceivedMs = Arrays.copyOf(oldestReceivedMs, length);
        }
        offsets[ordinal] = offset;
        bodyLengths[ordinal] = bodyLength;
        documentCounts[ordinal] = documentCount;
        oldestReceivedMs[ordinal] = receivedMs;
        capacity = Math.max(capacity, ordinal + 1);
    }

    boolean has(int ordinal) {
        return ordinal >= 0 && ordinal < capacity && offsets[ordinal] != 0;
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
        return offsets[ordinal];
    }

    int bodyLength(int ordinal) {
        return bodyLengths[ordinal];
    }

    int documentCount(int ordinal) {
        return documentCounts[ordinal];
    }

    long oldestReceivedMs(int ordinal) {
        return oldestReceivedMs[ordinal];
    }
}
