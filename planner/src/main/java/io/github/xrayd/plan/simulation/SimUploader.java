package io.github.xrayd.plan.simulation;

import io.github.xrayd.engine.aws.Answer;
import io.github.xrayd.engine.aws.AnswerKind;
import io.github.xrayd.engine.aws.ConnectionError;
import io.github.xrayd.engine.upload.BackendHealth;
import io.github.xrayd.engine.upload.CallLimit;
import io.github.xrayd.engine.upload.CallRate;
import io.github.xrayd.engine.upload.UploadPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The engine's uploader with its own policies, on simulated batches; decides as {@code Uploader} does, which a test holds it to.
 *
 * <p>The simulated backend fails by time and chance, never because of a document, so batches are not halved here.
 */
final class SimUploader {
    /** Hears what becomes of batches. */
    interface Books {
        void onDelivered(SimBatch batch);

        /** A batch has grown older than the retry age. */
        void onOld(SimBatch batch);
    }

    private static final Answer FAILED =
            Answer.failed(AnswerKind.TRANSIENT, ConnectionError.HTTP_CODE_5XX, 503, null, "away");

    private static final Comparator<SimBatch> PROBE_ORDER =
            Comparator.<SimBatch>comparingInt(batch -> batch.failures).thenComparing(SimBatch::compareByAge);

    private final UploadPolicy policy;
    private final SimBackend backend;
    private final SimWork work;
    private final Books books;
    private final RandomGenerator random;
    private final CallLimit limit;
    private final CallRate rate = new CallRate();
    private final BackendHealth health;
    private final Deque<SimBatch> fresh;
    private final PriorityQueue<SimBatch> again = new PriorityQueue<>(SimBatch::compareByAge);
    private final PriorityQueue<SimBatch> waiting = new PriorityQueue<>(SimBatch::compareByDue);
    private final CallHeap inFlight = new CallHeap();
    private int inFlightPeak;
    private long calls;
    private long throttledCalls;
    private long arrivingDocuments;

    /**
     * An uploader.
     *
     * @param fresh sealed batches, oldest first; the batcher adds to it
     */
    SimUploader(
            UploadPolicy policy,
            SimBackend backend,
            SimWork work,
            Deque<SimBatch> fresh,
            Books books,
            RandomGenerator random) {
        this.policy = policy;
        this.backend = backend;
        this.work = work;
        this.fresh = fresh;
        this.books = books;
        this.random = random;
        limit = new CallLimit(policy.callsMax());
        health = new BackendHealth(policy, random);
    }

    /** A duty cycle without an answer. */
    void doWork(long nowNs) {
        while (!waiting.isEmpty() && waiting.peek().dueNs <= nowNs) {
            again.add(waiting.poll());
        }
        abandonOld(nowNs);
        rate.roll(nowNs);
        start(nowNs);
        limit.onInFlight(inFlight.size(), nowNs);
    }

    /** A duty cycle after answers: nothing is to do when nothing waits to be sent, which the next tick sees too. */
    void onAnswers(long nowNs) {
        if (hasReady() || !waiting.isEmpty()) {
            doWork(nowNs);
        }
    }

    /** When the next call ends, or {@link Long#MAX_VALUE}. */
    long nextEndNs() {
        return inFlight.firstEndNs();
    }

    /** The next call ends. */
    void onEnd() {
        SimBatch batch = inFlight.poll();
        long nowNs = batch.endNs;
        AnswerKind outcome = batch.outcome;
        if (outcome == AnswerKind.DELIVERED) {
            arrivingDocuments -= batch.documents;
            health.onSuccess();
            rate.onSuccess(nowNs);
            limit.onSuccess(hasReady() && inFlight.size() + 1 >= limit.limit());
            books.onDelivered(batch);
        } else if (outcome == AnswerKind.THROTTLED) {
            throttledCalls++;
            work.onFailure();
            limit.onThrottled(batch.startedNs, nowNs);
            rate.onThrottled(nowNs);
            retryLater(batch, nowNs);
        } else {
            work.onFailure();
            health.onFailure(FAILED, batch.startedNs, nowNs);
            if (health.isDown()) {
                limit.onFailure(batch.startedNs, nowNs);
            }
            retryLater(batch, nowNs);
        }
    }

    private void retryLater(SimBatch batch, long nowNs) {
        batch.failures++;
        batch.dueNs = nowNs + policy.batchRetry().delayNs(batch.failures, random);
        waiting.add(batch);
    }

    private boolean hasReady() {
        return !fresh.isEmpty() || !again.isEmpty();
    }

    private void start(long nowNs) {
        while (hasReady() && mayStart(nowNs)) {
            SimBatch batch = pollReady();
            rate.onStart(nowNs);
            backend.start(batch, nowNs, work.onCall(batch, nowNs));
            inFlight.add(batch);
            calls++;
            arrivingDocuments += batch.outcome == AnswerKind.DELIVERED ? batch.documents : 0;
            inFlightPeak = Math.max(inFlightPeak, inFlight.size());
        }
    }

    /** The oldest; for a probe, of those that failed least often. */
    private SimBatch pollReady() {
        Comparator<SimBatch> order = health.isFailing() ? PROBE_ORDER : SimBatch::compareByAge;
        SimBatch one = fresh.peek();
        SimBatch other = health.isFailing() && !again.isEmpty() ? Collections.min(again, order) : again.peek();
        if (one == null || (other != null && order.compare(other, one) < 0)) {
            again.remove(other);
            return Objects.requireNonNull(other);
        }
        return fresh.remove();
    }

    private boolean mayStart(long nowNs) {
        if (inFlight.size() >= limit.limit() || rate.nextStartNs(nowNs) > nowNs || !work.isFree()) {
            return false;
        }
        return !health.isFailing() || (inFlight.size() == 0 && health.openNs() <= nowNs);
    }

    private void abandonOld(long nowNs) {
        long oldestNs = nowNs - policy.retryAgeNsMax();
        while (!fresh.isEmpty() && fresh.peek().oldestNs < oldestNs && !fresh.peek().isRestored) {
            books.onOld(fresh.remove());
        }
        if (!again.isEmpty()) {
            abandonOld(again, oldestNs);
        }
        if (!waiting.isEmpty()) {
            abandonOld(waiting, oldestNs);
        }
    }

    private void abandonOld(PriorityQueue<SimBatch> queue, long oldestNs) {
        List<SimBatch> old = null;
        for (SimBatch batch : queue) {
            if (batch.oldestNs < oldestNs && !batch.isRestored) {
                old = old == null ? new ArrayList<>() : old;
                old.add(batch);
            }
        }
        if (old != null) {
            queue.removeAll(old);
            old.forEach(books::onOld);
        }
    }

    /** Takes the oldest batch of memory that is in no call, for the disk; null when there is none. */
    @Nullable
    SimBatch takeForDisk() {
        SimBatch oldest = fresh.poll();
        if (oldest != null) {
            return oldest;
        }
        for (PriorityQueue<SimBatch> queue : List.of(again, waiting)) {
            for (SimBatch batch : queue) {
                if (!batch.isRestored && (oldest == null || SimBatch.compareByAge(batch, oldest) < 0)) {
                    oldest = batch;
                }
            }
            if (oldest != null) {
                queue.remove(oldest);
                return oldest;
            }
        }
        return null;
    }

    /** A batch came back from the disk. */
    void putBack(SimBatch batch) {
        again.add(batch);
    }

    boolean isFailing() {
        return health.isFailing();
    }

    /** Whether memory holds anything to send. */
    boolean isAnyLeft() {
        return hasReady() || !waiting.isEmpty() || inFlight.size() > 0;
    }

    int inFlightCount() {
        return inFlight.size();
    }

    int inFlightPeak() {
        return inFlightPeak;
    }

    long calls() {
        return calls;
    }

    long throttledCalls() {
        return throttledCalls;
    }

    /** Documents in calls that will succeed. */
    long arrivingDocuments() {
        return arrivingDocuments;
    }
}
