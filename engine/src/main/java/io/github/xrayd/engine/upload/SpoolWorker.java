package io.github.xrayd.engine.upload;

import io.github.xrayd.engine.batch.Batch;
import io.github.xrayd.engine.batch.BatchBody;
import io.github.xrayd.engine.batch.Parcel;
import io.github.xrayd.engine.encode.Encoder;
import io.github.xrayd.engine.spool.Spool;
import io.github.xrayd.engine.spool.SpoolLockedException;
import io.github.xrayd.engine.spool.SpooledBatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what the uploader asks of the spool, on a thread that may wait for the disk: {@link #doWork}, {@link #isDue} and
 * {@link #close} belong to that thread, the port's methods to the uploader's.
 *
 * <p>Knows how many documents the uploader thinks are on disk, and tells it each time the disk differs: so the ledger
 * includes what earlier processes left and what the disk lost.
 */
public final class SpoolWorker implements SpoolPort, AutoCloseable {
    /** More than can be under way: stores, and for each take its settling and the next one. */
    private static final int CAPACITY = 4 * (SpoolPolicy.STORES_MAX + SpoolPolicy.TAKES_MAX);

    private static final Logger LOG = LoggerFactory.getLogger(SpoolWorker.class);

    /** Opens the spool, on the worker's thread, because it reads all files. */
    @FunctionalInterface
    public interface Opener {
        Spool open() throws SpoolLockedException;
    }

    private sealed interface SpoolRequest {
        record Store(Object token, BatchBody body, long oldestReceivedNs) implements SpoolRequest {}

        record Take() implements SpoolRequest {}

        record Settled(long recordId) implements SpoolRequest {}

        record Leave(long recordId, int documents) implements SpoolRequest {}
    }

    private final OneToOneConcurrentArrayQueue<SpoolRequest> requests = new OneToOneConcurrentArrayQueue<>(CAPACITY);
    private final OneToOneConcurrentArrayQueue<Reply> replies = new OneToOneConcurrentArrayQueue<>(CAPACITY);
    private final Opener opener;
    private final Encoder encoder;
    private final EpochClock epochClock;
    private final NanoClock nanoClock;
    private final Runnable onRequest;
    private final Runnable onReply;
    /** Documents of the records that are out, by record. */
    private final Map<Long, Integer> taken = new HashMap<>();

    private byte[] staging = new byte[0];
    private volatile @Nullable Spool spool;
    /** Documents on disk and not out, as the uploader knows it when it has read all answers. */
    private long booked;

    /**
     * A worker.
     *
     * @param encoder the one that makes the bodies
     * @param onRequest wakes the thread that runs {@link #doWork}
     * @param onReply wakes the uploader's thread
     */
    public SpoolWorker(
            Opener opener,
            Encoder encoder,
            EpochClock epochClock,
            NanoClock nanoClock,
            Runnable onRequest,
            Runnable onReply) {
        this.opener = opener;
        this.encoder = encoder;
        this.epochClock = epochClock;
        this.nanoClock = nanoClock;
        this.onRequest = onRequest;
        this.onReply = onReply;
    }

    @Override
    public void store(Object token, Parcel parcel, long documents) {
        ask(new SpoolRequest.Store(token, BatchBody.of(parcel, documents), parcel.oldestReceivedNs()));
    }

    @Override
    public void take() {
        ask(new SpoolRequest.Take());
    }

    @Override
    public void settled(long recordId) {
        ask(new SpoolRequest.Settled(recordId));
    }

    @Override
    public void leave(long recordId, int documents) {
        ask(new SpoolRequest.Leave(recordId, documents));
    }

    private void ask(SpoolRequest request) {
        if (!requests.offer(request)) {
            throw new IllegalStateException("more is asked of the spool than was agreed");
        }
        onRequest.run();
    }

    @Override
    public @Nullable Reply poll() {
        return replies.poll();
    }

    /**
     * Opens the spool at first; then does what is asked, syncs when that is due, and tells what changed.
     *
     * @return how much was done
     * @throws SpoolLockedException when another has the directory
     */
    public int doWork() throws SpoolLockedException {
        Spool open = spool;
        if (open == null) {
            open = opener.open();
            spool = open;
        }
        int work = open.doWork();
        SpoolRequest request;
        while ((request = requests.poll()) != null) {
            answer(open, request);
            work++;
        }
        return book(open) ? work + 1 : work;
    }

    private void answer(Spool open, SpoolRequest request) {
        if (request instanceof SpoolRequest.Store store) {
            reply(stored(open, store));
        } else if (request instanceof SpoolRequest.Take) {
            reply(next(open));
        } else if (request instanceof SpoolRequest.Settled settled) {
            taken.remove(settled.recordId());
            open.acknowledge(settled.recordId());
        } else if (request instanceof SpoolRequest.Leave left) {
            taken.remove(left.recordId());
            open.release(left.recordId());
            booked += left.documents();
        }
    }

    private Reply stored(Spool open, SpoolRequest.Store store) {
        BatchBody body = store.body();
        int length = body.length();
        if (staging.length < length) {
            staging = new byte[length + length / 4];
        }
        try (InputStream stream = body.openStream()) {
            stream.readNBytes(staging, 0, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int[] starts = body.starts();
        long ageMs = (nanoClock.nanoTime() - store.oldestReceivedNs()) / 1_000_000;
        ByteBuffer bytes = ByteBuffer.wrap(staging, 0, length);
        if (!open.append(bytes, starts, epochClock.time() - ageMs)) {
            return new Reply.Refused(store.token(), open.state().reason());
        }
        booked += starts.length;
        return new Reply.Stored(store.token());
    }

    private Reply next(Spool open) {
        SpooledBatch record = open.next();
        while (record != null) {
            try {
                Batch batch = restored(record);
                taken.put(record.recordId(), record.starts().length);
                booked -= record.starts().length;
                return new Reply.Taken(record.recordId(), batch);
            } catch (IllegalArgumentException e) {
                // Whole, and still not of this daemon's making: it cannot be sent, and would be in the way for ever.
                LOG.error("Spool {}: gave up a record that is {}", open.name(), e.getMessage());
                open.acknowledge(record.recordId());
                record = open.next();
            }
        }
        return new Reply.Nothing();
    }

    private Batch restored(SpooledBatch record) {
        long ageMs = Math.max(0, epochClock.time() - record.oldestReceivedMs());
        return Batch.restored(encoder, record.body(), record.starts(), nanoClock.nanoTime() - ageMs * 1_000_000);
    }

    private boolean book(Spool open) {
        long onDisk = open.state().documents();
        for (Map.Entry<Long, Integer> out : taken.entrySet()) {
            onDisk -= open.isHeld(out.getKey()) ? out.getValue() : 0;
        }
        long difference = onDisk - booked;
        if (difference == 0 || !replies.offer(new Reply.Changed(Math.max(0, difference), Math.max(0, -difference)))) {
            return false;
        }
        booked = onDisk;
        onReply.run();
        return true;
    }

    private void reply(Reply reply) {
        if (!replies.offer(reply)) {
            throw new IllegalStateException("the uploader does not read the spool's answers");
        }
        onReply.run();
    }

    /** How long {@link #doWork} may wait when nothing is asked, in nanoseconds; only when the spool is open. */
    public long restNs() {
        return Objects.requireNonNull(spool, "not open").restNs();
    }

    /** Whether the uploader has asked for something. */
    public boolean isDue() {
        return !requests.isEmpty();
    }

    /** The spool, or null while it is not open; its {@link Spool#state} may be read by any thread. */
    public @Nullable Spool spool() {
        return spool;
    }

    /** Does what was asked, syncs, and gives the directory up. */
    @Override
    public void close() {
        Spool open = spool;
        if (open != null) {
            SpoolRequest request;
            while ((request = requests.poll()) != null) {
                answer(open, request);
            }
            open.close();
        }
    }
}
