package io.github.xrayd.engine.spool;

import io.github.xrayd.engine.spool.SpoolDisk.Access;
import io.github.xrayd.engine.spool.SpoolDisk.DiskFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;

/**
 * Looks into a spool directory from outside, beside the daemon that owns it or without one.
 *
 * <p>Listing and reading take no lock and change nothing; what they show of a running daemon's spool is a moment of it. Dropping
 * takes the lock. To replay by hand, open a {@link Spool} (it takes the lock), send each {@link Spool#next} and acknowledge it.
 */
public final class SpoolInspector {
    private static final int FILES_MAX = 4 * SpoolDirectory.SEGMENTS_MAX;

    private final SpoolDisk disk;
    private final SegmentScanner scanner = new SegmentScanner();

    /** Looks into {@code directory}, which must exist when a method is called. */
    public SpoolInspector(Path directory) {
        this(new DirectoryDisk(directory));
    }

    SpoolInspector(SpoolDisk disk) {
        this.disk = disk;
    }

    /** What a file is. */
    public enum FileState {
        /** All of it is good. */
        GOOD,
        /** It ends in an unfinished write: a daemon is writing it, or died while it did. */
        UNFINISHED,
        /** Some of its records are damaged; the others will be delivered. */
        DAMAGED,
        /** Put aside, its good records delivered. */
        QUARANTINED,
        /** Of another version of the format, or too large; left alone. */
        REFUSED,
        /** The disk does not give it. */
        UNREADABLE
    }

    /**
     * One file of a spool.
     *
     * @param name its name
     * @param state what it is
     * @param bytes its length
     * @param records good records in it that wait for delivery
     * @param documents documents in them
     * @param bodyBytes bytes of their bodies
     * @param acknowledged records that are delivered already
     * @param corrupt records that are damaged, as far as one can tell
     * @param oldestReceivedMs when the oldest waiting document arrived, epoch milliseconds; 0 when none waits
     * @param note why it is what it is, in words; empty when good
     */
    public record FileInfo(
            String name,
            FileState state,
            long bytes,
            long records,
            long documents,
            long bodyBytes,
            long acknowledged,
            long corrupt,
            long oldestReceivedMs,
            String note) {}

    /**
     * One record that waits for delivery.
     *
     * @param file the file it is in
     * @param recordId its id
     * @param documents documents in it
     * @param bodyBytes bytes of its body
     * @param oldestReceivedMs when the oldest of them arrived, epoch milliseconds
     */
    public record RecordInfo(String file, long recordId, int documents, int bodyBytes, long oldestReceivedMs) {}

    /** Is given each record and its batch; throws to end the reading. */
    @FunctionalInterface
    public interface RecordVisitor {
        void onRecord(RecordInfo info, SpooledBatch batch) throws IOException;
    }

    /** The files of the spool, oldest first. */
    public List<FileInfo> files() throws IOException {
        List<FileInfo> files = new ArrayList<>();
        for (String name : names()) {
            try {
                files.add(file(name));
            } catch (NoSuchFileException e) {
                // Delivered and deleted since it was listed.
            } catch (IOException e) {
                files.add(new FileInfo(name, FileState.UNREADABLE, 0, 0, 0, 0, 0, 0, 0, DiskErrors.text(e)));
            }
        }
        return files;
    }

    private List<String> names() throws IOException {
        List<String> names = new ArrayList<>();
        for (String name : disk.list(FILES_MAX)) {
            if (SegmentName.number(name) >= 0 && !name.endsWith(SegmentName.ACKS)) {
                names.add(name);
            }
        }
        Collections.sort(names);
        return names;
    }

    private FileInfo file(String name) throws IOException {
        SegmentScanner.Scan scan;
        long size;
        try (DiskFile file = disk.open(name, Access.READ)) {
            size = file.size();
            if (name.endsWith(SegmentName.QUARANTINED)) {
                return new FileInfo(name, FileState.QUARANTINED, size, 0, 0, 0, 0, 0, 0, "put aside for inspection");
            }
            scan = scanner.scan(file);
        }
        if (scan.kind() != SegmentScanner.Kind.SEGMENT) {
            String why = scan.kind() == SegmentScanner.Kind.TOO_LARGE
                    ? "larger than any file of this version"
                    : "format version " + scan.version() + ", known is " + SegmentLayout.VERSION;
            return new FileInfo(name, FileState.REFUSED, size, 0, 0, 0, 0, 0, 0, why);
        }
        Segment segment = new Segment(disk, SegmentName.number(name), scan.fileId());
        segment.adopt(scan);
        RecordTable table = segment.table();
        long oldestMs = 0;
        for (int ordinal = 0; ordinal < table.capacity(); ordinal++) {
            if (table.isHeld(ordinal)) {
                long receivedMs = table.oldestReceivedMs(ordinal);
                oldestMs = oldestMs == 0 ? receivedMs : Math.min(oldestMs, receivedMs);
            }
        }
        FileState state =
                scan.isDamaged() ? FileState.DAMAGED : scan.tornBytes() > 0 ? FileState.UNFINISHED : FileState.GOOD;
        String note = scan.isDamaged()
                ? scan.corruptRecords() + " records damaged"
                : scan.tornBytes() > 0 ? scan.tornBytes() + " bytes of an unfinished write" : "";
        return new FileInfo(
                name,
                state,
                size,
                segment.heldRecords,
                segment.heldDocuments,
                segment.heldBytes,
                table.acknowledged.cardinality(),
                scan.corruptRecords(),
                oldestMs,
                note);
    }

    /**
     * Reads every record that waits for delivery, oldest first, one in memory at a time; files that cannot be read are left out.
     *
     * @return how many records were read
     */
    public long read(RecordVisitor visitor) throws IOException {
        long count = 0;
        for (String name : names()) {
            if (!name.endsWith(SegmentName.SEGMENT)) {
                continue;
            }
            SegmentScanner.Scan scan;
            try (DiskFile file = disk.open(name, Access.READ)) {
                scan = scanner.scan(file);
            } catch (NoSuchFileException e) {
                continue;
            }
            Segment segment = new Segment(disk, SegmentName.number(name), scan.fileId());
            try {
                segment.adopt(scan);
                count += read(segment, name, visitor);
            } finally {
                segment.closeFiles();
            }
        }
        return count;
    }

    private static long read(Segment segment, String name, RecordVisitor visitor) throws IOException {
        RecordTable table = segment.table();
        long count = 0;
        for (int ordinal = 0; ordinal < table.capacity(); ordinal++) {
            byte[] record = table.isHeld(ordinal) ? segment.read(ordinal) : null;
            if (record == null) {
                continue;
            }
            long recordId = segment.recordId(ordinal);
            RecordInfo info = new RecordInfo(
                    name,
                    recordId,
                    table.documentCount(ordinal),
                    table.bodyLength(ordinal),
                    table.oldestReceivedMs(ordinal));
            visitor.onRecord(info, new SpooledBatch(recordId, record));
            count++;
        }
        return count;
    }

    /**
     * Deletes files, records and all.
     *
     * @param isDropped by what {@link #files} says of it
     * @return what was deleted
     * @throws SpoolLockedException when a daemon has the spool; stop it first
     */
    public List<FileInfo> drop(Predicate<FileInfo> isDropped) throws IOException {
        List<FileInfo> dropped = new ArrayList<>();
        try (DiskFile lock = disk.lock(
                SegmentName.LOCK, Long.toString(ProcessHandle.current().pid()))) {
            for (FileInfo file : files()) {
                if (lock.isAttached() && isDropped.test(file)) {
                    disk.delete(file.name());
                    disk.delete(SegmentName.acks(SegmentName.number(file.name())));
                    dropped.add(file);
                }
            }
            disk.forceDirectory();
        }
        return dropped;
    }
}
