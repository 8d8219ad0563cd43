package io.github.xrayd.engine.upload;

import io.github.xrayd.engine.batch.Parcel;
import org.jspecify.annotations.Nullable;

/** Some documents of a parcel on their way: what one call sends, with its history. The uploader's alone. */
final class Upload {
    final Parcel parcel;
    /** Which documents, bit i for document i of the parcel. */
    final long documents;
    /** Orders uploads of the same age. */
    final long number;
    /** Whose memory the parcel is in; has no meaning for one that came back from the spool. */
    final int pipeline;
    /** The spool's record of the parcel, or null when it came from a pipeline. */
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

    Upload(Parcel parcel, long number, int pipeline) {
        this(parcel, parcel.unsettled(), number, pipeline, null);
    }

    Upload(Restored restored, long number) {
        this(restored.parcel(), restored.parcel().unsettled(), number, 0, restored);
    }

    /** An upload that waits until {@code dueNs} and not for a failure. */
    Upload(Parcel parcel, long number, int pipeline, long dueNs) {
        this(parcel, parcel.unsettled(), number, pipeline, null);
        this.dueNs = dueNs;
    }

    private Upload(Parcel parcel, long documents, long number, int pipeline, @Nullable Restored restored) {
        this.parcel = parcel;
        this.documents = documents;
        this.number = number;
        this.pipeline = pipeline;
        this.restored = restored;
    }

    /** Some of its documents as an upload of their own, with the same history. */
    Upload part(long some) {
        Upload part = new Upload(parcel, some, number, pipeline, restored);
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

    /** Whether it waits as long as it must: its documents are kept by the spool or by their source. */
    boolean isAgeless() {
        return restored != null || parcel.isReplayable();
    }

    int documentCount() {
        return Long.bitCount(documents);
    }

    /** Bytes of the request body. */
    int length() {
        return parcel.length(documents);
    }

    static int compareByAge(Upload a, Upload b) {
        long difference = a.parcel.oldestReceivedNs() - b.parcel.oldestReceivedNs();
        return difference != 0 ? Long.signum(difference) : Long.compare(a.number, b.number);
    }

    static int compareByDue(Upload a, Upload b) {
        return Long.signum(a.dueNs - b.dueNs);
    }
}
