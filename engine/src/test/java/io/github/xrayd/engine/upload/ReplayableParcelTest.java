package io.github.xrayd.engine.upload;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.xrayd.engine.batch.Parcel;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.Unprocessed;
import io.github.xrayd.engine.telemetry.Counter;
import io.github.xrayd.engine.telemetry.Counters;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import org.agrona.concurrent.CachedNanoClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Documents that their source gives again: neither their age nor the end of the process settles them. */
class ReplayableParcelTest {
    private static final long SECOND = 1_000_000_000L;

    private final CachedNanoClock clock = new CachedNanoClock();
    private final Queue<Parcel> sealed = new ArrayDeque<>();
    private final Counters counters = new Counters();
    private final Consumed parcel = new Consumed();

    /** Three documents of a topic. */
    private static final class Consumed implements Parcel {
        private long unsettled = 0b111;
        long settled;
        long abandoned;
        final List<Consumed> copies = new ArrayList<>();

        @Override
        public long unsettled() {
            return unsettled;
        }

        @Override
        public long oldestReceivedNs() {
            return 0;
        }

        @Override
        public int length(long documents) {
            return 100;
        }

        @Override
        public void settle(long documents) {
            unsettled &= ~documents;
            settled |= documents;
        }

        @Override
        public void abandon(long documents) {
            unsettled &= ~documents;
            abandoned |= documents;
        }

        @Override
        public boolean isReplayable() {
            return true;
        }

        @Override
        public Parcel moved(long documents) {
            Consumed copy = new Consumed();
            copy.unsettled = documents;
            unsettled &= ~documents;
            copies.add(copy);
            return copy;
        }
    }

    /** A backend that is away. */
    private static final class NoCalls implements Calls {
        @Override
        public boolean isReady() {
            return false;
        }

        @Override
        public void start(Object token, Parcel parcel, long documents) {
            throw new IllegalStateException("not ready");
        }

        @Override
        public @Nullable Completion poll() {
            return null;
        }
    }

    private static final class Spool implements SpoolPort {
        int stored;

        @Override
        public void store(Object token, Parcel parcel, long documents) {
            stored++;
        }

        @Override
        public void take() {}

        @Override
        public void settled(long recordId) {}

        @Override
        public void leave(long recordId, int documents) {}

        @Override
        public @Nullable Reply poll() {
            return null;
        }
    }

    private final List<String> told = new ArrayList<>();
    private final UploadListener listener = new UploadListener() {
        @Override
        public void onAbandoned(int documents, String reason) {
            told.add("abandoned " + documents);
        }

        @Override
        public void onLeftToSource(int documents) {
            told.add("left " + documents);
        }
    };

    private Uploader uploader(@Nullable SpoolPort spool) {
        return uploader(new NoCalls(), spool, 60);
    }

    private Uploader uploader(Calls calls, @Nullable SpoolPort spool, int seconds) {
        sealed.add(parcel);
        Uploader uploader = new Uploader(
                List.of(new UnmeasuredLane(sealed)),
                calls,
                UploadPolicy.of(8, SECOND),
                counters,
                listener,
                clock,
                new SplittableRandom(1),
                spool);
        for (int i = 0; i < seconds; i++) {
            clock.update(i * SECOND);
            uploader.doWork();
        }
        return uploader;
    }

    @Test
    void shouldWaitHoweverOldAndBeLeftToTheirSourceAtTheEnd() {
        Uploader uploader = uploader(null);
        assertEquals(0b111, parcel.unsettled());
        uploader.drain();
        uploader.abandonAll();
        assertEquals(0, parcel.settled);
        assertEquals(0b111, parcel.abandoned);
        assertEquals(3, counters.get(Counter.ABANDONED_TO_SOURCE));
        assertEquals(0, counters.get(Counter.ABANDONED_TOO_OLD) + counters.get(Counter.ABANDONED_SHUTDOWN));
        assertEquals(List.of("left 3"), told);
    }

    /** Puts off what it is given for the first time, for a minute. */
    private static final class PuttingOff implements Calls {
        private final Queue<Completion> ended = new ArrayDeque<>();
        int started;

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void start(Object token, Parcel parcel, long documents) {
            RejectedDocument later = new RejectedDocument(0, "", null, null, Unprocessed.Fate.PUT_OFF, 60_000);
            ended.add(new Completion(token, Answer.delivered(), started++ == 0 ? List.of(later) : List.of(), 1));
        }

        @Override
        public @Nullable Completion poll() {
            return ended.poll();
        }
    }

    @Test
    void shouldBePutOffForAFewSecondsOnlyBecauseTheirSourceWaitsForThem() {
        PuttingOff calls = new PuttingOff();
        Uploader uploader = uploader(calls, null, 4);
        assertEquals(0b110, parcel.settled);
        assertEquals(1, calls.started);
        for (int i = 4; i < 9; i++) {
            clock.update(i * SECOND);
            uploader.doWork();
        }
        assertEquals(0b001, parcel.copies.get(0).settled);
        assertEquals(2, calls.started);
    }

    @Test
    void shouldNotGoToDiskWhenTheProcessEnds() {
        Spool spool = new Spool();
        Uploader uploader = uploader(spool);
        uploader.drain();
        uploader.spoolAll();
        uploader.doWork();
        assertEquals(0, spool.stored);
        assertEquals(0b111, parcel.abandoned);
        assertEquals(3, counters.get(Counter.ABANDONED_TO_SOURCE));
    }
}
