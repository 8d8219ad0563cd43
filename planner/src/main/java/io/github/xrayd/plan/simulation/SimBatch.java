package io.github.xrayd.plan.simulation;

import io.github.xrayd.engine.aws.AnswerKind;
import org.jspecify.annotations.Nullable;

/** A batch: how many documents, when they came, how often it failed. Reused. */
final class SimBatch {
    int documents;
    double bytes;
    int firstBlock;
    int blocks;
    /** When its documents were received, the first and the last. */
    long oldestNs;

    long newestNs;
    /** Orders batches of the same age. */
    long number;

    boolean isRestored;
    int failures;
    long dueNs;
    long startedNs;
    long endNs;
    long arrivedNs;

    @Nullable
    AnswerKind outcome;

    void reset(int headBytes) {
        documents = 0;
        bytes = headBytes;
        firstBlock = 0;
        blocks = 0;
        oldestNs = 0;
        newestNs = 0;
        isRestored = false;
        failures = 0;
        outcome = null;
    }

    static int compareByAge(SimBatch a, SimBatch b) {
        int byAge = Long.compare(a.oldestNs, b.oldestNs);
        return byAge != 0 ? byAge : Long.compare(a.number, b.number);
    }

    static int compareByDue(SimBatch a, SimBatch b) {
        return Long.compare(a.dueNs, b.dueNs);
    }
}
