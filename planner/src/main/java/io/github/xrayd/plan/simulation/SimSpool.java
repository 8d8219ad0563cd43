package io.github.xrayd.plan.simulation;

import io.github.xrayd.engine.batch.Parcel;
import io.github.xrayd.engine.upload.SpoolPort;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The disk of the engine's uploader: answers in its next cycle, and refuses when it is full; taken to be as fast as
 * needed.
 */
final class SimSpool implements SpoolPort {
    private final Scenario.Spool settings;
    private final SimMemory memory;
    /** On disk and not in memory, oldest first. */
    private final Deque<SimBatch> records = new ArrayDeque<>();

    private final Queue<Reply> replies = new ArrayDeque<>();
    /** Bytes of the records that are in memory, too. */
    private final Map<Long, Double> takenBytes = new HashMap<>();

    private double bytes;
    private long documents;
    private long nextRecordId;
    private boolean isStoring;

    SimSpool(Scenario.Spool settings, SimMemory memory) {
        this.settings = settings;
        this.memory = memory;
    }

    @Override
    public void store(Object token, Parcel parcel, long some) {
        SimBatch batch = (SimBatch) parcel;
        int count = Long.bitCount(some);
        double recordBytes = batch.bytes * count / batch.documents + settings.recordHeadBytes();
        if (bytes + recordBytes > settings.bytesMax()) {
            replies.add(new Reply.Refused(token, "full"));
            return;
        }
        bytes += recordBytes;
        SimBatch record = memory.newBatch();
        record.isRestored = true;
        record.documents = count;
        record.bytes = recordBytes - settings.recordHeadBytes();
        record.oldestNs = batch.oldestNs;
        record.newestNs = batch.newestNs;
        record.seal();
        records.add(record);
        replies.add(new Reply.Stored(token));
    }

    @Override
    public void take() {
        SimBatch record = records.poll();
        if (record == null) {
            replies.add(new Reply.Nothing());
            return;
        }
        long recordId = nextRecordId++;
        takenBytes.put(recordId, record.bytes + settings.recordHeadBytes());
        documents -= record.documents;
        memory.moveIn(record);
        replies.add(new Reply.Taken(recordId, record));
    }

    @Override
    public void settled(long recordId) {
        Double freed = takenBytes.remove(recordId);
        bytes -= freed == null ? 0 : freed;
    }

    @Override
    public void leave(long recordId, int left) {
        throw new IllegalStateException("a simulated daemon does not end");
    }

    @Override
    public @Nullable Reply poll() {
        Reply reply = replies.poll();
        isStoring = reply instanceof Reply.Stored;
        return reply;
    }

    /** Documents of memory are settled; returns whether it is because the disk has them. */
    boolean onSettled(int count) {
        documents += isStoring ? count : 0;
        return isStoring;
    }

    /** Whether it has something, or has given something that is not settled. */
    boolean isUsed() {
        return documents > 0 || !takenBytes.isEmpty() || !replies.isEmpty();
    }

    /** Bytes of all records. */
    double bytes() {
        return bytes;
    }

    /** Documents on disk and not in memory. */
    long documents() {
        return documents;
    }
}
