package io.github.xrayd.engine.spool;

import io.github.xrayd.engine.spool.SpoolCounts.Amount;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;
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
 * any. Nothing the disk does is an exception: it is a result, a state and a count, and the spool works again, at the latest a
 * second after the disk does. What {@code kill -9} and a power loss can take is said at {@link SpoolSync}.
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

    private static final long SYNC_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(SpoolSettings.SYNC_INTERVAL_MS);
    /** Attempts to read a record that the disk does not give, before the next is read. */
    private static final int READ_ATTEMPTS = 3;
    /** A record id is made of the directory's generation, the file's number and the ordinal in the file. */
    private static final int ORDINAL_BITS = 14;

    private static final int NUMBER_BITS = 31;
    private static final long GENERATIONS = 1L << (63 - NUMBER_BITS - ORDINAL_BITS);

    private final SpoolSettings settings;
    private final SpoolDisk disk;
    private final NanoClock clock;
    private final SpoolFileScanner scanner = new SpoolFileScanner();
    private final SpoolTally tally = new SpoolTally();
    private byte[] staging = new byte[1 << 12];

    private @Nullable SpoolDirectory directory;
    private final SpoolWriter writer;
    /** The file that was read last. */
    private @Nullable SpoolFile reader;

    /** How often the directory was taken: ids of records that were given before mean nothing afterwards. */
    private long generation;

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
        writer = new SpoolWriter(settings, fileIds);
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
                new DirectoryDisk(settings.directory()),
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
        SpoolDisk disk = new DirectoryDisk(settings.directory());
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
     */
    public SpoolResult append(ByteBuffer body, int documentCount, int[] offsets, long oldestReceivedMs) {
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
        SpoolResult result = append(length, body.remaining(), documentCount, oldestReceivedMs);
        publish();
        return result;
    }

    private SpoolResult append(int length, int bodyLength, int documentCount, long oldestReceivedMs) {
        if (!isReady() || !makeRoom(length)) {
            return new SpoolResult.Refused(state);
        }
        try {
            SpoolFile file = writer.file(Objects.requireNonNull(directory, "a spool that is ready has one"), length);
            SpoolFileLayout.tie(staging, settings.encoding().code(), file.fileId, file.ordinals);
            file.write(staging, length, bodyLength, documentCount, oldestReceivedMs);
            tally.stored = tally.stored.plus(1, documentCount);
            become(SpoolState.OK);
            schedule(SYNC_INTERVAL_NS);
            long recordId = recordId(file, file.ordinals - 1);
            if (settings.sync() == SpoolSync.EVERY_RECORD) {
                syncAll();
            }
            return new SpoolResult.Stored(recordId, isSynced(recordId));
        } catch (IOException e) {
            writer.cutOff(length);
            fail("write a record", e);
            return new SpoolResult.Refused(state);
        }
    }

    /** Whether records may be written now; what failed is tried again when it is time. */
    private boolean isReady() {
        boolean isDue = clock.nanoTime() - retryAtNs >= 0;
        return switch (state.status()) {
            case OK -> true;
            case FULL -> isDue;
            case FAILED -> isDue && recover();
        };
    }

    /** Whether a record of {@code length} bytes fits the limit, once what is done with is deleted; if not, the spool is full. */
    private boolean makeRoom(int length) {
        SpoolDirectory held = directory;
        if (held == null || !held.isAttached()) {
            failDetached();
            return false;
        }
        long needed = (long) length + SpoolFileLayout.ACK_BYTES + SpoolFileLayout.FILE_HEADER_BYTES;
        boolean hasRoom = held.makeRoom(needed);
        if (!hasRoom) {
            retireAll(held);
            hasRoom = held.makeRoom(needed);
        }
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
        for (Map.Entry<Long, SpoolFile> entry = held.files.firstEntry();
                entry != null;
                entry = held.files.higherEntry(entry.getKey())) {
            SpoolFile file = entry.getValue();
            if (file.heldRecords == 0 || (file.isErrorLogged && nowNs - file.retryAtNs < 0)) {
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
        if (last != null && last != file && !writer.isWriting(last)) {
            last.rest();
        }
        reader = file;
        held.load(file);
        RecordTable table = file.table();
        for (int ordinal = table.nextFree(); ordinal >= 0; ordinal = table.nextFree()) {
            byte[] record = file.read(ordinal);
            file.isErrorLogged = false;
            if (record != null) {
                table.taken.set(ordinal);
                return new SpooledBatch(recordId(file, ordinal), record);
            }
            LOGGER.error(
                    "Spool {}: a record of {} is damaged; lost {} documents",
                    disk.name(),
                    file.name(),
                    table.documentCount(ordinal));
            file.isDamaged = true;
            file.settle(ordinal);
            tally.changed(-1, -table.documentCount(ordinal));
            schedule(SYNC_INTERVAL_NS);
        }
        return null;
    }

    private void onReadFailed(SpoolDirectory held, SpoolFile file, IOException e, long nowNs) {
        if (e instanceof NoSuchFileException) {
            writer.forget(file);
            held.lose(file);
            return;
        }
        held.logError(file, "read", e);
        file.retryAtNs = nowNs + RETRY_NS;
        if (file.readFailures >= READ_ATTEMPTS) {
            // Left in flight for good: it blocks nobody, and the next process tries again.
            file.readFailures = 0;
            file.table().taken.set(file.table().nextFree());
        }
    }

    /**
     * Forgets a record for good: every document of it was delivered or accounted for.
     *
     * @return whether the record was held
     */
    public boolean acknowledge(long recordId) {
        checkOpen();
        SpoolFile file = file(recordId);
        int ordinal = ordinal(recordId);
        if (file == null || !file.isHeld(ordinal)) {
            return false;
        }
        file.settle(ordinal);
        tally.acknowledged = tally.acknowledged.plus(1, file.table().documentCount(ordinal));
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
        SpoolFile file = file(recordId);
        if (file != null && file.isLoaded()) {
            file.table().release(ordinal(recordId));
        }
    }

    /** Whether a record in flight is stored and not acknowledged. */
    public boolean isHeld(long recordId) {
        checkOpen();
        SpoolFile file = file(recordId);
        return file != null && file.isHeld(ordinal(recordId));
    }

    /** Whether a stored record survives a power loss. */
    public boolean isSynced(long recordId) {
        SpoolFile file = file(recordId);
        return file != null && ordinal(recordId) < file.syncedOrdinals;
    }

    private long recordId(SpoolFile file, int ordinal) {
        return ((((generation % GENERATIONS) << NUMBER_BITS) | file.number) << ORDINAL_BITS) | ordinal;
    }

    private static int ordinal(long recordId) {
        return (int) (recordId & ((1 << ORDINAL_BITS) - 1));
    }

    private @Nullable SpoolFile file(long recordId) {
        SpoolDirectory held = directory;
        long number = (recordId >> ORDINAL_BITS) & SpoolFileName.NUMBER_MAX;
        SpoolFile file = held == null ? null : held.files.get(number);
        return file == null || recordId(file, ordinal(recordId)) != recordId ? null : file;
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
                there == null ? Amount.NONE : held(there),
                tally.recovered,
                tally.stored,
                tally.acknowledged,
                tally.lost,
                there == null ? 0 : there.usedBytes(),
                new SpoolCounts.Faults(tally.missingRecords, there == null ? 0 : there.leftAlone(), tally.failures));
    }

    private static Amount held(SpoolDirectory directory) {
        long records = 0;
        long documents = 0;
        for (SpoolFile file : directory.files.values()) {
            records += file.heldRecords;
            documents += file.heldDocuments;
        }
        return new Amount(records, documents);
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
            work += look(nowNs);
        }
        if (isSyncDue && nowNs - syncAtNs >= 0 && !isFailed()) {
            syncAll();
            work++;
        }
        if (work > 0) {
            publish();
        }
        return work;
    }

    private int look(long nowNs) {
        SpoolDirectory held = directory;
        if (held == null || !held.isAttached()) {
            failDetached();
            return 1;
        }
        if (state.status() == SpoolState.Status.FULL && held.makeRoom(settings.fileBytes() / 4)) {
            try {
                if (disk.usableBytes() > settings.fileBytes()) {
                    become(SpoolState.OK);
                }
            } catch (IOException e) {
                fail("use the directory", e);
            }
        }
        if (nowNs - unreadAtNs >= 0) {
            unreadAtNs = nowNs + UNREAD_RETRY_NS;
            return held.readUnread() ? 1 : 0;
        }
        return 0;
    }

    /** Has the next sync come in {@code delayNs} at the latest, unless one is due already. */
    private void schedule(long delayNs) {
        if (!isSyncDue) {
            isSyncDue = true;
            syncAtNs = clock.nanoTime() + delayNs;
        }
    }

    /** Forces what was stored and acknowledged, and deletes what is done with. Returns whether all of it worked. */
    public boolean sync() {
        checkOpen();
        boolean isDone = syncAll();
        publish();
        return isDone;
    }

    private boolean syncAll() {
        SpoolDirectory held = directory;
        if (held == null || !held.isAttached()) {
            failDetached();
            return false;
        }
        isSyncDue = false;
        boolean isForced = settings.sync() != SpoolSync.ON_CLOSE;
        boolean isDone = syncAcks(held, isForced);
        try {
            writer.loseDetached(held);
            if (isForced) {
                writer.sync();
            }
        } catch (IOException e) {
            fail("sync", e);
            isDone = false;
        }
        isDone &= retireAll(held);
        if (!isDone) {
            schedule(RETRY_NS);
        }
        return isDone;
    }

    private boolean syncAcks(SpoolDirectory held, boolean isForced) {
        boolean isDone = true;
        for (SpoolFile file : held.files.values()) {
            try {
                file.writeAcks();
                if (isForced) {
                    file.syncAcks();
                }
            } catch (IOException e) {
                tally.failures++;
                isDone = false;
            }
        }
        return isDone;
    }

    /** Deletes the files of which nothing is held; returns whether that worked. */
    private boolean retireAll(SpoolDirectory held) {
        boolean isDone = true;
        boolean isAnyGone = false;
        for (SpoolFile file : List.copyOf(held.files.values())) {
            if (file.heldRecords > 0 || (file.ordinals == 0 && writer.isWriting(file))) {
                continue;
            }
            writer.forget(file);
            boolean isGone = held.retire(file);
            isAnyGone |= isGone;
            isDone &= isGone;
        }
        if (isAnyGone && state.status() == SpoolState.Status.FULL) {
            become(SpoolState.OK);
        }
        return held.sweep() && isDone;
    }

    /** Tries whether the disk works again: with a new file in the directory at hand, or by taking the directory again. */
    private boolean recover() {
        try {
            SpoolDirectory held = directory;
            if (held == null || !held.isAttached()) {
                acquire();
            } else {
                writer.probe(held);
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
            writer.seal();
            reader = null;
            previous.close();
        }
        SpoolDirectory next =
                SpoolDirectory.acquire(disk, settings, tally, scanner, previous == null ? 1 : previous.nextNumber());
        if (previous != null) {
            generation++;
            Amount before = held(previous);
            tally.lost = tally.lost.plus(before.records(), before.documents());
            LOGGER.warn(
                    "Spool {}: took the directory again; {} records were held before, {} are found",
                    disk.name(),
                    before.records(),
                    held(next).records());
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

    /** Nothing is written or deleted by name any more: what has the names now may be another's. */
    private void failDetached() {
        if (directory == null) {
            return;
        }
        fail("use the directory", new IOException("it was deleted or replaced"));
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
            boolean isAttached = held.isAttached();
            try {
                writer.sync();
                writer.seal();
            } catch (IOException e) {
                fail("sync", e);
            }
            if (isAttached) {
                syncAcks(held, true);
                retireAll(held);
            }
            held.close();
            publish();
        }
        isClosed = true;
    }
}
