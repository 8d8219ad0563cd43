package io.github.xrayd.engine.upload;

import io.github.xrayd.engine.batch.Parcel;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.CachedNanoClock;
import org.jspecify.annotations.Nullable;

/**
 * Sends parcels of documents, oldest first, and settles each document exactly once: delivered, unprocessed, refused,
 * spooled or abandoned. Knows neither what is in a document nor how it is named.
 *
 * <p>Runs on one thread; the calls themselves are made elsewhere ({@link Calls}). Never waits.
 */
public final class Uploader implements Agent {
    /** The longest wait of a batch that failed while the process ends, in nanoseconds. */
    private static final long DRAIN_DELAY_NS_MAX = 1_000_000_000L;
    /** The longest that documents are put off whose source waits for them to be settled, in nanoseconds. */
    private static final long REPLAYABLE_PUT_OFF_NS_MAX = 5_000_000_000L;

    private final List<UploadLane> lanes;
    private final Calls calls;
    private final UploadPolicy policy;
    private final Counters counters;
    private final UploadListener listener;
    private final CachedNanoClock clock;
    private final RandomGenerator random;
    private final CallLimit limit;
    private final CallRate rate = new CallRate();
    private final BackendHealth health;
    private final Isolation isolation = new Isolation();
    private final UnprocessedCodes unprocessedCodes = new UnprocessedCodes();
    private final UploadQueues queues = new UploadQueues();
    private final @Nullable Spooling spooling;
    private final Set<Upload> inFlight = new HashSet<>();
    /** Given up while a call reads them: counted, and settled when the call ends. */
    private final Set<Upload> abandonedInCalls = new HashSet<>();

    private boolean isDraining;
    private long uploadNumber;
    private volatile int inFlightCount;
    private volatile int callLimit;
    private volatile @Nullable Answer lastFailure;
    private final UploadTimes times = new UploadTimes();

    /**
     * An uploader.
     *
     * @param lanes one for each pipeline
     * @param spool where batches go when memory runs short, or null
     */
    public Uploader(
            List<? extends UploadLane> lanes,
            Calls calls,
            UploadPolicy policy,
            Counters counters,
            UploadListener listener,
            CachedNanoClock clock,
            RandomGenerator random,
            @Nullable SpoolPort spool) {
        this.lanes = List.copyOf(lanes);
        spooling = spool == null ? null : new Spooling(spool, this.lanes, queues, counters);
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
        for (int i = 0; i < lanes.size(); i++) {
            Queue<? extends Parcel> sealed = lanes.get(i).sealed();
            Parcel parcel;
            while ((parcel = sealed.poll()) != null) {
                queues.addReady(new Upload(parcel, uploadNumber++, i));
                work++;
            }
        }
        queues.promote(nowNs);
        Spooling spool = spooling;
        if (spool != null) {
            work += spool.collect(nowNs);
            takeBack(spool, nowNs);
        }
        work += giveUpOld(nowNs);
        rate.roll(nowNs);
        if (isStartAllowed) {
            work += start(nowNs);
        }
        if (spool != null) {
            spool.ask(nowNs, isFailing(), inFlight.size());
        }
        limit.onInFlight(inFlight.size(), nowNs);
        inFlightCount = inFlight.size();
        callLimit = limit.limit();
        times.onCycle(queues, inFlight, nowNs);
        return work;
    }

    private int start(long nowNs) {
        int started = 0;
        while (mayStart(nowNs)) {
            Upload upload = health.isFailing() ? queues.pollLeastTried() : queues.pollReady();
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
            calls.start(upload, upload.parcel, upload.documents);
            started++;
        }
        return started;
    }

    private boolean isFailing() {
        return health.isFailing() || !calls.isReady();
    }

    private boolean mayStart(long nowNs) {
        return canStart()
                && calls.hasRoom()
                && rate.nextStartNs(nowNs) - nowNs <= 0
                && (!health.isFailing() || health.openNs() - nowNs <= 0);
    }

    /** Whether nothing but time stands in the way of a call: no answer must come first. */
    private boolean canStart() {
        boolean isEnding = spooling != null && spooling.isEnding();
        return calls.isReady() && !isEnding && inFlight.size() < (health.isFailing() ? 1 : limit.limit());
    }

    private int collect(long nowNs) {
        int work = 0;
        Calls.Completion completion;
        while ((completion = calls.poll()) != null) {
            Upload upload = (Upload) completion.token();
            work++;
            if (inFlight.remove(upload)) {
                onAnswer(upload, completion, nowNs);
            } else if (abandonedInCalls.remove(upload)) {
                upload.parcel.abandon(upload.documents);
            }
        }
        return work;
    }

    private void onAnswer(Upload upload, Calls.Completion completion, long nowNs) {
        Answer answer = completion.answer();
        count(answer);
        times.onCall(completion.latencyNs());
        switch (answer.outcome()) {
            case DELIVERED -> onDelivered(upload, completion, nowNs);
            case THROTTLED -> {
                limit.onThrottled(upload.startedNs, nowNs);
                rate.onThrottled(nowNs);
                // A backend that throttles answers: waiting is the rate's and this batch's matter, unless it says for
                // how long.
                if (answer.retryAfterMs() > 0) {
                    onFailing(upload, answer, nowNs);
                }
                listener.onFailed(answer, upload.documentCount());
                upload.attempts++;
                upload.failedNs = nowNs;
                retryLater(upload, nowNs);
            }
            case TRANSIENT, DENIED -> onFailed(upload, completion, nowNs);
            case REFUSED -> {
                onReached(upload);
                onRefused(upload, completion);
            }
        }
    }

    /** The backend failed, or somebody on the way did not let these documents pass. */
    private void onFailed(Upload upload, Calls.Completion completion, long nowNs) {
        Answer answer = completion.answer();
        boolean isSuspect = isolation.onFailure(upload, answer, nowNs);
        if (!isSuspect) {
            onFailing(upload, answer, nowNs);
            if (answer.outcome() == AnswerKind.TRANSIENT && health.isDown()) {
                limit.onFailure(upload.startedNs, nowNs);
            }
        }
        upload.mayHaveArrived |= mayHaveArrived(answer);
        upload.rejection =
                completion.rejected().isEmpty() ? null : completion.rejected().get(0);
        listener.onFailed(answer, upload.documentCount());
        if (Isolation.isHalved(upload, answer, isSuspect, queues.size() + inFlight.size())) {
            halve(upload);
        } else if (Isolation.isGivenUp(upload, isLastChance(upload, nowNs))) {
            rejectLone(upload);
        } else if (answer.outcome() == AnswerKind.DENIED && !isSuspect) {
            queues.addReady(upload);
        } else {
            retryLater(upload, nowNs);
        }
    }

    private boolean isLastChance(Upload upload, long nowNs) {
        return isTooOld(upload, nowNs) || (isDraining && spooling == null);
    }

    private void rejectLone(Upload upload) {
        reject(upload, upload.documents, Counter.REFUSED, Objects.requireNonNull(upload.rejection));
    }

    private void onReached(Upload upload) {
        times.onReached();
        isolation.onSuccess(upload.startedNs);
        health.onSuccess();
        lastFailure = null;
    }

    private void onFailing(Upload upload, Answer answer, long nowNs) {
        health.onFailure(answer, upload.startedNs, nowNs);
        times.onFailing(nowNs);
        lastFailure = answer;
    }

    /** Whether the service may have taken the documents although no good answer came. */
    private static boolean mayHaveArrived(Answer answer) {
        return answer.connectionError() == ConnectionError.TIMEOUT
                || (answer.connectionError() == ConnectionError.OTHER
                        && answer.outcome() == AnswerKind.TRANSIENT
                        && answer.statusCode() / 100 != 3);
    }

    private void onDelivered(Upload upload, Calls.Completion completion, long nowNs) {
        if (completion.answer().isFromService()) {
            onReached(upload);
            rate.onSuccess(nowNs);
            limit.onSuccess(queues.isAnyReady() && inFlight.size() + 1 >= limit.limit());
        }
        times.onDelivered(upload, nowNs);
        counters.add(Counter.DELIVERED_BYTES, upload.length());
        long remaining = upload.documents;
        long retried = 0;
        long putOff = 0;
        long waitMs = 0;
        List<RejectedDocument> unknown = new ArrayList<>();
        int unprocessed = 0;
        for (RejectedDocument rejected : completion.rejected()) {
            if (rejected.document() == RejectedDocument.UNKNOWN) {
                unknown.add(rejected);
                continue;
            }
            long document = 1L << rejected.document();
            remaining &= ~document;
            switch (rejected.fate()) {
                case AGAIN -> {
                    unprocessed++;
                    retried |= document;
                }
                case PUT_OFF -> {
                    putOff |= document;
                    waitMs = Math.max(waitMs, rejected.waitMs());
                }
                case UNWANTED -> {
                    unprocessedCodes.add(rejected.code());
                    counters.increment(Counter.UNPROCESSED);
                    settle(upload, document);
                }
                case REJECTED, BY_CODE -> {
                    unprocessed++;
                    reject(upload, document, Counter.UNPROCESSED, rejected);
                }
            }
        }
        if (unknown.stream().anyMatch(RejectedDocument::isTransient)) {
            // The service does not say which of the rest it wants again, so it gets all of them: twice is better than
            // lost.
            counters.add(Counter.RESENT, Long.bitCount(remaining));
            retried |= remaining;
            remaining = 0;
        } else {
            for (RejectedDocument rejected : unknown) {
                // Which one cannot be told; that one of them is lost can.
                long document = Long.lowestOneBit(remaining);
                if (document == 0) {
                    break;
                }
                remaining &= ~document;
                unprocessed++;
                unprocessedCodes.add(rejected.code());
                counters.increment(Counter.UNPROCESSED);
                listener.onRejected(rejected, upload.parcel);
                settle(upload, document);
            }
        }
        listener.onSent(upload.documentCount(), unprocessed, completion.latencyNs());
        if (retried != 0) {
            Upload again = upload.part(retried);
            again.mayHaveArrived = false;
            retryLater(again, nowNs);
        }
        if (putOff != 0) {
            putOff(upload, putOff, nowNs, waitMs * 1_000_000);
        }
        if (remaining != 0) {
            counters.add(Counter.DELIVERED, Long.bitCount(remaining));
            settle(upload, remaining);
        }
    }

    /**
     * Has documents come once more after a while, at most until half of their retry age has passed; at once when the
     * process ends. They are held meanwhile, in memory of their own. Those that their source would give again have no
     * age; they wait for less, because their source keeps what came after them for as long.
     */
    private void putOff(Upload upload, long documents, long nowNs, long waitNs) {
        if (upload.restored != null) {
            // The exporter may not ask for it: they are on disk.
            queues.addReady(upload.part(documents));
            return;
        }
        long mostNs = upload.parcel.isReplayable()
                ? REPLAYABLE_PUT_OFF_NS_MAX
                : upload.parcel.oldestReceivedNs() + policy.retryAgeNsMax() / 2 - nowNs;
        long dueNs = isDraining ? nowNs : nowNs + Math.max(0, Math.min(waitNs, mostNs));
        queues.addWaiting(new Upload(upload.parcel.moved(documents), upload.number, upload.pipeline, dueNs));
    }

    /** Halves what was refused until the culprit stands alone. */
    private void onRefused(Upload upload, Calls.Completion completion) {
        if (upload.documentCount() > 1) {
            halve(upload);
            return;
        }
        listener.onFailed(completion.answer(), 1);
        reject(upload, upload.documents, Counter.REFUSED, completion.rejected().get(0));
    }

    private void halve(Upload upload) {
        // Each half is tried soon: one of them is without the culprit, and both together have not waited yet.
        upload.failures = 0;
        long first = upload.firstHalf();
        queues.addReady(upload.part(first));
        queues.addReady(upload.part(upload.documents & ~first));
    }

    private void settle(Upload upload, long documents) {
        upload.parcel.settle(documents);
        if (spooling != null && upload.restored != null) {
            spooling.onSettled(upload.restored);
        }
    }

    private void reject(Upload upload, long document, Counter counter, RejectedDocument rejected) {
        listener.onRejected(rejected, upload.parcel);
        if (counter == Counter.UNPROCESSED) {
            unprocessedCodes.add(rejected.code());
        }
        counters.increment(counter);
        settle(upload, document);
    }

    private void retryLater(Upload upload, long nowNs) {
        upload.failures++;
        long delayNs = policy.batchRetry().delayNs(upload.failures, random);
        upload.dueNs = nowNs + (isDraining ? Math.min(delayNs, DRAIN_DELAY_NS_MAX) : delayNs);
        queues.addWaiting(upload);
    }

    /** What the spool did not take is sent on, or given up when it may not wait any longer. */
    private void takeBack(Spooling spool, long nowNs) {
        int tooOld = 0;
        int atEnd = 0;
        for (Upload upload : spool.takeRefused()) {
            if (!upload.isAgeless() && isTooOld(upload, nowNs)) {
                tooOld += abandon(upload, Counter.ABANDONED_TOO_OLD);
            } else if (spool.isEnding()) {
                atEnd += abandon(upload, counterAtEnd(upload));
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

    private void tellLeft(int documents) {
        if (documents > 0) {
            listener.onLeftToSource(documents);
        }
    }

    private int giveUpOld(long nowNs) {
        List<Upload> old = queues.takeOlderThan(nowNs - policy.retryAgeNsMax());
        int abandoned = 0;
        for (Upload upload : old) {
            if (Isolation.isGivenUp(upload, true)) {
                rejectLone(upload);
            } else if (spooling != null && spooling.isAccepting(nowNs)) {
                spooling.store(upload);
            } else {
                abandoned += abandon(upload, Counter.ABANDONED_TOO_OLD);
            }
        }
        tellAbandoned(abandoned, "older than the retry age");
        return old.size();
    }

    private boolean isTooOld(Upload upload, long nowNs) {
        return nowNs - upload.parcel.oldestReceivedNs() > policy.retryAgeNsMax();
    }

    private static Counter counterAtEnd(Upload upload) {
        return upload.parcel.isReplayable() ? Counter.ABANDONED_TO_SOURCE : Counter.ABANDONED_SHUTDOWN;
    }

    private int abandon(Upload upload, Counter counter) {
        int count = upload.documentCount();
        counters.add(counter, count);
        upload.parcel.abandon(upload.documents);
        return count;
    }

    /**
     * The process ends: what waits is tried at once, failures are waited for less long, nothing more is taken from the
     * spool. May be called in every cycle. Uploader's thread only.
     */
    public void drain() {
        if (isDraining) {
            return;
        }
        isDraining = true;
        health.onDrain(clock.nanoTime());
        queues.promoteAll();
        if (spooling != null) {
            spooling.stopTaking();
        }
    }

    /**
     * Sends everything to the spool that is in no call, and starts no calls any more; for the shutdown deadline, called
     * in every cycle from then on. Does nothing without a spool. Uploader's thread only.
     */
    public void spoolAll() {
        if (spooling != null) {
            calls.hurry();
            tellLeft(spooling.end(inFlight));
        }
    }

    /**
     * Gives up everything not settled, calls in flight included; for the shutdown deadline. What a call may still read
     * keeps its memory until the call ends. Uploader's thread only.
     */
    public void abandonAll() {
        List<Upload> all = new ArrayList<>(inFlight);
        all.addAll(queues.takeAll());
        all.sort(Comparator.comparingLong(upload -> upload.number));
        int abandoned = 0;
        int left = 0;
        for (Upload upload : all) {
            if (upload.restored == null) {
                boolean isLeft = upload.parcel.isReplayable();
                left += isLeft ? upload.documentCount() : 0;
                abandoned += isLeft ? 0 : upload.documentCount();
                if (inFlight.contains(upload)) {
                    // Its memory is read until the call ends: free then.
                    counters.add(counterAtEnd(upload), upload.documentCount());
                    abandonedInCalls.add(upload);
                } else {
                    abandon(upload, counterAtEnd(upload));
                }
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
        tellLeft(left);
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
        for (UploadLane lane : lanes) {
            if (!lane.sealed().isEmpty()) {
                return false;
            }
        }
        return queues.isEmpty() && inFlight.isEmpty() && (spooling == null || spooling.isIdle());
    }

    /** When this wants to run though nothing arrives, on the engine's nanosecond clock, or {@link Long#MAX_VALUE}. */
    public long deadlineNs() {
        long nowNs = clock.nanoTime();
        long deadlineNs = queues.dueNs();
        if (queues.isAnyReady() && canStart()) {
            long startNs = rate.nextStartNs(nowNs);
            deadlineNs = Math.min(deadlineNs, health.isFailing() ? Math.max(startNs, health.openNs()) : startNs);
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

    /** How long calls and deliveries took, and since when what is. Any thread. */
    public UploadTimes times() {
        return times;
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
