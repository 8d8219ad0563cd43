package io.github.xrayd.engine;

import io.github.xrayd.engine.batch.BatchBody;
import io.github.xrayd.engine.batch.Parcel;
import io.github.xrayd.engine.call.RejectionReader;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.upload.Calls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Function;
import org.agrona.concurrent.CachedNanoClock;
import org.jspecify.annotations.Nullable;

/** A backend whose answers and latencies come from a script, on a scripted clock. */
final class ScriptedCalls implements Calls {
    private static final String ID = "\\\"id\\\":\\\"";

    /** What the script answers, and when. */
    record Reply(Answer answer, long latencyNs) {}

    private record Pending(Object token, BatchBody body, List<String> ids, Reply reply, long dueNs) {}

    private final CachedNanoClock clock;
    private final Function<List<String>, Reply> script;
    private final PriorityQueue<Pending> pending = new PriorityQueue<>(Comparator.comparingLong(Pending::dueNs));
    final List<Answered> answered = new ArrayList<>();
    boolean isReady = true;
    int started;

    /** A call whose answer the uploader has been given: the ids it sent, in order. */
    record Answered(List<String> ids, Answer answer) {}

    ScriptedCalls(CachedNanoClock clock, Function<List<String>, Reply> script) {
        this.clock = clock;
        this.script = script;
    }

    @Override
    public boolean isReady() {
        return isReady;
    }

    @Override
    public void start(Object token, Parcel parcel, long documents) {
        BatchBody body = BatchBody.of(parcel, documents);
        List<String> ids = ids(body);
        Reply reply = script.apply(ids);
        started++;
        pending.add(new Pending(token, body, ids, reply, clock.nanoTime() + reply.latencyNs()));
    }

    @Override
    public @Nullable Completion poll() {
        Pending next = pending.peek();
        if (next == null || next.dueNs() > clock.nanoTime()) {
            return null;
        }
        pending.poll();
        answered.add(new Answered(next.ids(), next.reply().answer()));
        Answer answer = next.reply().answer();
        return new Completion(
                next.token(),
                answer,
                RejectionReader.read(next.body(), answer),
                next.reply().latencyNs());
    }

    int inFlight() {
        return pending.size();
    }

    static List<String> ids(BatchBody body) {
        try {
            // Byte for byte, because only ids matter and bodies are many.
            String text = new String(body.openStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            List<String> ids = new ArrayList<>();
            for (int at = text.indexOf(ID); at >= 0; at = text.indexOf(ID, at)) {
                at += ID.length();
                ids.add(text.substring(at, at + 16));
            }
            if (ids.size() != Long.bitCount(body.documents())) {
                throw new IllegalStateException(ids.size() + " documents in the body, " + body.documents());
            }
            return ids;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
