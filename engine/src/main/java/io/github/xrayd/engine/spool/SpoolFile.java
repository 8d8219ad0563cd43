package io.github.xrayd.engine.spool;

import io.github.xrayd.engine.encode.BodyEncoding;
import io.github.xrayd.engine.spool.SpoolDisk.Access;
import io.github.xrayd.engine.spool.SpoolDisk.DiskFile;
import io.github.xrayd.engine.spool.SpoolDisk.Entry;
import io.github.xrayd.engine.spool.SpoolInspector.FileState;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One spool file and its acknowledgements, as the owner of the directory knows them.
 *
 * <p>A few hundred bytes while nobody reads or writes it; the index of its records comes when the first is read, and
 * goes with the file. One descriptor serves for writing and reading.
 */
final class SpoolFile {
    final String name;
    final long number;
    /** Of the records; 0 until the file is loaded for the first time. */
    long fileId;
    /** Length of the file, as it counts against the limit. */
    long bytes;
    /** One more than the highest ordinal. */
    int ordinals;

    long heldRecords;
    long heldDocuments;
    boolean isDamaged;
    /** Whether it was deleted or replaced. */
    boolean isLost;

    FileState state = FileState.GOOD;
    /** Why it is in that state; empty when good. */
    String note = "";
    /** Failed attempts to read the same record. */
    int readFailures;
    /** Not read before this time, while it is failing. */
    long retryAtNs;
    /** Whether it failed, and was logged, since it last worked. */
    boolean isFailing;

    /**
     * When the oldest document arrived that it held when it was found or written, epoch milliseconds; 0 before the
     * first.
     */
    long oldestReceivedMs;

    private final SpoolDisk disk;
    /** Acknowledged in memory, not yet written. */
    private final BitSet unwrittenAcks = new BitSet();

    private @Nullable SpoolFileIndex index;
    private @Nullable DiskFile file;
    private @Nullable DiskFile acks;
    private boolean isUnsynced;
    private boolean hasUnsyncedAcks;
    /** Whether a power loss may undo the making of one of the two files. */
    private boolean hasUnsyncedName;

    private SpoolFile(SpoolDisk disk, String name) {
        this.disk = disk;
        this.name = name;
        number = SpoolFileName.number(name);
    }

    /** Makes a new file and writes its header; nothing of it remains after an error. */
    static SpoolFile create(SpoolDisk disk, long number, long fileId, BodyEncoding encoding) throws IOException {
        SpoolFile made = new SpoolFile(disk, SpoolFileName.spool(number));
        DiskFile open = disk.open(made.name, Access.CREATE);
        try {
            byte[] header = SpoolFileLayout.fileHeader(fileId, encoding.code());
            open.write(header, header.length, 0);
        } catch (IOException e) {
            closeQuietly(open);
            disk.delete(made.name);
            throw e;
        }
        made.fileId = fileId;
        made.bytes = SpoolFileLayout.FILE_HEADER_BYTES;
        made.file = open;
        made.index = new SpoolFileIndex();
        made.isUnsynced = true;
        made.hasUnsyncedName = true;
        return made;
    }

    /**
     * Looks at what is listed, reads and checks all of a spool file and its acknowledgements, and leaves them closed.
     */
    static SpoolFile look(SpoolDisk disk, Entry entry) throws NoSuchFileException {
        SpoolFile file = new SpoolFile(disk, entry.name());
        file.bytes = entry.isFile() ? entry.size() : 0;
        if (!entry.isFile()) {
            file.become(FileState.REFUSED, entry.refusal());
        } else if (entry.name().endsWith(SpoolFileName.QUARANTINED)) {
            file.become(FileState.QUARANTINED, "put aside for inspection");
        } else {
            try {
                file.load();
                file.bytes = file.index().bytes;
            } catch (NoSuchFileException e) {
                throw e;
            } catch (IOException e) {
                file.become(FileState.UNREADABLE, DiskErrors.text(e));
            } finally {
                file.closeFiles();
            }
        }
        return file;
    }

    void become(FileState next, String reason) {
        state = next;
        note = reason;
    }

    /**
     * Bytes that count against the limit: the file, and room for every acknowledgement, so that a full spool can still
     * empty.
     */
    long usedBytes() {
        return bytes + (long) ordinals * SpoolFileLayout.ACK_BYTES;
    }

    /** What is in the file; only while it is loaded. */
    SpoolFileIndex index() {
        return Objects.requireNonNull(index, "not loaded");
    }

    boolean isLoaded() {
        return index != null;
    }

    /** Code of what its records hold; negative when that is not known. */
    int encoding() {
        return index == null || index.fileId == 0 ? -1 : index.encoding;
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
    void write(byte[] record, int length) throws IOException {
        isUnsynced = true;
        Objects.requireNonNull(file).write(record, length, bytes);
        ByteBuffer header = SpoolFileLayout.view(record);
        index().add(bytes, header);
        long receivedMs = header.getLong(16);
        oldestReceivedMs = oldestReceivedMs == 0 ? receivedMs : Math.min(oldestReceivedMs, receivedMs);
        heldRecords++;
        heldDocuments += index().documentCount(ordinals);
        ordinals++;
        bytes += length;
    }

    /** Cuts off what a failed write left, or counts it against the limit when that fails too. */
    void cutOff(int lengthMax) {
        try {
            Objects.requireNonNull(file).truncate(bytes);
        } catch (IOException e) {
            bytes += lengthMax;
        }
    }

    /** Does what the process that wrote the file did not come to: cuts off its torn tail, and forces what is left. */
    void finish(long length) throws IOException {
        try (DiskFile open = disk.open(name, Access.WRITE)) {
            open.truncate(length);
            open.force();
            disk.forceDirectory();
            bytes = length;
        }
    }

    /** Forces the records, and the file's name the first time. */
    void sync() throws IOException {
        if (isUnsynced) {
            force(Objects.requireNonNull(file));
            isUnsynced = false;
        }
    }

    private void force(DiskFile open) throws IOException {
        open.force();
        if (hasUnsyncedName) {
            disk.forceDirectory();
            hasUnsyncedName = false;
        }
    }

    /** Reads the index of a file that has none: scans the file, and takes over what its acknowledgements say. */
    void load() throws IOException {
        if (index != null) {
            return;
        }
        SpoolFileIndex found = SpoolFileScanner.scan(open());
        if (fileId == 0) {
            fileId = found.fileId;
        } else if (found.fileId != fileId) {
            // Not the spool's file any more.
            found = new SpoolFileIndex();
            found.isDamaged = true;
        }
        readAcks(found);
        heldRecords = 0;
        heldDocuments = 0;
        for (int ordinal = 0; ordinal < found.capacity(); ordinal++) {
            if (found.isHeld(ordinal)) {
                heldRecords++;
                heldDocuments += found.documentCount(ordinal);
            }
        }
        isDamaged |= found.isDamaged;
        ordinals = Math.max(ordinals, found.capacity());
        index = found;
        if (!found.refusal.isEmpty()) {
            become(FileState.REFUSED, found.refusal);
        } else if (found.isDamaged) {
            become(FileState.DAMAGED, found.missing() + " records missing");
        } else if (found.tornBytes > 0 || found.bytes == 0) {
            become(FileState.UNFINISHED, found.torn());
        }
    }

    private void readAcks(SpoolFileIndex found) throws IOException {
        int size = SpoolFileLayout.ACK_BYTES;
        byte[] entries = new byte[found.capacity() * size];
        try (DiskFile open = disk.open(SpoolFileName.acks(number), Access.READ)) {
            int length = open.read(entries, entries.length, 0);
            for (int at = 0; at + size <= length; at += size) {
                int ordinal = at / size;
                if (found.has(ordinal)
                        && Arrays.equals(entries, at, at + size, SpoolFileLayout.ack(fileId, ordinal), 0, size)) {
                    found.acknowledged.set(ordinal);
                }
            }
        } catch (NoSuchFileException e) {
            // Nothing was acknowledged yet.
        }
    }

    /**
     * Closes the file when nothing is written or read any more, and forgets its index unless a record of it is in
     * flight.
     */
    void rest() {
        closeQuietly(file);
        file = null;
        if (index != null && index.taken.isEmpty() && unwrittenAcks.isEmpty() && !hasUnsyncedAcks) {
            index = null;
            closeFiles();
        }
    }

    private DiskFile open() throws IOException {
        DiskFile open = file;
        if (open == null) {
            open = disk.open(name, Access.READ);
            file = open;
        }
        return open;
    }

    /** Reads and checks one record; null when what is there is not the record. */
    byte @Nullable [] read(int ordinal) throws IOException {
        byte[] record = new byte[index().length(ordinal)];
        DiskFile source = open();
        readFailures++;
        int length = source.read(record, record.length, index().offset(ordinal));
        readFailures = 0;
        if (length < record.length && !source.isAttached()) {
            throw new EOFException("The file was replaced");
        }
        return SpoolFileLayout.isRecord(record, fileId, ordinal) ? record : null;
    }

    /** Takes a record as delivered; {@link #writeAcks} tells the disk. */
    void settle(int ordinal) {
        index().acknowledged.set(ordinal);
        unwrittenAcks.set(ordinal);
        heldRecords--;
        heldDocuments -= index().documentCount(ordinal);
    }

    /** Gives a record that was taken back. */
    void release(int ordinal) {
        if (index != null) {
            index.release(ordinal);
        }
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
            hasUnsyncedName = true;
        }
        for (int ordinal = unwrittenAcks.nextSetBit(0); ordinal >= 0; ordinal = unwrittenAcks.nextSetBit(ordinal + 1)) {
            byte[] entry = SpoolFileLayout.ack(fileId, ordinal);
            open.write(entry, entry.length, (long) ordinal * entry.length);
            hasUnsyncedAcks = true;
            unwrittenAcks.clear(ordinal);
        }
    }

    /**
     * Writes and forces the acknowledgements; after an error they are written again, because the next force would not
     * tell.
     */
    void syncAcks() throws IOException {
        writeAcks();
        if (hasUnsyncedAcks && acks != null) {
            try {
                force(acks);
                hasUnsyncedAcks = false;
            } catch (IOException e) {
                unwrittenAcks.or(index().acknowledged);
                throw e;
            }
        }
    }

    /** Closes the files; they are opened again when needed. */
    void closeFiles() {
        closeQuietly(file);
        closeQuietly(acks);
        file = null;
        acks = null;
    }

    /** Errors on close tell nothing new: what matters was forced. */
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
