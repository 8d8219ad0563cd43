package io.github.xrayd.engine.batch;

import io.github.xrayd.engine.encode.Encoder;
import io.github.xrayd.engine.encode.XRayEncoder;
import io.github.xrayd.engine.ring.Arena;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/** Sealed batches for tests of what comes after; their memory goes with the process. */
public final class TestBatches {
    private static final Encoder ENCODER = new XRayEncoder();
    private static final int CAPACITY = BatchPool.batchCapacityMin(ENCODER);

    private TestBatches() {}

    /** The body of a batch of these documents. */
    public static BatchBody body(String... documents) {
        return sealed(1, documents).body(Batch.allOf(documents.length));
    }

    /** The body of some documents of the same batch. */
    public static BatchBody part(BatchBody body, long documents) {
        return body.batch().body(documents);
    }

    /** A sealed batch of these documents, all received at one time. */
    public static Batch sealed(long receivedNs, String... documents) {
        BatchPool pool = new BatchPool(ENCODER, new Arena(CAPACITY), 1, CAPACITY);
        Batch batch = pool.open();
        if (batch == null) {
            throw new IllegalStateException("an empty pool gave no batch");
        }
        for (String document : documents) {
            UnsafeBuffer text = new UnsafeBuffer(document.getBytes(StandardCharsets.UTF_8));
            batch.append(text, 0, text.capacity(), receivedNs);
        }
        batch.seal();
        pool.trim(batch);
        return batch;
    }
}
