package io.github.xrayd.engine.spool;

import io.github.xrayd.engine.encode.BodyEncoding;
import io.github.xrayd.engine.spool.SpoolDisk.Entry;
import io.github.xrayd.engine.spool.SpoolInspector.FileState;
import io.github.xrayd.engine.spool.SpoolState.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.NanoClock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A spool directory: its files, the one that is appended to, those that are left alone, and the room that is left.
 * Holds nothing until it could be locked and read; and nothing for good when it is deleted or replaced after that,
 * because the names in it may be another's then.
 *
 * <p>Every byte of every file is read once and checked when the directory is taken. An error at one file leaves that
 * file aside, never the others. Damaged files are not rewritten: their good records are delivered from where they are,
 * which needs no room on a full disk, and the file is put aside when the last of them is acknowledged.
 *
 * <p>A record's id is the number of its file, then 32 bits of its ordinal there.
 */
final class SpoolDirectory {
    /** Bounds the index: a few hundred bytes each. */
    private static final int FILES_MAX = 16_384;
    /** Failed attempts to read a record before the next one is read. */
    private static final int READ_ATTEMPTS = 3;
    /** Time until a file is read again that could not be read when it was found. */
    private static final long UNREAD_RETRY_NS = TimeUnit.SECONDS.toNanos(10);

    private static final Logger LOGGER = LoggerFactory.getLogger(Spool.class);

    private final SpoolDisk disk;
    private final SpoolSettings settings;
    private final NanoClock clock;
    /** By name, oldest first, those too that are left alone; of this type because files go while it is walked. */
    private final Map<String, SpoolFile> files = new ConcurrentSkipListMap<>();
    /** The file that is appended to. */
    private @Nullable SpoolFile writing;
    /** The file that was read last. */
    private @Nullable SpoolFile reading;

    private boolean isOpen;
    private long nextNumber = 1;
    private long newest = -1;

    SpoolDirectory(SpoolDisk disk, SpoolSettings settings, NanoClock clock) {
        this.disk = disk;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Locks the directory and reads it.
     *
     * @throws SpoolLockedException when another has it
     * @throws IOException when the directory cannot be used; nothing is changed then
     */
    void open() throws IOException {
        disk.makeDirectory();
        disk.lock();
        try {
            files.putAll(SpoolFile.list(disk));
        } catch (IOException e) {
            disk.close();
            throw e;
        }
        isOpen = true;
        for (SpoolFile file : files.values()) {
            nextNumber = Math.max(nextNumber, file.number + 1);
            newest = file.state.isRead() ? file.number : newest;
        }
        files.values().forEach(this::read);
    }

    private void read(SpoolFile file) {
        file.retryAtNs = clock.nanoTime();
        if (!file.look()) {
            // Deleted; what is left of it will be.
            return;
        }
        SpoolFileIndex index = file.index();
        int encoding = settings.encoding().code();
        if (index.encoding >= 0 && index.encoding != encoding) {
            String held = BodyEncoding.text(index.encoding);
            String wanted = BodyEncoding.text(encoding);
            file.become(FileState.REFUSED, "it holds " + held + ", and this destination sends " + wanted);
        } else if (index.tornBytes > 0 && file.number != newest) {
            // Only the newest file can end in an unfinished write, because the one before is finished first.
            file.become(FileState.DAMAGED, index.missing() + " (" + index.torn() + ")");
        }
        switch (file.state) {
            case DAMAGED ->
                log(file.name + " is damaged; " + file.note + ", " + index.waiting.cardinality()
                        + " good ones will be delivered");
            case UNFINISHED ->
                log("cut off a write of " + file.name + " that was not finished, or the file was truncated: "
                        + file.note);
            case REFUSED -> logError("left " + file.name + " alone, because " + file.note);
            case UNREADABLE -> {
                file.retryAtNs += UNREAD_RETRY_NS;
                onFailed(file, "be read with its acknowledgements", file.note);
            }
            default -> {}
        }
        if (file.number == newest && file.state.isRead()) {
            try {
                file.finish();
            } catch (IOException e) {
                // The next process reads the same again.
            }
        }
        file.rest();
    }

    /** What is held, beside what the owner says of it. */
    SpoolState state(Status status, String reason) {
        long documents = 0;
        long oldestMs = 0;
        for (SpoolFile file : files.values()) {
            documents += file.heldDocuments;
            if (file.heldDocuments > 0 && (oldestMs == 0 || file.oldestReceivedMs < oldestMs)) {
                oldestMs = file.oldestReceivedMs;
            }
        }
        return new SpoolState(status, reason, documents, usedBytes(), oldestMs);
    }

    long usedBytes() {
        return files.values().stream().mapToLong(SpoolFile::usedBytes).sum();
    }

    /** Appends a record, see {@link Spool#append}; nothing of it remains after an error. */
    void append(ByteBuffer body, int[] starts, long oldestReceivedMs) throws IOException {
        int length = SpoolFileLayout.recordBytes(body.remaining(), starts.length);
        prepare();
        makeRoom(length);
        try {
            writable(length).write(settings.encoding().code(), body, starts, oldestReceivedMs);
        } catch (IOException e) {
            if (writing != null) {
                writing.cutOff(length);
            }
            if (!SpoolDisk.isFull(e)) {
                seal();
            }
            throw e;
        }
    }

    /**
     * Opens the directory, or looks whether its name and that of the file at hand still lead to them: nothing is stored
     * where nobody would find it.
     */
    private void prepare() throws IOException {
        if (!isOpen) {
            open();
        }
        if (!disk.isLocked()) {
            long lost = state(Status.FAILED, "").documents();
            if (lost > 0) {
                logError("lost " + lost + " documents with the directory");
            }
            close();
            files.clear();
            throw new IOException("the directory was deleted or replaced; restart the daemon to spool again");
        }
        if (writing != null && !writing.isAttached()) {
            lose(writing);
        }
    }

    /** Forgets a file that is gone; what it held is lost. */
    private void lose(SpoolFile file) {
        logError(file.name + " was deleted or replaced; lost " + file.heldDocuments + " documents");
        close(file);
        files.remove(file.name);
    }

    /**
     * Makes room for a record of {@code length} bytes within the limit: deletes what is done with, then damaged files
     * that were put aside, oldest first.
     */
    private void makeRoom(int length) throws IOException {
        long bytesMax = settings.bytesMax() - length - SpoolFileLayout.ACK_BYTES - SpoolFileLayout.FILE_HEADER_BYTES;
        if (usedBytes() > bytesMax) {
            tend(Long.MAX_VALUE);
        }
        if (usedBytes() > bytesMax) {
            tend(bytesMax);
        }
        if (usedBytes() > bytesMax || files.size() >= FILES_MAX) {
            throw new IOException("no space left within the limit of " + settings.bytesMax()
                    + " bytes (--spool-limit) and " + FILES_MAX + " files");
        }
    }

    /** The file to append to: the one at hand, or a new one when that is full or gone. */
    private SpoolFile writable(int length) throws IOException {
        SpoolFile open = writing;
        if (open != null && open.hasRoom(length, settings.fileBytes())) {
            return open;
        }
        try {
            return begin();
        } catch (IOException e) {
            if (open == null
                    || !SpoolDisk.isOutOfDescriptors(e)
                    || !open.hasRoom(length, SpoolFileLayout.FILE_BYTES_MAX)) {
                throw e;
            }
            // It needs no new descriptor.
            return open;
        }
    }

    private SpoolFile begin() throws IOException {
        if (nextNumber > SpoolFileLayout.NUMBER_MAX) {
            throw new IOException("no file number is left; empty the directory to begin again");
        }
        // A file is finished before the next begins: only the newest can have an unfinished end.
        syncRecords();
        SpoolFile next = SpoolFile.create(disk, nextNumber++, settings.encoding());
        next.retryAtNs = clock.nanoTime();
        files.put(next.name, next);
        seal();
        writing = next;
        return next;
    }

    /**
     * Forces what was appended; a file that was not forced is not written again, because the next force would not tell.
     */
    private void syncRecords() throws IOException {
        try {
            if (writing != null) {
                writing.sync();
            }
        } catch (IOException e) {
            seal();
            throw e;
        }
    }

    /** Writes no more into the file at hand. */
    private void seal() {
        if (writing != null) {
            writing.rest();
            writing = null;
        }
    }

    /**
     * Forces what was appended and acknowledged, removes what is done with, and reads again what could not be read.
     *
     * @param isProbed whether to try that the disk takes a file
     * @throws IOException when nothing can be appended
     */
    void sync(boolean isProbed) throws IOException {
        prepare();
        if (isProbed && writing == null) {
            begin();
        }
        syncRecords();
        tend(Long.MAX_VALUE);
    }

    /**
     * Does with each file what is due: reads again what could not be read, forces acknowledgements, removes what is
     * done with, and of what was put aside as much as is above {@code bytesMax}.
     */
    private void tend(long bytesMax) {
        for (SpoolFile file : files.values()) {
            try {
                if (file.state == FileState.UNREADABLE && clock.nanoTime() - file.retryAtNs >= 0) {
                    read(file);
                }
                file.syncAcks();
                boolean isDelivered = file.state.isRead() && file.heldDocuments == 0;
                boolean isInTheWay = file.state == FileState.QUARANTINED && usedBytes() > bytesMax;
                if (isInTheWay || (isDelivered && (file.ordinals > 0 || file != writing))) {
                    remove(file);
                }
            } catch (IOException e) {
                onFailed(file, "be acknowledged or deleted", SpoolDisk.text(e));
            }
        }
    }

    /**
     * Deletes a file, or puts it aside when it is damaged, and then its acknowledgements: not before the deletion is
     * safe from a power loss, which would undo the acknowledgements else, and use its room twice.
     */
    private void remove(SpoolFile file) throws IOException {
        close(file);
        if (file.state == FileState.DAMAGED && disk.key(file.name) != null) {
            String name = file.name + SpoolFileLayout.QUARANTINED;
            disk.rename(file.name, name);
            files.put(name, new SpoolFile(disk, new Entry(name, file.bytes, "")));
            log("put the damaged file aside as " + name
                    + "; nothing in it waits for delivery. Delete it when it has"
                    + " been looked at (xray spool drop --quarantined)");
        }
        disk.delete(file.name);
        disk.forceDirectory();
        disk.delete(file.acksName());
        files.remove(file.name);
        if (file.state == FileState.QUARANTINED) {
            log("deleted the damaged file " + file.name + " to make room");
        }
    }

    /** The oldest record that waits and can be read now, in flight from now on; null when there is none. */
    @Nullable
    SpooledBatch next() {
        if (!disk.isLocked()) {
            // Its names may be another's.
            return null;
        }
        for (SpoolFile file : files.values()) {
            if (file.heldDocuments > 0 && clock.nanoTime() - file.retryAtNs >= 0) {
                try {
                    SpooledBatch batch = next(file);
                    if (batch != null) {
                        return batch;
                    }
                } catch (NoSuchFileException e) {
                    lose(file);
                } catch (IOException e) {
                    onReadFailed(file, e);
                }
            }
        }
        return null;
    }

    private @Nullable SpooledBatch next(SpoolFile file) throws IOException {
        if (reading != null && reading != file && reading != writing) {
            reading.rest();
        }
        reading = file;
        SpoolFileIndex index = file.load();
        for (int ordinal = index.waiting.nextSetBit(0); ordinal >= 0; ordinal = index.waiting.nextSetBit(0)) {
            byte[] record = file.read(ordinal);
            if (record != null) {
                index.take(ordinal);
                return SpoolFileLayout.batch((file.number << Integer.SIZE) | ordinal, record);
            }
            logError("a record of " + file.name + " is damaged; lost " + index.documentCount(ordinal) + " documents");
            file.become(FileState.DAMAGED, "");
            file.settle(ordinal);
        }
        return null;
    }

    private void onReadFailed(SpoolFile file, IOException e) {
        onFailed(file, "be read", SpoolDisk.text(e));
        file.retryAtNs = clock.nanoTime() + Spool.RETRY_NS;
        if (file.readFailures >= READ_ATTEMPTS) {
            // Left in flight for good: it blocks nobody, and the next process tries again.
            file.readFailures = 0;
            file.index().take(file.index().waiting.nextSetBit(0));
        }
    }

    /** Settles a record in flight; does nothing when it is not, or lost. */
    void acknowledge(long recordId) {
        SpoolFile file = holder(recordId);
        if (file != null) {
            file.settle((int) recordId);
            try {
                if (disk.isLocked()) {
                    file.writeAck((int) recordId);
                }
            } catch (IOException e) {
                // It is written again with the next sync; until then only this process knows.
            }
        }
    }

    /** Gives a record in flight back; does nothing when it is not. */
    void release(long recordId) {
        SpoolFile file = holder(recordId);
        if (file != null) {
            file.index().release((int) recordId);
        }
    }

    /** The file of a record in flight; null when it is not, or lost. */
    @Nullable
    SpoolFile holder(long recordId) {
        SpoolFile file = files.get(SpoolFileLayout.name(recordId >>> Integer.SIZE, SpoolFileLayout.SPOOL));
        return file != null && file.index().taken.get((int) recordId) ? file : null;
    }

    /** Logs an error at one file, once. */
    private void onFailed(SpoolFile file, String what, String reason) {
        if (file.failures.add(what + ": " + reason)) {
            logError(file.name + " cannot " + what + ": " + reason + "; tried again");
        }
    }

    private void close(SpoolFile file) {
        file.closeFiles();
        if (file == writing) {
            writing = null;
        }
    }

    private void logError(String text) {
        LOGGER.error("Spool {}: {}", disk.name(), text);
    }

    private void log(String text) {
        LOGGER.warn("Spool {}: {}", disk.name(), text);
    }

    /** Closes all files and gives up the lock. */
    void close() {
        files.values().forEach(this::close);
        disk.close();
    }
}
