package io.github.xrayd.engine;

import io.github.xrayd.engine.batch.BatchBody;
import io.github.xrayd.engine.batch.Parcel;
import io.github.xrayd.engine.upload.SpoolPolicy;
import io.github.xrayd.engine.upload.SpoolPort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Passes everything on and keeps books: what the spool said it has, and how much is out at once. */
final class RecordingPort implements SpoolPort {
    private final SpoolPort port;
    private final Map<Object, List<String>> asked = new HashMap<>();
    private final Set<Long> out = new HashSet<>();
    private int takesAsked;
    /** The documents that the spool has said it has. */
    final Set<String> stored = new HashSet<>();

    long storedDocuments;
    long takenDocuments;
    long leftDocuments;
    long recovered;
    long lost;

    RecordingPort(SpoolPort port) {
        this.port = port;
    }

    @Override
    public void store(Object token, Parcel parcel, long documents) {
        asked.put(token, ScriptedCalls.ids(BatchBody.of(parcel, documents)));
        require(asked.size() <= SpoolPolicy.STORES_MAX, asked.size() + " batches on their way to the disk");
        port.store(token, parcel, documents);
    }

    @Override
    public void take() {
        takesAsked++;
        require(out.size() + takesAsked <= SpoolPolicy.TAKES_MAX, out.size() + " batches back from the disk");
        port.take();
    }

    @Override
    public void settled(long recordId) {
        require(out.remove(recordId), "a record was settled that was not out, or twice");
        port.settled(recordId);
    }

    @Override
    public void leave(long recordId, int documents) {
        require(out.remove(recordId), "a record was left that was not out");
        leftDocuments += documents;
        port.leave(recordId, documents);
    }

    @Override
    public @Nullable Reply poll() {
        Reply reply = port.poll();
        if (reply instanceof Reply.Stored done) {
            List<String> ids = Objects.requireNonNull(asked.remove(done.token()));
            stored.addAll(ids);
            storedDocuments += ids.size();
        } else if (reply instanceof Reply.Refused refused) {
            asked.remove(refused.token());
        } else if (reply instanceof Reply.Taken taken) {
            takesAsked--;
            require(out.add(taken.recordId()), "a record was given twice");
            takenDocuments += Long.bitCount(taken.parcel().unsettled());
        } else if (reply instanceof Reply.Nothing) {
            takesAsked--;
        } else if (reply instanceof Reply.Changed changed) {
            recovered += changed.recovered();
            lost += changed.lost();
        }
        return reply;
    }

    /** Documents on disk and not in memory, by what was said here. */
    long onDisk() {
        return storedDocuments + recovered + leftDocuments - takenDocuments - lost;
    }

    List<String> askedIds() {
        List<String> ids = new ArrayList<>();
        asked.values().forEach(ids::addAll);
        return ids;
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }
}
