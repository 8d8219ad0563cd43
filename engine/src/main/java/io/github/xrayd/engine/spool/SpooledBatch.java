package io.github.xrayd.engine.spool;

import java.nio.ByteBuffer;

/** One record read back: a sealed request body and where its documents begin. Immutable; any thread may read it. */
public final class SpooledBatch {
    private final long recordId;
    private final byte[] record;
    private final int bodyStart;
    private final int documentCount;
    private final long oldestReceivedMs;

    SpooledBatch(long recordId, byte[] record) {
        ByteBuffer view = SpoolFileLayout.view(record);
        this.recordId = recordId;
        this.record = record;
        this.oldestReceivedMs = view.getLong(16);
        this.documentCount = view.getInt(28);
        this.bodyStart = SpoolFileLayout.RECORD_HEADER_BYTES + Integer.BYTES * documentCount;
    }

    /** What {@link Spool#acknowledge} and {@link Spool#release} take; grows from older to younger records. */
    public long recordId() {
        return recordId;
    }

    /** The body's length in bytes. */
    public int length() {
        return record.length - bodyStart;
    }

    /** The body, read-only, from position 0 to its limit. */
    public ByteBuffer body() {
        return ByteBuffer.wrap(record, bodyStart, length()).slice().asReadOnlyBuffer();
    }

    public int documentCount() {
        return documentCount;
    }

    /** Where document {@code index} begins in the body, as it was given to {@link Spool#append}. */
    public int documentOffset(int index) {
        if (index < 0 || index >= documentCount) {
            throw new IndexOutOfBoundsException("Document " + index + " of " + documentCount);
        }
        return SpoolFileLayout.view(record).getInt(SpoolFileLayout.RECORD_HEADER_BYTES + Integer.BYTES * index);
    }

    /** When the oldest document arrived, in epoch milliseconds. */
    public long oldestReceivedMs() {
        return oldestReceivedMs;
    }
}
