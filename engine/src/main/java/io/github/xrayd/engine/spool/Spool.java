package io.github.xrayd.engine.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
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
 * acknowledgement was younger than the sync interval. {@link SegmentLayout} draws the files.
 */
public final class Spool implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Spool.class);
    /** How long a failed disk is left alone, and how often the directory is looked after. */
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);
    /** Attempts to read a record, or at open a file, that the disk does not give. */
    private static final int READ_ATTEMPTS = 3;

    private final SpoolSettings settings;
    private final SpoolDisk disk;
    private final NanoClock clock;
    private final LongSupplier fileIds;
    private final SegmentScanner scanner = new SegmentScanner();
    private final SpoolTally tally = new SpoolTally();
    private final long syncIntervalNs;

    private @Nullable SpoolDirectory directory;
    private @Nullable SegmentWriter writer;
    private byte[] staging = new byte[1 << 12];
    private int acquireAttempts;
    private long retryAtNs;
    private long readRetryAtNs;
    private long lookAtNs;
    private long syncAtNs;
    private boolean isSyncDue;
    private boolean isClosed;
    private volatile SpoolState state = SpoolState.OK;
    private volatile SpoolCounts counts = tally.snapshot(0, 0, 0);

    private Spool(SpoolSettings settings, SpoolDisk disk, NanoClock clock, LongSupplier fileIds) {
        this.settings = settings;
        this.disk = disk;
        this.clock = clock;
        this.fileIds = fileIds;
        this.syncIntervalNs = TimeUnit.MILLISECONDS.toNanos(settings.syncIntervalMs());
        this.readRetryAtNs = clock.nanoTime();
        this.lookAtNs = clock.nanoTime() + RETRY_NS;
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
     * Stores a sealed batch. The body's position and limit are not changed.
     *
     * @param body the request body, 1 byte to 32 MiB
     * @param documentCount documents in it, 1 to 4,096
     * @param offsets where each document begins in the body; as many as there are documents, the rest is ignored
     * @param oldestReceivedMs when the oldest of them arrived, epoch milliseconds
     */
    public SpoolResult append(ByteBuffer body, int documentCount, int[] offsets, long oldestReceivedMs) {
        checkOpen();
        if (documentCount < 1 || documentCount > SegmentLayout.DOCUMENTS_MAX || documentCount > offsets.length) {
            throw new IllegalArgumentException(documentCount + " documents with " + offsets.length + " offsets");
        }
        if (body.remaining() < 1 || body.remaining() > SegmentLayout.BODY_BYTES_MAX) {
            throw new IllegalArgumentException("A body of " + body.remaining() + " bytes");
        }
        SpoolResult result = tryAppend(body, documentCount, offsets, oldestReceivedMs);
        if (!result.isStored()) {
            tally.refusedRecords++;
        }
        publish();
        return result;
    }

    private SpoolResult tryAppend(ByteBuffer body, int documentCount, int[] offsets, long oldestReceivedMs) {
        long nowNs = clock.nanoTime();
        if (state.status() == SpoolState.Status.FAILED && (nowNs - retryAtNs < 0 || !recover())) {
            return new SpoolResult.Failed(state.reason());
        }
        SpoolDirectory held = directory;
        if (held == null || (state.status() == SpoolState.Status.FULL && nowNs - retryAtNs < 0)) {
            return refusal();
        }
        int length = SegmentLayout.recordBytes(body.remaining(), documentCount);
        long needed = (long) length + SegmentLayout.ACK_BYTES + SegmentLayout.FILE_HEADER_BYTES;
        if (!held.makeRoom(needed)) {
            retireAll(held);
        }
        if (!held.makeRoom(needed) || held.segments.size() >= SpoolDirectory.SEGMENTS_MAX) {
            become(new SpoolState(
                    SpoolState.Status.FULL,
                    "The limit of " + settings.bytesMax() + " bytes (--spool-limit) is reached"));
            retryAtNs = nowNs;
            return refusal();
        }
        SegmentWriter open = null;
        try {
            open = writer(held, length);
            Segment segment = open.segment;
            if (staging.length < length) {
                staging = new byte[Math.max(length, Math.min(2 * staging.length, SegmentLayout.BODY_BYTES_MAX))];
            }
            SegmentLayout.encodeRecord(
                    staging, segment.fileId, segment.ordinals, body, documentCount, offsets, oldestReceivedMs);
            open.write(staging, length, body.remaining(), documentCount, oldestReceivedMs);
            tally.stored(documentCount, body.remaining());
            become(SpoolState.OK);
            schedule(nowNs);
            long recordId = segment.recordId(segment.ordinals - 1);
            if (settings.sync() == SpoolSync.EVERY_RECORD) {
                sync();
            }
            return new SpoolResult.Stored(recordId, isSynced(recordId));
        } catch (IOException e) {
            if (open != null) {
                open.cutOff(length);
                abandon();
            }
            fail("write a record", e);
            return refusal();
        }
    }

    private SpoolResult refusal() {
        return state.status() == SpoolState.Status.FULL
                ? new SpoolResult.Full(state.reason())
                : new SpoolResult.Failed(state.reason());
    }

    /** The file to append to: the one at hand, or a new one when that is full or gone. */
    private SegmentWriter writer(SpoolDirectory held, int length) throws IOException {
        SegmentWriter open = writer;
        if (open != null && !open.hasRoom(length, settings.segmentBytes())) {
            syncWriter(open);
            abandon();
            open = null;
        }
        if (!held.isAttached()) {
            throw new IOException("the directory was deleted or replaced");
        }
        if (open != null && !open.isAttached()) {
            abandon();
            held.lose(open.segment, "deleted or replaced");
            open = null;
        }
        if (open == null) {
            open = held.create(fileIds.getAsLong());
            writer = open;
        }
        return open;
    }

    /** Forces the file at hand; a file that was not forced is not written again, because the next force would not tell. */
    private void syncWriter(SegmentWriter open) throws IOException {
        boolean isSynced = false;
        try {
            open.sync();
            isSynced = true;
        } finally {
            if (!isSynced) {
                abandon();
            }
        }
    }

    private void abandon() {
        SegmentWriter open = writer;
        if (open != null) {
            open.close();
            writer = null;
        }
    }

    /**
     * Reads the oldest record that is neither in flight nor acknowledged, and puts it in flight; several may be. Null when there
     * is none, or the disk does not give it now.
     */
    public @Nullable SpooledBatch next() {
        checkOpen();
        SpoolDirectory held = directory;
        boolean isOurs = held != null && (state.status() != SpoolState.Status.FAILED || held.isAttached());
        SpooledBatch batch = held == null || !isOurs ? null : tryNext(held);
        publish();
        return batch;
    }

    private @Nullable SpooledBatch tryNext(SpoolDirectory held) {
        long nowNs = clock.nanoTime();
        if (nowNs - readRetryAtNs < 0) {
            return null;
        }
        List<Segment> lost = new ArrayList<>();
        SpooledBatch batch = null;
        for (Segment segment : held.segments.values()) {
            try {
                batch = segment.heldRecords == 0 ? null : nextOf(held, segment);
            } catch (NoSuchFileException e) {
                if (held.isAttached()) {
                    lost.add(segment);
                    continue;
                }
                fail("read a record", e);
                break;
            } catch (IOException e) {
                readFailed(held, segment, e, nowNs);
                break;
            }
            if (batch != null) {
                break;
            }
        }
        for (Segment segment : lost) {
            if (writer != null && writer.segment == segment) {
                abandon();
            }
            held.lose(segment, "deleted");
        }
        return batch;
    }

    private @Nullable SpooledBatch nextOf(SpoolDirectory held, Segment segment) throws IOException {
        held.load(segment, scanner);
        RecordTable table = segment.table();
        for (int ordinal = table.nextFree(); ordinal >= 0; ordinal = table.nextFree()) {
            byte[] record = segment.read(ordinal);
            segment.readFailures = 0;
            if (record != null) {
                table.taken.set(ordinal);
                return new SpooledBatch(segment.recordId(ordinal), record);
            }
            LOGGER.error("Spool {}: a record of {} is damaged", disk.name(), SegmentName.segment(segment.number));
            segment.isDamaged = true;
            settle(segment, ordinal);
            tally.changed(-1, -table.documentCount(ordinal), -table.bodyLength(ordinal));
            schedule(clock.nanoTime());
        }
        return null;
    }

    private void readFailed(SpoolDirectory held, Segment segment, IOException e, long nowNs) {
        if (!held.isAttached()) {
            fail("read a record", e);
            return;
        }
        tally.failures++;
        readRetryAtNs = nowNs + RETRY_NS;
        segment.readFailures++;
        RecordTable table = segment.table;
        int ordinal = table == null ? -1 : table.nextFree();
        LOGGER.warn("Spool {}: cannot read {}: {}", disk.name(), SegmentName.segment(segment.number), text(e));
        if (table != null && ordinal >= 0 && segment.readFailures >= READ_ATTEMPTS) {
            // Left in flight for good: it blocks nobody, and the next process tries again.
            table.taken.set(ordinal);
            segment.readFailures = 0;
        }
    }

    /**
     * Forgets a record for good: every document of it was delivered or accounted for.
     *
     * @return whether the record was held
     */
    public boolean acknowledge(long recordId) {
        checkOpen();
        Segment segment = segment(recordId);
        int ordinal = (int) recordId;
        if (segment == null || !segment.table().isHeld(ordinal)) {
            return false;
        }
        settle(segment, ordinal);
        tally.acknowledged(
                segment.table().documentCount(ordinal), segment.table().bodyLength(ordinal));
        try {
            if (state.status() != SpoolState.Status.FAILED) {
                segment.writeAcks();
            }
        } catch (IOException e) {
            // It stays to be written; until then only this process knows.
            tally.failures++;
        }
        schedule(clock.nanoTime());
        publish();
        return true;
    }

    private static void settle(Segment segment, int ordinal) {
        RecordTable table = segment.table();
        table.acknowledged.set(ordinal);
        segment.unwrittenAcks.set(ordinal);
        segment.heldRecords--;
        segment.heldDocuments -= table.documentCount(ordinal);
        segment.heldBytes -= table.bodyLength(ordinal);
    }

    /** Gives a record in flight back, to be read again in its turn; does nothing when it is not in flight. */
    public void release(long recordId) {
        checkOpen();
        Segment segment = segment(recordId);
        if (segment != null) {
            segment.table().release((int) recordId);
        }
    }

    private @Nullable Segment segment(long recordId) {
        Segment segment = directory == null ? null : directory.segments.get(recordId >> 32);
        if (directory != null && segment != null && segment.table == null) {
            try {
                directory.load(segment, scanner);
            } catch (IOException e) {
                tally.failures++;
                return null;
            }
        }
        return segment;
    }

    /** Whether a stored record survives a power loss. */
    public boolean isSynced(long recordId) {
        Segment segment = directory == null ? null : directory.segments.get(recordId >> 32);
        return segment != null && (int) recordId < segment.syncedOrdinals;
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
        if (state.status() == SpoolState.Status.FAILED && nowNs - retryAtNs >= 0) {
            recover();
            work++;
        } else if (nowNs - lookAtNs >= 0) {
            look(nowNs);
        }
        if (isSyncDue && nowNs - syncAtNs >= 0 && state.status() != SpoolState.Status.FAILED) {
            sync();
            work++;
        }
        if (work > 0) {
            publish();
        }
        return work;
    }

    private void look(long nowNs) {
        lookAtNs = nowNs + RETRY_NS;
        SpoolDirectory held = directory;
        if (state.status() == SpoolState.Status.FAILED || held == null) {
            return;
        }
        if (!held.isAttached()) {
            fail("use the directory", new IOException("it was deleted or replaced"));
        } else if (state.status() == SpoolState.Status.FULL && held.makeRoom(settings.segmentBytes() / 4)) {
            try {
                if (disk.usableBytes() > settings.segmentBytes()) {
                    become(SpoolState.OK);
                }
            } catch (IOException e) {
                fail("use the directory", e);
            }
        }
    }

    private void schedule(long nowNs) {
        if (!isSyncDue) {
            isSyncDue = true;
            syncAtNs = nowNs + syncIntervalNs;
        }
    }

    /** Forces what was stored and acknowledged, and deletes what is done with. Returns whether all of it worked. */
    public boolean sync() {
        checkOpen();
        SpoolDirectory held = directory;
        if (held == null) {
            return false;
        }
        isSyncDue = false;
        boolean isDone = syncAcks(held);
        try {
            SegmentWriter open = writer;
            if (open != null && settings.sync() != SpoolSync.ON_CLOSE) {
                if (open.isAttached()) {
                    syncWriter(open);
                } else if (held.isAttached()) {
                    abandon();
                    held.lose(open.segment, "deleted or replaced");
                } else {
                    throw new IOException("the directory was deleted or replaced");
                }
            }
        } catch (IOException e) {
            fail("sync", e);
            isDone = false;
        }
        isDone &= retireAll(held);
        if (!isDone) {
            schedule(clock.nanoTime());
        }
        publish();
        return isDone;
    }

    private boolean syncAcks(SpoolDirectory held) {
        boolean isDone = true;
        for (Segment segment : held.segments.values()) {
            try {
                segment.writeAcks();
                if (settings.sync() != SpoolSync.ON_CLOSE) {
                    segment.syncAcks();
                }
            } catch (IOException e) {
                tally.failures++;
                isDone = false;
            }
        }
        return isDone;
    }

    /** Deletes the segments of which nothing is held. */
    private boolean retireAll(SpoolDirectory held) {
        List<Segment> done = new ArrayList<>();
        for (Segment segment : held.segments.values()) {
            boolean isEmptyNew = segment.ordinals == 0 && writer != null && writer.segment == segment;
            if (segment.heldRecords == 0 && !isEmptyNew) {
                done.add(segment);
            }
        }
        try {
            for (Segment segment : done) {
                if (writer != null && writer.segment == segment) {
                    abandon();
                }
                held.retire(segment);
            }
            held.sweep();
            if (!done.isEmpty() && state.status() == SpoolState.Status.FULL) {
                become(SpoolState.OK);
            }
            return true;
        } catch (IOException e) {
            fail("delete a file", e);
            return false;
        }
    }

    /** Tries whether the disk works again: with a new file in the directory at hand, or by taking the directory again. */
    private boolean recover() {
        try {
            SpoolDirectory held = directory;
            if (held == null || !held.isAttached()) {
                acquire();
            } else {
                if (writer == null) {
                    writer = held.create(fileIds.getAsLong());
                }
                syncWriter(writer);
            }
            become(SpoolState.OK);
            return true;
        } catch (IOException e) {
            fail("use the directory", e);
            return false;
        }
    }

    private void acquire() throws IOException {
        SpoolDirectory previous = directory;
        if (previous != null) {
            previous.close(writer);
            writer = null;
        }
        boolean isPatient = ++acquireAttempts < READ_ATTEMPTS;
        directory = SpoolRecovery.acquire(disk, settings, tally, scanner, previous, isPatient);
        acquireAttempts = 0;
        schedule(clock.nanoTime());
    }

    private void fail(String doing, IOException e) {
        tally.failures++;
        retryAtNs = clock.nanoTime() + RETRY_NS;
        boolean isFull = DiskErrors.isFull(e) && directory != null;
        become(new SpoolState(
                isFull ? SpoolState.Status.FULL : SpoolState.Status.FAILED, "Cannot " + doing + ": " + text(e)));
    }

    private static String text(IOException e) {
        return DiskErrors.text(e);
    }

    private void become(SpoolState next) {
        SpoolState before = state;
        if (before.equals(next)) {
            return;
        }
        state = next;
        if (next.isOk()) {
            LOGGER.info("Spool {}: takes batches again", disk.name());
        } else {
            LOGGER.warn("Spool {}: {}: {}", disk.name(), next.status(), next.reason());
        }
    }

    /** Whether records are taken at this moment, and why not; any thread may ask. */
    public SpoolState state() {
        return state;
    }

    /** What is held and what was done, as of the owner's last call; any thread may ask. */
    public SpoolCounts counts() {
        return counts;
    }

    private void publish() {
        SpoolDirectory held = directory;
        counts = held == null
                ? tally.snapshot(0, 0, 0)
                : tally.snapshot(held.usedBytes(), held.segments.size(), held.oldestReceivedMs());
    }

    private void checkOpen() {
        if (isClosed) {
            throw new IllegalStateException("The spool is closed");
        }
    }

    /** Syncs everything and gives the directory up. What is in flight is given to the next process. A second call does nothing. */
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        SpoolDirectory held = directory;
        if (held != null) {
            closeDirectory(held);
        }
        isClosed = true;
    }

    private void closeDirectory(SpoolDirectory held) {
        SegmentWriter open = writer;
        try {
            if (open != null) {
                syncWriter(open);
                abandon();
            }
        } catch (IOException e) {
            fail("sync", e);
        }
        for (Segment segment : held.segments.values()) {
            try {
                segment.writeAcks();
                segment.syncAcks();
            } catch (IOException e) {
                tally.failures++;
            }
        }
        retireAll(held);
        publish();
        held.close(null);
    }
}
