package io.github.xrayd.plan.simulation;

import io.github.xrayd.engine.batch.Parcel;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.upload.Calls;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.agrona.concurrent.CachedNanoClock;
import org.jspecify.annotations.Nullable;

/**
 * The calls of the engine's uploader, which the simulated backend answers, as far as there is processor time to make
 * them.
 */
final class SimCalls implements Calls {
    private final SimBackend backend;
    private final SimWork work;
    private final CachedNanoClock clock;
    /** The call that ends first on top. */
    private final PriorityQueue<SimCall> inFlight = new PriorityQueue<>(Comparator.comparingLong(call -> call.endNs));

    private @Nullable SimCall delivered;
    private int inFlightPeak;
    private long started;
    private long throttled;
    private long arrivingDocuments;

    SimCalls(SimBackend backend, SimWork work, CachedNanoClock clock) {
        this.backend = backend;
        this.work = work;
        this.clock = clock;
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public boolean hasRoom() {
        return work.isFree();
    }

    @Override
    public void start(Object token, Parcel parcel, long documents) {
        long nowNs = clock.nanoTime();
        SimCall call = new SimCall(token, Long.bitCount(documents));
        backend.start(call, nowNs, work.onCall(call.documents, nowNs));
        inFlight.add(call);
        started++;
        arrivingDocuments += isDelivered(call) ? call.documents : 0;
        inFlightPeak = Math.max(inFlightPeak, inFlight.size());
    }

    private static boolean isDelivered(SimCall call) {
        return call.answer.outcome() == AnswerKind.DELIVERED;
    }

    @Override
    public @Nullable Completion poll() {
        delivered = null;
        SimCall call = inFlight.peek();
        if (call == null || call.endNs > clock.nanoTime()) {
            return null;
        }
        inFlight.remove();
        if (isDelivered(call)) {
            delivered = call;
            arrivingDocuments -= call.documents;
        } else {
            work.onFailure();
            throttled += call.answer.outcome() == AnswerKind.THROTTLED ? 1 : 0;
        }
        return new Completion(call.token, call.answer, List.of(), 0);
    }

    /** The call whose success the uploader is just handling, or null: what is settled meanwhile is delivered. */
    @Nullable
    SimCall delivered() {
        return delivered;
    }

    /** When the next call ends, or {@link Long#MAX_VALUE}. */
    long nextEndNs() {
        SimCall first = inFlight.peek();
        return first == null ? Long.MAX_VALUE : first.endNs;
    }

    int inFlight() {
        return inFlight.size();
    }

    int inFlightPeak() {
        return inFlightPeak;
    }

    /** Calls started. */
    long started() {
        return started;
    }

    long throttled() {
        return throttled;
    }

    /** Documents in calls that will succeed. */
    long arrivingDocuments() {
        return arrivingDocuments;
    }
}
