package io.github.xrayd.engine.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sealed batches on disk, given back oldest first until each is acknowledged.
 *
 * <p>Belongs to one thread, which waits for the disk; any thread may call {@link #state} and {@link #counts}. A disk
 * error is never an exception here: it is a state, and the spool works again at most a second after the disk does.
 *
 * <p>{@code kill -9} loses nothing: a stored record is in the kernel when {@link #append} returns. Records are forced
 * to the disk at most {@value #SYNC_INTERVAL_MS} ms after the first unsynced write, when a file is full, and on close:
 * a spool fills when the host is already in trouble, and one sync serves many batches.
 *
 * <p>At least once: a record that was not acknowledged is given again to the next process, and after a power loss also
 * one whose acknowledgement was younger than the sync interval. {@link SpoolFileLayout} draws the files.
 */
public final class Spool implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Spool.class);
    /** Time until a failed operation is tried again, and between two looks at the directory. */
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);
    /** Time between two attempts to read the files that could not be read. */
    private static final long UNREAD_RETRY_NS = TimeUnit.SECONDS.toNanos(10);

    private static final long SYNC_INTERVAL_MS = 100;
    /** Failed attempts to read a record before the next one is read. */
    private static final int READ_ATTEMPTS = 3;

    /** A record that was given and neither acknowledged nor given back. */
    private record InFlight(SpoolFile file, int ordinal) {}

    private final SpoolSettings settings;
    private final SpoolDisk disk;
    private final NanoClock clock;
    private final LongSupplier fileIds;
    private final Map<Long, InFlight> inFlight = new HashMap<>();
    private byte[] staging = new byte[1 << 12];
    /** Null while it cannot be used. */
    private @Nullable SpoolDirectory directory;
    /** The file that was read last. */
    private @Nullable SpoolFile reader;

    private long nextRecordId;
    private long retryAtNs;
    private long lookAtNs;
    private long unreadAtNs;
    private long syncAtNs;
    private boolean isSyncDue;
    private boolean isClosed;
    private volatile SpoolState state = SpoolState.OK;
    private volatile SpoolCounts counts = SpoolCounts.NONE;

    private Spool(SpoolSettings settings, SpoolDisk disk, NanoClock clock, LongSupplier fileIds) {
        this.settings = settings;
        this.disk = disk;
        this.clock = clock;
        this.fileIds = fileIds;
        retryAtNs = clock.nanoTime();
        lookAtNs = retryAtNs + RETRY_NS;
        unreadAtNs = retryAtNs + UNREAD_RETRY_NS;
    }

    /**
     * Locks the directory and reads every file in it once. A directory that cannot be used now gives a spool in
     * {@link SpoolState.Status#FAILED} that tries again.
     *
     * @throws SpoolLockedException when another process, or another spool of this one, has the directory
     */
    public static Spool open(SpoolSettings settings) throws SpoolLockedException {
        SpoolDisk disk = new SpoolDisk(settings.directory());
        return open(settings, disk, SystemNanoClock.INSTANCE, () -> ThreadLocalRandom.current()
                .nextLong());
    }

    /** As {@link #open(SpoolSettings)}, on another disk and clock. */
    public static Spool open(SpoolSettings settings, SpoolDisk disk, NanoClock clock, LongSupplier fileIds)
            throws SpoolLockedException {
        Spool spool = new Spool(settings, disk, clock, fileIds);
        try {
            spool.acquire();
        } catch (SpoolLockedException e) {
            throw e;
        } catch (IOException e) {
            spool.fail("use the directory", e);
        }
        spool.publish();
        return spool;
    }

    /**
     * Checks that the directory can be locked at this moment; makes it when missing. One that cannot be used is no
     * error here.
     *
     * @throws SpoolLockedException when another process, or another spool of this one, has it
     */
    public static void checkFree(SpoolSettings settings) throws SpoolLockedException {
        SpoolDisk disk = new SpoolDisk(settings.directory());
        try {
            disk.makeDirectory();
            disk.lock(SpoolFileName.LOCK).close();
        } catch (SpoolLockedException e) {
            throw e;
        } catch (IOException e) {
            LOGGER.debug("Spool {}: {}", disk.name(), DiskErrors.text(e));
        }
    }

    /**
     * Stores a sealed batch. The body's position and limit are not changed.
     *
     * @param body the request body, 1 byte to 32 MiB
     * @param documentCount documents in it, 1 to 4,096
     * @param offsets where each document begins in the body; as many as there are documents, the rest is ignored
     * @param oldestReceivedMs when the oldest of them arrived, epoch milliseconds
     * @return whether the record is in the spool, and survives the end of this process; {@link #state} says why not
     */
    public boolean append(ByteBuffer body, int documentCount, int[] offsets, long oldestReceivedMs) {
        checkOpen();
        if (documentCount < 1 || documentCount > SpoolFileLayout.DOCUMENTS_MAX || documentCount > offsets.length) {
            throw new IllegalArgumentException(documentCount + " documents with " + offsets.length + " offsets");
        }
        if (body.remaining() < 1 || body.remaining() > SpoolFileLayout.BODY_BYTES_MAX) {
            throw new IllegalArgumentException("A body of " + body.remaining() + " bytes");
        }
        int length = SpoolFileLayout.recordBytes(body.remaining(), documentCount);
        if (staging.length < length) {
            staging = new byte[length + length / 4];
        }
        SpoolFileLayout.encodeRecord(staging, body, documentCount, offsets, oldestReceivedMs);
        boolean isStored = isReady() && store(length);
        publish();
        return isStored;
    }

    /** Whether records may be written now; what failed is tried again when it is time. */
    private boolean isReady() {
        return state.isOk() || (clock.nanoTime() - retryAtNs >= 0 && (!isFailed() || recover()));
    }

    private boolean store(int length) {
        SpoolDirectory held = attached();
        if (held == null) {
            return false;
        }
        String refusal = held.makeRoom(length);
        if (!refusal.isEmpty()) {
            become(new SpoolState(SpoolState.Status.FULL, refusal));
            return false;
        }
        try {
            held.append(staging, length);
        } catch (IOException e) {
            fail("write a record", e);
            return false;
        }
        become(SpoolState.OK);
        schedule(SYNC_INTERVAL_MS);
        return true;
    }

    /**
     * The directory. Null when there is none, or when it was deleted or replaced: then it is given up, and what it held
     * is lost, because the names in it may be another's now.
     */
    private @Nullable SpoolDirectory attached() {
        SpoolDirectory held = directory;
        if (held == null || held.isAttached()) {
            return held;
        }
        held.giveUp();
        directory = null;
        reader = null;
        fail("use the directory", new IOException("it was deleted or replaced"));
        return null;
    }

    /**
     * Reads the oldest record that is neither in flight nor acknowledged, and puts it in flight; several may be. Null
     * when there is none that the disk gives now. A file that fails is passed over for a second; others are read
     * meanwhile.
     */
    public @Nullable SpooledBatch next() {
        checkOpen();
        SpoolDirectory held = isFailed() ? attached() : directory;
        SpooledBatch batch = held == null ? null : next(held, clock.nanoTime());
        publish();
        return batch;
    }

    private @Nullable SpooledBatch next(SpoolDirectory held, long nowNs) {
        for (SpoolFile file : held.files.values()) {
            if (file.heldRecords == 0 || (file.isFailing && nowNs - file.retryAtNs < 0)) {
                continue;
            }
            try {
                SpooledBatch batch = next(held, file);
                if (batch != null) {
                    return batch;
                }
            } catch (IOException e) {
                if (attached() == null) {
                    return null;
                }
                onReadFailed(held, file, e, nowNs);
            }
        }
        return null;
    }

    private @Nullable SpooledBatch next(SpoolDirectory held, SpoolFile file) throws IOException {
        SpoolFile last = reader;
        if (last != null && last != file && !held.isWriting(last)) {
            last.rest();
        }
        reader = file;
        file.load();
        SpoolFileIndex index = file.index();
        for (int ordinal = index.nextFree(); ordinal >= 0; ordinal = index.nextFree()) {
            byte[] record = file.read(ordinal);
            file.isFailing = false;
            if (record != null) {
                index.taken.set(ordinal);
                inFlight.put(++nextRecordId, new InFlight(file, ordinal));
                return new SpooledBatch(nextRecordId, record);
            }
            held.logError(
                    "a record of " + file.name + " is damaged; lost " + index.documentCount(ordinal) + " documents");
            file.isDamaged = true;
            file.settle(ordinal);
            schedule(SYNC_INTERVAL_MS);
        }
        return null;
    }

    private void onReadFailed(SpoolDirectory held, SpoolFile file, IOException e, long nowNs) {
        if (e instanceof NoSuchFileException) {
            held.lose(file);
            return;
        }
        held.onFailed(file, "read", e);
        file.retryAtNs = nowNs + RETRY_NS;
        if (file.readFailures >= READ_ATTEMPTS) {
            // Left in flight for good: it blocks nobody, and the next process tries again.
            file.readFailures = 0;
            file.index().taken.set(file.index().nextFree());
        }
    }

    /** Forgets a record in flight for good, unless it is lost: every document of it was delivered or accounted for. */
    public boolean acknowledge(long recordId) {
        checkOpen();
        boolean isHeld = isHeld(recordId);
        InFlight record = inFlight.remove(recordId);
        if (record == null || !isHeld) {
            return false;
        }
        record.file().settle(record.ordinal());
        try {
            if (!isFailed()) {
                record.file().writeAcks();
            }
        } catch (IOException e) {
            // It stays to be written; until then only this process knows.
        }
        schedule(SYNC_INTERVAL_MS);
        publish();
        return true;
    }

    /** Gives a record in flight back, to be read again in its turn; does nothing when it is not in flight. */
    public void release(long recordId) {
        checkOpen();
        InFlight record = inFlight.remove(recordId);
        if (record != null) {
            record.file().release(record.ordinal());
        }
    }

    /** Whether a record in flight is held: not when its file, or the directory, was lost. */
    public boolean isHeld(long recordId) {
        InFlight record = inFlight.get(recordId);
        return record != null && !record.file().isLost;
    }

    /** The directory's name, for messages. */
    public String name() {
        return disk.name();
    }

    /** Whether records are taken at this moment, and why not; any thread may ask. */
    public SpoolState state() {
        return state;
    }

    private boolean isFailed() {
        return state.status() == SpoolState.Status.FAILED;
    }

    /** What is held, as of the owner's last call; any thread may ask. */
    public SpoolCounts counts() {
        return counts;
    }

    private void publish() {
        SpoolDirectory held = directory;
        counts = held == null ? SpoolCounts.NONE : held.counts();
    }

    /**
     * Syncs when that is due, and looks after the directory; to be called at least as often as the sync interval.
     *
     * @return how much was done; 0 when nothing was due
     */
    public int doWork() {
        checkOpen();
        long nowNs = clock.nanoTime();
        int work = 0;
        if (isFailed() && nowNs - retryAtNs >= 0) {
            recover();
            work++;
        } else if (nowNs - lookAtNs >= 0) {
            lookAtNs = nowNs + RETRY_NS;
            look(nowNs);
            publish();
        }
        if (isSyncDue && nowNs - syncAtNs >= 0 && !isFailed()) {
            sync();
            work++;
        }
        if (work > 0) {
            publish();
        }
        return work;
    }

    /** How long {@link #doWork} may wait when nothing is asked of the spool, in nanoseconds, 1 to a second. */
    public long restNs() {
        return isSyncDue && !isFailed() ? Math.max(1, Math.min(RETRY_NS, syncAtNs - clock.nanoTime())) : RETRY_NS;
    }

    private void look(long nowNs) {
        SpoolDirectory held = attached();
        if (held != null && nowNs - unreadAtNs >= 0) {
            unreadAtNs = nowNs + UNREAD_RETRY_NS;
            held.readUnread();
            schedule(SYNC_INTERVAL_MS);
        }
    }

    /** Has the next sync come in {@code delayMs} at the latest. */
    private void schedule(long delayMs) {
        long atNs = clock.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMs);
        if (!isSyncDue || atNs - syncAtNs < 0) {
            syncAtNs = atNs;
        }
        isSyncDue = true;
    }

    /** Forces what was stored and acknowledged, and deletes what is done with. Returns whether all of it worked. */
    boolean sync() {
        checkOpen();
        SpoolDirectory held = attached();
        if (held == null) {
            publish();
            return false;
        }
        isSyncDue = false;
        boolean isDone = held.syncAcks();
        try {
            held.sync();
        } catch (IOException e) {
            fail("sync", e);
            isDone = false;
        }
        int before = held.files.size();
        isDone &= held.retireAll();
        if (held.files.size() < before && state.status() == SpoolState.Status.FULL) {
            become(SpoolState.OK);
        }
        if (!isDone) {
            schedule(TimeUnit.NANOSECONDS.toMillis(RETRY_NS));
        }
        publish();
        return isDone;
    }

    /** Tries whether the disk works again: with a new file in the directory, or by taking the directory again. */
    private boolean recover() {
        SpoolDirectory held = attached();
        try {
            if (held == null) {
                acquire();
            } else {
                held.probe();
            }
            become(SpoolState.OK);
            return true;
        } catch (IOException e) {
            fail("use the directory", e);
            return false;
        }
    }

    private void acquire() throws IOException {
        directory = new SpoolDirectory(disk, settings, fileIds);
        schedule(SYNC_INTERVAL_MS);
    }

    private void fail(String doing, IOException e) {
        retryAtNs = clock.nanoTime() + RETRY_NS;
        boolean isFull = DiskErrors.isFull(e) && directory != null;
        become(new SpoolState(
                isFull ? SpoolState.Status.FULL : SpoolState.Status.FAILED,
                "Cannot " + doing + ": " + DiskErrors.text(e)));
    }

    private void become(SpoolState next) {
        if (!state.equals(next)) {
            state = next;
            if (next.isOk()) {
                LOGGER.info("Spool {}: takes batches again", disk.name());
            } else {
                LOGGER.warn("Spool {}: {}: {}", disk.name(), next.status(), next.reason());
            }
        }
    }

    private void checkOpen() {
        if (isClosed) {
            throw new IllegalStateException("The spool is closed");
        }
    }

    /**
     * Syncs everything and unlocks the directory; the next process gets what is in flight. A second call does nothing.
     */
    @Override
    public void close() {
        if (!isClosed && directory != null) {
            sync();
            if (directory != null) {
                directory.close();
            }
        }
        isClosed = true;
    }
}
