package io.github.xrayd.engine.spool;

import io.github.xrayd.engine.encode.BodyEncoding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Looks into a spool directory from outside, beside the daemon that owns it or without one.
 *
 * <p>Listing takes no lock and changes nothing; what it shows of a running daemon's spool is a moment of it. Dropping
 * takes the lock.
 */
public final class SpoolInspector {
    private final SpoolDisk disk;

    /** Looks into {@code directory}, which must exist when a method is called. */
    public SpoolInspector(Path directory) {
        disk = new SpoolDisk(directory);
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
        UNREADABLE;

        /** Whether its good records are delivered. */
        boolean isRead() {
            return this == GOOD || this == UNFINISHED || this == DAMAGED;
        }
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
     * @param note why it is what it is, as text; empty when good
     */
    public record FileInfo(
            String name,
            FileState state,
            String encoding,
            long bytes,
            Waiting waiting,
            long acknowledged,
            long missing,
            String note) {}

    /** The files of the spool, oldest first. */
    public List<FileInfo> files() throws IOException {
        List<FileInfo> files = new ArrayList<>();
        for (SpoolFile file : SpoolFile.list(disk).values()) {
            // Else it was delivered and deleted since it was listed.
            if (file.look()) {
                SpoolFileIndex index = file.index();
                files.add(new FileInfo(
                        file.name,
                        file.state,
                        index.encoding < 0 ? "" : BodyEncoding.text(index.encoding),
                        file.bytes,
                        new Waiting(index.waiting.cardinality(), file.heldDocuments, file.oldestReceivedMs),
                        index.acknowledgedRecords,
                        index.missingRecords,
                        file.note));
            }
        }
        return files;
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
        try (SpoolDisk locked = disk) {
            locked.lock();
            for (FileInfo file : files()) {
                if (isDropped.test(file)) {
                    locked.delete(file.name());
                    locked.delete(SpoolFileLayout.name(SpoolFileLayout.number(file.name()), SpoolFileLayout.ACKS));
                    dropped.add(file);
                }
            }
            locked.forceDirectory();
        }
        return dropped;
    }
}
