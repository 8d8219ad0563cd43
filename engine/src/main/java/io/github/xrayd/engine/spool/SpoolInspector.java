package io.github.xrayd.engine.spool;

import io.github.xrayd.engine.spool.SpoolDisk.Access;
import io.github.xrayd.engine.spool.SpoolDisk.DiskFile;
import io.github.xrayd.engine.spool.SpoolDisk.Entry;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * Looks into a spool directory from outside, beside the daemon that owns it or without one.
 *
 * <p>Listing takes no lock and changes nothing; what it shows of a running daemon's spool is a moment of it. Dropping takes the lock.
 */
public final class SpoolInspector {
    private final SpoolDisk disk;
    private final SpoolFileScanner scanner = new SpoolFileScanner();

    /** Looks into {@code directory}, which must exist when a method is called. */
    public SpoolInspector(Path directory) {
        disk = new DirectoryDisk(directory);
    }

    /** What a file is. */
    public enum FileState {
        /** All of it is good. */
        GOOD,
        /** It ends in an unfinished write: a daemon is writing it, or died while it did, or it was truncated. */
        UNFINISHED,
        /** Some of its records are damaged; the others will be delivered. */
        DAMAGED,
        /** Put aside, its good records delivered. */
        QUARANTINED,
        /** Of another version of the format, too large, or no regular file; left alone. */
        REFUSED,
        /** The disk does not give it, or its acknowledgements. */
        UNREADABLE
    }

    /**
     * Good records of a file that wait for delivery.
     *
     * @param documents documents in them
     * @param oldestReceivedMs when the oldest document arrived, epoch milliseconds; 0 when none waits
     */
    public record Waiting(long records, long documents, long oldestReceivedMs) {}

    /**
     * One file of a spool.
     *
     * @param name its name
     * @param state what it is
     * @param encoding what its records hold; empty when that is not known
     * @param bytes its length
     * @param waiting what waits for delivery
     * @param acknowledged records that are delivered already
     * @param missing records that are damaged or missing, at least
     * @param note why it is what it is, in words; empty when good
     */
    public record FileInfo(
            String name,
            FileState state,
            String encoding,
            long bytes,
            Waiting waiting,
            long acknowledged,
            long missing,
            String note) {

        private static FileInfo unread(Entry entry, FileState state, String note) {
            return new FileInfo(entry.name(), state, "", entry.size(), new Waiting(0, 0, 0), 0, 0, note);
        }
    }

    /** The files of the spool, oldest first. */
    public List<FileInfo> files() throws IOException {
        List<Entry> entries = disk.list(SpoolDirectory.LISTED_MAX);
        entries.sort(Comparator.comparing(Entry::name));
        List<FileInfo> files = new ArrayList<>();
        for (Entry entry : entries) {
            boolean isAcks = entry.name().endsWith(SpoolFileName.ACKS);
            if (SpoolFileName.number(entry.name()) < 0 || (isAcks && entry.isFile())) {
                continue;
            }
            try {
                files.add(file(entry));
            } catch (NoSuchFileException e) {
                // Delivered and deleted since it was listed.
            } catch (IOException e) {
                files.add(FileInfo.unread(entry, FileState.UNREADABLE, DiskErrors.text(e)));
            }
        }
        return files;
    }

    private FileInfo file(Entry entry) throws IOException {
        if (!entry.isFile()) {
            return FileInfo.unread(entry, FileState.REFUSED, "it is " + entry.kind() + ", not a file");
        }
        if (entry.name().endsWith(SpoolFileName.QUARANTINED)) {
            return FileInfo.unread(entry, FileState.QUARANTINED, "put aside for inspection");
        }
        SpoolFileScanner.Scan scan;
        long size;
        try (DiskFile file = disk.open(entry.name(), Access.READ)) {
            size = file.size();
            scan = scanner.scan(file);
        }
        if (!scan.refusal().isEmpty()) {
            return FileInfo.unread(entry, FileState.REFUSED, scan.refusal());
        }
        SpoolFile file = new SpoolFile(disk, SpoolFileName.number(entry.name()), scan.fileId());
        file.adopt(scan);
        RecordTable table = file.table();
        long oldestMs = 0;
        for (int ordinal = 0; ordinal < table.capacity(); ordinal++) {
            if (table.isHeld(ordinal)) {
                long receivedMs = table.oldestReceivedMs(ordinal);
                oldestMs = oldestMs == 0 ? receivedMs : Math.min(oldestMs, receivedMs);
            }
        }
        FileState state = FileState.GOOD;
        String note = "";
        if (scan.isDamaged()) {
            state = FileState.DAMAGED;
            note = (scan.missingRecords() == 0 ? "an unknown number of" : "at least " + scan.missingRecords())
                    + " records missing";
        } else if (scan.tornBytes() > 0 || size == 0) {
            state = FileState.UNFINISHED;
            note = "the last " + scan.tornBytes() + " bytes are no whole record";
        }
        return new FileInfo(
                entry.name(),
                state,
                scan.fileId() == 0 ? "" : SpoolEncoding.text(scan.encoding()),
                size,
                new Waiting(file.heldRecords, file.heldDocuments, oldestMs),
                table.acknowledged.cardinality(),
                scan.missingRecords(),
                note);
    }

    /**
     * Deletes regular files, records and all.
     *
     * @param isDropped by what {@link #files} says of it
     * @return what was deleted
     * @throws SpoolLockedException when a daemon has the spool; stop it first
     */
    public List<FileInfo> drop(Predicate<FileInfo> isDropped) throws IOException {
        List<FileInfo> dropped = new ArrayList<>();
        try (DiskFile lock = disk.lock(SpoolFileName.LOCK)) {
            for (FileInfo file : files()) {
                if (lock.isAttached() && isDropped.test(file)) {
                    disk.delete(file.name());
                    disk.delete(SpoolFileName.acks(SpoolFileName.number(file.name())));
                    dropped.add(file);
                }
            }
            disk.forceDirectory();
        }
        return dropped;
    }
}
