package io.github.xrayd.engine.spool;

import io.github.xrayd.engine.spool.SpoolCounts.Amount;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
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
 * <p>Of one thread, which reads, writes and syncs here and waits for the disk; {@link #state} and {@link #counts} may be read by
 * any. Nothing the disk does is an exception: it is a state and a count, and the spool works again, at the latest a second after
 * the disk does.
 *
 * <p>{@code kill -9} loses nothing: a stored record is in the kernel when {@link #append} returns. Records are forced to the disk at
 * most {@value #SYNC_INTERVAL_MS} ms after the first unsynced write, when a file is full, and on close: a power loss loses at most
 * what was stored in that time, because a spool fills when the host is already in trouble and one sync then serves many batches.
 *
 * <p>At least once: a record is given again to the next process when it was not acknowledged, and after a power loss also when its
 * acknowledgement was younger than the sync interval. {@link SpoolFileLayout} draws the files.
 */
public final class Spool implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Spool.class);
    /** How long what failed is left alone, and how often the directory is looked after. */
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);
    /** How often files are tried again that could not be read. */
    private static final long UNREAD_RETRY_NS = TimeUnit.SECONDS.toNanos(10);

    private static final long SYNC_INTERVAL_MS = 100;
    private static final long SYNC_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(SYNC_INTERVAL_MS);
    /** Attempts to read a record that the disk does not give, before the next is read. */
    private static final int READ_ATTEMPTS = 3;

    /** A record that was given and neither acknowledged nor given back. */
    private record InFlight(SpoolFile file, int ordinal) {}

    private final SpoolSettings settings;
    private final SpoolDisk disk;
    private final NanoClock clock;
    private final LongSupplier fileIds;
    private final SpoolTally tally = new SpoolTally();
    private final Map<Long, InFlight> inFlight = new HashMap<>();
    private byte[] staging = new byte[1 << 12];

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
    private volatile SpoolCounts counts;

    private Spool(SpoolSettings settings, SpoolDisk disk, NanoClock clock, LongSupplier fileIds) {
        this.settings = settings;
        this.disk = disk;
        this.clock = clock;
        this.fileIds = fileIds;
        lookAtNs = clock.nanoTime() + RETRY_NS;
        unreadAtNs = clock.nanoTime() + UNREAD_RETRY_NS;
        counts = snapshot();
    }

    /**
     * Takes the directory and finds what is in it, reading every file once. A directory that does not work now gives a spool in
     * {@link SpoolState.Status#FAILED} that tries again.
     *
     * @throws SpoolLockedException when another process, or another spool of this one, has the directory
     */
    public static Spool open(SpoolSettings settings) throws SpoolLockedException {
        return open(
                settings,
                new SpoolDisk(settings.directory()),
                SystemNanoClock.INSTANCE,
                () -> ThreadLocalRandom.current().nextLong());
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
            spool.fail("open the directory", e);
        }
        spool.publish();
        return spool;
    }

    /**
     * Whether the directory can be had at this moment; makes it when missing. One that does not work is not an error here.
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
     * @return whether the record is in the spool, and survives the end of this process, however it ends; {@link #state} says why not
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
        boolean isStored =
                isReady() && makeRoom(length) && write(length, body.remaining(), documentCount, oldestReceivedMs);
        publish();
        return isStored;
    }

    private boolean write(int length, int bodyLength, int documentCount, long oldestReceivedMs) {
        SpoolDirectory held = Objects.requireNonNull(directory, "a spool that has room has a directory");
        try {
            SpoolFile file = held.writable(length);
            SpoolFileLayout.tie(staging, settings.encoding().code(), file.fileId, file.ordinals);
            file.write(staging, length, bodyLength, documentCount, oldestReceivedMs);
        } catch (IOException e) {
            held.cutOff(length);
            fail("write a record", e);
            return false;
        }
        tally.stored = tally.stored.plus(1, documentCount);
        become(SpoolState.OK);
        schedule(SYNC_INTERVAL_NS);
        return true;
    }

    /** Whether records may be written now; what failed is tried again when it is time. */
    private boolean isReady() {
        return state.isOk() || (clock.nanoTime() - retryAtNs >= 0 && (!isFailed() || recover()));
    }

    /** Whether a record of {@code length} bytes fits the limit, once what is done with is deleted; if not, the spool is full. */
    private boolean makeRoom(int length) {
        SpoolDirectory held = attached();
        if (held == null) {
            return false;
        }
        boolean hasRoom = held.makeRoom((long) length + SpoolFileLayout.ACK_BYTES + SpoolFileLayout.FILE_HEADER_BYTES);
        if (hasRoom && held.files.size() < SpoolDirectory.FILES_MAX) {
            return true;
        }
        String reason = hasRoom
                ? "There are " + SpoolDirectory.FILES_MAX + " files"
                : "The limit of " + settings.bytesMax() + " bytes (--spool-limit) is reached";
        become(new SpoolState(SpoolState.Status.FULL, reason));
        retryAtNs = clock.nanoTime();
        return false;
    }

    /** The directory, or null and a failed spool when it was deleted or replaced: what has its names now may be another's. */
    private @Nullable SpoolDirectory attached() {
        SpoolDirectory held = directory;
        if (held == null || held.isAttached()) {
            return held;
        }
        fail("use the directory", new IOException("it was deleted or replaced"));
        return null;
    }

    /**
     * Reads the oldest record that is neither in flight nor acknowledged, and puts it in flight; several may be. Null when there
     * is none, or the disk does not give it now. A file that the disk fails is passed over for a second; others are read meanwhile.
     */
    public @Nullable SpooledBatch next() {
        checkOpen();
        SpoolDirectory held = directory;
        boolean isOurs = held != null && (!isFailed() || held.isAttached());
        SpooledBatch batch = held == null || !isOurs ? null : next(held, clock.nanoTime());
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
                if (!held.isAttached()) {
                    fail("read a record", e);
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
        held.load(file);
        SpoolFileIndex index = file.index();
        for (int ordinal = index.nextFree(); ordinal >= 0; ordinal = index.nextFree()) {
            byte[] record = file.read(ordinal);
            file.isFailing = false;
            if (record != null) {
                index.taken.set(ordinal);
                inFlight.put(++nextRecordId, new InFlight(file, ordinal));
                return new SpooledBatch(nextRecordId, record);
            }
            LOGGER.error(
                    "Spool {}: a record of {} is damaged; lost {} documents",
                    disk.name(),
                    file.name(),
                    index.documentCount(ordinal));
            file.isDamaged = true;
            file.settle(ordinal);
            tally.changed(-1, -index.documentCount(ordinal));
            schedule(SYNC_INTERVAL_NS);
        }
        return null;
    }

    private void onReadFailed(SpoolDirectory held, SpoolFile file, IOException e, long nowNs) {
        if (e instanceof NoSuchFileException) {
            held.lose(file);
            return;
        }
        held.logError(file, "read", e);
        file.retryAtNs = nowNs + RETRY_NS;
        if (file.readFailures >= READ_ATTEMPTS) {
            // Left in flight for good: it blocks nobody, and the next process tries again.
            file.readFailures = 0;
            file.index().taken.set(file.index().nextFree());
        }
    }

    /**
     * Forgets a record in flight for good: every document of it was delivered or accounted for.
     *
     * @return whether the record was held
     */
    public boolean acknowledge(long recordId) {
        checkOpen();
        boolean isHeld = isHeld(recordId);
        InFlight record = inFlight.remove(recordId);
        if (record == null || !isHeld) {
            return false;
        }
        SpoolFile file = record.file();
        file.settle(record.ordinal());
        tally.acknowledged = tally.acknowledged.plus(1, file.index().documentCount(record.ordinal()));
        try {
            if (!isFailed()) {
                file.writeAcks();
            }
        } catch (IOException e) {
            // It stays to be written; until then only this process knows.
            tally.failures++;
        }
        schedule(SYNC_INTERVAL_NS);
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
        SpoolDirectory held = directory;
        return record != null && held != null && held.files.get(record.file().number) == record.file();
    }

    /** What the directory is called, for messages. */
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

    /** What is held and what was done, as of the owner's last call; any thread may ask. */
    public SpoolCounts counts() {
        return counts;
    }

    private void publish() {
        counts = snapshot();
    }

    private SpoolCounts snapshot() {
        SpoolDirectory there = directory;
        return new SpoolCounts(
                there == null ? Amount.NONE : there.held(),
                tally.recovered,
                tally.stored,
                tally.acknowledged,
                tally.lost,
                there == null ? 0 : there.usedBytes(),
                new SpoolCounts.Faults(tally.missingRecords, there == null ? 0 : there.leftAlone(), tally.failures));
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
        if (isFailed()) {
            if (nowNs - retryAtNs >= 0) {
                recover();
                work++;
            }
        } else if (nowNs - lookAtNs >= 0) {
            lookAtNs = nowNs + RETRY_NS;
            look(nowNs);
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

    private void look(long nowNs) {
        SpoolDirectory held = attached();
        if (held != null && nowNs - unreadAtNs >= 0) {
            unreadAtNs = nowNs + UNREAD_RETRY_NS;
            held.readUnread();
            publish();
        }
    }

    /** Has the next sync come in {@code delayNs} at the latest, unless one is due already. */
    private void schedule(long delayNs) {
        if (!isSyncDue) {
            isSyncDue = true;
            syncAtNs = clock.nanoTime() + delayNs;
        }
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
            held.loseDetached();
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
            schedule(RETRY_NS);
        }
        publish();
        return isDone;
    }

    /** Tries whether the disk works again: with a new file in the directory at hand, or by taking the directory again. */
    private boolean recover() {
        try {
            SpoolDirectory held = directory;
            if (held == null || !held.isAttached()) {
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

    /** Takes the directory; all that was held counts as lost, and all that is found as recovered. */
    private void acquire() throws IOException {
        SpoolDirectory previous = directory;
        if (previous != null) {
            reader = null;
            previous.close();
        }
        SpoolDirectory next =
                new SpoolDirectory(disk, settings, tally, fileIds, previous == null ? 1 : previous.nextNumber());
        if (previous != null) {
            Amount before = previous.held();
            tally.lost = tally.lost.plus(before.records(), before.documents());
            LOGGER.warn(
                    "Spool {}: took the directory again; {} records were held before, {} are found",
                    disk.name(),
                    before.records(),
                    next.held().records());
        }
        directory = next;
        schedule(SYNC_INTERVAL_NS);
    }

    private void fail(String doing, IOException e) {
        tally.failures++;
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

    /** Syncs everything and gives the directory up. What is in flight is given to the next process. A second call does nothing. */
    @Override
    public void close() {
        SpoolDirectory held = directory;
        if (!isClosed && held != null) {
            try {
                held.sync();
            } catch (IOException e) {
                fail("sync", e);
            }
            if (held.isAttached()) {
                held.syncAcks();
                held.retireAll();
            }
            held.close();
            publish();
        }
        isClosed = true;
    }
}
