package io.github.xrayd.engine.upload;

import io.github.xrayd.engine.batch.Batch;
import io.github.xrayd.engine.batch.BatchBody;

/** Some documents of a sealed batch on their way: what one call sends, with its history. The uploader's alone. */
final class Upload {
    final Batch batch;
    /** Which documents, bit i for document i of the batch. */
    final long documents;
    /** Orders uploads of the same age. */
    final long number;

    int failures;
    long dueNs;
    long startedNs;
    boolean mayHaveArrived;

    Upload(Batch batch, long documents, long number) {
        this.batch = batch;
        this.documents = documents;
        this.number = number;
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
