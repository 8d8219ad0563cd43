package io.github.xrayd.engine.spool;

import io.github.xrayd.engine.encode.BodyEncoding;
import io.github.xrayd.engine.spool.SpoolDisk.Entry;
import io.github.xrayd.engine.spool.SpoolInspector.FileState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.agrona.CloseHelper;
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
    /** Length of the file, as it counts against the limit. */
    long bytes;
    /** One more than the highest ordinal. */
    int ordinals;
    /** Documents that wait for their acknowledgement, in flight or not. */
    long heldDocuments;
    /** When the oldest of them arrived, as far as it was found or written, epoch milliseconds; 0 when none did. */
    long oldestReceivedMs;

    FileState state = FileState.GOOD;
    /** Why it is in that state; empty when good. */
    String note = "";
    /** Failed attempts to read the same record. */
    int readFailures;
    /** Not read before this time. */
    long retryAtNs;
    /** What failed, and was logged. */
    final Set<String> failures = new HashSet<>();

    private final SpoolDisk disk;
    /** Acknowledged, and not safe from a power loss. */
    private final BitSet unsyncedAcks = new BitSet();

    private @Nullable SpoolFileIndex index;
    private @Nullable FileChannel file;
    private @Nullable FileChannel acks;
    /** What tells the file that is written from another one of its name. */
    private @Nullable Object key;

    private boolean isUnsynced;

    /** What is listed; {@link #look} reads it. */
    SpoolFile(SpoolDisk disk, Entry entry) {
        this.disk = disk;
        name = entry.name();
        number = SpoolFileLayout.number(name);
        bytes = entry.isFile() ? entry.size() : 0;
        if (!entry.isFile()) {
            become(FileState.REFUSED, entry.refusal());
        } else if (name.endsWith(SpoolFileLayout.QUARANTINED)) {
            become(FileState.QUARANTINED, "put aside for inspection");
        }
    }

    /**
     * What is listed in a directory, by name, oldest first, and not read. Acknowledgements stand for a file, which may
     * be deleted.
     */
    static Map<String, SpoolFile> list(SpoolDisk disk) throws IOException {
        Map<String, SpoolFile> files = new TreeMap<>();
        for (Entry entry : disk.list()) {
            long number = SpoolFileLayout.number(entry.name());
            if (number >= 0) {
                boolean isAcks = entry.isFile() && entry.name().endsWith(SpoolFileLayout.ACKS);
                String name = isAcks ? SpoolFileLayout.name(number, SpoolFileLayout.SPOOL) : entry.name();
                files.put(name, new SpoolFile(disk, isAcks ? new Entry(name, 0, "") : entry));
            }
        }
        return files;
    }

    /** Makes a new file and writes its header; nothing of it remains after an error. */
    static SpoolFile create(SpoolDisk disk, long number, BodyEncoding encoding) throws IOException {
        String name = SpoolFileLayout.name(number, SpoolFileLayout.SPOOL);
        SpoolFile made = new SpoolFile(disk, new Entry(name, SpoolFileLayout.FILE_HEADER_BYTES, ""));
        // Random, so that a record of a deleted file is taken for none of this one.
        long fileId = ThreadLocalRandom.current().nextLong();
        FileChannel open = disk.open(name, StandardOpenOption.CREATE_NEW);
        try {
            SpoolDisk.write(open, SpoolFileLayout.fileHeader(fileId, encoding.code()), 0);
            disk.forceDirectory();
        } catch (IOException e) {
            CloseHelper.quietClose(open);
            disk.delete(name);
            throw e;
        }
        made.file = open;
        made.key = disk.key(name);
        made.index = new SpoolFileIndex();
        made.index.fileId = fileId;
        made.isUnsynced = true;
        return made;
    }

    /**
     * Reads and checks all of the file and its acknowledgements, unless it is not to be read, and leaves it closed;
     * returns whether it is there.
     */
    boolean look() {
        if (state == FileState.REFUSED || state == FileState.QUARANTINED) {
            return true;
        }
        try {
            become(FileState.GOOD, "");
            bytes = load().bytes;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            become(FileState.UNREADABLE, SpoolDisk.text(e));
        } finally {
            closeFiles();
        }
        return true;
    }

    void become(FileState next, String reason) {
        state = next;
        note = reason;
        heldDocuments = next.isRead() ? heldDocuments : 0;
    }

    /**
     * Bytes that count against the limit: the file, and room for every acknowledgement, so that a full spool can still
     * empty.
     */
    long usedBytes() {
        return bytes + (long) ordinals * SpoolFileLayout.ACK_BYTES;
    }

    /** What is in the file; an empty one while it is not loaded. */
    SpoolFileIndex index() {
        return index == null ? new SpoolFileIndex() : index;
    }

    /** Whether the name still leads to the file that is written. */
    boolean isAttached() {
        return key != null && key.equals(disk.key(name));
    }

    /** Whether a record of {@code recordBytes} goes into this file; an empty file takes one of any length. */
    boolean hasRoom(int recordBytes, long fileBytes) {
        return ordinals == 0 || (bytes + recordBytes <= fileBytes && ordinals < SpoolFileLayout.RECORDS_MAX);
    }

    /** Appends a record; after an error part of it may be there, see {@link #cutOff}. */
    void write(int encoding, ByteBuffer body, int[] starts, long receivedMs) throws IOException {
        byte[] record = SpoolFileLayout.record(encoding, index().fileId, ordinals, body, starts, receivedMs);
        isUnsynced = true;
        SpoolDisk.write(open(), record, bytes);
        index().add(bytes, SpoolFileLayout.view(record), 0);
        oldestReceivedMs = oldestReceivedMs == 0 ? receivedMs : Math.min(oldestReceivedMs, receivedMs);
        heldDocuments += starts.length;
        ordinals++;
        bytes += record.length;
    }

    /** Cuts off what a failed write left, or counts it against the limit when that fails too. */
    void cutOff(int lengthMax) {
        try {
            open().truncate(bytes);
        } catch (IOException e) {
            bytes += lengthMax;
        }
    }

    /** Does what the process that wrote the file did not come to: cuts off its torn tail, and forces what is left. */
    void finish() throws IOException {
        long length = state == FileState.DAMAGED ? bytes : bytes - index().tornBytes;
        try (FileChannel open = disk.open(name, StandardOpenOption.CREATE)) {
            open.truncate(length).force(true);
            disk.forceDirectory();
            bytes = length;
        }
    }

    /** Forces the records. */
    void sync() throws IOException {
        if (isUnsynced) {
            open().force(true);
            isUnsynced = false;
        }
    }

    /** The index; a file that has none is scanned, and what its acknowledgements say is taken over. */
    SpoolFileIndex load() throws IOException {
        if (index != null) {
            return index;
        }
        SpoolFileIndex found = new SpoolFileScanner(open()).scan();
        readAcks(found);
        heldDocuments = found.waiting.stream().mapToLong(found::documentCount).sum();
        oldestReceivedMs =
                found.waiting.stream().mapToLong(found::receivedMs).min().orElse(0);
        ordinals = Math.max(ordinals, found.capacity);
        index = found;
        if (!found.refusal.isEmpty()) {
            become(FileState.REFUSED, found.refusal);
        } else if (found.isDamaged) {
            become(FileState.DAMAGED, found.missing());
        } else if (state == FileState.GOOD && (found.tornBytes > 0 || found.bytes == 0)) {
            become(FileState.UNFINISHED, found.torn());
        }
        return found;
    }

    private void readAcks(SpoolFileIndex found) throws IOException {
        int size = SpoolFileLayout.ACK_BYTES;
        byte[] entries = new byte[found.capacity * size];
        try (FileChannel open = disk.open(acksName(), StandardOpenOption.READ)) {
            int length = SpoolDisk.read(open, entries, entries.length, 0);
            ByteBuffer view = SpoolFileLayout.view(entries);
            for (int ordinal = 0; (ordinal + 1) * size <= length; ordinal++) {
                long ack = SpoolFileLayout.ack(found.fileId, ordinal);
                if (found.waiting.get(ordinal) && view.getLong(ordinal * size) == ack) {
                    found.waiting.clear(ordinal);
                    found.acknowledgedRecords++;
                }
            }
        } catch (NoSuchFileException e) {
            // Nothing was acknowledged yet.
        }
    }

    /** The name of its acknowledgements. */
    String acksName() {
        return SpoolFileLayout.name(number, SpoolFileLayout.ACKS);
    }

    /**
     * Closes the files when nothing is written or read any more, and forgets the index unless a record is in flight.
     */
    void rest() {
        closeFiles();
        if (index != null && index.taken.isEmpty() && unsyncedAcks.isEmpty()) {
            index = null;
        }
    }

    private FileChannel open() throws IOException {
        FileChannel open = file;
        if (open == null) {
            open = disk.open(name, StandardOpenOption.READ);
            file = open;
        }
        return open;
    }

    /** Reads and checks one record; null when what is there is not the record. */
    byte @Nullable [] read(int ordinal) throws IOException {
        byte[] record = new byte[index().length(ordinal)];
        readFailures++;
        SpoolDisk.read(open(), record, record.length, index().offset(ordinal));
        readFailures = 0;
        return SpoolFileLayout.isRecord(record, index().fileId, ordinal) ? record : null;
    }

    /** Takes a record as delivered; {@link #writeAck} and {@link #syncAcks} tell the disk. */
    void settle(int ordinal) {
        index().settle(ordinal);
        unsyncedAcks.set(ordinal);
        heldDocuments -= index().documentCount(ordinal);
    }

    /** Writes that a record is settled, so that the end of the process does not undo it. */
    void writeAck(int ordinal) throws IOException {
        byte[] entry = new byte[SpoolFileLayout.ACK_BYTES];
        SpoolFileLayout.view(entry).putLong(SpoolFileLayout.ack(index().fileId, ordinal));
        SpoolDisk.write(acks(), entry, (long) ordinal * entry.length);
    }

    private FileChannel acks() throws IOException {
        FileChannel open = acks;
        if (open == null) {
            // Made before it is opened, so that a power loss takes no acknowledgement with the name.
            disk.open(acksName(), StandardOpenOption.CREATE).close();
            disk.forceDirectory();
            open = disk.open(acksName(), StandardOpenOption.CREATE);
            acks = open;
        }
        return open;
    }

    /** Writes and forces what was settled since this last worked: all of it, because the next force would not tell. */
    void syncAcks() throws IOException {
        for (int ordinal : unsyncedAcks.stream().toArray()) {
            writeAck(ordinal);
        }
        if (!unsyncedAcks.isEmpty()) {
            acks().force(true);
            unsyncedAcks.clear();
        }
    }

    /** Closes the files; they are opened again when needed. */
    void closeFiles() {
        CloseHelper.quietCloseAll(file, acks);
        file = null;
        acks = null;
    }
}
