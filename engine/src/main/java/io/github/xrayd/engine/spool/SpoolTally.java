package io.github.xrayd.engine.spool;

import io.github.xrayd.engine.spool.SpoolCounts.Amount;

/** The running counts behind {@link SpoolCounts}; of the owner thread. */
final class SpoolTally {
    Amount recovered = Amount.NONE;
    Amount stored = Amount.NONE;
    Amount acknowledged = Amount.NONE;
    Amount lost = Amount.NONE;
    long missingRecords;
    long failures;

    /** What the disk gives is not what was held: more was recovered, or some was lost. */
    void changed(long records, long documents) {
        recovered = recovered.plus(Math.max(0, records), Math.max(0, documents));
        lost = lost.plus(Math.max(0, -records), Math.max(0, -documents));
    }
}
