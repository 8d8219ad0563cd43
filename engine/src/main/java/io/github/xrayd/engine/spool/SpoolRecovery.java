package io.github.xrayd.engine.spool;

import io.github.xrayd.engine.spool.SpoolDisk.Access;
import io.github.xrayd.engine.spool.SpoolDisk.DiskFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a spool directory and finds what an earlier process, or this one before the directory went away, left in it.
 *
 * <p>Every byte of every segment is read once and checked. Damaged files are not rewritten: their good records are delivered from
 * where they are, which needs no room on a full disk, and the file is put aside when the last of them is acknowledged.
 */
final class SpoolRecovery {
    private static final Logger LOGGER = LoggerFactory.getLogger(Spool.class);
    private static final int FILES_MAX = 4 * SpoolDirectory.SEGMENTS_MAX;

    private final SpoolDisk disk;
    private final SpoolSettings settings;
    private final SpoolTally tally;
    private final SegmentScanner scanner;
    private final @Nullable SpoolDirectory previous;
    private final SpoolDirectory directory;
    private final boolean isPatient;
    /** Segments found again. */
    private final Set<Long> matched = new HashSet<>();

    private SpoolRecovery(
            SpoolDisk disk,
            SpoolSettings settings,
            SpoolTally tally,
            SegmentScanner scanner,
            @Nullable SpoolDirectory previous,
            SpoolDirectory directory,
            boolean isPatient) {
        this.disk = disk;
        this.settings = settings;
        this.tally = tally;
        this.scanner = scanner;
        this.previous = previous;
        this.directory = directory;
        this.isPatient = isPatient;
    }

    /**
     * Locks the directory and reads it.
     *
     * @param previous what this process knew of it, with its lock given up, or null
     * @param isPatient whether a file that cannot be read fails the whole, to be tried again, or is left out
     * @throws SpoolLockedException when another has it
     * @throws IOException when the directory cannot be used; nothing is changed then
     */
    static SpoolDirectory acquire(
            SpoolDisk disk,
            SpoolSettings settings,
            SpoolTally tally,
            SegmentScanner scanner,
            @Nullable SpoolDirectory previous,
            boolean isPatient)
            throws IOException {
        disk.makeDirectory();
        DiskFile lock = disk.lock(
                SegmentName.LOCK, Long.toString(ProcessHandle.current().pid()));
        SpoolDirectory directory = new SpoolDirectory(disk, settings, tally, lock);
        boolean isRead = false;
        try {
            List<String> names = disk.list(FILES_MAX);
            if (previous != null) {
                directory.seen(previous.nextNumber() - 1);
            }
            new SpoolRecovery(disk, settings, tally, scanner, previous, directory, isPatient).read(names);
            isRead = true;
            return directory;
        } finally {
            if (!isRead) {
                directory.close(null);
            }
        }
    }

    private void read(List<String> names) throws IOException {
        Collections.sort(names);
        List<Long> segments = new ArrayList<>();
        List<Long> acks = new ArrayList<>();
        for (String name : names) {
            long number = SegmentName.number(name);
            if (number < 0) {
                continue;
            }
            directory.seen(number);
            if (name.endsWith(SegmentName.SEGMENT)) {
                segments.add(number);
            } else if (name.endsWith(SegmentName.ACKS)) {
                acks.add(number);
            } else {
                directory.addQuarantined(name, size(name));
            }
        }
        for (int i = 0; i < segments.size(); i++) {
            readSegment(segments.get(i), i == segments.size() - 1);
        }
        for (Long number : acks) {
            if (Collections.binarySearch(segments, number) < 0) {
                directory.deleteQuietly(SegmentName.acks(number));
            }
        }
        countVanished();
        try {
            directory.sweep();
        } catch (IOException e) {
            // Tried again with every sync.
            tally.failures++;
        }
    }

    private void readSegment(long number, boolean isNewest) throws IOException {
        String name = SegmentName.segment(number);
        try {
            SegmentScanner.Scan scan;
            long size;
            try (DiskFile file = disk.open(name, Access.READ)) {
                size = file.size();
                scan = scanner.scan(file);
            }
            if (scan.kind() == SegmentScanner.Kind.SEGMENT) {
                take(number, size, scan, isNewest);
            } else {
                refuse(
                        name,
                        size,
                        scan.kind() == SegmentScanner.Kind.TOO_LARGE
                                ? "it is larger than any that this version writes"
                                : "it is of format version " + scan.version() + " and this daemon reads version "
                                        + SegmentLayout.VERSION);
            }
        } catch (NoSuchFileException e) {
            // Deleted since it was listed.
        } catch (IOException e) {
            tally.failures++;
            if (isPatient) {
                throw e;
            }
            refuse(name, size(name), "it cannot be read (" + e.getMessage() + ")");
        }
    }

    private void take(long number, long size, SegmentScanner.Scan scan, boolean isNewest) throws IOException {
        Segment segment = new Segment(disk, number, scan.fileId());
        segment.bytes = size;
        boolean isTorn = scan.tornBytes() > 0;
        boolean isSynced = !isNewest;
        if (isNewest) {
            if (isTorn) {
                tally.tornTails++;
                LOGGER.info(
                        "Spool {}: cut off {} bytes of {} whose write was not finished",
                        disk.name(),
                        scan.tornBytes(),
                        SegmentName.segment(number));
            }
            long length = isTorn ? Math.min(size, scan.goodBytes()) : size;
            isSynced = finish(number, length);
            segment.bytes = isSynced ? length : size;
        } else if (isTorn && size > 0) {
            // Only the newest file can end in an unfinished write, because the one before is finished first.
            segment.isDamaged = true;
        }
        tally.corruptRecords += scan.corruptRecords();
        segment.adopt(scan);
        segment.syncedOrdinals = isSynced ? segment.ordinals : 0;
        Segment known = previous == null ? null : previous.segments.get(number);
        if (known != null && known.fileId == segment.fileId) {
            matched.add(number);
            carryOver(known, segment);
            tally.changed(
                    segment.heldRecords - known.heldRecords,
                    segment.heldDocuments - known.heldDocuments,
                    segment.heldBytes - known.heldBytes);
        } else {
            tally.changed(segment.heldRecords, segment.heldDocuments, segment.heldBytes);
        }
        if (segment.isDamaged) {
            LOGGER.warn(
                    "Spool {}: {} is damaged; {} records are missing, {} good ones will be delivered",
                    disk.name(),
                    SegmentName.segment(number),
                    scan.corruptRecords(),
                    segment.heldRecords);
        }
        directory.segments.put(number, segment);
        if (segment.heldRecords == 0) {
            retire(segment);
        } else if (segment.table().taken.isEmpty() && segment.unwrittenAcks.isEmpty()) {
            segment.table = null;
        }
    }

    private void retire(Segment segment) {
        try {
            directory.retire(segment);
        } catch (IOException e) {
            // It holds nothing, and is tried again with every sync.
            tally.failures++;
        }
    }

    /**
     * Does what the process that wrote the newest file did not come to: cuts off its torn tail, and forces what it left in the
     * kernel. Returns whether that worked; if not, the next process reads the same again.
     */
    private boolean finish(long number, long length) {
        try (DiskFile file = disk.open(SegmentName.segment(number), Access.WRITE)) {
            file.truncate(length);
            file.force();
            disk.forceDirectory();
            return true;
        } catch (IOException e) {
            tally.failures++;
            return false;
        }
    }

    /** Keeps what this process knew and the disk does not: what was acknowledged, and what is in flight. */
    private static void carryOver(Segment known, Segment segment) {
        RecordTable old = known.table;
        if (old == null) {
            return;
        }
        RecordTable table = segment.table();
        for (int ordinal = 0; ordinal < old.capacity(); ordinal++) {
            if (!table.isHeld(ordinal)) {
                continue;
            }
            if (old.acknowledged.get(ordinal)) {
                table.acknowledged.set(ordinal);
                segment.unwrittenAcks.set(ordinal);
                segment.heldRecords--;
                segment.heldDocuments -= table.documentCount(ordinal);
                segment.heldBytes -= table.bodyLength(ordinal);
            } else if (old.taken.get(ordinal)) {
                table.taken.set(ordinal);
            }
        }
    }

    private void countVanished() {
        if (previous == null) {
            return;
        }
        for (Segment known : previous.segments.values()) {
            if (known.heldRecords > 0 && !matched.contains(known.number)) {
                tally.changed(-known.heldRecords, -known.heldDocuments, -known.heldBytes);
                LOGGER.error(
                        "Spool {}: {} is gone; lost {} records with {} documents",
                        disk.name(),
                        SegmentName.segment(known.number),
                        known.heldRecords,
                        known.heldDocuments);
            }
        }
    }

    private void refuse(String name, long size, String reason) {
        tally.refusedFiles++;
        directory.addRefused(size + size(SegmentName.acks(SegmentName.number(name))));
        LOGGER.error("Spool {}: left {} alone, because {}", disk.name(), name, reason);
    }

    /** The length of a file; the length of a full segment when the disk does not tell. */
    private long size(String name) {
        try (DiskFile file = disk.open(name, Access.READ)) {
            return file.size();
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            tally.failures++;
            return settings.segmentBytes();
        }
    }
}
