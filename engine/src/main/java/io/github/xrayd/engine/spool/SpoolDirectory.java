package io.github.xrayd.engine.spool;

import io.github.xrayd.engine.spool.SpoolDisk.Access;
import io.github.xrayd.engine.spool.SpoolDisk.DiskFile;
import io.github.xrayd.engine.spool.SpoolDisk.Entry;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A spool directory that this process has locked: its files, those that are left alone, and the room that is left.
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

    /** By number: oldest first. */
    final NavigableMap<Long, SpoolFile> files = new TreeMap<>();

    private final SpoolDisk disk;
    private final SpoolSettings settings;
    private final SpoolTally tally;
    private final SpoolFileScanner scanner;
    private final DiskFile lock;
    /** Damaged files put aside, and their bytes: oldest first. */
    private final TreeMap<String, Long> quarantined = new TreeMap<>();
    /** Files that could not be read, and their bytes; tried again. */
    private final TreeMap<Long, Long> unread = new TreeMap<>();
    /** Acknowledgement files whose spool file is deleted, but perhaps not for a power loss. */
    private final List<Long> orphanAcks = new ArrayList<>();

    private int aloneFiles;
    private long aloneBytes;
    private long nextNumber;
    private long newest = -1;

    private SpoolDirectory(
            SpoolDisk disk, SpoolSettings settings, SpoolTally tally, SpoolFileScanner scanner, DiskFile lock) {
        this.disk = disk;
        this.settings = settings;
        this.tally = tally;
        this.scanner = scanner;
        this.lock = lock;
    }

    /**
     * Locks the directory and reads it.
     *
     * @param firstNumber the lowest number of a new file
     * @throws SpoolLockedException when another has it
     * @throws IOException when the directory cannot be used; nothing is counted or changed then
     */
    static SpoolDirectory acquire(
            SpoolDisk disk, SpoolSettings settings, SpoolTally tally, SpoolFileScanner scanner, long firstNumber)
            throws IOException {
        disk.makeDirectory();
        DiskFile lock = disk.lock(SpoolFileName.LOCK);
        SpoolDirectory directory = new SpoolDirectory(disk, settings, tally, scanner, lock);
        directory.nextNumber = firstNumber;
        List<Entry> entries;
        try {
            entries = disk.list(LISTED_MAX);
        } catch (IOException e) {
            directory.close();
            throw e;
        }
        directory.read(entries);
        return directory;
    }

    private void read(List<Entry> entries) {
        entries.sort(Comparator.comparing(Entry::name));
        NavigableMap<Long, Long> found = new TreeMap<>();
        Set<Long> numbers = new HashSet<>();
        for (Entry entry : entries) {
            long number = SpoolFileName.number(entry.name());
            if (number < 0) {
                continue;
            }
            nextNumber = Math.max(nextNumber, number + 1);
            if (entry.name().endsWith(SpoolFileName.SPOOL)) {
                numbers.add(number);
            }
            if (entry.name().endsWith(SpoolFileName.ACKS)) {
                continue;
            }
            if (!entry.isFile()) {
                leaveAlone(entry.name(), 0, "it is " + entry.kind() + ", not a file");
            } else if (entry.name().endsWith(SpoolFileName.SPOOL)) {
                found.put(number, entry.size());
            } else if (entry.name().endsWith(SpoolFileName.QUARANTINED)) {
                quarantined.put(entry.name(), entry.size());
            }
        }
        newest = found.isEmpty() ? -1 : found.lastKey();
        found.forEach(this::read);
        for (Entry entry : entries) {
            long number = SpoolFileName.number(entry.name());
            if (number < 0 || !entry.name().endsWith(SpoolFileName.ACKS) || numbers.contains(number)) {
                continue;
            }
            if (entry.isFile()) {
                orphanAcks.add(number);
            } else {
                leaveAlone(entry.name(), 0, "it is " + entry.kind() + ", not a file");
            }
        }
        sweep();
    }

    /** Tries the files again that could not be read; returns whether one of them can be now. */
    boolean readUnread() {
        boolean isAnyRead = false;
        for (Map.Entry<Long, Long> entry : List.copyOf(unread.entrySet())) {
            read(entry.getKey(), entry.getValue());
            isAnyRead |= !unread.containsKey(entry.getKey());
        }
        return isAnyRead;
    }

    private void read(long number, long listedBytes) {
        String name = SpoolFileName.spool(number);
        try {
            SpoolFileScanner.Scan scan;
            SpoolFile file;
            try (DiskFile open = disk.open(name, Access.READ)) {
                scan = scanner.scan(open);
                file = new SpoolFile(disk, number, scan.fileId());
                file.bytes = open.size();
            }
            int wanted = settings.encoding().code();
            if (!scan.refusal().isEmpty()) {
                leaveAlone(name, file.bytes, scan.refusal());
            } else if (scan.encoding() != wanted && scan.fileId() != 0) {
                leaveAlone(
                        name,
                        file.bytes,
                        "it holds " + SpoolEncoding.text(scan.encoding()) + ", and this destination sends "
                                + SpoolEncoding.text(wanted));
            } else {
                file.adopt(scan);
                take(file, scan);
            }
            unread.remove(number);
        } catch (NoSuchFileException e) {
            // Deleted since it was listed.
            unread.remove(number);
        } catch (IOException e) {
            tally.failures++;
            if (unread.put(number, listedBytes) == null) {
                LOGGER.error(
                        "Spool {}: left {} aside, because it or its acknowledgements cannot be read ({}); tried again",
                        disk.name(),
                        name,
                        DiskErrors.text(e));
            }
        }
    }

    private void take(SpoolFile file, SpoolFileScanner.Scan scan) {
        boolean isTorn = scan.tornBytes() > 0;
        // Only the newest file can end in an unfinished write, because the one before is finished first.
        file.isDamaged |= isTorn && file.number != newest;
        tally.missingRecords += scan.missingRecords();
        if (file.isDamaged) {
            LOGGER.warn(
                    "Spool {}: {} is damaged; {} records are missing{}, {} good ones will be delivered",
                    disk.name(),
                    file.name(),
                    scan.missingRecords() == 0 ? "an unknown number of" : "at least " + scan.missingRecords(),
                    isTorn
                            ? " (the last " + scan.tornBytes() + " of " + file.bytes + " bytes are no whole record)"
                            : "",
                    file.heldRecords);
        } else if (isTorn || file.bytes == 0) {
            LOGGER.warn(
                    "Spool {}: cut off the last {} of {} bytes of {}, which are no whole record: a write was not finished, or the"
                            + " file was truncated",
                    disk.name(),
                    scan.tornBytes(),
                    file.bytes,
                    file.name());
        }
        if (file.number == newest) {
            finish(file, isTorn && !file.isDamaged ? Math.min(file.bytes, scan.goodBytes()) : file.bytes);
        } else {
            file.syncedOrdinals = file.ordinals;
        }
        tally.changed(file.heldRecords, file.heldDocuments);
        files.put(file.number, file);
        if (file.heldRecords == 0) {
            retire(file);
        } else {
            file.rest();
        }
    }

    /**
     * Does what the process that wrote the newest file did not come to: cuts off its torn tail, and forces what it left in the
     * kernel. When that fails the next process reads the same again.
     */
    private void finish(SpoolFile file, long length) {
        try (DiskFile open = disk.open(file.name(), Access.WRITE)) {
            open.truncate(length);
            open.force();
            disk.forceDirectory();
            file.bytes = length;
            file.syncedOrdinals = file.ordinals;
        } catch (IOException e) {
            tally.failures++;
        }
    }

    private void leaveAlone(String name, long bytes, String reason) {
        aloneFiles++;
        aloneBytes += bytes;
        LOGGER.error("Spool {}: left {} alone, because {}", disk.name(), name, reason);
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
        return aloneFiles + unread.size();
    }

    long usedBytes() {
        long used = aloneBytes;
        for (long bytes : unread.values()) {
            used += bytes;
        }
        for (long bytes : quarantined.values()) {
            used += bytes;
        }
        for (SpoolFile file : files.values()) {
            used += file.usedBytes();
        }
        return used;
    }

    /** Whether {@code bytes} more fit the limit, once damaged files, oldest first, have made room. */
    boolean makeRoom(long bytes) {
        long used = usedBytes();
        boolean isDropped = false;
        for (Iterator<Map.Entry<String, Long>> all = quarantined.entrySet().iterator();
                used + bytes > settings.bytesMax() && all.hasNext(); ) {
            Map.Entry<String, Long> oldest = all.next();
            try {
                disk.delete(oldest.getKey());
                used -= oldest.getValue();
                all.remove();
                isDropped = true;
                LOGGER.warn("Spool {}: deleted the damaged file {} to make room", disk.name(), oldest.getKey());
            } catch (IOException e) {
                tally.failures++;
            }
        }
        return used + bytes <= settings.bytesMax() && (!isDropped || isForced());
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

    /** Begins a new file, with its header written. */
    SpoolFile create(long fileId) throws IOException {
        while (nextNumber <= SpoolFileName.NUMBER_MAX) {
            try {
                SpoolFile file = SpoolFile.create(disk, nextNumber, fileId, settings.encoding());
                files.put(nextNumber++, file);
                return file;
            } catch (FileAlreadyExistsException e) {
                nextNumber++;
            }
        }
        throw new IOException("No file number is left; empty the directory to begin again");
    }

    /**
     * Removes a file of which nothing is held: deletes it, or puts it aside when it is damaged. Its acknowledgements stay until
     * {@link #sweep}, so that a power loss that undoes the deletion does not undo them. Returns whether that worked; it is tried again
     * with every sync.
     */
    boolean retire(SpoolFile file) {
        file.closeFiles();
        try {
            if (file.isDamaged) {
                String name = SpoolFileName.quarantined(file.number);
                disk.rename(file.name(), name);
                quarantined.put(name, file.bytes);
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
        if (!file.isErrorLogged) {
            file.isErrorLogged = true;
            LOGGER.warn("Spool {}: cannot {} {}: {}; tried again", disk.name(), doing, file.name(), DiskErrors.text(e));
        }
    }

    /** Deletes the acknowledgements of files that are gone for good; returns whether that worked. */
    boolean sweep() {
        if (orphanAcks.isEmpty()) {
            return true;
        }
        boolean isDone = isForced();
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
        file.closeFiles();
        forget(file);
        tally.changed(-file.heldRecords, -file.heldDocuments);
    }

    private void forget(SpoolFile file) {
        files.remove(file.number);
        orphanAcks.add(file.number);
    }

    /** Reads the table of a file that has none; what differs from what was held is counted. */
    void load(SpoolFile file) throws IOException {
        if (!file.isLoaded()) {
            long records = file.heldRecords;
            long documents = file.heldDocuments;
            file.load(scanner);
            tally.changed(file.heldRecords - records, file.heldDocuments - documents);
        }
    }

    /** Closes all files and gives up the lock. */
    void close() {
        files.values().forEach(SpoolFile::closeFiles);
        SpoolFile.closeQuietly(lock);
    }
}
