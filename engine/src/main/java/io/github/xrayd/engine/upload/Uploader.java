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
import java.util.Queue;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.CachedNanoClock;
import org.jspecify.annotations.Nullable;

/**
 * Sends sealed batches, oldest first, and settles each document exactly once: delivered, unprocessed, refused, spooled or abandoned.
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
    private final UploadQueues queues = new UploadQueues();
    private final @Nullable Spooling spooling;
    private final Set<Upload> inFlight = new HashSet<>();
    private long uploadNumber;
    private volatile int inFlightCount;
    private volatile int callLimit;
    private volatile @Nullable Answer lastFailure;

    /** An uploader without a spool. */
    public Uploader(
            List<Queue<Batch>> sealed,
            Calls calls,
            UploadPolicy policy,
            Counters counters,
            UploadListener listener,
            CachedNanoClock clock,
            RandomGenerator random) {
        this(sealed, calls, policy, counters, listener, clock, random, null, List.of());
    }

    /**
     * An uploader.
     *
     * @param sealed one queue for each pipeline's batcher
     * @param spool where batches go when memory runs short, or null
     * @param gauges each pipeline's memory, in the same order; not used without a spool
     */
    public Uploader(
            List<Queue<Batch>> sealed,
            Calls calls,
            UploadPolicy policy,
            Counters counters,
            UploadListener listener,
            CachedNanoClock clock,
            RandomGenerator random,
            @Nullable SpoolPort spool,
            List<? extends MemoryGauge> gauges) {
        spooling = spool == null ? null : new Spooling(spool, gauges, queues, counters);
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
        for (int i = 0; i < sealed.size(); i++) {
            Batch batch;
            while ((batch = sealed.get(i).poll()) != null) {
                queues.addReady(new Upload(batch, uploadNumber++, i));
                work++;
            }
        }
        queues.promote(nowNs);
        Spooling there = spooling;
        if (there != null) {
            work += there.collect(nowNs);
            takeBack(there, nowNs);
        }
        work += giveUpOld(nowNs);
        rate.roll(nowNs);
        if (isStartAllowed && (there == null || !there.isEnding())) {
            work += start(nowNs);
        }
        if (there != null) {
            there.ask(nowNs, isFailing(), inFlight.size());
        }
        limit.onInFlight(inFlight.size(), nowNs);
        inFlightCount = inFlight.size();
        callLimit = limit.limit();
        return work;
    }

    private int start(long nowNs) {
        int started = 0;
        while (mayStart(nowNs)) {
            Upload upload = queues.pollReady();
            if (upload == null) {
                break;
            }
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

    private boolean isFailing() {
        return health.isFailing() || !calls.isReady();
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
                queues.addReady(upload);
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
        limit.onSuccess(queues.isAnyReady() && inFlight.size() + 1 >= limit.limit());
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
                reject(upload, document, Counter.UNPROCESSED, entry.errorCode(), entry.message());
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
                settle(upload, document);
            }
        }
        listener.onSent(upload.documentCount(), unprocessed, latencyNs);
        if (retried != 0) {
            Upload again = upload.part(retried);
            again.failures = upload.failures;
            retryLater(again, nowNs);
        }
        if (remaining != 0) {
            counters.add(Counter.DELIVERED, Long.bitCount(remaining));
            settle(upload, remaining);
        }
    }

    /** Halves what was refused until the culprit stands alone. */
    private void onRefused(Upload upload, Answer answer) {
        int count = upload.documentCount();
        if (count == 1) {
            listener.onFailed(answer, 1);
            reject(upload, upload.documents, Counter.REFUSED, answer.errorCode(), answer.message());
            return;
        }
        long first = 0;
        for (long rest = upload.documents; Long.bitCount(first) < count / 2; rest &= rest - 1) {
            first |= Long.lowestOneBit(rest);
        }
        queues.addReady(upload.part(first));
        queues.addReady(upload.part(upload.documents & ~first));
    }

    private void settle(Upload upload, long documents) {
        upload.batch.settle(documents);
        if (spooling != null && upload.restored != null) {
            spooling.onSettled(upload.restored);
        }
    }

    private void reject(
            Upload upload, long document, Counter counter, @Nullable String code, @Nullable String message) {
        int index = Long.numberOfTrailingZeros(document);
        String traceId = DocumentIds.traceId(upload.batch, index);
        listener.onRejectedDocument(
                code,
                message,
                upload.batch.buffer(),
                upload.batch.documentOffset(index),
                upload.batch.documentLength(index));
        if (counter == Counter.UNPROCESSED) {
            unprocessedCodes.add(code);
        }
        counters.increment(counter);
        settle(upload, document);
        listener.onRejected(traceId, code, message);
    }

    private void retryLater(Upload upload, long nowNs) {
        upload.failures++;
        upload.dueNs = nowNs + policy.batchRetry().delayNs(upload.failures, random);
        queues.addWaiting(upload);
    }

    /** What the spool did not take is sent on, or given up when it may not wait any longer. */
    private void takeBack(Spooling there, long nowNs) {
        int tooOld = 0;
        int atEnd = 0;
        for (Upload upload : there.takeRefused()) {
            if (isTooOld(upload, nowNs)) {
                tooOld += abandon(upload, Counter.ABANDONED_TOO_OLD);
            } else if (there.isEnding()) {
                atEnd += abandon(upload, Counter.ABANDONED_SHUTDOWN);
            } else {
                queues.addReady(upload);
            }
        }
        tellAbandoned(tooOld, "older than the retry age, and the spool does not take them");
        tellAbandoned(atEnd, "shutdown deadline, and the spool does not take them");
    }

    private void tellAbandoned(int documents, String reason) {
        if (documents > 0) {
            listener.onAbandoned(documents, reason);
        }
    }

    private int giveUpOld(long nowNs) {
        List<Upload> old = queues.takeOlderThan(nowNs - policy.retryAgeNsMax());
        int abandoned = 0;
        for (Upload upload : old) {
            if (spooling != null && spooling.isAccepting(nowNs)) {
                spooling.store(upload);
            } else {
                abandoned += abandon(upload, Counter.ABANDONED_TOO_OLD);
            }
        }
        tellAbandoned(abandoned, "older than the retry age");
        return old.size();
    }

    private boolean isTooOld(Upload upload, long nowNs) {
        return nowNs - upload.batch.oldestReceivedNs() > policy.retryAgeNsMax();
    }

    private int abandon(Upload upload, Counter counter) {
        int count = upload.documentCount();
        counters.add(counter, count);
        settle(upload, upload.documents);
        return count;
    }

    /** Takes nothing more from the spool: the process ends. Uploader's thread only. */
    public void stopTaking() {
        if (spooling != null) {
            spooling.stopTaking();
        }
    }

    /**
     * Sends everything to the spool that is in no call, and starts no calls any more; for the shutdown deadline, called in every cycle from
     * then on. Does nothing without a spool. Uploader's thread only.
     */
    public void spoolAll() {
        if (spooling != null) {
            spooling.end(inFlight);
        }
    }

    /** Gives up everything not settled, calls in flight included; for the shutdown deadline. Uploader's thread only. */
    public void abandonAll() {
        List<Upload> all = new ArrayList<>(inFlight);
        all.addAll(queues.takeAll());
        all.sort(Comparator.comparingLong(upload -> upload.number));
        int abandoned = 0;
        for (Upload upload : all) {
            if (upload.restored == null && inFlight.contains(upload)) {
                // Its memory is read until the call ends, so it is not settled: it is used no more.
                counters.add(Counter.ABANDONED_SHUTDOWN, upload.documentCount());
                abandoned += upload.documentCount();
            } else if (upload.restored == null) {
                abandoned += abandon(upload, Counter.ABANDONED_SHUTDOWN);
            } else {
                // Still on disk; a call that was under way, or failed without an answer, may have delivered them.
                counters.add(Counter.RESENT, upload.documentCount());
            }
        }
        inFlight.clear();
        if (spooling != null) {
            abandoned += spooling.abandon(Counter.ABANDONED_SHUTDOWN);
        }
        inFlightCount = 0;
        tellAbandoned(abandoned, "shutdown deadline");
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
        return queues.isEmpty() && inFlight.isEmpty() && (spooling == null || spooling.isIdle());
    }

    /** When this wants to run though nothing arrives, on the engine's nanosecond clock, or {@link Long#MAX_VALUE}. */
    public long deadlineNs() {
        long nowNs = clock.nanoTime();
        long deadlineNs = queues.dueNs();
        if (queues.isAnyReady() && calls.isReady() && inFlight.size() < limit.limit()) {
            long startNs = rate.nextStartNs(nowNs);
            if (health.isFailing() && inFlight.isEmpty()) {
                startNs = Math.max(startNs, health.openNs());
            }
            deadlineNs = Math.min(deadlineNs, startNs);
        }
        return spooling == null ? deadlineNs : Math.min(deadlineNs, spooling.deadlineNs(nowNs, isFailing()));
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
