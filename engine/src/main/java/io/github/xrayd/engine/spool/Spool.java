package io.github.xrayd.engine.spool;

import io.github.xrayd.engine.spool.SpoolState.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sealed batches on disk, given back oldest first until each is acknowledged.
 *
 * <p>Belongs to one thread, which waits for the disk; any thread may call {@link #state}. A disk error is never an
 * exception here: it is a state, and the spool works again at most a second after the disk does. Only a directory that
 * was deleted or replaced stays lost until the next process.
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
    static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);

    private static final long SYNC_INTERVAL_MS = 100;

    private final SpoolDisk disk;
    private final NanoClock clock;
    private final SpoolDirectory directory;
    private long syncAtNs;
    private volatile SpoolState state = new SpoolState(Status.OK, "", 0, 0, 0);

    private Spool(SpoolSettings settings, SpoolDisk disk, NanoClock clock) {
        this.disk = disk;
        this.clock = clock;
        directory = new SpoolDirectory(disk, settings, clock);
        syncAtNs = clock.nanoTime() + RETRY_NS;
    }

    /**
     * Locks the directory and reads every file in it once. A directory that cannot be used now gives a spool in
     * {@link SpoolState.Status#FAILED} that tries again.
     *
     * @throws SpoolLockedException when another process, or another spool of this one, has the directory
     */
    public static Spool open(SpoolSettings settings) throws SpoolLockedException {
        return open(settings, new SpoolDisk(settings.directory()), SystemNanoClock.INSTANCE);
    }

    /** As {@link #open(SpoolSettings)}, on another disk and clock. */
    public static Spool open(SpoolSettings settings, SpoolDisk disk, NanoClock clock) throws SpoolLockedException {
        Spool spool = new Spool(settings, disk, clock);
        try {
            spool.directory.open();
            spool.become(Status.OK, "");
        } catch (SpoolLockedException e) {
            throw e;
        } catch (IOException e) {
            spool.fail(e);
        }
        return spool;
    }

    /**
     * Checks that the directory can be locked at this moment; makes it when missing. One that cannot be used is no
     * error here.
     *
     * @throws SpoolLockedException when another process, or another spool of this one, has it
     */
    public static void checkFree(SpoolSettings settings) throws SpoolLockedException {
        try (SpoolDisk disk = new SpoolDisk(settings.directory())) {
            disk.makeDirectory();
            disk.lock();
        } catch (SpoolLockedException e) {
            throw e;
        } catch (IOException e) {
            LOGGER.debug("Spool {}: {}", settings.directory(), SpoolDisk.text(e));
        }
    }

    /**
     * Stores a sealed batch. The body's position and limit are not changed.
     *
     * @param body the request body, 1 byte to 32 MiB
     * @param starts where each of its documents begins in the body, 1 to 4,096
     * @param oldestReceivedMs when the oldest of them arrived, epoch milliseconds
     * @return whether the record is in the spool, and survives the end of this process; {@link #state} says why not
     */
    public boolean append(ByteBuffer body, int[] starts, long oldestReceivedMs) {
        if (!SpoolFileLayout.isBatch(body.remaining(), starts.length)) {
            throw new IllegalArgumentException(starts.length + " documents in " + body.remaining() + " bytes");
        }
        doWork();
        if (!isFailed()) {
            try {
                directory.append(body, starts, oldestReceivedMs);
                schedule();
                become(Status.OK, "");
            } catch (IOException e) {
                fail(e);
            }
        }
        return state.isOk();
    }

    /**
     * Reads the oldest record that is neither in flight nor acknowledged, and puts it in flight; several may be. Null
     * when there is none that the disk gives now. A file that fails is passed over for a second; others are read
     * meanwhile.
     */
    public @Nullable SpooledBatch next() {
        SpooledBatch batch = directory.next();
        publish();
        return batch;
    }

    /** Forgets a record in flight for good, unless it is lost: every document of it was delivered or accounted for. */
    public void acknowledge(long recordId) {
        directory.acknowledge(recordId);
        schedule();
        publish();
    }

    /** Gives a record in flight back, to be read again in its turn; does nothing when it is not in flight. */
    public void release(long recordId) {
        directory.release(recordId);
    }

    /** Whether a record in flight is held: not when its file, or the directory, was lost. */
    public boolean isHeld(long recordId) {
        return directory.holder(recordId) != null;
    }

    /** The directory's name, for messages. */
    public String name() {
        return disk.name();
    }

    /** What it holds, and whether records are taken, as of the owner's last call; any thread may ask. */
    public SpoolState state() {
        return state;
    }

    private boolean isFailed() {
        return state.status() == Status.FAILED;
    }

    private void publish() {
        become(state.status(), state.reason());
    }

    /**
     * Syncs when that is due, and looks after the directory; to be called at least as often as the sync interval.
     *
     * @return how much was done; 0 when nothing was due
     */
    public int doWork() {
        if (clock.nanoTime() - syncAtNs < 0) {
            return 0;
        }
        sync();
        return 1;
    }

    /** How long {@link #doWork} may wait when nothing is asked of the spool, in nanoseconds, 1 to a second. */
    public long restNs() {
        return Math.max(1, syncAtNs - clock.nanoTime());
    }

    /** Has the next sync come within the interval; while the directory fails, that is tried when it is time. */
    private void schedule() {
        long atNs = clock.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SYNC_INTERVAL_MS);
        if (!isFailed() && atNs - syncAtNs < 0) {
            syncAtNs = atNs;
        }
    }

    /** Does now what is due at least each second, see {@link SpoolDirectory#sync}. */
    void sync() {
        syncAtNs = clock.nanoTime() + RETRY_NS;
        try {
            directory.sync(isFailed());
            if (isFailed() || directory.usedBytes() < state.usedBytes()) {
                become(Status.OK, "");
            }
            publish();
        } catch (IOException e) {
            fail(e);
        }
    }

    private void fail(IOException e) {
        become(SpoolDisk.isFull(e) ? Status.FULL : Status.FAILED, SpoolDisk.text(e));
    }

    private void become(Status status, String reason) {
        SpoolState before = state;
        state = directory.state(status, reason);
        if (status != before.status() || !reason.equals(before.reason())) {
            if (state.isOk()) {
                LOGGER.info("Spool {}: takes batches again", disk.name());
            } else {
                LOGGER.warn("Spool {}: {}: {}", disk.name(), status, reason);
            }
        }
    }

    /**
     * Syncs everything and unlocks the directory; the next process gets what is in flight. Nothing may be called after
     * that, but this again.
     */
    @Override
    public void close() {
        if (disk.isLocked()) {
            sync();
        }
        directory.close();
    }
}
