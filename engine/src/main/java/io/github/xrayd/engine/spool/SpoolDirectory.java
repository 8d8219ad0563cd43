package io.github.xrayd.engine.spool;

import io.github.xrayd.engine.encode.BodyEncoding;
import io.github.xrayd.engine.spool.SpoolCounts.Amount;
import io.github.xrayd.engine.spool.SpoolDisk.DiskFile;
import io.github.xrayd.engine.spool.SpoolDisk.Entry;
import io.github.xrayd.engine.spool.SpoolInspector.FileState;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A spool directory that this process has locked: its files, the one that is appended to, those that are left alone, and the room
 * that is left.
 *
 * <p>Every byte of every file is read once and checked when the directory is taken. An error at one file leaves that file aside, never
 * the others. Damaged files are not rewritten: their good records are delivered from where they are, which needs no room on a full
 * disk, and the file is put aside when the last of them is acknowledged.
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
    private final SpoolTally tally;
    private final LongSupplier fileIds;
    private final DiskFile lock;
    /** What is not delivered, by name, oldest first: left alone, not to be read now, or damaged and put aside. */
    private final TreeMap<String, SpoolFile> others = new TreeMap<>();
    /** Acknowledgement files whose spool file is deleted, but perhaps not for a power loss. */
    private final List<Long> orphanAcks = new ArrayList<>();
    /** The file that is appended to. */
    private @Nullable SpoolFile writing;

    private long nextNumber;
    private long newest = -1;

    /**
     * Locks the directory and reads it.
     *
     * @param fileIds gives the ids of new files
     * @param firstNumber the lowest number of a new file
     * @throws SpoolLockedException when another has it
     * @throws IOException when the directory cannot be used; nothing is counted or changed then
     */
    SpoolDirectory(SpoolDisk disk, SpoolSettings settings, SpoolTally tally, LongSupplier fileIds, long firstNumber)
            throws IOException {
        this.disk = disk;
        this.settings = settings;
        this.tally = tally;
        this.fileIds = fileIds;
        nextNumber = firstNumber;
        disk.makeDirectory();
        lock = disk.lock(SpoolFileName.LOCK);
        List<Entry> entries;
        try {
            entries = disk.list(LISTED_MAX);
        } catch (IOException e) {
            SpoolFile.closeQuietly(lock);
            throw e;
        }
        read(entries);
    }

    private void read(List<Entry> entries) {
        Set<String> names = entries.stream().map(Entry::name).collect(Collectors.toSet());
        List<Entry> found = new ArrayList<>();
        for (Entry entry : entries) {
            long number = SpoolFileName.number(entry.name());
            boolean isAcks = entry.name().endsWith(SpoolFileName.ACKS);
            nextNumber = Math.max(nextNumber, number + 1);
            if (number < 0 || (isAcks && names.contains(SpoolFileName.spool(number)))) {
                continue;
            }
            if (isAcks && entry.isFile()) {
                orphanAcks.add(number);
            } else {
                newest = entry.isFile() && entry.name().endsWith(SpoolFileName.SPOOL) ? number : newest;
                found.add(entry);
            }
        }
        found.forEach(this::read);
        sweep();
    }

    /** Tries the files again that could not be read. */
    void readUnread() {
        for (String name : others(FileState.UNREADABLE)) {
            read(new Entry(name, Objects.requireNonNull(others.get(name)).bytes, ""));
        }
    }

    private void read(Entry entry) {
        String name = entry.name();
        SpoolFile before = others.remove(name);
        SpoolFile file;
        try {
            file = SpoolFile.look(disk, entry);
        } catch (NoSuchFileException e) {
            // Deleted since it was listed.
            return;
        }
        SpoolFileIndex index = file.isLoaded() ? file.index() : new SpoolFileIndex();
        int wanted = settings.encoding().code();
        if (index.fileId != 0 && index.encoding != wanted) {
            file.become(
                    FileState.REFUSED,
                    "it holds " + BodyEncoding.text(index.encoding) + ", and this destination sends "
                            + BodyEncoding.text(wanted));
        }
        switch (file.state) {
            case GOOD, UNFINISHED, DAMAGED -> take(file, index);
            case QUARANTINED -> others.put(name, file);
            case REFUSED -> {
                file.rest();
                others.put(name, file);
                LOGGER.error("Spool {}: left {} alone, because {}", disk.name(), name, file.note);
            }
            case UNREADABLE -> {
                tally.failures++;
                others.put(name, file);
                if (before == null) {
                    LOGGER.error(
                            "Spool {}: left {} aside, because it or its acknowledgements cannot be read ({}); tried again",
                            disk.name(),
                            name,
                            file.note);
                }
            }
        }
    }

    private void take(SpoolFile file, SpoolFileIndex index) {
        boolean isTorn = index.tornBytes > 0;
        // Only the newest file can end in an unfinished write, because the one before is finished first.
        file.isDamaged |= isTorn && file.number != newest;
        tally.missingRecords += index.missingRecords;
        if (file.isDamaged) {
            LOGGER.warn(
                    "Spool {}: {} is damaged; {} records are missing{}, {} good ones will be delivered",
                    disk.name(),
                    file.name(),
                    index.missing(),
                    isTorn ? " (" + index.torn() + ")" : "",
                    file.heldRecords);
        } else if (isTorn || file.bytes == 0) {
            LOGGER.warn(
                    "Spool {}: cut off a write of {} that was not finished, or the file was truncated: {}",
                    disk.name(),
                    file.name(),
                    index.torn());
        }
        if (file.number == newest) {
            try {
                file.finish(file.isDamaged ? file.bytes : file.bytes - index.tornBytes);
            } catch (IOException e) {
                // The next process reads the same again.
                tally.failures++;
            }
        }
        tally.changed(file.heldRecords, file.heldDocuments);
        files.put(file.number, file);
        if (file.heldRecords > 0 || !retire(file)) {
            file.rest();
        }
    }

    /** Whether the directory is still the one that was locked. */
    boolean isAttached() {
        return lock.isAttached();
    }

    long nextNumber() {
        return nextNumber;
    }

    /** Files that are there and not read. */
    int leftAlone() {
        return others.size() - others(FileState.QUARANTINED).size();
    }

    /** What waits for its acknowledgement. */
    Amount held() {
        return new Amount(
                files.values().stream().mapToLong(file -> file.heldRecords).sum(),
                files.values().stream().mapToLong(file -> file.heldDocuments).sum());
    }

    long usedBytes() {
        return Stream.concat(files.values().stream(), others.values().stream())
                .mapToLong(SpoolFile::usedBytes)
                .sum();
    }

    private List<String> others(FileState state) {
        return others.keySet().stream()
                .filter(name -> Objects.requireNonNull(others.get(name)).state == state)
                .toList();
    }

    /** Whether {@code bytes} more fit the limit, once what is done with and then damaged files, oldest first, have made room. */
    boolean makeRoom(long bytes) {
        if (usedBytes() + bytes <= settings.bytesMax()) {
            return true;
        }
        retireAll();
        boolean isDropped = false;
        for (String oldest : others(FileState.QUARANTINED)) {
            if (usedBytes() + bytes > settings.bytesMax()) {
                try {
                    disk.delete(oldest);
                    others.remove(oldest);
                    isDropped = true;
                    LOGGER.warn("Spool {}: deleted the damaged file {} to make room", disk.name(), oldest);
                } catch (IOException e) {
                    tally.failures++;
                }
            }
        }
        return usedBytes() + bytes <= settings.bytesMax() && (!isDropped || isForced());
    }

    /** Forces the directory, so that a power loss does not undo the deletion that made room for what is written next. */
    private boolean isForced() {
        try {
            disk.forceDirectory();
            return true;
        } catch (IOException e) {
            tally.failures++;
            return false;
        }
    }

    /** The file to append to: the one at hand, or a new one when that is full or gone. */
    SpoolFile writable(int length) throws IOException {
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

    /** Gives the file that is appended to up when its name leads to another one or none. */
    void loseDetached() {
        if (writing != null && !writing.isAttached()) {
            lose(writing);
        }
    }

    /** Forces what was appended; a file that was not forced is not written again, because the next force would not tell. */
    void sync() throws IOException {
        if (writing != null) {
            try {
                writing.sync();
            } catch (IOException e) {
                seal();
                throw e;
            }
        }
    }

    /** Cuts off what a failed write left, and writes no more into this file. */
    void cutOff(int lengthMax) {
        if (writing != null) {
            writing.cutOff(lengthMax);
            seal();
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
                file.writeAcks();
                file.syncAcks();
            } catch (IOException e) {
                tally.failures++;
                isDone = false;
            }
        }
        return isDone;
    }

    /** Removes the files of which nothing is held; returns whether that worked. */
    boolean retireAll() {
        boolean isDone = true;
        for (SpoolFile file : files.values()) {
            if (file.heldRecords == 0 && (file.ordinals > 0 || !isWriting(file))) {
                isDone &= retire(file);
            }
        }
        return sweep() && isDone;
    }

    /**
     * Removes a file of which nothing is held: deletes it, or puts it aside when it is damaged. Its acknowledgements stay until
     * {@link #sweep}, so that a power loss that undoes the deletion does not undo them. Returns whether that worked; it is tried again
     * with every sync.
     */
    private boolean retire(SpoolFile file) {
        close(file);
        try {
            if (file.isDamaged) {
                String name = file.name() + SpoolFileName.QUARANTINED;
                disk.rename(file.name(), name);
                others.put(name, SpoolFile.look(disk, new Entry(name, file.bytes, "")));
                LOGGER.warn(
                        "Spool {}: put the damaged file aside as {}; nothing in it waits for delivery. Delete it when it has been"
                                + " looked at (xray spool drop --quarantined)",
                        disk.name(),
                        name);
            } else {
                disk.delete(file.name());
            }
        } catch (NoSuchFileException e) {
            // It is gone already.
        } catch (IOException e) {
            logError(file, "delete", e);
            return false;
        }
        forget(file);
        return true;
    }

    /** Counts an error at one file and logs it, once until the file works again. */
    void logError(SpoolFile file, String doing, IOException e) {
        tally.failures++;
        if (!file.isFailing) {
            file.isFailing = true;
            LOGGER.warn("Spool {}: cannot {} {}: {}; tried again", disk.name(), doing, file.name(), DiskErrors.text(e));
        }
    }

    /** Deletes the acknowledgements of files that are gone for good; returns whether that worked. */
    private boolean sweep() {
        boolean isDone = orphanAcks.isEmpty() || isForced();
        for (Iterator<Long> numbers = orphanAcks.iterator(); isDone && numbers.hasNext(); ) {
            try {
                disk.delete(SpoolFileName.acks(numbers.next()));
                numbers.remove();
            } catch (IOException e) {
                tally.failures++;
            }
        }
        return orphanAcks.isEmpty();
    }

    /** Forgets a file that is gone; what it held is lost. */
    void lose(SpoolFile file) {
        LOGGER.error(
                "Spool {}: {} was deleted or replaced; lost {} records with {} documents",
                disk.name(),
                file.name(),
                file.heldRecords,
                file.heldDocuments);
        close(file);
        forget(file);
        tally.changed(-file.heldRecords, -file.heldDocuments);
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

    /** Reads the index of a file that has none; what differs from what was held is counted. */
    void load(SpoolFile file) throws IOException {
        if (!file.isLoaded()) {
            long records = file.heldRecords;
            long documents = file.heldDocuments;
            file.load();
            tally.changed(file.heldRecords - records, file.heldDocuments - documents);
        }
    }

    /** Closes all files and gives up the lock. */
    void close() {
        writing = null;
        files.values().forEach(SpoolFile::closeFiles);
        SpoolFile.closeQuietly(lock);
    }
}
