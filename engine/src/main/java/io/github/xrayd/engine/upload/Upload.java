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

    /** Failed calls after which it waited; they lengthen its next wait. */
    int failures;
    /** Failed calls in all. */
    int attempts;
    /** Failed calls between which others succeeded: each says that the fault is in these documents. */
    int proofs;

    long dueNs;
    long startedNs;
    /** When its last call failed; has a meaning only after one. */
    long failedNs;

    boolean mayHaveArrived;
    /** The last failure, when it is one document that stands alone. */
    @Nullable
    RejectedDocument rejection;

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

    /** Some of its documents as an upload of their own, with the same history. */
    Upload part(long some) {
        Upload part = new Upload(batch, some, number, pipeline, restored);
        part.failures = failures;
        part.attempts = attempts;
        part.proofs = proofs;
        part.startedNs = startedNs;
        part.failedNs = failedNs;
        part.mayHaveArrived = mayHaveArrived;
        return part;
    }

    /** The first half of its documents, of which it has more than one. */
    long firstHalf() {
        long first = 0;
        int half = documentCount() / 2;
        for (long rest = documents; Long.bitCount(first) < half; rest &= rest - 1) {
            first |= Long.lowestOneBit(rest);
        }
        return first;
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
