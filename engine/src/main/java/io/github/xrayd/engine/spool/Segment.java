package io.github.xrayd.engine.spool;

import io.github.xrayd.engine.spool.SpoolDisk.Access;
import io.github.xrayd.engine.spool.SpoolDisk.DiskFile;
import java.io.EOFException;
import java.io.IOException;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One segment file and its acknowledgements, as the owner of the directory knows them.
 *
 * <p>A few hundred bytes while nobody reads it; the table of its records comes when the first is read or acknowledged, and goes
 * with the segment.
 */
final class Segment {
    private static final int ACK_FILE_BYTES_MAX = SegmentLayout.RECORDS_MAX * SegmentLayout.ACK_BYTES;

    final SpoolDisk disk;
    final long number;
    final long fileId;
    /** Length of the file, as it counts against the limit. */
    long bytes;
    /** One more than the highest ordinal. */
    int ordinals;
    /** Records before this ordinal survive a power loss. */
    int syncedOrdinals;

    long heldRecords;
    long heldDocuments;
    long heldBytes;
    boolean isDamaged;
    int readFailures;
    /** Receive time of the first held record when the table is not there. */
    long firstReceivedMs;

    @Nullable
    RecordTable table;
    /** Acknowledged in memory, not yet written. */
    final BitSet unwrittenAcks = new BitSet();

    private boolean hasUnsyncedAcks;
    private boolean isAckNameSynced;
    private @Nullable DiskFile reader;
    private @Nullable DiskFile acks;

    Segment(SpoolDisk disk, long number, long fileId) {
        this.disk = disk;
        this.number = number;
        this.fileId = fileId;
    }

    /** Bytes that count against the limit: the file, and room for every acknowledgement, so that a full spool can still empty. */
    long usedBytes() {
        return bytes + (long) ordinals * SegmentLayout.ACK_BYTES;
    }

    long recordId(int ordinal) {
        return number << 32 | ordinal;
    }

    RecordTable table() {
        return Objects.requireNonNull(table, "not loaded");
    }

    /** Takes over what a scan found and what the acknowledgement file says. */
    void adopt(SegmentScanner.Scan scan) throws IOException {
        RecordTable found = scan.table();
        readAcks(found);
        heldRecords = 0;
        heldDocuments = 0;
        heldBytes = 0;
        for (int ordinal = found.capacity() - 1; ordinal >= 0; ordinal--) {
            if (found.isHeld(ordinal)) {
                heldRecords++;
                heldDocuments += found.documentCount(ordinal);
                heldBytes += found.bodyLength(ordinal);
                firstReceivedMs = found.oldestReceivedMs(ordinal);
            }
        }
        isDamaged |= scan.isDamaged();
        ordinals = Math.max(ordinals, found.capacity());
        table = found;
    }

    private void readAcks(RecordTable found) throws IOException {
        try (DiskFile file = disk.open(SegmentName.acks(number), Access.READ)) {
            byte[] bytes = new byte[(int) Math.min(file.size(), ACK_FILE_BYTES_MAX)];
            int length = readFully(file, bytes, 0);
            for (int ordinal = 0; (ordinal + 1) * SegmentLayout.ACK_BYTES <= length; ordinal++) {
                if (found.has(ordinal)
                        && SegmentLayout.isAck(bytes, ordinal * SegmentLayout.ACK_BYTES, fileId, ordinal)) {
                    found.acknowledged.set(ordinal);
                }
            }
        } catch (java.nio.file.NoSuchFileException e) {
            // Nothing was acknowledged yet.
        }
    }

    /** Reads and checks one record; null when what is there is not the record. */
    byte @Nullable [] read(int ordinal) throws IOException {
        RecordTable records = table();
        DiskFile file = reader;
        if (file == null) {
            file = disk.open(SegmentName.segment(number), Access.READ);
            reader = file;
        }
        int documentCount = records.documentCount(ordinal);
        byte[] record = new byte[SegmentLayout.recordBytes(records.bodyLength(ordinal), documentCount)];
        if (readFully(file, record, records.offset(ordinal)) < record.length) {
            if (!file.isAttached()) {
                throw new EOFException("The file was replaced");
            }
            return null;
        }
        var view = SegmentLayout.view(record);
        int header = SegmentLayout.RECORD_HEADER_BYTES;
        boolean isRecord = SegmentLayout.isRecordHeader(record, 0)
                && view.getLong(8) == fileId
                && view.getInt(24) == records.bodyLength(ordinal)
                && view.getInt(28) == documentCount
                && view.getInt(32) == ordinal
                && view.getInt(36) == SegmentLayout.crc(record, header, record.length - header);
        return isRecord ? record : null;
    }

    private static int readFully(DiskFile file, byte[] target, long position) throws IOException {
        int length = 0;
        while (length < target.length) {
            int read = file.read(target, length, target.length - length, position + length);
            if (read <= 0) {
                break;
            }
            length += read;
        }
        return length;
    }

    /** Writes what was acknowledged since the last call; what fails stays to be written. */
    void writeAcks() throws IOException {
        if (unwrittenAcks.isEmpty()) {
            return;
        }
        DiskFile file = acks;
        if (file == null) {
            file = disk.open(SegmentName.acks(number), Access.WRITE);
            acks = file;
        }
        byte[] entry = new byte[SegmentLayout.ACK_BYTES];
        for (int ordinal = unwrittenAcks.nextSetBit(0); ordinal >= 0; ordinal = unwrittenAcks.nextSetBit(ordinal + 1)) {
            SegmentLayout.encodeAck(entry, 0, fileId, ordinal);
            writeFully(file, entry, entry.length, (long) ordinal * entry.length);
            hasUnsyncedAcks = true;
            unwrittenAcks.clear(ordinal);
        }
    }

    /** Forces the acknowledgements; after an error they are written again, because the next force would not tell. */
    void syncAcks() throws IOException {
        DiskFile file = acks;
        if (!hasUnsyncedAcks || file == null) {
            return;
        }
        boolean isSynced = false;
        try {
            file.force();
            if (!isAckNameSynced) {
                disk.forceDirectory();
                isAckNameSynced = true;
            }
            hasUnsyncedAcks = false;
            isSynced = true;
        } finally {
            if (!isSynced) {
                unwrittenAcks.or(table().acknowledged);
            }
        }
    }

    static void writeFully(DiskFile file, byte[] source, int length, long position) throws IOException {
        int written = 0;
        while (written < length) {
            int count = file.write(source, written, length - written, position + written);
            if (count <= 0) {
                throw new IOException("The disk took no bytes");
            }
            written += count;
        }
    }

    /** Closes the files; they are opened again when needed. Errors on close tell nothing new: what matters was forced. */
    void closeFiles() {
        closeQuietly(reader);
        closeQuietly(acks);
        reader = null;
        acks = null;
    }

    static void closeQuietly(@Nullable DiskFile file) {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                // Nothing can be done about it, and nothing is lost by it.
            }
        }
    }
}
