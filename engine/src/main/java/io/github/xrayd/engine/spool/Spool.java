package io.github.xrayd.engine.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
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
    /** Attempts to read a record that the disk does not give, before the next is read. */
    private static final int READ_ATTEMPTS = 3;

    private final SpoolKeeper keeper;
    private final SpoolTally tally;
    private byte[] staging = new byte[1 << 12];
    private long readRetryAtNs;
    private boolean isClosed;
    private volatile SpoolCounts counts;

    private Spool(SpoolKeeper keeper) {
        this.keeper = keeper;
        this.tally = keeper.tally;
        this.readRetryAtNs = keeper.clock.nanoTime();
        this.counts = tally.snapshot(0, 0, 0);
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
        Spool spool = new Spool(new SpoolKeeper(settings, disk, clock, fileIds));
        try {
            spool.keeper.acquire();
        } catch (SpoolLockedException e) {
            throw e;
        } catch (IOException e) {
            spool.keeper.fail("open the directory", e);
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
        if (!keeper.isReady()) {
            return refusal();
        }
        SpoolDirectory held = Objects.requireNonNull(keeper.directory, "a spool that is ready has a directory");
        int length = SegmentLayout.recordBytes(body.remaining(), documentCount);
        if (!keeper.makeRoom(held, length)) {
            return refusal();
        }
        SegmentWriter writer = null;
        try {
            writer = keeper.writer(held, length);
            Segment segment = writer.segment;
            if (staging.length < length) {
                staging = new byte[length + length / 4];
            }
            SegmentLayout.encodeRecord(
                    staging, segment.fileId, segment.ordinals, body, documentCount, offsets, oldestReceivedMs);
            writer.write(staging, length, body.remaining(), documentCount, oldestReceivedMs);
            tally.stored(documentCount, body.remaining());
            keeper.become(SpoolState.OK);
            keeper.schedule();
            long recordId = segment.recordId(segment.ordinals - 1);
            if (keeper.settings.sync() == SpoolSync.EVERY_RECORD) {
                keeper.sync();
            }
            return new SpoolResult.Stored(recordId, isSynced(recordId));
        } catch (IOException e) {
            if (writer != null) {
                writer.cutOff(length);
                keeper.abandon();
            }
            keeper.fail("write a record", e);
            return refusal();
        }
    }

    private SpoolResult refusal() {
        SpoolState state = keeper.state();
        return state.status() == SpoolState.Status.FULL
                ? new SpoolResult.Full(state.reason())
                : new SpoolResult.Failed(state.reason());
    }

    /**
     * Reads the oldest record that is neither in flight nor acknowledged, and puts it in flight; several may be. Null when there
     * is none, or the disk does not give it now.
     */
    public @Nullable SpooledBatch next() {
        checkOpen();
        SpoolDirectory held = keeper.directory;
        boolean isOurs = held != null && (!keeper.isFailed() || held.isAttached());
        SpooledBatch batch = held == null || !isOurs ? null : tryNext(held);
        publish();
        return batch;
    }

    private @Nullable SpooledBatch tryNext(SpoolDirectory held) {
        long nowNs = keeper.clock.nanoTime();
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
                keeper.fail("read a record", e);
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
            if (keeper.writer != null && keeper.writer.segment == segment) {
                keeper.abandon();
            }
            held.lose(segment, "deleted");
        }
        return batch;
    }

    private @Nullable SpooledBatch nextOf(SpoolDirectory held, Segment segment) throws IOException {
        held.load(segment, keeper.scanner);
        RecordTable table = segment.table();
        for (int ordinal = table.nextFree(); ordinal >= 0; ordinal = table.nextFree()) {
            byte[] record = segment.read(ordinal);
            segment.readFailures = 0;
            if (record != null) {
                table.taken.set(ordinal);
                return new SpooledBatch(segment.recordId(ordinal), record);
            }
            LOGGER.error(
                    "Spool {}: a record of {} is damaged", keeper.disk.name(), SegmentName.segment(segment.number));
            segment.isDamaged = true;
            settle(segment, ordinal);
            tally.changed(-1, -table.documentCount(ordinal), -table.bodyLength(ordinal));
            keeper.schedule();
        }
        return null;
    }

    private void readFailed(SpoolDirectory held, Segment segment, IOException e, long nowNs) {
        if (!held.isAttached()) {
            keeper.fail("read a record", e);
            return;
        }
        tally.failures++;
        readRetryAtNs = nowNs + SpoolKeeper.RETRY_NS;
        segment.readFailures++;
        RecordTable table = segment.table;
        int ordinal = table == null ? -1 : table.nextFree();
        LOGGER.warn(
                "Spool {}: cannot read {}: {}",
                keeper.disk.name(),
                SegmentName.segment(segment.number),
                DiskErrors.text(e));
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
            if (!keeper.isFailed()) {
                segment.writeAcks();
            }
        } catch (IOException e) {
            // It stays to be written; until then only this process knows.
            tally.failures++;
        }
        keeper.schedule();
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

    /** Whether a record is stored and not acknowledged, in flight or not. */
    public boolean isHeld(long recordId) {
        checkOpen();
        Segment segment = segment(recordId);
        return segment != null && segment.table().isHeld((int) recordId);
    }

    /** What the directory is called, for messages. */
    public String name() {
        return keeper.disk.name();
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
            disk.lock(SegmentName.LOCK, Long.toString(ProcessHandle.current().pid()))
                    .close();
        } catch (SpoolLockedException e) {
            throw e;
        } catch (IOException e) {
            LOGGER.debug("Spool {}: {}", disk.name(), DiskErrors.text(e));
        }
    }

    private @Nullable Segment segment(long recordId) {
        SpoolDirectory held = keeper.directory;
        Segment segment = held == null ? null : held.segments.get(recordId >> 32);
        if (held == null || segment == null) {
            return null;
        }
        try {
            held.load(segment, keeper.scanner);
            return segment;
        } catch (IOException e) {
            tally.failures++;
            return null;
        }
    }

    /** Whether a stored record survives a power loss. */
    public boolean isSynced(long recordId) {
        SpoolDirectory held = keeper.directory;
        Segment segment = held == null ? null : held.segments.get(recordId >> 32);
        return segment != null && (int) recordId < segment.syncedOrdinals;
    }

    /**
     * Syncs when that is due, and looks after the directory; to be called at least as often as the sync interval.
     *
     * @return how much was done; 0 when nothing was due
     */
    public int doWork() {
        checkOpen();
        int work = keeper.doWork();
        if (work > 0) {
            publish();
        }
        return work;
    }

    /** Forces what was stored and acknowledged, and deletes what is done with. Returns whether all of it worked. */
    public boolean sync() {
        checkOpen();
        boolean isDone = keeper.sync();
        publish();
        return isDone;
    }

    /** Whether records are taken at this moment, and why not; any thread may ask. */
    public SpoolState state() {
        return keeper.state();
    }

    /** What is held and what was done, as of the owner's last call; any thread may ask. */
    public SpoolCounts counts() {
        return counts;
    }

    private void publish() {
        SpoolDirectory held = keeper.directory;
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
        keeper.close();
        publish();
        isClosed = true;
    }
}
