package io.github.xrayd.engine.upload;

import io.github.xrayd.engine.batch.Batch;
import io.github.xrayd.engine.batch.BatchBody;
import org.jspecify.annotations.Nullable;

/** Some documents of a sealed batch on their way: what one call sends, with its history. The uploader's alone. */
final class Upload {
    final Batch batch;
    /** Which documents, bit i for document i of the batch. */
    final long documents;
    /** Orders uploads of the same age. */
    final long number;
    /** Whose memory the batch is in; has no meaning for one that came back from the spool. */
    final int pipeline;
    /** The spool's record of the batch, or null when it came from a pipeline. */
    final @Nullable Restored restored;

    int failures;
    long dueNs;
    long startedNs;
    boolean mayHaveArrived;

    Upload(Batch batch, long number, int pipeline) {
        this(batch, batch.unsettled(), number, pipeline, null);
    }

    Upload(Restored restored, long number) {
        this(restored.batch(), restored.batch().unsettled(), number, 0, restored);
    }

    private Upload(Batch batch, long documents, long number, int pipeline, @Nullable Restored restored) {
        this.batch = batch;
        this.documents = documents;
        this.number = number;
        this.pipeline = pipeline;
        this.restored = restored;
    }

    /** Some of its documents as an upload of their own. */
    Upload part(long some) {
        return new Upload(batch, some, number, pipeline, restored);
    }

    int documentCount() {
        return Long.bitCount(documents);
    }

    BatchBody body() {
        return batch.body(documents);
    }

    static int compareByAge(Upload a, Upload b) {
        long difference = a.batch.oldestReceivedNs() - b.batch.oldestReceivedNs();
        return difference != 0 ? Long.signum(difference) : Long.compare(a.number, b.number);
    }

    static int compareByDue(Upload a, Upload b) {
        return Long.signum(a.dueNs - b.dueNs);
    }
}
