package io.github.xrayd.engine.batch;

import io.github.xrayd.engine.encode.Encoder;
import io.github.xrayd.engine.encode.XRayEncoder;
import io.github.xrayd.engine.ring.Arena;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A sealed batch reaches the uploader whole, and its memory comes back to the batcher whole. */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "not there yet")
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "there, whole, settled")
@Outcome(expect = Expect.FORBIDDEN, desc = "torn, or its memory is gone")
@State
public class BatchStress {
    private static final Encoder ENCODER = new XRayEncoder();
    private static final int CAPACITY = BatchPool.batchCapacityMin(ENCODER);

    private static final int NOTHING = 0;
    private static final int WHOLE = 1;
    private static final int TORN = 2;
    private static final UnsafeBuffer DOCUMENT =
            new UnsafeBuffer("{\"name\":\"n\"}".getBytes(StandardCharsets.US_ASCII));
    private static final byte[] BODY =
            "{\"TraceSegmentDocuments\":[\"{\\\"name\\\":\\\"n\\\"}\",\"{\\\"name\\\":\\\"n\\\"}\"]}"
                    .getBytes(StandardCharsets.US_ASCII);

    private final Pools pools = Pools.take();

    /** A pool costs an arena outside the heap, so they are used again. */
    static final class Pools {
        private static final Queue<Pools> IDLE = new ConcurrentLinkedQueue<>();

        final BatchPool pool = new BatchPool(ENCODER, new Arena(CAPACITY), 2, CAPACITY);
        final OneToOneConcurrentArrayQueue<Batch> sealed = new OneToOneConcurrentArrayQueue<>(2);

        static Pools take() {
            Pools pools = IDLE.poll();
            return pools == null ? new Pools() : pools;
        }

        void fill() {
            Batch batch = pool.open();
            if (batch != null) {
                batch.append(DOCUMENT, 0, DOCUMENT.capacity(), 7);
                batch.append(DOCUMENT, 0, DOCUMENT.capacity(), 8);
                batch.seal();
                pool.trim(batch);
                sealed.add(batch);
            }
        }

        int settle() {
            Batch batch = sealed.poll();
            if (batch == null) {
                return NOTHING;
            }
            boolean isWhole =
                    batch.documentCount() == 2 && batch.oldestReceivedNs() == 7 && batch.length() == BODY.length;
            for (int i = 0; isWhole && i < BODY.length; i++) {
                isWhole = batch.buffer().getByte(i) == BODY[i];
            }
            batch.settle(1);
            batch.settle(2);
            return isWhole ? WHOLE : TORN;
        }

        int finish(int before) {
            int settled = settle();
            boolean isWhole = pool.isWhole() && (before != NOTHING || settled != NOTHING);
            IDLE.add(this);
            return settled == TORN || !isWhole ? TORN : before;
        }
    }

    /** A sealed batch that stays, for tests of what comes after. */
    public static Batch batch() {
        return Kept.BATCH;
    }

    private static final class Kept {
        static final Batch BATCH = batch();

        private static Batch batch() {
            Pools pools = Pools.take();
            pools.fill();
            Batch batch = pools.sealed.poll();
            if (batch == null) {
                throw new IllegalStateException("an empty pool gave no batch");
            }
            return batch;
        }
    }

    @Actor
    public void batcher() {
        pools.fill();
    }

    @Actor
    public void uploader(I_Result result) {
        result.r1 = pools.settle();
    }

    @Arbiter
    public void rest(I_Result result) {
        result.r1 = pools.finish(result.r1);
    }
}
