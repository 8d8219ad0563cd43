package io.github.xrayd.engine.spool;

import io.github.xrayd.engine.spool.SpoolDisk.DiskFile;
import java.io.IOException;

/** Appends records to the newest segment file. */
final class SegmentWriter {
    final Segment segment;
    private final DiskFile file;
    private boolean isNameSynced;
    private boolean hasUnsynced = true;

    /** The segment of an open file that holds its header and nothing else. */
    SegmentWriter(Segment segment, DiskFile file) {
        this.segment = segment;
        this.file = file;
        segment.bytes = SegmentLayout.FILE_HEADER_BYTES;
        segment.table = new RecordTable();
    }

    boolean isAttached() {
        return file.isAttached();
    }

    boolean hasUnsynced() {
        return hasUnsynced;
    }

    /** Whether a record of {@code recordBytes} goes into this file; an empty file takes one of any length. */
    boolean hasRoom(int recordBytes, int segmentBytes) {
        return segment.ordinals == 0
                || (segment.bytes + recordBytes <= segmentBytes && segment.ordinals < SegmentLayout.RECORDS_MAX);
    }

    /** Writes an encoded record; after an error nothing of it remains, or the file is not written again. */
    void write(byte[] record, int length, int bodyLength, int documentCount, long oldestReceivedMs) throws IOException {
        hasUnsynced = true;
        Segment.writeFully(file, record, length, segment.bytes);
        segment.table().add(segment.ordinals, (int) segment.bytes, bodyLength, documentCount, oldestReceivedMs);
        if (segment.heldRecords == 0) {
            segment.firstReceivedMs = oldestReceivedMs;
        }
        segment.ordinals++;
        segment.bytes += length;
        segment.heldRecords++;
        segment.heldDocuments += documentCount;
        segment.heldBytes += bodyLength;
    }

    /** Forces the records, and the file's name the first time. */
    void sync() throws IOException {
        if (!hasUnsynced) {
            return;
        }
        file.force();
        if (!isNameSynced) {
            segment.disk.forceDirectory();
            isNameSynced = true;
        }
        hasUnsynced = false;
        segment.syncedOrdinals = segment.ordinals;
    }

    /** Cuts off what a failed write left, or counts it against the limit when that fails too. */
    void cutOff(int lengthMax) {
        try {
            file.truncate(segment.bytes);
        } catch (IOException e) {
            segment.bytes += lengthMax;
        }
    }

    void close() {
        Segment.closeQuietly(file);
    }
}
