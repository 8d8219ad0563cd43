package io.github.xrayd.benchmarks;

import io.github.xrayd.engine.batch.Batch;
import io.github.xrayd.engine.batch.BatchPool;
import io.github.xrayd.engine.batch.Batcher;
import io.github.xrayd.engine.batch.SealPolicy;
import io.github.xrayd.engine.encode.XRayEncoder;
import io.github.xrayd.engine.receive.DatagramSource;
import io.github.xrayd.engine.receive.Receiver;
import io.github.xrayd.engine.ring.Arena;
import io.github.xrayd.engine.ring.SlotReader;
import io.github.xrayd.engine.ring.SlotRing;
import io.github.xrayd.engine.telemetry.Counters;
import io.github.xrayd.engine.validate.Validator;
import org.agrona.concurrent.CachedNanoClock;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.agrona.concurrent.SystemNanoClock;

/**
 * The engine's stages from socket to sealed batch, each to be driven by hand.
 *
 * <p>Belongs to one thread, or each stage with its clock to a thread of its own.
 */
final class Stages implements AutoCloseable {
    /** Documents of a full batch. */
    static final int BATCH_DOCUMENTS = Batch.DOCUMENTS_MAX;

    private static final int ARENA_BYTES = 8 << 20;
    private static final int BATCH_BYTES = 1 << 20;
    private static final int BATCHES = 8;
    private static final long NEVER_OLD_NS = Long.MAX_VALUE;

    private final CachedNanoClock receiverClock = new CachedNanoClock();
    private final CachedNanoClock validatorClock = new CachedNanoClock();
    private final CachedNanoClock batcherClock = new CachedNanoClock();
    private final SlotRing ring = new SlotRing(new Arena(ARENA_BYTES), 1);
    private final BatchPool pool =
            new BatchPool(new XRayEncoder(), new Arena((long) BATCHES * BATCH_BYTES), BATCHES, BATCH_BYTES);
    private final OneToOneConcurrentArrayQueue<Batch> sealed = new OneToOneConcurrentArrayQueue<>(BATCHES);
    private final Counters counters = new Counters();
    private final Receiver receiver;
    private final Validator validator;
    private final Batcher batcher;

    /**
     * Stages over their own memory.
     *
     * @param documentsMax documents from which on a batch is sealed; age never seals one
     * @param isDocumentChecked whether the validator looks behind the header
     */
    Stages(DatagramSource source, int documentsMax, boolean isDocumentChecked) {
        receiver = new Receiver(source, ring, counters, receiverClock, SystemNanoClock.INSTANCE);
        validator = new Validator(ring.validatorReader(), counters, validatorClock, isDocumentChecked);
        SealPolicy policy = new SealPolicy(documentsMax, BATCH_BYTES, NEVER_OLD_NS);
        batcher = new Batcher("xray", ring.batcherReader(0), false, pool, policy, sealed, counters, batcherClock);
    }

    /** What the stages count. */
    Counters counters() {
        return counters;
    }

    int receive() {
        receiverClock.update(System.nanoTime());
        int count = receiver.doWork();
        String failure = receiver.takeFailure();
        if (!failure.isEmpty()) {
            throw new IllegalStateException("the source failed: " + failure);
        }
        return count;
    }

    int validate() {
        validatorClock.update(System.nanoTime());
        return validator.doWork();
    }

    int batch() {
        batcherClock.update(System.nanoTime());
        return batcher.doWork();
    }

    /** Settles every sealed batch, as the uploader does after a delivery; returns the documents they held. */
    int settle() {
        int documents = 0;
        Batch batch;
        while ((batch = sealed.poll()) != null) {
            documents += batch.documentCount();
            batch.settle(batch.unsettled());
        }
        return documents;
    }

    /** The next sealed batch, which the caller settles. */
    Batch takeSealed() {
        Batch batch = sealed.poll();
        if (batch == null) {
            throw new IllegalStateException("no batch is sealed");
        }
        return batch;
    }

    SlotReader validatorReader() {
        return ring.validatorReader();
    }

    /** Frees the slots that the validator passed, without batching them. */
    void releaseSlots() {
        SlotReader reader = ring.batcherReader(0);
        while (reader.hasNext()) {
            reader.advance();
        }
        reader.release();
    }

    @Override
    public void close() {
        ring.arena().close();
        pool.arena().close();
    }
}
