package io.github.xrayd.engine.upload;

import io.github.xrayd.engine.backend.Answer;
import io.github.xrayd.engine.backend.ConnectionError;
import io.github.xrayd.engine.backend.Outcome;
import io.github.xrayd.engine.backend.Unprocessed;
import io.github.xrayd.engine.batch.Batch;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.CachedNanoClock;
import org.jspecify.annotations.Nullable;

/**
 * Sends sealed batches, oldest first, and settles each document exactly once: delivered, unprocessed, refused or abandoned.
 *
 * <p>Runs on one thread; the calls themselves are made elsewhere ({@link Calls}). Never waits.
 */
public final class Uploader implements Agent {
    private final List<Queue<Batch>> sealed;
    private final Calls calls;
    private final UploadPolicy policy;
    private final Counters counters;
    private final UploadListener listener;
    private final CachedNanoClock clock;
    private final RandomGenerator random;
    private final CallLimit limit;
    private final CallRate rate = new CallRate();
    private final BackendHealth health;
    private final UnprocessedCodes unprocessedCodes = new UnprocessedCodes();
    private final PriorityQueue<Upload> ready = new PriorityQueue<>(Upload::compareByAge);
    private final PriorityQueue<Upload> waiting = new PriorityQueue<>(Upload::compareByDue);
    private final Set<Upload> inFlight = new HashSet<>();
    private long uploadNumber;
    private volatile int inFlightCount;
    private volatile int callLimit;
    private volatile @Nullable Answer lastFailure;

    /**
     * An uploader.
     *
     * @param sealed one queue for each pipeline's batcher
     */
    public Uploader(
            List<Queue<Batch>> sealed,
            Calls calls,
            UploadPolicy policy,
            Counters counters,
            UploadListener listener,
            CachedNanoClock clock,
            RandomGenerator random) {
        this.sealed = List.copyOf(sealed);
        this.calls = calls;
        this.policy = policy;
        this.counters = counters;
        this.listener = listener;
        this.clock = clock;
        this.random = random;
        limit = new CallLimit(policy.callsMax());
        health = new BackendHealth(policy, random);
        callLimit = limit.limit();
    }

    @Override
    public int doWork() {
        return doWork(true);
    }

    /**
     * A duty cycle in which new calls may be started or not.
     *
     * @param isStartAllowed whether calls may be started
     */
    public int doWork(boolean isStartAllowed) {
        long nowNs = clock.nanoTime();
        int work = collect(nowNs);
        for (Queue<Batch> queue : sealed) {
            Batch batch;
            while ((batch = queue.poll()) != null) {
                ready.add(new Upload(batch, batch.unsettled(), uploadNumber++));
                work++;
            }
        }
        while (!waiting.isEmpty() && waiting.peek().dueNs - nowNs <= 0) {
            ready.add(waiting.poll());
        }
        work += abandonOld(nowNs);
        rate.roll(nowNs);
        if (isStartAllowed) {
            work += start(nowNs);
        }
        limit.onInFlight(inFlight.size(), nowNs);
        inFlightCount = inFlight.size();
        callLimit = limit.limit();
        return work;
    }

    private int start(long nowNs) {
        int started = 0;
        while (!ready.isEmpty() && mayStart(nowNs)) {
            Upload upload = ready.poll();
            upload.startedNs = nowNs;
            inFlight.add(upload);
            rate.onStart(nowNs);
            counters.increment(Counter.CALLS);
            if (upload.mayHaveArrived) {
                counters.add(Counter.RESENT, upload.documentCount());
            }
            calls.start(upload, upload.body());
            started++;
        }
        return started;
    }

    private boolean mayStart(long nowNs) {
        if (!calls.isReady() || inFlight.size() >= limit.limit() || rate.nextStartNs(nowNs) - nowNs > 0) {
            return false;
        }
        return !health.isFailing() || (inFlight.isEmpty() && health.openNs() - nowNs <= 0);
    }

    private int collect(long nowNs) {
        int work = 0;
        Calls.Completion completion;
        while ((completion = calls.poll()) != null) {
            Upload upload = (Upload) completion.token();
            work++;
            if (inFlight.remove(upload)) {
                onAnswer(upload, completion.answer(), completion.latencyNs(), nowNs);
            }
        }
        return work;
    }

    private void onAnswer(Upload upload, Answer answer, long latencyNs, long nowNs) {
        count(answer);
        switch (answer.outcome()) {
            case DELIVERED -> onDelivered(upload, answer, latencyNs, nowNs);
            case THROTTLED -> {
                limit.onThrottled(upload.startedNs, nowNs);
                rate.onThrottled(nowNs);
                // A backend that throttles answers: waiting is the rate's and this batch's matter, unless it says for
                // how long.
                if (answer.retryAfterMs() > 0) {
                    onFailing(answer, nowNs);
                }
                listener.onFailed(answer, upload.documentCount());
                retryLater(upload, nowNs);
            }
            case TRANSIENT -> {
                onFailing(answer, nowNs);
                if (health.isDown()) {
                    limit.onFailure(upload.startedNs, nowNs);
                }
                upload.mayHaveArrived |= mayHaveArrived(answer);
                listener.onFailed(answer, upload.documentCount());
                retryLater(upload, nowNs);
            }
            case DENIED -> {
                onFailing(answer, nowNs);
                listener.onFailed(answer, upload.documentCount());
                upload.dueNs = nowNs;
                ready.add(upload);
            }
            case REFUSED -> {
                onReached();
                onRefused(upload, answer);
            }
        }
    }

    private void onReached() {
        health.onSuccess();
        lastFailure = null;
    }

    private void onFailing(Answer answer, long nowNs) {
        health.onFailure(answer, nowNs);
        lastFailure = answer;
    }

    /** Whether the service may have taken the documents although no good answer came. */
    private static boolean mayHaveArrived(Answer answer) {
        return answer.connectionError() == ConnectionError.TIMEOUT
                || (answer.connectionError() == ConnectionError.OTHER && answer.outcome() == Outcome.TRANSIENT);
    }

    private void onDelivered(Upload upload, Answer answer, long latencyNs, long nowNs) {
        onReached();
        rate.onSuccess(nowNs);
        limit.onSuccess(!ready.isEmpty() && inFlight.size() + 1 >= limit.limit());
        counters.add(Counter.DELIVERED_BYTES, upload.body().length());
        long remaining = upload.documents;
        long retried = 0;
        int unprocessed = 0;
        boolean isUnnamedTransient = false;
        List<Unprocessed> unnamed = new ArrayList<>();
        for (Unprocessed entry : answer.unprocessed()) {
            String id = entry.id();
            int index = id == null ? -1 : DocumentIds.indexOf(upload.batch, remaining, id);
            if (index < 0) {
                isUnnamedTransient |= UnprocessedCodes.isTransient(entry.errorCode());
                unnamed.add(entry);
                continue;
            }
            long document = 1L << index;
            remaining &= ~document;
            unprocessed++;
            if (UnprocessedCodes.isTransient(entry.errorCode())) {
                retried |= document;
            } else {
                reject(upload.batch, document, Counter.UNPROCESSED, entry.errorCode(), entry.message());
            }
        }
        if (isUnnamedTransient) {
            // The service does not say which of the rest it wants again, so it gets all of them: twice is better than
            // lost.
            counters.add(Counter.RESENT, Long.bitCount(remaining));
            retried |= remaining;
            remaining = 0;
        } else {
            for (Unprocessed entry : unnamed) {
                long document = Long.lowestOneBit(remaining);
                if (document == 0) {
                    break;
                }
                // Which one cannot be told; that one of them is lost can.
                remaining &= ~document;
                unprocessed++;
                unprocessedCodes.add(entry.errorCode());
                counters.increment(Counter.UNPROCESSED);
                listener.onRejected("", entry.errorCode(), entry.message());
                upload.batch.settle(document);
            }
        }
        listener.onSent(upload.documentCount(), unprocessed, latencyNs);
        if (retried != 0) {
            Upload again = new Upload(upload.batch, retried, upload.number);
            again.failures = upload.failures;
            retryLater(again, nowNs);
        }
        if (remaining != 0) {
            counters.add(Counter.DELIVERED, Long.bitCount(remaining));
            upload.batch.settle(remaining);
        }
    }

    /** Halves what was refused until the culprit stands alone. */
    private void onRefused(Upload upload, Answer answer) {
        int count = upload.documentCount();
        if (count == 1) {
            listener.onFailed(answer, 1);
            reject(upload.batch, upload.documents, Counter.REFUSED, answer.errorCode(), answer.message());
            return;
        }
        long first = 0;
        for (long rest = upload.documents; Long.bitCount(first) < count / 2; rest &= rest - 1) {
            first |= Long.lowestOneBit(rest);
        }
        ready.add(new Upload(upload.batch, first, upload.number));
        ready.add(new Upload(upload.batch, upload.documents & ~first, upload.number));
    }

    private void reject(Batch batch, long document, Counter counter, @Nullable String code, @Nullable String message) {
        String traceId = DocumentIds.traceId(batch, Long.numberOfTrailingZeros(document));
        if (counter == Counter.UNPROCESSED) {
            unprocessedCodes.add(code);
        }
        counters.increment(counter);
        batch.settle(document);
        listener.onRejected(traceId, code, message);
    }

    private void retryLater(Upload upload, long nowNs) {
        upload.failures++;
        upload.dueNs = nowNs + policy.batchRetry().delayNs(upload.failures, random);
        waiting.add(upload);
    }

    private int abandonOld(long nowNs) {
        int abandoned = 0;
        while (!ready.isEmpty() && isTooOld(ready.peek(), nowNs)) {
            abandoned += abandon(ready.poll(), Counter.ABANDONED_TOO_OLD);
        }
        if (!waiting.isEmpty()) {
            List<Upload> old = new ArrayList<>();
            waiting.removeIf(upload -> isTooOld(upload, nowNs) && old.add(upload));
            for (Upload upload : old) {
                abandoned += abandon(upload, Counter.ABANDONED_TOO_OLD);
            }
        }
        if (abandoned > 0) {
            listener.onAbandoned(abandoned, "older than the retry age");
        }
        return abandoned;
    }

    private boolean isTooOld(Upload upload, long nowNs) {
        return nowNs - upload.batch.oldestReceivedNs() > policy.retryAgeNsMax();
    }

    private int abandon(Upload upload, Counter counter) {
        int count = upload.documentCount();
        counters.add(counter, count);
        upload.batch.settle(upload.documents);
        return count;
    }

    /** Gives up everything not settled, calls in flight included; for the shutdown deadline. Uploader's thread only. */
    public void abandonAll() {
        List<Upload> all = new ArrayList<>(inFlight);
        all.addAll(ready);
        all.addAll(waiting);
        all.sort(Comparator.comparingLong(upload -> upload.number));
        inFlight.clear();
        ready.clear();
        waiting.clear();
        int abandoned = 0;
        for (Upload upload : all) {
            abandoned += abandon(upload, Counter.ABANDONED_SHUTDOWN);
        }
        inFlightCount = 0;
        if (abandoned > 0) {
            listener.onAbandoned(abandoned, "shutdown deadline");
        }
    }

    private void count(Answer answer) {
        switch (answer.outcome()) {
            case DELIVERED -> counters.increment(Counter.CALLS_DELIVERED);
            case THROTTLED -> counters.increment(Counter.CALLS_THROTTLED);
            case TRANSIENT -> counters.increment(Counter.CALLS_TRANSIENT);
            case REFUSED -> counters.increment(Counter.CALLS_REFUSED);
            case DENIED -> counters.increment(Counter.CALLS_DENIED);
        }
        ConnectionError error = answer.connectionError();
        if (error != null) {
            counters.increment(
                    switch (error) {
                        case TIMEOUT -> Counter.ERROR_TIMEOUT;
                        case CONNECTION_REFUSED -> Counter.ERROR_CONNECTION_REFUSED;
                        case HTTP_CODE_4XX -> Counter.ERROR_HTTP_4XX;
                        case HTTP_CODE_5XX -> Counter.ERROR_HTTP_5XX;
                        case UNKNOWN_HOST -> Counter.ERROR_UNKNOWN_HOST;
                        case OTHER -> Counter.ERROR_OTHER;
                    });
        }
    }

    /** Whether nothing is left to send or to wait for. Uploader's thread only. */
    public boolean isIdle() {
        for (Queue<Batch> queue : sealed) {
            if (!queue.isEmpty()) {
                return false;
            }
        }
        return ready.isEmpty() && waiting.isEmpty() && inFlight.isEmpty();
    }

    /** When this wants to run though nothing arrives, on the engine's nanosecond clock, or {@link Long#MAX_VALUE}. */
    public long deadlineNs() {
        long nowNs = clock.nanoTime();
        long deadlineNs = waiting.isEmpty() ? Long.MAX_VALUE : waiting.peek().dueNs;
        if (!ready.isEmpty() && calls.isReady() && inFlight.size() < limit.limit()) {
            long startNs = rate.nextStartNs(nowNs);
            if (health.isFailing() && inFlight.isEmpty()) {
                startNs = Math.max(startNs, health.openNs());
            }
            deadlineNs = Math.min(deadlineNs, startNs);
        }
        return deadlineNs;
    }

    /** Calls in flight. Any thread. */
    public int inFlightCount() {
        return inFlightCount;
    }

    /** How many calls may be in flight. Any thread. */
    public int callLimit() {
        return callLimit;
    }

    /** Why the backend cannot be reached, or null when it can as far as is known. Any thread. */
    public @Nullable Answer lastFailure() {
        return lastFailure;
    }

    /** Documents left unprocessed, by the service's code. Any thread. */
    public UnprocessedCodes unprocessedCodes() {
        return unprocessedCodes;
    }

    @Override
    public String roleName() {
        return "uploader";
    }
}
