package io.github.xrayd.engine.spool;

import java.nio.ByteBuffer;
import java.util.Objects;

/** One record read back: a sealed request body and where its documents begin. Immutable; any thread may read it. */
public final class SpooledBatch {
    private final long recordId;
    private final ByteBuffer record;

    SpooledBatch(long recordId, byte[] record) {
        this.recordId = recordId;
        this.record = SpoolFileLayout.view(record);
    }

    /** What {@link Spool#acknowledge} and {@link Spool#release} take. */
    public long recordId() {
        return recordId;
    }

    /** The body's length in bytes. */
    public int length() {
        return record.capacity() - SpoolFileLayout.recordBytes(0, documentCount());
    }

    /** The body, read-only, from position 0 to its limit. */
    public ByteBuffer body() {
        return record.slice(record.capacity() - length(), length()).asReadOnlyBuffer();
    }

    public int documentCount() {
        return record.getInt(28);
    }

    /** Where document {@code index} begins in the body, as it was given to {@link Spool#append}. */
    public int documentOffset(int index) {
        return record.getInt(SpoolFileLayout.recordBytes(0, Objects.checkIndex(index, documentCount())));
    }

    /** When the oldest document arrived, in epoch milliseconds. */
    public long oldestReceivedMs() {
        return record.getLong(16);
    }
}
