package io.github.xrayd.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.batch.Batch;
import io.github.xrayd.engine.batch.BatchBody;
import io.github.xrayd.engine.batch.Parcel;
import io.github.xrayd.engine.batch.TestBatches;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;
import io.github.xrayd.engine.export.Unprocessed;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import io.github.xrayd.engine.upload.RejectedDocument;
import io.github.xrayd.engine.upload.SpoolPort;
import io.github.xrayd.engine.upload.UnmeasuredLane;
import io.github.xrayd.engine.upload.UploadListener;
import io.github.xrayd.engine.upload.UploadPolicy;
import io.github.xrayd.engine.upload.Uploader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.agrona.concurrent.CachedNanoClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the uploader decides, on a scripted clock with a scripted backend. */
class UploaderTest {
    private static final long MS = 1_000_000L;
    private static final long SECOND = 1_000 * MS;
    private static final long RETRY_AGE = 300 * SECOND;
    private static final String TRACE = "1-5759e988-bd862e3fe1be46a994272793";

    private final CachedNanoClock clock = new CachedNanoClock();
    private final Queue<Batch> sealed = new ArrayDeque<>();
    private final List<Batch> batches = new ArrayList<>();
    private final Counters counters = new Counters();
    private final List<String> rejected = new ArrayList<>();
    private final List<String> kept = new ArrayList<>();
    private Function<List<String>, Answer> backend = ids -> Answer.delivered();
    private final ScriptedCalls calls =
            new ScriptedCalls(clock, ids -> new ScriptedCalls.Reply(backend.apply(ids), 5 * MS));
    private Uploader uploader = uploader(RETRY_AGE, 1);
    private int nextId;

    private Uploader uploader(long retryAgeNs, long seed) {
        return uploader(retryAgeNs, seed, null);
    }

    private Uploader uploader(long retryAgeNs, long seed, @Nullable SpoolPort spool) {
        clock.update(1_000 * SECOND);
        return new Uploader(
                List.of(new UnmeasuredLane(sealed)),
                calls,
                UploadPolicy.of(64, retryAgeNs),
                counters,
                new UploadListener() {
                    @Override
                    public void onRejected(RejectedDocument document, Parcel parcel) {
                        rejected.add(document.traceId());
                        if (document.document() != RejectedDocument.UNKNOWN) {
                            byte[] text = BatchBody.of(parcel, 1L << document.document())
                                    .document(0);
                            kept.add(new String(text, StandardCharsets.UTF_8));
                        }
                    }
                },
                clock,
                new SplittableRandom(seed),
                spool);
    }

    /** A spool that holds batches of an earlier process, and takes none. */
    private static final class OldSpool implements SpoolPort {
        private final Queue<Batch> records = new ArrayDeque<>();
        private final Queue<Reply> replies = new ArrayDeque<>();
        private long nextRecordId;
        final List<Long> settled = new ArrayList<>();
        int out;
        int outMax;

        void add(Batch batch) {
            records.add(batch);
            replies.add(new Reply.Changed(batch.documentCount(), 0));
        }

        @Override
        public void store(Object token, Parcel parcel, long documents) {
            replies.add(new Reply.Refused(token, "scripted"));
        }

        @Override
        public void take() {
            Batch batch = records.poll();
            outMax = Math.max(outMax, batch == null ? out : ++out);
            replies.add(batch == null ? new Reply.Nothing() : new Reply.Taken(nextRecordId++, batch));
        }

        @Override
        public void settled(long recordId) {
            out--;
            settled.add(recordId);
        }

        @Override
        public void leave(long recordId, int documents) {
            out--;
        }

        @Override
        public @Nullable Reply poll() {
            return replies.poll();
        }
    }

    private String old(int count, OldSpool spool) {
        String first = String.format("%016x", nextId);
        String[] documents = new String[count];
        for (int i = 0; i < count; i++) {
            documents[i] = String.format("{\"trace_id\":\"%s\",\"id\":\"%016x\"}", TRACE, nextId++);
        }
        spool.add(TestBatches.sealed(clock.nanoTime() - 2 * RETRY_AGE, documents));
        return first;
    }

    private List<String> seal(int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(String.format("%016x", nextId++));
        }
        Batch batch = TestBatches.sealed(
                clock.nanoTime(),
                ids.stream()
                        .map(id -> "{\"trace_id\":\"" + TRACE + "\",\"id\":\"" + id + "\"}")
                        .toArray(String[]::new));
        batches.add(batch);
        sealed.add(batch);
        return ids;
    }

    private void run(long ns) {
        for (long endNs = clock.nanoTime() + ns; clock.nanoTime() < endNs; clock.advance(5 * MS)) {
            uploader.doWork();
        }
    }

    private long count(Counter counter) {
        return counters.get(counter);
    }

    private static Answer answer(int status, AnswerKind outcome) {
        ConnectionError error = status >= 400 && status < 500
                ? ConnectionError.HTTP_CODE_4XX
                : status >= 500 ? ConnectionError.HTTP_CODE_5XX : ConnectionError.OTHER;
        return Answer.failed(outcome, error, status, null, "scripted " + status);
    }

    private static Answer after(int status, AnswerKind outcome, long retryAfterMs) {
        return new Answer(outcome, ConnectionError.HTTP_CODE_5XX, status, null, "scripted", retryAfterMs, List.of());
    }

    @ParameterizedTest
    @CsvSource({"503,TRANSIENT", "500,TRANSIENT", "403,DENIED", "429,THROTTLED"})
    void shouldTryAgainWithinAMinuteWhateverRetryAfterSays(int status, AnswerKind outcome) {
        backend = ids -> calls.started == 0 ? after(status, outcome, 3_600_000) : Answer.delivered();
        seal(3);
        run(50 * SECOND);
        assertEquals(1, calls.started, "it does wait");
        run(25 * SECOND);
        assertEquals(3, count(Counter.DELIVERED));
    }

    @Test
    void shouldTryAgainBeforeTheRetryAge() {
        uploader = uploader(20 * SECOND, 1);
        backend = ids -> calls.started == 0 ? after(503, AnswerKind.TRANSIENT, 60_000) : Answer.delivered();
        seal(3);
        run(19 * SECOND);
        assertEquals(3, count(Counter.DELIVERED));
    }

    @ParameterizedTest
    @CsvSource({"503,TRANSIENT", "403,DENIED", "429,THROTTLED"})
    void shouldProbeAtShutdownWhateverRetryAfterSays(int status, AnswerKind outcome) {
        backend = ids -> calls.started < 3 ? after(status, outcome, 60_000) : Answer.delivered();
        seal(3);
        run(5 * SECOND);
        assertEquals(1, calls.started);
        uploader.drain();
        run(5 * SECOND);
        assertEquals(3, count(Counter.DELIVERED));
        assertTrue(uploader.isIdle());
    }

    /** The table of answers in docs/ARCHITECTURE.md: what holds all, and how often it is probed in two minutes. */
    @ParameterizedTest
    @CsvSource({
        "503,TRANSIENT,30,200",
        "408,TRANSIENT,30,200",
        "0,TRANSIENT,30,200",
        "401,DENIED,5,40",
        "403,DENIED,5,40"
    })
    void shouldHoldAllAndProbeWhileEveryCallFails(int status, AnswerKind outcome, int callsMin, int callsMax) {
        boolean[] isAway = {true};
        backend = ids -> isAway[0] ? answer(status, outcome) : Answer.delivered();
        for (int i = 0; i < 3; i++) {
            seal(4);
        }
        run(10 * SECOND);
        int first = calls.started;
        run(120 * SECOND);
        int probes = calls.started - first;
        assertTrue(probes >= callsMin && probes <= callsMax, probes + " calls");
        assertEquals(List.of(), rejected);
        isAway[0] = false;
        run(60 * SECOND);
        assertEquals(12, count(Counter.DELIVERED), counters::toString);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 413, 422})
    void shouldRefuseTheCulpritAloneOfWhatTheServiceRefuses(int status) {
        String culprit = seal(8).get(5);
        backend = ids -> ids.contains(culprit) ? answer(status, AnswerKind.REFUSED) : Answer.delivered();
        run(5 * SECOND);
        assertEquals(7, count(Counter.DELIVERED));
        assertEquals(1, count(Counter.REFUSED));
        assertTrue(kept.get(0).contains(culprit), kept.toString());
        assertEquals(1 + 2 * 3, calls.started, "halves of eight, until it stands alone");
    }

    @Test
    void shouldCallSeldomWhileTheServiceThrottles() {
        boolean[] isThrottled = {true};
        backend = ids -> isThrottled[0] ? answer(429, AnswerKind.THROTTLED) : Answer.delivered();
        for (int i = 0; i < 100; i++) {
            seal(2);
        }
        run(2 * SECOND);
        int before = calls.started;
        run(10 * SECOND);
        assertTrue(calls.started - before <= 40, calls.started - before + " calls in 10 s");
        isThrottled[0] = false;
        run(120 * SECOND);
        assertEquals(200, count(Counter.DELIVERED), counters::toString);
        assertEquals(List.of(), rejected);
    }

    @Test
    void shouldAbandonWhatIsOlderThanTheRetryAge() {
        uploader = uploader(10 * SECOND, 1);
        backend = ids -> answer(503, AnswerKind.TRANSIENT);
        seal(4);
        run(9 * SECOND);
        assertEquals(0, count(Counter.ABANDONED_TOO_OLD));
        run(4 * SECOND);
        assertEquals(4, count(Counter.ABANDONED_TOO_OLD));
        assertTrue(uploader.isIdle());
    }

    /** The gateway answers every call so, then lets all pass: nothing is refused, and the calls are few. */
    @ParameterizedTest
    @ValueSource(ints = {301, 302, 400, 404, 405, 411, 413, 414, 422, 431, 501, 200, 204})
    void shouldHoldEverythingWhileAGatewayAnswers(int status) {
        boolean[] isAway = {true};
        backend = ids -> isAway[0] ? answer(status, AnswerKind.TRANSIENT) : Answer.delivered();
        for (int i = 0; i < 10; i++) {
            seal(50);
        }
        run(5 * SECOND);
        assertTrue(calls.started < 50, calls.started + " calls");
        isAway[0] = false;
        run(30 * SECOND);
        assertEquals(500, count(Counter.DELIVERED));
        assertTrue(calls.started < 100, calls.started + " calls");
        assertEquals(List.of(), rejected);
    }

    @ParameterizedTest
    @CsvSource({
        "403,DENIED",
        "404,TRANSIENT",
        "400,TRANSIENT",
        "302,TRANSIENT",
        "200,TRANSIENT",
        "502,TRANSIENT",
        "0,TRANSIENT"
    })
    void shouldIsolateADocumentThatIsTurnedAwayWhileOthersPass(int status, AnswerKind outcome) {
        String culprit = seal(50).get(17);
        backend = ids -> ids.contains(culprit) ? answer(status, outcome) : Answer.delivered();
        long sent = 50;
        for (int i = 0; i < 200; i++) {
            seal(10);
            sent += 10;
            run(100 * MS);
        }
        run(2 * SECOND);
        assertEquals(sent - 1, count(Counter.DELIVERED), counters::toString);
        assertEquals(List.of(), rejected, "not before the retry age");
        // It holds up nobody: what comes is delivered at once.
        seal(10);
        run(20 * MS);
        assertEquals(sent + 9, count(Counter.DELIVERED), counters::toString);
        for (int i = 0; i < 3_200; i++) {
            seal(1);
            run(100 * MS);
        }
        assertEquals(List.of(TRACE), rejected);
        assertEquals(1, count(Counter.REFUSED));
        assertTrue(kept.get(0).contains(culprit), kept.toString());
    }

    /** Nothing else is there whose success could prove anything; halves prove it for each other. */
    @ParameterizedTest
    @CsvSource({"403,DENIED,30", "404,TRANSIENT,5", "502,TRANSIENT,5", "0,TRANSIENT,5"})
    void shouldIsolateADocumentOfTheOnlyBatch(int status, AnswerKind outcome, int seconds) {
        String culprit = seal(50).get(49);
        backend = ids -> ids.contains(culprit) ? answer(status, outcome) : Answer.delivered();
        run(seconds * SECOND);
        assertEquals(49, count(Counter.DELIVERED), counters::toString);
    }

    @Test
    void shouldHalveWhatIsTooLargeForAGatewayUntilItPasses() {
        backend = ids -> ids.size() > 6 ? answer(413, AnswerKind.TRANSIENT) : Answer.delivered();
        for (int i = 0; i < 5; i++) {
            seal(50);
        }
        run(20 * SECOND);
        assertEquals(250, count(Counter.DELIVERED), counters::toString);
    }

    @Test
    void shouldNotSplitMuchWhileAllIsDenied() {
        boolean[] isAway = {true};
        backend = ids -> isAway[0] ? answer(403, AnswerKind.DENIED) : Answer.delivered();
        seal(50);
        run(290 * SECOND);
        isAway[0] = false;
        int before = calls.started;
        run(20 * SECOND);
        assertEquals(50, count(Counter.DELIVERED) + count(Counter.ABANDONED_TOO_OLD));
        assertTrue(calls.started - before <= 5, calls.started - before + " calls for one batch");
    }

    @Test
    void shouldEndSoonWithADocumentThatIsTurnedAway() {
        String culprit = seal(5).get(3);
        backend = ids -> ids.contains(culprit) ? answer(403, AnswerKind.DENIED) : Answer.delivered();
        for (int i = 0; i < 300; i++) {
            seal(1);
            run(100 * MS);
        }
        uploader.drain();
        run(2 * SECOND);
        assertTrue(uploader.isIdle());
        assertEquals(1, count(Counter.REFUSED));
        assertTrue(kept.get(0).contains(culprit));
    }

    @Test
    void shouldNotWakeForWhatWaitsForAProbe() {
        // Not a failure that cuts the calls in flight to one: there must be room for a second call.
        backend = ids -> answer(403, AnswerKind.DENIED);
        seal(1);
        seal(1);
        seal(1);
        while (calls.inFlight() > 0 || count(Counter.CALLS) < 5) {
            clock.advance(MS);
            uploader.doWork();
        }
        while (calls.inFlight() == 0) {
            clock.advance(MS);
            uploader.doWork();
        }
        for (int i = 0; i < 3 && calls.inFlight() > 0; i++) {
            long wakeNs = uploader.deadlineNs() - clock.nanoTime();
            assertTrue(wakeNs > MS, "a probe is under way, and it wants to run in " + wakeNs + " ns");
            clock.advance(MS);
            uploader.doWork();
        }
    }

    /** 64 calls that fail together are one failure: the wait after it is drawn once, from its whole range. */
    @Test
    void shouldKeepTheJitterWhenManyCallsFailAtOnce() {
        int early = 0;
        for (int seed = 0; seed < 200; seed++) {
            sealed.clear();
            uploader = uploader(RETRY_AGE, seed);
            long[] failedNs = {0};
            backend = ids -> Answer.failed(AnswerKind.TRANSIENT, ConnectionError.CONNECTION_REFUSED, 0, null, "away");
            for (int i = 0; i < 20; i++) {
                seal(1);
            }
            int before = calls.started;
            uploader.doWork();
            int first = calls.started - before;
            assertTrue(first >= 8);
            clock.advance(5 * MS);
            failedNs[0] = clock.nanoTime();
            while (calls.started == before + first) {
                uploader.doWork();
                clock.advance(MS);
            }
            long waitMs = (clock.nanoTime() - failedNs[0]) / MS;
            assertTrue(waitMs <= 60, "waited " + waitMs + " ms after one round");
            early += waitMs < 25 ? 1 : 0;
            run(10 * MS);
            uploader.abandonAll();
            run(10 * MS);
        }
        assertTrue(early > 60 && early < 140, early + " of 200 in the first half of the range");
    }

    @Test
    void shouldNotFreeWhatACallStillReads() {
        seal(4);
        uploader.doWork();
        assertEquals(1, calls.inFlight());
        uploader.abandonAll();
        assertEquals(4, count(Counter.ABANDONED_SHUTDOWN));
        assertNotEquals(0, batches.get(0).unsettled(), "its memory would be another batch's");
        assertTrue(uploader.isIdle());
        run(20 * MS);
        assertEquals(0, batches.get(0).unsettled());
        assertEquals(4, count(Counter.ABANDONED_SHUTDOWN));
        assertEquals(0, count(Counter.DELIVERED));
    }

    @Test
    void shouldCountHalvesOfWhatMayHaveArrivedAsResent() {
        backend = ids -> calls.started == 0
                ? Answer.failed(AnswerKind.TRANSIENT, ConnectionError.TIMEOUT, 0, null, "slow")
                : ids.size() == 4 ? answer(400, AnswerKind.REFUSED) : Answer.delivered();
        seal(4);
        run(5 * SECOND);
        assertEquals(4, count(Counter.DELIVERED));
        assertEquals(4 + 4, count(Counter.RESENT));
    }

    @Test
    void shouldNameAndKeepTheOnlyDocumentThatIsLeftUnprocessedWithoutAnId() {
        backend = ids -> Answer.delivered(List.of(new Unprocessed(null, "ParseError", "bad")));
        String id = seal(1).get(0);
        run(20 * MS);
        assertEquals(List.of(TRACE), rejected);
        assertTrue(kept.get(0).contains(id));
        assertEquals(1, count(Counter.UNPROCESSED));
        assertFalse(uploader.unprocessedCodes().counts().isEmpty());
    }

    @Test
    void shouldHoldWhatIsPutOffInMemoryOfItsOwnAndSendItOnceMore() {
        List<List<String>> sent = new ArrayList<>();
        backend = ids -> {
            sent.add(ids);
            return ids.size() == 3 ? Answer.delivered(List.of(Unprocessed.putOff(1, 10_000))) : Answer.delivered();
        };
        List<String> ids = seal(3);
        run(20 * MS);
        assertEquals(2, count(Counter.DELIVERED));
        assertEquals(0, batches.get(0).unsettled(), "the batch's memory is free");
        assertFalse(uploader.isIdle());
        run(9 * SECOND);
        assertEquals(1, sent.size());
        run(2 * SECOND);
        assertEquals(List.of(ids, List.of(ids.get(1))), sent);
        assertEquals(3, count(Counter.DELIVERED));
        assertTrue(uploader.isIdle());
    }

    @Test
    void shouldSendWhatIsPutOffAtOnceWhenTheProcessEnds() {
        backend = ids -> ids.size() == 3
                ? Answer.delivered(List.of(Unprocessed.putOff(0, 10_000), Unprocessed.putOff(2, 10_000)))
                : Answer.delivered();
        seal(3);
        run(20 * MS);
        seal(3);
        uploader.drain();
        run(20 * MS);
        assertEquals(6, count(Counter.DELIVERED));
        assertTrue(uploader.isIdle());
    }

    @Test
    void shouldPutNothingOffBeyondHalfOfItsRetryAge() {
        uploader = uploader(10 * SECOND, 1);
        backend = ids ->
                calls.started == 0 ? Answer.delivered(List.of(Unprocessed.putOff(0, 60_000))) : Answer.delivered();
        seal(1);
        run(6 * SECOND);
        assertEquals(1, count(Counter.DELIVERED));
        assertEquals(0, count(Counter.ABANDONED_TOO_OLD));
    }

    @Test
    void shouldCountWhatNobodyWantsWithoutKeepingIt() {
        backend = ids ->
                Answer.delivered(List.of(Unprocessed.numbered(0, "Metrics", "metrics", Unprocessed.Fate.UNWANTED)));
        seal(2);
        run(20 * MS);
        assertEquals(1, count(Counter.DELIVERED));
        assertEquals(1, count(Counter.UNPROCESSED));
        assertTrue(uploader.unprocessedCodes().counts().containsKey("Metrics"));
        assertEquals(List.of(), rejected);
        assertEquals(List.of(), kept);
    }

    /** The oldest record of the spool holds a document that never passes; nothing new comes that could prove it. */
    @ParameterizedTest
    @CsvSource({"1,403,DENIED", "20,403,DENIED", "1,404,TRANSIENT", "20,502,TRANSIENT", "1,0,TRANSIENT"})
    void shouldDeliverTheSpoolBehindADocumentThatIsTurnedAway(int size, int status, AnswerKind outcome) {
        OldSpool spool = new OldSpool();
        uploader = uploader(RETRY_AGE, 1, spool);
        String culprit = old(size, spool);
        for (int i = 0; i < 100; i++) {
            old(10, spool);
        }
        backend = ids -> ids.contains(culprit) ? answer(status, outcome) : Answer.delivered();
        run(60 * SECOND);
        assertEquals(size - 1 + 1_000, count(Counter.DELIVERED), counters::toString);
        assertEquals(0, count(Counter.REFUSED), "nothing has proven it often enough");
        for (int i = 0; i < 600; i++) {
            seal(1);
            run(100 * MS);
        }
        assertEquals(1, count(Counter.REFUSED), counters::toString);
        assertTrue(kept.get(0).contains(culprit));
        assertEquals(101, spool.settled.size());
        assertTrue(spool.outMax <= 16, spool.outMax + " records in memory");
        assertTrue(uploader.isIdle());
    }

    @Test
    void shouldDeliverNewDocumentsBesideASpoolThatIsTurnedAway() {
        OldSpool spool = new OldSpool();
        uploader = uploader(RETRY_AGE, 1, spool);
        List<String> culprits = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            culprits.add(old(1, spool));
        }
        backend = ids -> culprits.contains(ids.get(0)) ? answer(403, AnswerKind.DENIED) : Answer.delivered();
        for (int i = 0; i < 1_500; i++) {
            seal(5);
            run(100 * MS);
        }
        run(SECOND);
        assertEquals(7_500, count(Counter.DELIVERED), counters::toString);
        assertEquals(40, count(Counter.REFUSED), counters::toString);
        assertTrue(spool.outMax <= 16, spool.outMax + " records in memory");
    }
}
