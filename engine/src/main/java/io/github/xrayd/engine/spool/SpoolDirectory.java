package io.github.xrayd.engine.spool;

import io.github.xrayd.engine.encode.BodyEncoding;
import io.github.xrayd.engine.spool.SpoolDisk.DiskFile;
import io.github.xrayd.engine.spool.SpoolDisk.Entry;
import io.github.xrayd.engine.spool.SpoolInspector.FileState;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A spool directory that this process has locked: its files, the one that is appended to, those that are left alone,
 * and the room that is left.
 *
 * <p>Every byte of every file is read once and checked when the directory is taken. An error at one file leaves that
 * file aside, never the others. Damaged files are not rewritten: their good records are delivered from where they are,
 * which needs no room on a full disk, and the file is put aside when the last of them is acknowledged.
 */
final class SpoolDirectory {
    /** Bounds the index: a few hundred bytes each. */
    static final int FILES_MAX = 16_384;

    static final int LISTED_MAX = 4 * FILES_MAX;

    private static final Logger LOGGER = LoggerFactory.getLogger(Spool.class);

    /** By number, oldest first; of this type because files go while it is walked. */
    final NavigableMap<Long, SpoolFile> files = new ConcurrentSkipListMap<>();

    private final SpoolDisk disk;
    private final SpoolSettings settings;
    private final LongSupplier fileIds;
    private final DiskFile lock;
    /** What is not delivered, by name, oldest first: left alone, not to be read now, or damaged and put aside. */
    private final TreeMap<String, SpoolFile> others = new TreeMap<>();
    /** Acknowledgement files whose spool file is deleted, though a power loss may undo that. */
    private final TreeSet<Long> orphanAcks = new TreeSet<>();
    /** The file that is appended to. */
    private @Nullable SpoolFile writing;

    private long nextNumber = 1;
    private long newest = -1;

    /**
     * Locks the directory and reads it.
     *
     * @param fileIds gives the ids of new files
     * @throws SpoolLockedException when another has it
     * @throws IOException when the directory cannot be used; nothing is changed then
     */
    SpoolDirectory(SpoolDisk disk, SpoolSettings settings, LongSupplier fileIds) throws IOException {
        this.disk = disk;
        this.settings = settings;
        this.fileIds = fileIds;
        disk.makeDirectory();
        lock = disk.lock(SpoolFileName.LOCK);
        List<Entry> entries;
        try {
            entries = disk.list(LISTED_MAX).stream()
                    .filter(entry -> SpoolFileName.number(entry.name()) >= 0)
                    .toList();
        } catch (IOException e) {
            SpoolFile.closeQuietly(lock);
            throw e;
        }
        for (Entry entry : entries) {
            long number = SpoolFileName.number(entry.name());
            nextNumber = Math.max(nextNumber, number + 1);
            if (isAcks(entry)) {
                orphanAcks.add(number);
            } else if (entry.name().endsWith(SpoolFileName.SPOOL)) {
                orphanAcks.remove(number);
                newest = entry.isFile() ? number : newest;
            }
        }
        entries.stream().filter(entry -> !isAcks(entry)).forEach(this::read);
        retireAll();
    }

    private static boolean isAcks(Entry entry) {
        return entry.isFile() && entry.name().endsWith(SpoolFileName.ACKS);
    }

    /** Tries the files again that could not be read. */
    void readUnread() {
        for (SpoolFile file : others(FileState.UNREADABLE)) {
            read(new Entry(file.name, file.bytes, ""));
        }
    }

    private void read(Entry entry) {
        boolean isKnown = others.remove(entry.name()) != null;
        SpoolFile file;
        try {
            file = SpoolFile.look(disk, entry);
        } catch (NoSuchFileException e) {
            // Deleted since it was listed.
            return;
        }
        int found = file.encoding();
        if (found >= 0 && found != settings.encoding().code()) {
            file.become(
                    FileState.REFUSED,
                    "it holds " + BodyEncoding.text(found) + ", and this destination sends "
                            + BodyEncoding.text(settings.encoding().code()));
        }
        if (file.state.isRead()) {
            take(file);
            return;
        }
        others.put(file.name, file);
        file.rest();
        if (file.state == FileState.REFUSED) {
            logError("left " + file.name + " alone, because " + file.note);
        } else if (file.state == FileState.UNREADABLE && !isKnown) {
            logError("left " + file.name + " aside, because it or its acknowledgements cannot be read (" + file.note
                    + "); tried again");
        }
    }

    private void take(SpoolFile file) {
        SpoolFileIndex index = file.index();
        file.oldestReceivedMs = index.oldestHeldMs();
        boolean isTorn = index.tornBytes > 0;
        // Only the newest file can end in an unfinished write, because the one before is finished first.
        file.isDamaged |= isTorn && file.number != newest;
        if (file.isDamaged) {
            log(file.name + " is damaged; " + index.missing() + " records are missing"
                    + (isTorn ? " (" + index.torn() + "), " : ", ") + file.heldRecords
                    + " good ones will be delivered");
        } else if (isTorn || file.bytes == 0) {
            log("cut off a write of " + file.name + " that was not finished, or the file was truncated: "
                    + index.torn());
        }
        if (file.number == newest) {
            try {
                file.finish(file.isDamaged ? file.bytes : file.bytes - index.tornBytes);
            } catch (IOException e) {
                // The next process reads the same again.
            }
        }
        files.put(file.number, file);
        file.rest();
    }

    /** Whether the directory is still the one that was locked. */
    boolean isAttached() {
        return lock.isAttached();
    }

    SpoolCounts counts() {
        long records = 0;
        long documents = 0;
        long oldestMs = 0;
        for (SpoolFile file : files.values()) {
            records += file.heldRecords;
            documents += file.heldDocuments;
            if (file.heldRecords > 0 && (oldestMs == 0 || file.oldestReceivedMs < oldestMs)) {
                oldestMs = file.oldestReceivedMs;
            }
        }
        return new SpoolCounts(records, documents, usedBytes(), oldestMs);
    }

    private long usedBytes() {
        return Stream.concat(files.values().stream(), others.values().stream())
                .mapToLong(SpoolFile::usedBytes)
                .sum();
    }

    private List<SpoolFile> others(FileState state) {
        return others.values().stream().filter(file -> file.state == state).toList();
    }

    /**
     * Makes room for a record of {@code length} bytes within the limit: deletes what is done with, then damaged files
     * that were put aside, oldest first. Returns why there is no room; empty when there is.
     */
    String makeRoom(int length) {
        long bytesMax = settings.bytesMax() - length - SpoolFileLayout.ACK_BYTES - SpoolFileLayout.FILE_HEADER_BYTES;
        boolean isDropped = false;
        if (usedBytes() > bytesMax) {
            retireAll();
            for (SpoolFile oldest : others(FileState.QUARANTINED)) {
                if (usedBytes() > bytesMax && isDeleted(oldest.name)) {
                    others.remove(oldest.name);
                    isDropped = true;
                    log("deleted the damaged file " + oldest.name + " to make room");
                }
            }
        }
        // Forced, so that a power loss does not undo the deletion that made room for what is written next.
        if (usedBytes() > bytesMax || (isDropped && !isForced())) {
            return "The limit of " + settings.bytesMax() + " bytes (--spool-limit) is reached";
        }
        return files.size() < FILES_MAX ? "" : "There are " + FILES_MAX + " files";
    }

    private boolean isDeleted(String name) {
        try {
            disk.delete(name);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private boolean isForced() {
        try {
            disk.forceDirectory();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Appends an encoded record; nothing of it remains after an error. */
    void append(byte[] record, int length) throws IOException {
        try {
            SpoolFile file = writable(length);
            SpoolFileLayout.tie(record, settings.encoding().code(), file.fileId, file.ordinals);
            file.write(record, length);
        } catch (IOException e) {
            if (writing != null) {
                writing.cutOff(length);
            }
            seal();
            throw e;
        }
    }

    /** The file to append to: the one at hand, or a new one when that is full or gone. */
    private SpoolFile writable(int length) throws IOException {
        loseDetached();
        SpoolFile open = writing;
        if (open != null && open.hasRoom(length, settings.fileBytes())) {
            return open;
        }
        // A file is finished before the next begins: only the newest can have an unfinished end.
        sync();
        try {
            return begin();
        } catch (IOException e) {
            boolean hasRoom = open != null && open.hasRoom(length, SpoolFileLayout.FILE_BYTES_MAX);
            if (open != null && hasRoom && DiskErrors.isOutOfDescriptors(e)) {
                // The file at hand needs no new descriptor.
                return open;
            }
            throw e;
        }
    }

    private SpoolFile begin() throws IOException {
        while (nextNumber <= SpoolFileName.NUMBER_MAX) {
            try {
                SpoolFile next = SpoolFile.create(disk, nextNumber, fileIds.getAsLong(), settings.encoding());
                files.put(nextNumber++, next);
                seal();
                writing = next;
                return next;
            } catch (FileAlreadyExistsException e) {
                nextNumber++;
            }
        }
        throw new IOException("No file number is left; empty the directory to begin again");
    }

    /** Tries whether the disk takes anything, in a new file unless one is at hand. */
    void probe() throws IOException {
        if (writing == null) {
            begin();
        }
        sync();
    }

    /** Gives up the file that is appended to when its name leads to another one or none. */
    private void loseDetached() {
        if (writing != null && !writing.isAttached()) {
            lose(writing);
        }
    }

    /**
     * Forces what was appended; a file that was not forced is not written again, because the next force would not tell.
     */
    void sync() throws IOException {
        loseDetached();
        if (writing != null) {
            try {
                writing.sync();
            } catch (IOException e) {
                seal();
                throw e;
            }
        }
    }

    /** Writes no more into the file at hand. */
    private void seal() {
        if (writing != null) {
            writing.rest();
            writing = null;
        }
    }

    boolean isWriting(SpoolFile file) {
        return writing == file;
    }

    /** Writes and forces all acknowledgements; returns whether that worked. */
    boolean syncAcks() {
        boolean isDone = true;
        for (SpoolFile file : files.values()) {
            try {
                file.syncAcks();
            } catch (IOException e) {
                isDone = false;
            }
        }
        return isDone;
    }

    /**
     * Removes the files of which nothing is held, and then their acknowledgements: not before the deletion is safe from
     * a power loss, which would undo the acknowledgements else. Returns whether that worked.
     */
    boolean retireAll() {
        boolean isDone = true;
        for (SpoolFile file : files.values()) {
            if (file.heldRecords == 0 && (file.ordinals > 0 || !isWriting(file))) {
                isDone &= retire(file);
            }
        }
        if (!orphanAcks.isEmpty() && isForced()) {
            orphanAcks.removeIf(number -> isDeleted(SpoolFileName.acks(number)));
        }
        return isDone && orphanAcks.isEmpty();
    }

    /** Deletes a file of which nothing is held, or puts it aside when it is damaged; returns whether that worked. */
    private boolean retire(SpoolFile file) {
        close(file);
        try {
            if (file.isDamaged) {
                String name = file.name + SpoolFileName.QUARANTINED;
                disk.rename(file.name, name);
                others.put(name, SpoolFile.look(disk, new Entry(name, file.bytes, "")));
                log("put the damaged file aside as " + name
                        + "; nothing in it waits for delivery. Delete it when it has"
                        + " been looked at (xray spool drop --quarantined)");
            } else {
                disk.delete(file.name);
            }
        } catch (NoSuchFileException e) {
            // It is gone already.
        } catch (IOException e) {
            onFailed(file, "delete", e);
            return false;
        }
        forget(file);
        return true;
    }

    /** Logs an error at one file, once until the file works again. */
    void onFailed(SpoolFile file, String doing, IOException e) {
        if (!file.isFailing) {
            file.isFailing = true;
            log("cannot " + doing + " " + file.name + ": " + DiskErrors.text(e) + "; tried again");
        }
    }

    /** Forgets a file that is gone; what it held is lost. */
    void lose(SpoolFile file) {
        logLost(file.name, file.heldRecords, file.heldDocuments);
        file.isLost = true;
        close(file);
        forget(file);
    }

    private void forget(SpoolFile file) {
        files.remove(file.number);
        orphanAcks.add(file.number);
    }

    private void close(SpoolFile file) {
        file.closeFiles();
        if (isWriting(file)) {
            writing = null;
        }
    }

    /** Closes all files and gives up the lock; what is held is lost for this process, because the directory is gone. */
    void giveUp() {
        SpoolCounts lost = counts();
        logLost("the directory", lost.records(), lost.documents());
        files.values().forEach(file -> file.isLost = true);
        close();
    }

    private void logLost(String what, long records, long documents) {
        logError(what + " was deleted or replaced; lost " + records + " records with " + documents + " documents");
    }

    void logError(String text) {
        LOGGER.error("Spool {}: {}", disk.name(), text);
    }

    private void log(String text) {
        LOGGER.warn("Spool {}: {}", disk.name(), text);
    }

    /** Closes all files and gives up the lock. */
    void close() {
        files.values().forEach(SpoolFile::closeFiles);
        SpoolFile.closeQuietly(lock);
    }
}
