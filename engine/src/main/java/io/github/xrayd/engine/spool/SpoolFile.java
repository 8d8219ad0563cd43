package io.github.xrayd.engine.spool;

import io.github.xrayd.engine.spool.SpoolDisk.Access;
import io.github.xrayd.engine.spool.SpoolDisk.DiskFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One spool file and its acknowledgements, as the owner of the directory knows them.
 *
 * <p>A few hundred bytes while nobody reads or writes it; the table of its records comes when the first is read, and goes with the
 * file. One descriptor serves for writing and reading.
 */
final class SpoolFile {
    private static final int ACK_FILE_BYTES_MAX = SpoolFileLayout.RECORDS_MAX * SpoolFileLayout.ACK_BYTES;

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
    boolean isDamaged;
    /** Failed attempts to read the same record. */
    int readFailures;
    /** Not read before this time, because the disk failed it. */
    long retryAtNs;
    /** Whether its error was logged since it last worked. */
    boolean isErrorLogged;

    private final SpoolDisk disk;
    /** Acknowledged in memory, not yet written. */
    private final BitSet unwrittenAcks = new BitSet();

    private @Nullable RecordTable table;
    private @Nullable DiskFile file;
    private @Nullable DiskFile acks;
    private boolean isUnsynced;
    private boolean isNameSynced;
    private boolean hasUnsyncedAcks;
    private boolean isAckNameSynced;

    SpoolFile(SpoolDisk disk, long number, long fileId) {
        this.disk = disk;
        this.number = number;
        this.fileId = fileId;
    }

    /** Makes a new file and writes its header; nothing of it remains after an error. */
    static SpoolFile create(SpoolDisk disk, long number, long fileId, SpoolEncoding encoding) throws IOException {
        SpoolFile made = new SpoolFile(disk, number, fileId);
        DiskFile open = disk.open(made.name(), Access.CREATE);
        boolean isWritten = false;
        try {
            byte[] header = SpoolFileLayout.fileHeader(fileId, encoding.code());
            writeFully(open, header, header.length, 0);
            isWritten = true;
        } finally {
            if (!isWritten) {
                closeQuietly(open);
                disk.delete(made.name());
            }
        }
        made.file = open;
        made.bytes = SpoolFileLayout.FILE_HEADER_BYTES;
        made.table = new RecordTable();
        made.isUnsynced = true;
        return made;
    }

    String name() {
        return SpoolFileName.spool(number);
    }

    /** Bytes that count against the limit: the file, and room for every acknowledgement, so that a full spool can still empty. */
    long usedBytes() {
        return bytes + (long) ordinals * SpoolFileLayout.ACK_BYTES;
    }

    RecordTable table() {
        return Objects.requireNonNull(table, "not loaded");
    }

    boolean isLoaded() {
        return table != null;
    }

    boolean isHeld(int ordinal) {
        return table != null && table.isHeld(ordinal);
    }

    /** Whether the name still leads to the open file. */
    boolean isAttached() {
        return file != null && file.isAttached();
    }

    /** Whether a record of {@code recordBytes} goes into this file; an empty file takes one of any length. */
    boolean hasRoom(int recordBytes, long fileBytes) {
        return ordinals == 0 || (bytes + recordBytes <= fileBytes && ordinals < SpoolFileLayout.RECORDS_MAX);
    }

    /** Appends an encoded record; after an error part of it may be there, see {@link #cutOff}. */
    void write(byte[] record, int length, int bodyLength, int documentCount, long oldestReceivedMs) throws IOException {
        isUnsynced = true;
        writeFully(Objects.requireNonNull(file), record, length, bytes);
        table().add(ordinals, (int) bytes, bodyLength, documentCount, oldestReceivedMs);
        ordinals++;
        bytes += length;
        heldRecords++;
        heldDocuments += documentCount;
    }

    /** Cuts off what a failed write left, or counts it against the limit when that fails too. */
    void cutOff(int lengthMax) {
        try {
            Objects.requireNonNull(file).truncate(bytes);
        } catch (IOException e) {
            bytes += lengthMax;
        }
    }

    /** Forces the records, and the file's name the first time. */
    void sync() throws IOException {
        if (isUnsynced) {
            Objects.requireNonNull(file).force();
            if (!isNameSynced) {
                disk.forceDirectory();
                isNameSynced = true;
            }
            isUnsynced = false;
            syncedOrdinals = ordinals;
        }
    }

    /** Scans the file and takes over what is in it, and what its acknowledgements say. */
    void load(SpoolFileScanner scanner) throws IOException {
        SpoolFileScanner.Scan scan = scanner.scan(open());
        adopt(scan.fileId() == fileId ? scan : SpoolFileScanner.Scan.empty());
    }

    /** Takes over what a scan found and what the acknowledgement file says. */
    void adopt(SpoolFileScanner.Scan scan) throws IOException {
        RecordTable found = scan.table();
        readAcks(found);
        heldRecords = 0;
        heldDocuments = 0;
        for (int ordinal = 0; ordinal < found.capacity(); ordinal++) {
            if (found.isHeld(ordinal)) {
                heldRecords++;
                heldDocuments += found.documentCount(ordinal);
            }
        }
        isDamaged |= scan.isDamaged();
        ordinals = Math.max(ordinals, found.capacity());
        table = found;
    }

    private void readAcks(RecordTable found) throws IOException {
        try (DiskFile open = disk.open(SpoolFileName.acks(number), Access.READ)) {
            byte[] entries = new byte[(int) Math.min(open.size(), ACK_FILE_BYTES_MAX)];
            int length = readFully(open, entries, 0);
            for (int ordinal = 0; (ordinal + 1) * SpoolFileLayout.ACK_BYTES <= length; ordinal++) {
                if (found.has(ordinal)
                        && SpoolFileLayout.isAck(entries, ordinal * SpoolFileLayout.ACK_BYTES, fileId, ordinal)) {
                    found.acknowledged.set(ordinal);
                }
            }
        } catch (NoSuchFileException e) {
            // Nothing was acknowledged yet.
        }
    }

    /** Closes the file when nothing is written or read any more, and forgets its table unless a record of it is in flight. */
    void rest() {
        closeQuietly(file);
        file = null;
        RecordTable loaded = table;
        if (loaded != null && loaded.taken.isEmpty() && unwrittenAcks.isEmpty() && !hasUnsyncedAcks) {
            table = null;
            closeFiles();
        }
    }

    private DiskFile open() throws IOException {
        DiskFile open = file;
        if (open == null) {
            open = disk.open(name(), Access.READ);
            file = open;
        }
        return open;
    }

    /** Reads and checks one record; null when what is there is not the record. */
    byte @Nullable [] read(int ordinal) throws IOException {
        RecordTable records = table();
        int documentCount = records.documentCount(ordinal);
        byte[] record = new byte[SpoolFileLayout.recordBytes(records.bodyLength(ordinal), documentCount)];
        DiskFile source = open();
        readFailures++;
        int length = readFully(source, record, records.offset(ordinal));
        readFailures = 0;
        if (length < record.length) {
            if (!source.isAttached()) {
                throw new EOFException("The file was replaced");
            }
            return null;
        }
        var view = SpoolFileLayout.view(record);
        int header = SpoolFileLayout.RECORD_HEADER_BYTES;
        boolean isRecord = SpoolFileLayout.isRecordHeader(record, 0)
                && view.getLong(8) == fileId
                && view.getInt(24) == records.bodyLength(ordinal)
                && view.getInt(28) == documentCount
                && view.getInt(32) == ordinal
                && view.getInt(36) == SpoolFileLayout.crc(record, header, record.length - header);
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

    /** Takes a record as delivered; {@link #writeAcks} tells the disk. */
    void settle(int ordinal) {
        table().acknowledged.set(ordinal);
        unwrittenAcks.set(ordinal);
        heldRecords--;
        heldDocuments -= table().documentCount(ordinal);
    }

    /** Writes what was acknowledged since the last call; what fails stays to be written. */
    void writeAcks() throws IOException {
        if (unwrittenAcks.isEmpty()) {
            return;
        }
        DiskFile open = acks;
        if (open == null) {
            open = disk.open(SpoolFileName.acks(number), Access.WRITE);
            acks = open;
        }
        byte[] entry = new byte[SpoolFileLayout.ACK_BYTES];
        for (int ordinal = unwrittenAcks.nextSetBit(0); ordinal >= 0; ordinal = unwrittenAcks.nextSetBit(ordinal + 1)) {
            SpoolFileLayout.encodeAck(entry, 0, fileId, ordinal);
            writeFully(open, entry, entry.length, (long) ordinal * entry.length);
            hasUnsyncedAcks = true;
            unwrittenAcks.clear(ordinal);
        }
    }

    /** Forces the acknowledgements; after an error they are written again, because the next force would not tell. */
    void syncAcks() throws IOException {
        DiskFile open = acks;
        if (!hasUnsyncedAcks || open == null) {
            return;
        }
        boolean isSynced = false;
        try {
            open.force();
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
        closeQuietly(file);
        closeQuietly(acks);
        file = null;
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
