package io.github.xrayd.engine.upload;

import io.github.xrayd.engine.batch.Batch;

/**
 * A batch that came back from the spool.
 *
 * @param recordId the record it is, which the spool keeps until it is settled
 * @param batch its documents, in memory of its own
 */
record Restored(long recordId, Batch batch) {}
