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

    /** The body of a batch of one document. */
    public static BatchBody body() {
        BatchPool pool = new BatchPool(ENCODER, new Arena(CAPACITY), 1, CAPACITY);
        Batch batch = pool.open();
        if (batch == null) {
            throw new IllegalStateException("an empty pool gave no batch");
        }
        UnsafeBuffer document = new UnsafeBuffer("{\"name\":\"n\"}".getBytes(StandardCharsets.US_ASCII));
        batch.append(ENCODER, document, 0, document.capacity(), 1);
        batch.seal();
        pool.trim(batch);
        return batch.body(1);
    }
}
