package io.github.xrayd.engine.spool;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.agrona.concurrent.NanoClock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the directory and the file at hand in order for a {@link Spool}: takes, syncs, cleans up, and takes again when the disk
 * failed. Of the spool's owner thread; only {@link #state} is read by others.
 */
final class SpoolKeeper {
    /** How long a failed disk is left alone, and how often the directory is looked after. */
    static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);

    private static final Logger LOGGER = LoggerFactory.getLogger(Spool.class);
    /** Attempts to open a directory of which one file cannot be read, before that file is left out. */
    private static final int ACQUIRE_ATTEMPTS = 3;

    final SpoolSettings settings;
    final SpoolDisk disk;
    final NanoClock clock;
    final SegmentScanner scanner = new SegmentScanner();
    final SpoolTally tally = new SpoolTally();
    private final LongSupplier fileIds;
    private final long syncIntervalNs;

    @Nullable
    SpoolDirectory directory;

    @Nullable
    SegmentWriter writer;

    private int acquireAttempts;
    private long retryAtNs;
    private long lookAtNs;
    private long syncAtNs;
    private boolean isSyncDue;
    private volatile SpoolState state = SpoolState.OK;

    SpoolKeeper(SpoolSettings settings, SpoolDisk disk, NanoClock clock, LongSupplier fileIds) {
        this.settings = settings;
        this.disk = disk;
        this.clock = clock;
        this.fileIds = fileIds;
        this.syncIntervalNs = TimeUnit.MILLISECONDS.toNanos(settings.syncIntervalMs());
        this.lookAtNs = clock.nanoTime() + RETRY_NS;
    }

    SpoolState state() {
        return state;
    }

    /** Whether records may be written now; what failed is tried again when it is time. */
    boolean isReady() {
        boolean isDue = clock.nanoTime() - retryAtNs >= 0;
        return switch (state.status()) {
            case OK -> true;
            case FULL -> isDue;
            case FAILED -> isDue && recover();
        };
    }

    /** Does what is due; returns how much that was. */
    int doWork() {
        long nowNs = clock.nanoTime();
        int work = 0;
        if (isFailed()) {
            if (nowNs - retryAtNs >= 0) {
                recover();
                work++;
            }
        } else if (nowNs - lookAtNs >= 0) {
            look(nowNs);
        }
        if (isSyncDue && nowNs - syncAtNs >= 0 && !isFailed()) {
            sync();
            work++;
        }
        return work;
    }

    boolean isFailed() {
        return state.status() == SpoolState.Status.FAILED;
    }

    /** Whether a record of {@code length} bytes fits the limit, once what is done with is deleted; if not, the spool is full. */
    boolean makeRoom(SpoolDirectory held, int length) {
        long needed = (long) length + SegmentLayout.ACK_BYTES + SegmentLayout.FILE_HEADER_BYTES;
        if (!held.isAttached()) {
            failDetached();
            return false;
        }
        boolean hasRoom = held.makeRoom(needed) || (retireAll(held) && held.makeRoom(needed));
        if (!hasRoom || held.segments.size() >= SpoolDirectory.SEGMENTS_MAX) {
            String reason = hasRoom
                    ? "There are " + SpoolDirectory.SEGMENTS_MAX + " files"
                    : "The limit of " + settings.bytesMax() + " bytes (--spool-limit) is reached";
            become(new SpoolState(SpoolState.Status.FULL, reason));
            retryAtNs = clock.nanoTime();
            return false;
        }
        return true;
    }

    /** The file to append to: the one at hand, or a new one when that is full or gone. */
    SegmentWriter writer(SpoolDirectory held, int length) throws IOException {
        SegmentWriter open = writer;
        if (open != null && !open.hasRoom(length, settings.segmentBytes())) {
            syncWriter(open);
            abandon();
            open = null;
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

    void abandon() {
        SegmentWriter open = writer;
        if (open != null) {
            open.close();
            writer = null;
        }
    }

    private void look(long nowNs) {
        lookAtNs = nowNs + RETRY_NS;
        SpoolDirectory held = directory;
        if (held == null) {
            return;
        }
        if (!held.isAttached()) {
            failDetached();
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

    /** Has the next sync come within the interval. */
    void schedule() {
        if (!isSyncDue) {
            isSyncDue = true;
            syncAtNs = clock.nanoTime() + syncIntervalNs;
        }
    }

    /** Forces what was stored and acknowledged, and deletes what is done with. Returns whether all of it worked. */
    boolean sync() {
        SpoolDirectory held = directory;
        if (held == null) {
            return false;
        }
        if (!held.isAttached()) {
            failDetached();
            return false;
        }
        isSyncDue = false;
        boolean isDone = syncAcks(held);
        try {
            SegmentWriter open = writer;
            if (open != null && settings.sync() != SpoolSync.ON_CLOSE) {
                if (open.isAttached()) {
                    syncWriter(open);
                } else {
                    abandon();
                    held.lose(open.segment, "deleted or replaced");
                }
            }
        } catch (IOException e) {
            fail("sync", e);
            isDone = false;
        }
        isDone &= retireAll(held);
        if (!isDone) {
            schedule();
        }
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
    boolean retireAll(SpoolDirectory held) {
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

    void acquire() throws IOException {
        SpoolDirectory previous = directory;
        if (previous != null) {
            previous.close(writer);
            writer = null;
        }
        boolean isPatient = ++acquireAttempts < ACQUIRE_ATTEMPTS;
        directory = SpoolRecovery.acquire(disk, settings, tally, scanner, previous, isPatient);
        acquireAttempts = 0;
        schedule();
    }

    void fail(String doing, IOException e) {
        tally.failures++;
        retryAtNs = clock.nanoTime() + RETRY_NS;
        boolean isFull = DiskErrors.isFull(e) && directory != null;
        become(new SpoolState(
                isFull ? SpoolState.Status.FULL : SpoolState.Status.FAILED,
                "Cannot " + doing + ": " + DiskErrors.text(e)));
    }

    /** Nothing is written or deleted by name any more: what has the names now may be another's. */
    private void failDetached() {
        fail("use the directory", new IOException("it was deleted or replaced"));
    }

    void become(SpoolState next) {
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

    /** Syncs everything and gives the directory up. */
    void close() {
        SpoolDirectory held = directory;
        if (held == null) {
            return;
        }
        boolean isAttached = held.isAttached();
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
                if (isAttached) {
                    segment.writeAcks();
                    segment.syncAcks();
                }
            } catch (IOException e) {
                tally.failures++;
            }
        }
        if (isAttached) {
            retireAll(held);
        }
        held.close(null);
    }
}
