package io.github.xrayd.engine.spool;

import io.github.xrayd.engine.spool.SpoolDisk.Access;
import io.github.xrayd.engine.spool.SpoolDisk.DiskFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A spool directory that this process has locked: its segments, its damaged files, and the room that is left. */
final class SpoolDirectory {
    /** Bounds the index: a few hundred bytes each. */
    static final int SEGMENTS_MAX = 16_384;
    /** Damaged files that are kept for inspection may take this share of the limit, as long as records do not need it. */
    private static final int QUARANTINE_SHARE = 8;

    private static final Logger LOGGER = LoggerFactory.getLogger(Spool.class);

    /** By number: oldest first. */
    final NavigableMap<Long, Segment> segments = new TreeMap<>();

    private final SpoolDisk disk;
    private final SpoolSettings settings;
    private final SpoolTally tally;
    private final DiskFile lock;
    private final ArrayDeque<Aside> quarantined = new ArrayDeque<>();
    /** Acknowledgement files whose segment is deleted, but perhaps not for a power loss. */
    private final List<Long> orphanAcks = new ArrayList<>();

    private long quarantinedBytes;
    private long refusedBytes;
    private long nextNumber = 1;

    /** A damaged file put aside. */
    private record Aside(String name, long bytes) {}

    SpoolDirectory(SpoolDisk disk, SpoolSettings settings, SpoolTally tally, DiskFile lock) {
        this.disk = disk;
        this.settings = settings;
        this.tally = tally;
        this.lock = lock;
    }

    /** Whether the directory is still the one that was locked. */
    boolean isAttached() {
        return lock.isAttached();
    }

    long usedBytes() {
        long used = quarantinedBytes + refusedBytes;
        for (Segment segment : segments.values()) {
            used += segment.usedBytes();
        }
        return used;
    }

    /** Whether {@code bytes} more fit the limit, once damaged files have made room. */
    boolean makeRoom(long bytes) {
        long used = usedBytes();
        boolean isDropped = false;
        while (used + bytes > settings.bytesMax() && !quarantined.isEmpty()) {
            used -= quarantined.getFirst().bytes;
            if (!dropQuarantined()) {
                return false;
            }
            isDropped = true;
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

    long oldestReceivedMs() {
        for (Segment segment : segments.values()) {
            if (segment.heldRecords > 0) {
                RecordTable table = segment.table;
                int first = table == null ? -1 : table.firstHeld();
                return first < 0 || table == null ? segment.firstReceivedMs : table.oldestReceivedMs(first);
            }
        }
        return 0;
    }

    void seen(long number) {
        nextNumber = Math.max(nextNumber, number + 1);
    }

    long nextNumber() {
        return nextNumber;
    }

    void addRefused(long bytes) {
        refusedBytes += bytes;
    }

    void addQuarantined(String name, long bytes) {
        quarantined.addLast(new Aside(name, bytes));
        quarantinedBytes += bytes;
    }

    /** Begins a new segment file, with its header written. */
    SegmentWriter create(long fileId) throws IOException {
        while (true) {
            long number = nextNumber++;
            if (number > SegmentName.NUMBER_MAX) {
                throw new IOException("No segment number is left; empty the directory to begin again");
            }
            DiskFile file;
            try {
                file = disk.open(SegmentName.segment(number), Access.CREATE);
            } catch (FileAlreadyExistsException e) {
                continue;
            }
            boolean isWritten = false;
            try {
                byte[] header = SegmentLayout.fileHeader(fileId);
                Segment.writeFully(file, header, header.length, 0);
                isWritten = true;
            } finally {
                if (!isWritten) {
                    Segment.closeQuietly(file);
                    deleteQuietly(SegmentName.segment(number));
                }
            }
            Segment segment = new Segment(disk, number, fileId);
            segments.put(number, segment);
            return new SegmentWriter(segment, file);
        }
    }

    /**
     * Removes a segment of which nothing is held: deletes it, or puts it aside when it is damaged. Its acknowledgements stay until
     * {@link #sweep}, so that a power loss that undoes the deletion does not undo them.
     */
    void retire(Segment segment) throws IOException {
        segment.closeFiles();
        if (segment.isDamaged) {
            quarantine(segment.number, segment.bytes);
        } else {
            disk.delete(SegmentName.segment(segment.number));
        }
        segments.remove(segment.number);
        orphanAcks.add(segment.number);
    }

    void quarantine(long number, long bytes) throws IOException {
        String name = SegmentName.quarantined(number);
        disk.rename(SegmentName.segment(number), name);
        addQuarantined(name, bytes);
        tally.quarantinedFiles++;
        LOGGER.warn(
                "Spool {}: put the damaged file aside as {}; its good records were kept. Delete it when it has been looked at",
                disk.name(),
                name);
        while (quarantined.size() > 1 && quarantinedBytes > settings.bytesMax() / QUARANTINE_SHARE) {
            if (!dropQuarantined()) {
                break;
            }
        }
    }

    private boolean dropQuarantined() {
        Aside oldest = quarantined.getFirst();
        if (!deleteQuietly(oldest.name)) {
            return false;
        }
        quarantined.removeFirst();
        quarantinedBytes -= oldest.bytes;
        LOGGER.warn("Spool {}: deleted the damaged file {} to make room", disk.name(), oldest.name);
        return true;
    }

    /** Deletes the acknowledgements of segments that are gone for good. */
    void sweep() throws IOException {
        if (orphanAcks.isEmpty()) {
            return;
        }
        disk.forceDirectory();
        for (Iterator<Long> numbers = orphanAcks.iterator(); numbers.hasNext(); ) {
            disk.delete(SegmentName.acks(numbers.next()));
            numbers.remove();
        }
    }

    /** Forgets a segment whose file is gone; what it held is lost. */
    void lose(Segment segment, String why) {
        LOGGER.error(
                "Spool {}: {} is gone ({}); lost {} records with {} documents",
                disk.name(),
                SegmentName.segment(segment.number),
                why,
                segment.heldRecords,
                segment.heldDocuments);
        segment.closeFiles();
        segments.remove(segment.number);
        orphanAcks.add(segment.number);
        tally.changed(-segment.heldRecords, -segment.heldDocuments, -segment.heldBytes);
    }

    /** Reads the table of a segment that has none; what differs from what was held is counted. */
    void load(Segment segment, SegmentScanner scanner) throws IOException {
        if (segment.table != null) {
            return;
        }
        long records = segment.heldRecords;
        long documents = segment.heldDocuments;
        long bytes = segment.heldBytes;
        try (DiskFile file = disk.open(SegmentName.segment(segment.number), Access.READ)) {
            SegmentScanner.Scan scan = scanner.scan(file);
            if (scan.fileId() != segment.fileId) {
                segment.isDamaged = true;
                scan = SegmentScanner.Scan.empty();
            }
            segment.adopt(scan);
        }
        tally.changed(segment.heldRecords - records, segment.heldDocuments - documents, segment.heldBytes - bytes);
    }

    /** Deletes a file if that can be done. */
    boolean deleteQuietly(String name) {
        try {
            disk.delete(name);
            return true;
        } catch (IOException e) {
            tally.failures++;
            return false;
        }
    }

    /** Closes all files and gives up the lock. */
    void close(@Nullable SegmentWriter writer) {
        if (writer != null) {
            writer.close();
        }
        for (Segment segment : segments.values()) {
            segment.closeFiles();
        }
        Segment.closeQuietly(lock);
    }
}
